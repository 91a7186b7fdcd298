import { readSource } from './sourceText.ts';

/** Names of functions that are the project's own, as one file knows them: defined there, or from a relative import. */
export function ownFunctions(
  source: string,
  path: string,
  isOwnModule: (name: string) => boolean,
): ReadonlySet<string> {
  const { code } = readSource(source, path);
  const names = new Set<string>();
  const definitions = [
    /\b(?:function\*?|def|func|fn|fun)\s+(?:\([^)]{0,200}\)\s*)?([A-Za-z_$][\w$]*)/g,
    /\b(?:const|let|var)\s+([A-Za-z_$][\w$]*)\s*=\s*(?:async\s*)?(?:function\b|\([^)]{0,500}\)\s*=>|[\w$]+\s*=>)/g,
    /^(?:module\.)?exports\.([A-Za-z_$][\w$]*)\s*=\s*(?:async\s*)?(?:function\b|\([^)]{0,500}\)\s*=>|[\w$]+\s*=>)/gm,
    /^\s+(?:static\s+|async\s+|public\s+|private\s+|protected\s+)*([A-Za-z_$][\w$]*)\s*\([^)]{0,500}\)[^;\n]{0,200}\{\s*$/gm,
  ];
  for (const pattern of definitions) {
    for (const [, name] of code.matchAll(pattern))
      if (name && !keywords.test(name)) names.add(name);
  }
  const imports = [
    /import\s*\{([^}]{0,5000})\}\s*from\s*['"]\.[^'"]*['"]/g,
    /(?:const|let|var)\s*\{([^}]{0,5000})\}\s*=\s*require\(\s*['"]\.[^'"]*['"]/g,
    /^from\s+\.[\w.]*\s+import\s+\(?([^)\n]*)/gm,
  ];
  for (const pattern of imports) {
    for (const [, list = ''] of source.matchAll(pattern)) add(names, list);
  }
  for (const [, module = '', list = ''] of source.matchAll(
    /^from\s+([A-Za-z_][\w.]*)\s+import\s+\(?([^)\n]*)/gm,
  )) {
    if (isOwnModule(module)) add(names, list);
  }
  return names;
}

const keywords = /^(if|for|while|switch|catch|return|function|constructor|match|with|elif|else)$/;

function add(names: Set<string>, list: string): void {
  for (const entry of list.split(',')) {
    const name = entry
      .trim()
      .split(/\s+as\s+|\s*:\s*/)
      .at(-1);
    if (name && /^[\w$]+$/.test(name)) names.add(name);
  }
}

/** The first and the line after the last of the function around a line, by its indentation. */
export function functionAround(source: string, line: number): readonly [number, number] {
  const lines = source.split('\n');
  const indent = (i: number): number => (lines[i] ?? '').search(/\S/);
  const isHead = (i: number): boolean =>
    /\b(def|function|func|fn|fun)\b|^\s*(export\s+)?(const|let|var)\s+[\w$]+\s*=.*=>|=>\s*\{?\s*$|^\s*(?:[\w$]+\s+)*[\w$]+\s*\([^;]*\)[^;]*\{\s*$/.test(
      lines[i] ?? '',
    ) && !/^\s*(\}?\s*(else\s+)?if|for|while|switch|\}?\s*catch)\b/.test(lines[i] ?? '');
  let start = Math.min(line, lines.length - 1);
  let least = indent(start);
  while (start > 0 && !(isHead(start) && indent(start) <= least)) {
    start -= 1;
    if (indent(start) >= 0 && indent(start) < least) {
      least = indent(start);
      if (isHead(start)) break;
    }
  }
  let end = start + 1;
  while (end < lines.length && (indent(end) < 0 || indent(end) > indent(start))) end += 1;
  if (/^\s*(\}|end\b)/.test(lines[end] ?? '')) end += 1;
  return [start, Math.max(end, line + 1)];
}

export function nameAround(source: string, line: number): string | undefined {
  const head = source.split('\n')[functionAround(source, line)[0]] ?? '';
  return /(?:function\*?|def|func|fn|fun)\s+(?:\([^)]*\)\s*)?([A-Za-z_$][\w$]*)|(?:const|let|var)\s+([\w$]+)\s*=|([\w$]+)\s*\(/
    .exec(head)
    ?.slice(1)
    .find(Boolean);
}
