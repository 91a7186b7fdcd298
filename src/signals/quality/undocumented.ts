import { extensionOf } from './languages.ts';

export interface Undocumented {
  readonly name: string;
  readonly line: number;
}

/** What a file offers to others, and what of it nobody has said a word about. */
export interface Documentation {
  readonly offered: number;
  readonly missing: readonly Undocumented[];
}

interface Rule {
  /** A line that offers something; the group `name`. */
  readonly offers: RegExp;
  /** A line above it that belongs to it and says nothing. */
  readonly between: RegExp;
  /** The end of a comment that says something, right above. */
  readonly comment: RegExp;
  /** Python says it right below. */
  readonly below?: RegExp;
}

const annotation = /^\s{0,80}(?:@[\w.]|#\[|\[\w|export\s*\{?$)/;
const block = /\*\/\s{0,20}$/;

/** A type often says all there is to say; a function or a class does not. */
const javascript: Rule = {
  offers:
    /^export\s+(?:default\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\s*\*?|class)\s+(?<name>[\p{L}_$][\p{L}\p{N}_$]*)/u,
  between: annotation,
  comment: /\*\/\s{0,20}$|^\s{0,80}\/\/\//,
};
const java: Rule = {
  offers:
    /^\s{0,8}public\s+(?!static\s+void\s+main\b)(?:(?:static|final|abstract|sealed|synchronized|default)\s+)*(?:<[^>]{1,80}>\s*)?(?:(?:class|interface|enum|record|@interface)\s+(?<name>\w+)|[\w<>[\],.? ]{1,80}?\s(?<method>\w+)\s*\()/,
  between: annotation,
  comment: block,
};
const rules: Readonly<Record<string, Rule>> = {
  js: javascript,
  jsx: javascript,
  mjs: javascript,
  ts: javascript,
  tsx: javascript,
  mts: javascript,
  java,
  cs: {
    offers:
      /^\s{0,12}public\s+(?:(?:static|sealed|abstract|virtual|override|async|partial|readonly)\s+)*(?:(?:class|interface|enum|struct|record)\s+(?<name>\w+)|[\w<>[\],.? ]{1,80}?\s(?<method>\w+)\s*\()/,
    between: annotation,
    comment: /^\s{0,80}\/\/\/|\*\/\s{0,20}$/,
  },
  go: {
    offers:
      /^(?:func\s+(?:\([^)]{1,120}\)\s*)?(?<name>\p{Lu}[\p{L}\p{N}_]*)|type\s+(?<method>\p{Lu}[\p{L}\p{N}_]*)\s)/u,
    between: /^\/\/go:/,
    comment: /^\/\/(?!go:)|\*\/\s{0,20}$/,
  },
  rs: {
    offers:
      /^\s{0,8}pub\s+(?:(?:async|unsafe|const)\s+)*(?:fn|struct|enum|trait|type|union)\s+(?<name>\w+)/,
    between: annotation,
    comment: /^\s{0,80}\/\/\/|\*\/\s{0,20}$|^\s{0,80}#\[doc/,
  },
  php: {
    offers:
      /^\s{0,8}(?:(?:final|abstract)\s+)*(?:class|interface|trait|enum|public\s+(?:static\s+)?function)\s+(?<name>[A-Za-z]\w*)/,
    between: /^\s{0,80}#\[/,
    comment: block,
  },
  rb: {
    offers: /^\s{0,8}(?:class|module|def)\s+(?:self\.)?(?<name>[A-Za-z]\w*[?!]?)/,
    between: /^$(?!)/,
    comment: /^\s{0,80}#(?!!)/,
  },
  py: {
    offers: /^(?:async\s+def|def|class)\s+(?<name>[A-Za-z]\w*)/,
    between: /^@/,
    comment: /^#(?!!)/,
    below: /^\s{1,80}(?:[rRuUbBfF]{0,2})(?:"""|'''|"|')/,
  },
};

const maxLineChars = 2_000;

/** undefined: a language of which it is not known what a file offers. */
export function documentationOf(path: string, text: string): Documentation | undefined {
  const rule = rules[extensionOf(path)];
  if (!rule) return undefined;
  const lines = text.split(/\r?\n/).map((line) => line.slice(0, maxLineChars));
  const missing: Undocumented[] = [];
  let offered = 0;
  for (const [i, line] of lines.entries()) {
    const groups = rule.offers.exec(line)?.groups;
    const name = groups?.['name'] ?? groups?.['method'];
    if (name === undefined) continue;
    offered++;
    if (!isExplained(lines, i, rule)) missing.push({ name, line: i + 1 });
  }
  return { offered, missing };
}

function isExplained(lines: readonly string[], at: number, rule: Rule): boolean {
  let above = at - 1;
  while (above >= 0 && rule.between.test(lines[above] ?? '')) above--;
  if (rule.comment.test(lines[above] ?? '')) return true;
  return rule.below !== undefined && rule.below.test(lines[bodyOf(lines, at)] ?? '');
}

/** The first line behind a Python signature, which may go over several. */
function bodyOf(lines: readonly string[], at: number): number {
  for (let i = at; i < Math.min(lines.length, at + 40); i++) {
    if (/:\s{0,20}(?:#.{0,200})?$/.test(lines[i] ?? '')) return i + 1;
  }
  return at + 1;
}
