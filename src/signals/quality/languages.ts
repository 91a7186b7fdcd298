/** What has to be known of a language to cut it into tokens and count its decisions. */
export interface Language {
  readonly lineComments: readonly string[];
  readonly blockComments: readonly (readonly [open: string, close: string])[];
  /** Strings that may span lines, before those that may not. */
  readonly longStrings: readonly string[];
  readonly strings: readonly string[];
  /** `/…/` may be a pattern. */
  readonly hasPatterns?: boolean;
  /** How a function ends. */
  readonly blocks: 'braces' | 'indent' | 'end';
  /** Words before the name of a function; without them a name, parentheses and a brace make one. */
  readonly functionWords: readonly string[];
  /** Words that are one more way through a function each. */
  readonly decisions: ReadonlySet<string>;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));
const cStyle = {
  lineComments: ['//'],
  blockComments: [['/*', '*/']],
  longStrings: [],
  strings: ['"', "'"],
  blocks: 'braces',
  functionWords: [],
} as const;

const javascript: Language = {
  ...cStyle,
  longStrings: ['`'],
  hasPatterns: true,
  functionWords: ['function'],
  decisions: words('if for while case catch && || ?? ?'),
};
const java: Language = {
  ...cStyle,
  longStrings: ['"""'],
  decisions: words('if for while case catch && || ?'),
};
const kotlin: Language = {
  ...java,
  functionWords: ['fun'],
  decisions: words('if for while catch && || ?: ->'),
};
const csharp: Language = {
  ...cStyle,
  longStrings: ['"""', '@"'],
  decisions: words('if for foreach while case catch && || ?? ?'),
};
const c: Language = { ...cStyle, decisions: words('if for while case catch && || ?') };
const go: Language = {
  ...cStyle,
  longStrings: ['`'],
  functionWords: ['func'],
  decisions: words('if for case && ||'),
};
const rust: Language = {
  ...cStyle,
  strings: ['"'], // an apostrophe begins a lifetime
  functionWords: ['fn'],
  decisions: words('if for while => && ||'),
};
const swift: Language = {
  ...cStyle,
  longStrings: ['"""'],
  strings: ['"'],
  functionWords: ['func'],
  decisions: words('if guard for while case catch && || ?? ?'),
};
const php: Language = {
  ...cStyle,
  lineComments: ['//', '#'],
  functionWords: ['function'],
  decisions: words('if elseif for foreach while case catch && || and or ?? ?'),
};
const python: Language = {
  lineComments: ['#'],
  blockComments: [],
  longStrings: ['"""', "'''"],
  strings: ['"', "'"],
  blocks: 'indent',
  functionWords: ['def'],
  decisions: words('if elif for while except case and or'),
};
const ruby: Language = {
  lineComments: ['#'],
  blockComments: [['=begin', '=end']],
  longStrings: [],
  strings: ['"', "'"],
  blocks: 'end',
  functionWords: ['def'],
  decisions: words('if elsif unless for while until when rescue && || and or ?'),
};

const byExtension: ReadonlyMap<string, Language> = new Map(
  Object.entries({
    js: javascript,
    jsx: javascript,
    mjs: javascript,
    cjs: javascript,
    ts: javascript,
    tsx: javascript,
    mts: javascript,
    cts: javascript,
    java,
    kt: kotlin,
    kts: kotlin,
    scala: { ...java, functionWords: ['def'] },
    cs: csharp,
    c,
    h: c,
    cc: c,
    cpp: c,
    cxx: c,
    hpp: c,
    go,
    rs: rust,
    swift,
    php,
    py: python,
    rb: ruby,
  }),
);

export function languageOf(path: string): Language | undefined {
  return byExtension.get(extensionOf(path));
}

export function extensionOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1).toLowerCase();
}
