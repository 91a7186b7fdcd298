import { type ParserOptions, type ParserPlugin, parse } from '@babel/parser';

/** A node of a parsed script, as far as we look at it. */
export interface ScriptNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly loc: { readonly start: Position; readonly end: Position };
  readonly [field: string]: unknown;
}

interface Position {
  /** From 1. */
  readonly line: number;
  /** From 0. */
  readonly column: number;
}

export interface Token {
  readonly start: number;
  readonly loc: ScriptNode['loc'];
  readonly type: string | { readonly label: string };
  readonly value?: unknown;
}

export interface ParsedScript {
  readonly program: ScriptNode;
  readonly tokens: readonly Token[];
}

/** JavaScript and TypeScript of any kind. */
export function isJavaScript(path: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(path);
}

/** Throws a SyntaxError whose `loc` says where. Executes nothing. */
export function parseScript(path: string, source: string): ParsedScript {
  let first: unknown;
  // TypeScript's own decorators may stand where the standard's may not, and the other way round.
  for (const decorators of ['decorators-legacy', 'decorators'] as const) {
    try {
      return parse(source, optionsOf(path, source, decorators)) as unknown as ParsedScript;
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}

function optionsOf(
  path: string,
  source: string,
  decorators: 'decorators' | 'decorators-legacy',
): ParserOptions {
  const plugins: ParserPlugin[] = [decorators];
  const typed = /\.[cm]?tsx?$/.test(path);
  const jsx = /\.tsx$|\.[cm]?jsx?$/.test(path);
  const isFlow = !typed && /@flow\b/.test(source.slice(0, 1000));
  if (typed) plugins.push(['typescript', { dts: /\.d\.[cm]?ts$/.test(path) }]);
  if (jsx) plugins.push('jsx');
  if (isFlow) plugins.push('flow');
  const isCommon = path.endsWith('.cjs');
  return {
    sourceType: /\.m[jt]s$/.test(path) ? 'module' : isCommon ? 'commonjs' : 'unambiguous',
    plugins,
    // CommonJS allows the one by itself and never the other.
    ...(isCommon ? {} : { allowReturnOutsideFunction: true, allowAwaitOutsideFunction: true }),
    allowUndeclaredExports: true,
    attachComment: false,
    tokens: true,
  };
}

/** The nodes right below, in the order of the source. */
export function childrenOf(node: ScriptNode): readonly ScriptNode[] {
  const found: ScriptNode[] = [];
  for (const [field, value] of Object.entries(node)) {
    if (field === 'loc' || field === 'extra') continue;
    for (const one of Array.isArray(value) ? value : [value]) if (isNode(one)) found.push(one);
  }
  return found.sort((a, b) => a.start - b.start);
}

export function isNode(value: unknown): value is ScriptNode {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { type?: unknown }).type === 'string' &&
    typeof (value as { start?: unknown }).start === 'number'
  );
}

/** Gone before the program runs. */
export function isTypeOnly(node: ScriptNode): boolean {
  if (node.type === 'TSEnumDeclaration' || node.type === 'TSModuleDeclaration') {
    return node['declare'] === true;
  }
  return (
    node['declare'] === true ||
    node['importKind'] === 'type' ||
    node['exportKind'] === 'type' ||
    (node.type.startsWith('TS') && !typedExpressions.has(node.type)) ||
    /^(TypeAlias|OpaqueType|InterfaceDeclaration|Declare\w+|TypeAnnotation|TypeParameter\w*)$/.test(
      node.type,
    )
  );
}

/** TypeScript's nodes that hold something which runs. */
const typedExpressions = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
  'TSParameterProperty',
  'TSExportAssignment',
  'TSImportEqualsDeclaration',
  'TSExternalModuleReference',
  'TSModuleBlock',
  'TSEnumMember',
  'TSEnumBody',
]);
