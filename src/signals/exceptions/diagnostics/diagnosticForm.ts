import { type Follow, maxMessageChars, type ParsedException } from '../grammar.ts';

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
  csproj: 'csharp',
  sln: 'csharp',
  fs: 'fsharp',
  fsproj: 'fsharp',
  vb: 'vb',
  vbproj: 'vb',
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
  sh: 'shell',
  bash: 'shell',
  adb: 'ada',
  ads: 'ada',
  pas: 'pascal',
  pp: 'pascal',
  lpr: 'pascal',
  d: 'd',
  di: 'd',
  f: 'fortran',
  for: 'fortran',
  f90: 'fortran',
  f95: 'fortran',
  f03: 'fortran',
  f08: 'fortran',
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

/** With the line of source that the report quotes: `  5 |   return x` of rustc and gcc. */
export function quoting(parsed: ParsedException, lines: readonly string[]): ParsedException {
  const [frame, ...more] = parsed.frames;
  const quoted = lines
    .map((line) => /^\s{0,8}(\d{1,9}) {0,8}\| ?(.{0,300})$/.exec(line))
    .find((match) => match !== null && Number(match[1]) === frame?.line);
  const source = quoted?.[2]?.trim() ?? '';
  return frame && source !== '' ? { ...parsed, frames: [{ ...frame, source }, ...more] } : parsed;
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
