import type { Frame } from '../../../core/signal.ts';
import type { Follow, Grammar, ParsedException } from '../grammar.ts';
import { addFrame, exceptionOf, frameOf, indentOf, messageOf } from '../parts.ts';

/** A file, so that prose (`at noon line 3.`) is none. */
const file = String.raw`((?:\/|\.{1,2}\/|[A-Za-z]:[\\/])?[^\s:"'<>|]{1,400}\.(?:p[lmh]|t|cgi|psgi|fcgi|al|PL|xs)|\/[^\s:"'<>|]{1,400}|-e|-|\(eval \d{1,6}\)(?:\[[^\]]{1,300}\])?|[\w./-]{0,200}(?:bin|script|scripts)\/[\w.-]{1,100})`;
const handle = String.raw`(?:, <[^>]{0,80}> (?:line|chunk) \d{1,9})?`;
const died = new RegExp(
  String.raw`^(.{1,4000}?) at ${file} line (\d{1,9})${handle}(\.|, (?:near|at) .{0,300})$`,
);
/** Exception classes (Moose, Exception::Class) end a message without a dot where a stack follows. */
const diedAbove = new RegExp(
  String.raw`^(.{1,4000}?) at (?:accessor \S{1,200} \(defined at [^()]{1,300}\)|${file}) line (\d{1,9})$`,
);
/** Carp: what called it, with the arguments. */
const called = new RegExp(
  String.raw`^\s(.{1,2000}?) called at ${file} line (\d{1,9})${handle}\.?$`,
);
/** Moose's last caller: `	main::__ANON__ at job.pl line 26`. */
const outermost = new RegExp(String.raw`^\t\S{1,300} at ${file} line \d{1,9}$`);
const consequence =
  /^(?:BEGIN failed--|Compilation failed in require|Execution of .{1,300} aborted due to|.{1,300} had compilation errors|\(Did you mean |\(Maybe you |\t?\(F\)|Bareword found |Missing right )/;
const inEval = /^\t\.\.\.(?:caught|propagated) at /;
const warning =
  /^(?:Use of uninitialized value|Argument .{0,300} isn't numeric|Useless use of|Odd number of elements|Deep recursion|Subroutine \S{1,200} redefined|Name ".{1,200}" used only once|Possible |Scalar value|Unquoted string|Found = in conditional|Statement unlikely|substr outside|splice\(\) offset|Reference found where|Wide character|Negative repeat|Smartmatch is|given is|when is|.{1,200} masks earlier declaration|.{1,60}\(\) on (?:closed|unopened) filehandle|Constant subroutine|Prototype mismatch|Exiting \w+ via|Unrecognized escape|Illegal \w+ digit|Integer overflow|Use of .{1,80} is deprecated|Variable ".{1,100}" is not available|Variable ".{1,100}" will not stay shared|isn't numeric)/;
/** CGI::Carp names the script before the message, Log4perl the level and the place. */
const logHeader =
  /^(?:[\w./-]{1,200}\.(?:pl|pm|cgi|fcgi|psgi|t): |(?:ERROR|FATAL|WARN|INFO)> \S{1,200} (?:\S{1,200} )?- )/;
const failedTest = /^\s*#\s{1,4}Failed (?:\(TODO\) )?test(?: '(.{0,1000})'|)$/;
const failedAt = new RegExp(
  String.raw`^\s*#\s{1,4}(?:Failed test .{0,1000})?(?:at|in) ${file} (?:at )?line (\d{1,9})\.$`,
);
const failedOnOne = new RegExp(
  String.raw`^\s*#\s{1,4}Failed test (?:'(.{0,1000})' |)(?:\(|at )${file} (?:at )?line (\d{1,9})\)?\.?$`,
);

const looksLike = /# Looks like /;
/** What TAP writes where a subtest ends. */
const betweenLevels = /^\s*(?:$|\}$|\d{1,6}\.\.\d{1,6}$|# Looks like |not ok \d)/;

export const perl: Grammar = {
  language: 'perl',
  hints: [
    ' line 1',
    ' line 2',
    ' line 3',
    ' line 4',
    ' line 5',
    ' line 6',
    ' line 7',
    ' line 8',
    ' line 9',
    'Failed test',
  ],
  begin(line) {
    if (!line.includes(' line ') && !line.includes('Failed ')) return undefined;
    if (isFailed(line)) return followTest(line);
    if (called.test(line)) return undefined;
    if (consequence.test(line) || line.startsWith('#')) return undefined;
    if (died.test(line)) return followStack(line);
    return diedAbove.test(line) ? followCallers() : undefined;
  },
  saysEnough: (line) => died.test(line) || failedOnOne.test(line),
  *parse(lines) {
    const parsed = parseTest(lines) ?? parseDeath(lines);
    if (parsed) yield parsed;
  },
};

function followStack(first: string): Follow {
  let lines = 0;
  let compiling = /^(?:syntax error|Global symbol|Bareword|Missing|Can't find|Unmatched)/.test(
    first,
  );
  return (line) => {
    if (consequence.test(line)) {
      compiling = false;
      return 'enough';
    }
    if (called.test(line) || inEval.test(line)) return 'enough';
    // The compiler goes on to complain about what follows from the first mistake.
    const more =
      compiling && ++lines < 10 && /^(?:syntax error|Global symbol|Bareword) /.test(line);
    return more && died.test(line) ? 'enough' : 'no';
  };
}

function followCallers(): Follow {
  let calls = 0;
  return (line) => {
    if (called.test(line)) calls++;
    else if (calls === 0 || !outermost.test(line)) return 'no';
    return 'enough';
  };
}

/** A failure within a subtest is followed by that of the subtest, which stands less deep and says nothing new. */
function followTest(first: string): Follow {
  let depth = indentOf(first);
  return (line) => {
    if (isFailed(line)) {
      if (indentOf(line) >= depth) return 'no';
      depth = indentOf(line);
      return 'enough';
    }
    if (depth > 0 && betweenLevels.test(line)) return 'enough';
    return /^\s*#/.test(line) && !looksLike.test(line) ? 'enough' : 'no';
  };
}

function isFailed(line: string): boolean {
  return failedTest.test(line) || failedOnOne.test(line);
}

function parseDeath(lines: readonly string[]): ParsedException | undefined {
  const [first = ''] = lines;
  const match = died.exec(first) ?? (lines.length > 1 ? diedAbove.exec(first) : null);
  if (!match) return undefined;
  const stack = lines.slice(1).flatMap((line) => {
    const call = called.exec(line);
    return call ? [call] : [];
  });
  const frames: Frame[] = [];
  if (match[2] !== undefined) add(frames, match[2], match[3], stack[0]?.[1]);
  stack.forEach((call, at) => add(frames, call[2], call[3], stack[at + 1]?.[1]));
  const near = /^, near (.*)$/.exec(match[4] ?? '')?.[1];
  const said = (match[1] ?? '').replace(logHeader, '');
  const message = messageOf([`${said}${near === undefined ? '' : `, near ${near}`}`]);
  const isWarning = warning.test(message);
  const cause = { type: isWarning ? 'Warning' : typeIn(message), message, frames };
  return exceptionOf('perl', cause, [], isWarning ? { kind: 'log', severity: 'warning' } : {});
}

/** Exceptions with a class are printed as their author likes; many name it first. */
function typeIn(message: string): string {
  return /^((?:[A-Z]\w{0,80}::){1,8}[A-Z]\w{0,80})(?::| )/.exec(message)?.[1] ?? 'die';
}

/** A frame says where a call was made; its function is the one that the next frame calls. */
function add(
  frames: Frame[],
  path: string | undefined,
  line: string | undefined,
  call: string | undefined,
): void {
  const shown =
    /^\(eval \d+\)\[(.{1,300}):\d+\]$/.exec(path ?? '')?.[1] ??
    (path ?? '').replace(/^\(eval \d+\)$/, '(eval)');
  addFrame(frames, frameOf(shown, isInApp(shown), { function: nameOf(call), line: Number(line) }));
}

function nameOf(call: string | undefined): string | undefined {
  const name = call?.replace(/\(.*$/s, '').trim();
  return name === '' || name === undefined || /^(?:eval|require)\b/.test(name)
    ? undefined
    : name.slice(0, 300);
}

const foreign =
  /^\/usr\/(?:local\/)?(?:share|lib)\/|[\\/](?:perl5|site_perl|vendor_perl|perlbrew)[\\/]|[\\/]local[\\/]lib[\\/]|^\(eval\)$|^-$/;

function isInApp(path: string): boolean {
  return !foreign.test(path);
}

/** Test::More; prove repeats none of it. */
function endsTest(line: string): boolean {
  return isFailed(line) || looksLike.test(line) || betweenLevels.test(line);
}

function parseTest(lines: readonly string[]): ParsedException | undefined {
  const [first = ''] = lines;
  const whole = failedOnOne.exec(first);
  if (!whole && !failedTest.test(first)) return undefined;
  const end = lines.findIndex((line, index) => index > 0 && endsTest(line));
  const own = end < 0 ? lines : lines.slice(0, end);
  const at = own.map((line) => failedAt.exec(line)).find((match) => match !== null);
  const path = whole?.[2] ?? at?.[1];
  if (path === undefined) return undefined;
  const name = whole?.[1] ?? failedTest.exec(first)?.[1];
  const said = own
    .slice(1)
    .filter((line) => !failedAt.test(line))
    .map((line) => line.replace(/^\s*#\s{0,12}/, ''));
  const title = name === undefined ? 'Failed test' : `Failed test '${name}'`;
  const frames = [frameOf(path, isInApp(path), { line: Number(whole?.[3] ?? at?.[2]) })];
  return exceptionOf(
    'perl',
    { type: 'TestFailure', message: messageOf([title, ...said]), frames },
    [],
    { kind: 'test' },
  );
}
