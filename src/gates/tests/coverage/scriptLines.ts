import {
  childrenOf,
  isNode,
  isTypeOnly,
  parseScript,
  type ScriptNode,
  type Token,
} from '../../source/script.ts';

export interface Lines {
  readonly covered: readonly number[];
  readonly uncovered: readonly number[];
}

/**
 * Which lines of a script have run. A line counts by the innermost statement it belongs to; blank lines,
 * comments, brackets, imports and types are no lines that can run. undefined: it can't be parsed.
 *
 * @param ran whether what stands at an offset has run
 */
export function scriptLines(
  path: string,
  source: string,
  ran: (offset: number) => boolean,
): Lines | undefined {
  const parsed = parsedOrNothing(path, source);
  if (!parsed) return undefined;
  const marks: Marks = { states: new Map(), opened: new Set() };
  visit(parsed.program, ran, marks);
  const code = codeLines(parsed.tokens);
  const covered: number[] = [];
  const uncovered: number[] = [];
  for (const [line, state] of [...marks.states].sort(([a], [b]) => a - b)) {
    if (code.has(line)) (state ? covered : uncovered).push(line);
  }
  return { covered, uncovered };
}

function parsedOrNothing(path: string, source: string) {
  try {
    return parseScript(path, source);
  } catch {
    return undefined; // the runner could not have run it either, or it is no JavaScript after all
  }
}

/** Lines with more on them than brackets and commas. */
function codeLines(tokens: readonly Token[]): ReadonlySet<number> {
  const lines = new Set<number>();
  for (const token of tokens) {
    if (typeof token.type === 'string') continue; // a comment
    if (/^[()[\]{},;]$|^eof$|^else$/.test(token.type.label)) continue;
    for (let line = token.loc.start.line; line <= token.loc.end.line; line++) lines.add(line);
  }
  return lines;
}

interface Marks {
  readonly states: Map<number, boolean>;
  /** Lines on which a statement starts. */
  readonly opened: Set<number>;
}

/** Outer ones first, so that inner ones have the last word. */
function visit(node: ScriptNode, ran: (offset: number) => boolean, marks: Marks): void {
  if (isTypeOnly(node) || /^(Import|ExportAll)Declaration$/.test(node.type)) return;
  const unit = unitOf(node);
  if (unit !== undefined) mark(node, ran(unit), marks);
  for (const child of childrenOf(node)) {
    // Never called where the list was empty; the line has run all the same.
    if (isAskedOfEach(child, node)) continue;
    visit(child, ran, marks);
  }
}

/** `list.map((one) => one.name)`: an expression that stands on the line of the call. */
function isAskedOfEach(child: ScriptNode, call: ScriptNode): boolean {
  const method = methodOf(call);
  if (!method || !listMethods.test(String(method['name']))) return false;
  const [first] = Array.isArray(call['arguments']) ? call['arguments'] : [];
  const body = child.type === 'ArrowFunctionExpression' ? child['body'] : undefined;
  return (
    first === child &&
    isNode(body) &&
    body.type !== 'BlockStatement' &&
    child.loc.start.line === method.loc.start.line &&
    isOnOneLine(child)
  );
}

function methodOf(node: ScriptNode): ScriptNode | undefined {
  const callee = /^(Optional)?CallExpression$/.test(node.type) ? node['callee'] : undefined;
  const method = isNode(callee) ? callee['property'] : undefined;
  return isNode(method) ? method : undefined;
}

const listMethods =
  /^(every|filter|find(Last)?(Index)?|flatMap|forEach|map|reduce(Right)?|some|sort|toSorted)$/;

function isOnOneLine({ loc }: ScriptNode): boolean {
  return loc.start.line === loc.end.line;
}

/** What runs as a whole: the offset to ask about. */
function unitOf(node: ScriptNode): number | undefined {
  if (functions.test(node.type)) {
    const body = node['body'];
    return isNode(body) ? body.start : undefined;
  }
  return statements.test(node.type) ? node.start : undefined;
}

const functions =
  /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|ObjectMethod|Class(Private)?Method)$/;
const statements =
  /^((Expression|Return|Throw|If|For|ForIn|ForOf|While|DoWhile|Switch|Try|Break|Continue|Debugger|With)Statement|VariableDeclaration|ClassDeclaration|ExportDefaultDeclaration|SwitchCase|Class(Private)?Property|TSEnumDeclaration|TSExportAssignment)$/;

/**
 * A statement behind another of its line leaves that line's state alone (`if (x) return;`), and so does a
 * callback whose body comes on later lines. A function of one line that was never called makes the line
 * uncovered: to define it is not to run it.
 */
function mark(node: ScriptNode, state: boolean, { states, opened }: Marks): void {
  const { start, end } = node.loc;
  const isFunction = functions.test(node.type);
  const isCallback = node.type.endsWith('Expression') && !isOnOneLine(node);
  const shares = opened.has(start.line) && (!isFunction || isCallback);
  for (let line = shares ? start.line + 1 : start.line; line <= end.line; line++) {
    states.set(line, state);
  }
  if (shares && state) states.set(start.line, true);
  if (!isFunction) opened.add(start.line);
}
