export interface PythonImport {
  /** Dots in front: 0 for an absolute import. */
  readonly level: number;
  /** `a.b`; '' for `from . import x`. */
  readonly module: string;
  /** undefined: the module itself (`import a.b`). */
  readonly names?: readonly string[];
}

/**
 * What a module asks for when it is loaded: not inside of functions, and not under `TYPE_CHECKING`. Reads
 * lines; what stands in strings and comments is no import.
 */
export function pythonImports(source: string): readonly PythonImport[] {
  const found: PythonImport[] = [];
  /** Indentation of the bodies that are not run on loading; lines further in belong to them. */
  let skipping: number | undefined;
  for (const line of logicalLines(source)) {
    const indent = line.length - line.trimStart().length;
    if (skipping !== undefined && indent > skipping) continue;
    skipping = undefined;
    const text = line.trim();
    if (/^(async\s+def|def)\b|^if\s+(\w+\.)*TYPE_CHECKING\s*:/.test(text)) {
      skipping = indent;
      continue;
    }
    for (const statement of text.replace(/^(try|else|finally)\s*:\s*/, '').split(';')) {
      found.push(...importsOf(statement.trim()));
    }
  }
  return found;
}

function importsOf(statement: string): PythonImport[] {
  const plain = /^import\s+(.+)$/.exec(statement)?.[1];
  if (plain) {
    return plain
      .split(',')
      .map((part) => ({ level: 0, module: part.trim().split(/\s+/)[0] ?? '' }))
      .filter(({ module }) => /^[\w.]+$/.test(module));
  }
  const [, dots = '', module = '', list] =
    /^from\s+(\.*)\s*([\w.]*)\s+import\s+(.+)$/.exec(statement) ?? [];
  if (list === undefined) return [];
  const names = list
    .replace(/[()\\]/g, ' ')
    .split(',')
    .flatMap((part) => part.trim().split(/\s+/)[0] || []);
  return [{ level: dots.length, module, names }];
}

/** Lines with brackets and backslashes joined, and without comments and what is in strings. */
function logicalLines(source: string): string[] {
  const bare = source
    .replace(
      /#[^\n]*|[rbuf]{0,2}("""[\s\S]*?"""|'''[\s\S]*?''')|("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')/gi,
      (match) => (match.startsWith('#') ? '' : '""'),
    )
    .replace(/\\\r?\n/g, ' ');
  const lines: string[] = [];
  let depth = 0;
  for (const line of bare.split(/\r?\n/)) {
    if (depth > 0) lines[lines.length - 1] += ` ${line.trim()}`;
    else if (line.trim() !== '') lines.push(line.replaceAll('\t', '        '));
    depth = Math.max(0, depth + count(line, /[([{]/g) - count(line, /[)\]}]/g));
  }
  return lines;
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
