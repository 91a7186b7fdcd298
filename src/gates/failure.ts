/** What kind of failure a test's message tells of. */
export interface Failure {
  readonly kind: 'assertion' | 'import' | 'timeout' | 'exception' | 'unknown';
  /** Name of the exception, where the message has one. */
  readonly type?: string;
  /** The first of the project's own files in the stack, as the message spells it. */
  readonly file?: string;
}

const maxChars = 6_000;
const imports =
  /Cannot find (module|package) |ERR_MODULE_NOT_FOUND|Failed to resolve import|does not provide an export named|\b(ModuleNotFoundError|ImportError)\b/;
const timeouts =
  /Timeout of \d+ ?ms exceeded|test timed out after|Exceeded timeout of|Test timed out in|ERR_MOCHA_TIMEOUT/i;
const assertions =
  /\b(AssertionError|AssertError|AssertionFailedError|ComparisonFailure|ExpectationError|ERR_ASSERTION|JestAssertionError)\b|^(Error: )?expect\(|^E\s+(assert\b|Failed:)|^(assert\b|Failed:)/m;
/** An assertion about whatever was thrown says nothing when that was a missing module. */
const unwanted = /unwanted (exception|rejection)|not to throw/i;

export function describeFailure(message: string): Failure {
  const text = message.slice(0, maxChars);
  const python = pythonPlace(text);
  const words = python ? pythonWords(text) : withoutFrames(text);
  const type = python?.type ?? typeOf(words);
  const file = python?.file ?? firstFrame(text);
  const place = { ...(type ? { type } : {}), ...(file ? { file } : {}) };
  const asserted = python ? isAssertion(python.type) : assertions.test(words);
  if (timeouts.test(words)) return { kind: 'timeout', ...place };
  if (imports.test(words) && (!asserted || unwanted.test(words)))
    return { kind: 'import', ...place };
  if (asserted) return { kind: 'assertion', ...place };
  return { kind: type ? 'exception' : 'unknown', ...place };
}

/**
 * A reproduction fails by its own assertion, or with the ticket's exception raised by the code under
 * test. A TypeError of the test's own making is neither: it may only call what does not exist yet.
 */
export function isReproduction(
  failure: Failure,
  {
    exceptionType,
    anyException,
  }: { readonly exceptionType?: string; readonly anyException?: boolean },
  testFiles: readonly string[],
): boolean {
  const inTest = failure.file !== undefined && isOneOf(failure.file, testFiles);
  if (failure.kind === 'assertion') return true;
  if (failure.kind !== 'exception') return false;
  if (failure.type === 'Error' && inTest) return true; // `throw new Error('…')` in place of an assertion
  if (anyException) return failure.file !== undefined && !inTest;
  return exceptionType !== undefined && sameType(failure.type, exceptionType) && !inTest;
}

/** A place in a stack. */
export interface StackPlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** Places of a failure's stack that lie in the project's own files, the innermost first, without the tests. */
export function ownFrames(
  message: string,
  paths: ReadonlySet<string | undefined>,
  testFiles: readonly string[],
): readonly StackPlace[] {
  const text = message.slice(0, maxChars);
  const python = [...text.matchAll(/^\s*File "([^"\n]{1,400})", line (\d{1,7})/gm)].reverse();
  const script = [
    ...text.matchAll(/^\s+at [^\n]{0,400}?((?:file:\/\/)?[^\s():]{1,400}):(\d{1,7}):\d/gm),
  ];
  const pytest = [...text.matchAll(/^([^\s:>][^\n:]{0,300}):(\d{1,7}): /gm)].reverse();
  const found = [python, script, pytest].find((frames) => frames.length > 0) ?? [];
  return found.flatMap(([, name = '', line = '']) => {
    const file = name.replace(/^file:\/\//, '').replaceAll('\\', '/');
    const path = longestSuffix(file, paths);
    const isOwn = path !== undefined && !testFiles.includes(path);
    return isOwn ? [{ file: path, line: Number(line) }] : [];
  });
}

/** The path of the tree that a file of some checkout is. */
function longestSuffix(file: string, paths: ReadonlySet<string | undefined>): string | undefined {
  const parts = file.split('/').filter((part) => part !== '' && part !== '.');
  return parts.map((_, i) => parts.slice(i).join('/')).find((path) => paths.has(path));
}

export function failureWords(failure: Failure): string {
  switch (failure.kind) {
    case 'assertion':
      return 'by an assertion';
    case 'import':
      return 'because something could not be imported';
    case 'timeout':
      return 'because it ran out of time';
    default:
      return failure.type ? `with ${failure.type}` : 'for a reason that its output does not name';
  }
}

function sameType(type: string | undefined, expected: string): boolean {
  const last = (name: string): string =>
    (name.split(/[.:]+\s*/).findLast((part) => part !== '') ?? name).trim().toLowerCase();
  if (type === undefined) return false;
  return last(type) === last(expected) || expected.toLowerCase().startsWith(type.toLowerCase());
}

function isOneOf(file: string, files: readonly string[]): boolean {
  const path = file.replaceAll('\\', '/');
  return files.some((name) => path === name || path.endsWith(`/${name}`));
}

function isAssertion(type: string): boolean {
  return /^(AssertionError|Failed|.*\.AssertionError)$/.test(type);
}

/** pytest and our unittest report end with `path:line: Type`. */
function pythonPlace(text: string): { file: string; type: string } | undefined {
  const lines = [...text.matchAll(/^([^\s:>][^\n:]{0,300}):\d{1,7}: ([A-Za-z_][\w.]{0,100})$/gm)];
  const [, file, type] = lines.at(-1) ?? [];
  return file && type ? { file, type } : undefined;
}

/** The error's own lines, not the source lines that are shown around it. */
function pythonWords(text: string): string {
  const [first = '', ...rest] = text.split('\n');
  return [first, ...rest.filter((line) => /^E\s/.test(line) || /^\w*Error\b/.test(line))].join(
    '\n',
  );
}

function withoutFrames(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^\s+at /.test(line))
    .join('\n');
}

function typeOf(words: string): string | undefined {
  const cause = /cause: \[?([A-Za-z_$][\w$.]{0,100})(?: \[\w+\])?:/.exec(words)?.[1];
  const head =
    /^\s*(?:Uncaught )?\[?([A-Za-z_$][\w$.]*(?:Error|Exception|Failure|Panic)|panic|Error)\b/m.exec(
      words,
    )?.[1];
  return cause ?? head;
}

function firstFrame(text: string): string | undefined {
  for (const line of text.split('\n')) {
    const place =
      /^\s+at (?:[^\n]{0,300}\()?((?:file:\/\/)?\/?[^\s():]{1,400}(?::[\\/][^\s():]{1,400})?):\d+/.exec(
        line,
      )?.[1];
    if (place && !/(^|\/)(node:|node_modules\/|internal\/)|^node:/.test(place)) {
      return place.replace(/^file:\/\//, '');
    }
  }
  return undefined;
}
