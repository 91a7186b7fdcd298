import { type Follow, maxMessageChars, type ParsedException } from './grammar.ts';

/** The type of what a compiler gave no code. */
const uncoded = 'CompileError';

/** One form in which compilers and linters name a file, a line and what is wrong there. */
export interface Form {
  readonly head: RegExp;
  /** Default: the lines that quote the source. */
  readonly follow?: () => Follow;
  /** Without a second line it says nothing yet. */
  readonly needsMore?: boolean;
  parse(head: RegExpExecArray, lines: readonly string[]): Iterable<ParsedException>;
}

const languages: Readonly<Record<string, string>> = {
  ts: 'typescript',
  tsx: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  vue: 'javascript',
  js: 'javascript',
  jsx: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  svelte: 'javascript',
  c: 'c',
  cc: 'cpp',
  cpp: 'cpp',
  cxx: 'cpp',
  h: 'cpp',
  hh: 'cpp',
  hpp: 'cpp',
  rs: 'rust',
  go: 'go',
  java: 'java',
  kt: 'kotlin',
  kts: 'kotlin',
  scala: 'scala',
  groovy: 'groovy',
  cs: 'csharp',
  fs: 'fsharp',
  py: 'python',
  pyi: 'python',
  rb: 'ruby',
  php: 'php',
  swift: 'swift',
  m: 'cpp',
  mm: 'cpp',
  ex: 'elixir',
  exs: 'elixir',
  erl: 'erlang',
  hrl: 'erlang',
  hs: 'haskell',
  lhs: 'haskell',
  zig: 'zig',
  jl: 'julia',
  nim: 'nim',
  dart: 'dart',
};

export function found(
  file: string,
  line: string | undefined,
  column: string | undefined,
  type: string | undefined,
  message: string,
): ParsedException {
  const ending = /\.(\w{1,8})$/.exec(file)?.[1]?.toLowerCase() ?? '';
  const place = {
    file,
    ...(line === undefined ? {} : { line: Number(line) }),
    ...(column === undefined ? {} : { column: Number(column) }),
  };
  return {
    kind: 'diagnostic',
    language: Object.hasOwn(languages, ending) ? (languages[ending] ?? 'text') : 'text',
    type: type === undefined || type === '' ? uncoded : type,
    message: message.trim().slice(0, maxMessageChars),
    frames: [
      {
        ...place,
        inApp: !/[\\/]node_modules[\\/]|^\/usr\/|[\\/]\.cargo[\\/]|[\\/]pkg[\\/]mod[\\/]/.test(
          file,
        ),
      },
    ],
    causes: [],
    severity: 'error',
  };
}

/** Its lines say nothing that is not said elsewhere. */
export function nothing(): ParsedException {
  const none = { frames: [], causes: [] };
  return { silent: true, language: 'text', type: uncoded, message: '', ...none, severity: 'error' };
}

/** Quoted source, carets and hints are indented, or numbered by tsc. */
export const quoted = (): Follow => {
  let lines = 0;
  return (line) => (/^(?:\s|$|\d{1,6} )/.test(line) && ++lines <= 16 ? 'enough' : 'no');
};
export const single = (): Follow => () => 'no';

/** Below what is wrong, the place. */
export const arrow = /^\s{1,12}--> (\S.{0,1000}?):(\d{1,9}):(\d{1,9})$/;
