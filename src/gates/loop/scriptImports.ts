import { childrenOf, isNode, isTypeOnly, parseScript, type ScriptNode } from '../source/script.ts';

/**
 * What a script asks for when it is loaded. Types ask for nothing, and what is imported inside of a
 * function or by `import()` is asked for later.
 */
export function scriptImports(path: string, source: string): readonly string[] {
  if (!/\b(import|export|require)\b/.test(source)) return [];
  const program = programOf(path, source);
  if (!program) return [];
  const typed = /\.[cm]?tsx?$/.test(path);
  const used = typed ? usedNames(program) : undefined;
  const found = new Set<string>();
  const visit = (node: ScriptNode): void => {
    if (isTypeOnly(node) || /(Function|Method|FunctionExpression)$/.test(node.type)) return;
    if (/^(FunctionDeclaration|ArrowFunctionExpression)$/.test(node.type)) return;
    const specifier = specifierOf(node, used);
    if (specifier !== undefined) found.add(specifier);
    for (const child of childrenOf(node)) visit(child);
  };
  visit(program);
  return [...found];
}

function programOf(path: string, source: string): ScriptNode | undefined {
  try {
    return parseScript(path, source).program;
  } catch {
    return undefined; // the static gate's business
  }
}

function specifierOf(node: ScriptNode, used: ReadonlySet<string> | undefined): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
      return isElided(node, used) ? undefined : stringOf(node['source']);
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return allAre(node['specifiers'], 'exportKind') ? undefined : stringOf(node['source']);
    case 'TSExternalModuleReference':
      return stringOf(node['expression']);
    case 'CallExpression': {
      const callee = node['callee'];
      const isRequire = isNode(callee) && callee['name'] === 'require';
      return isRequire ? stringOf((node['arguments'] as unknown[])[0]) : undefined;
    }
    default:
      return undefined;
  }
}

/** TypeScript drops imports whose names stand for types only. */
function isElided(node: ScriptNode, used: ReadonlySet<string> | undefined): boolean {
  const specifiers = (node['specifiers'] as ScriptNode[]) ?? [];
  if (specifiers.length === 0) return false; // for its effects
  if (allAre(specifiers, 'importKind')) return true;
  return (
    used !== undefined &&
    specifiers.every(({ local }) => isNode(local) && !used.has(String(local['name'])))
  );
}

/** `import { type A, type B }`: all marked as types. */
function allAre(specifiers: unknown, kind: 'importKind' | 'exportKind'): boolean {
  if (!Array.isArray(specifiers) || specifiers.length === 0) return false;
  return specifiers.every((one) => isNode(one) && one[kind] === 'type');
}

/** Names that stand where a value stands. */
function usedNames(program: ScriptNode): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ScriptNode): void => {
    if (isTypeOnly(node) || node.type === 'ImportDeclaration') return;
    if (/^(JSX)?Identifier$/.test(node.type)) names.add(String(node['name']));
    for (const child of childrenOf(node)) {
      const isName = child === node['property'] || child === node['key'];
      if (!isName || node['computed'] === true) visit(child);
    }
  };
  visit(program);
  return names;
}

function stringOf(node: unknown): string | undefined {
  return isNode(node) && typeof node['value'] === 'string' ? node['value'] : undefined;
}
