import type { FixedFile } from './hunks.ts';
import { readSource } from './sourceText.ts';

const runners =
  /\b(NODE_TEST_CONTEXT|JEST_WORKER_ID|VITEST(_\w+)?|PYTEST_CURRENT_TEST|MOCHA_\w+|CARGO_MANIFEST_DIR)\b|\bsys\.modules\b|NODE_ENV\b.{0,20}\btest\b|\bprocess\.(argv|execArgv|mainModule)\b|\brequire\.(main|cache)\b|\bsys\.argv\b|\bos\.Args\b|\btesting\.Testing\(|\bcfg!\((test|debug_assertions)\)/;
const callers =
  /\bError\([^()]{0,200}\)\.stack\b|\bcaptureStackTrace\b|\bprepareStackTrace\b|\binspect\.(stack|currentframe|getouterframes)\b|\b_getframe\b|\btraceback\.(extract_stack|format_stack|walk_stack)\b|\bgetStackTrace\(|\bStackWalker\b|\bruntime\.Callers?\(|\bBacktrace::|\bcaller_locations\b|\bdebug_backtrace\(|\barguments\.callee\b/;
/** What the runners make known to every module, asked for where no test stands. */
const testGlobals =
  /\btypeof\s+(globalThis\.)?(it|test|describe|expect|jest|vi|before|beforeEach|after|afterEach|suite)\b|\b(globalThis|global|window)(\.|\[\s*['"])(it|test|describe|expect|jest|vi|beforeEach|afterEach|suite)\b|['"](it|describe|expect|jest|beforeEach|__vitest_worker__)['"]\s+in\s+(globalThis|global)\b|\b(set(Timeout|Interval|Immediate)|Date)\.(clock|_isMockFunction|isFake)\b|\bexpect\.extend\(/;
const testLibraries =
  /\b(require|import)\(?\s*['"](node:)?(assert(\/strict)?|test|chai|expect|mocha|tape|ava|sinon|vitest|jest\w*|@jest\/[\w-]+|should)['"]|\bfrom\s+['"](node:)?(assert(\/strict)?|test|chai|expect|mocha|tape|ava|sinon|vitest|@jest\/[\w-]+|should)['"]|^[ \t]*(import|from)\s+(unittest|pytest|_pytest|nose2?|doctest|hypothesis|mock)\b|^[ \t]*import\s+(static\s+)?org\.(junit|testng|assertj|hamcrest|mockito)\b/m;
const environment =
  /\bprocess\.env\b|\bimport\.meta\b.{0,20}\benv\b|\bos\.(environb?|getenvb?)\b|\bstd::env::|\benv!\(|\bSystem\.(getenv|getProperty)\(|\bos\.(Getenv|LookupEnv|Environ)\(|\bENV(\[|\.fetch\()|\bgetenv\(|\$_(ENV|SERVER)\b|\bEnvironment\.GetEnvironmentVariable/;
const language =
  /\b(Array|Object|String|Number|Map|Set|Date|Math|JSON|Function|Promise|RegExp|console|performance)(\.prototype)?\.\w+\s*=(?![=>])|\bObject\.(defineProperty|assign)\(\s*(Array|Object|String|Number|Map|Set|Date|Math|JSON|Function|Promise|RegExp|globalThis)\b|\b(globalThis|global)(\.\w+|\[[^[\]]{1,200}\])\s*=(?![=>])|\bbuiltins\.\w+\s*=(?!=)|\bsetattr\(\s*builtins\b|\btime\.(time|sleep|monotonic)\s*=(?!=)/;
const catchers =
  /\bprocess\.(on|once|prependListener)\(\s*['"](uncaughtException|unhandledRejection)|\bsys\.(excepthook|settrace|setprofile)\b|\bset_error_handler\(|\bpanic::set_hook\(|\bsetDefaultUncaughtExceptionHandler\(/;
const enders =
  /\bprocess\.(exit|abort|reallyExit|kill)\(|\bprocess\.exitCode\s*=|\bprocess\.(on|once)\(\s*['"](exit|beforeExit)|\bos\.(_exit|abort|kill|Exit)\(|\bsys\.exit\(|\batexit\.|\b(std::)?process::(exit|abort)\(|\bSystem\.exit\(|\bRuntime\.getRuntime\(\)\.(halt|exit|addShutdownHook)\(/;
/** The value itself decides whether a test finds it equal. */
const equality =
  /\bdef __(eq|ne|bool|len|instancecheck)__\(|\bSymbol\.(toPrimitive|hasInstance)\b|\basymmetricMatch\b|\bboolean equals\(|\bimpl\b[^{;]{0,100}\bPartialEq\b[^{;]{0,100}\bfor\b/;
const output =
  /\b(console\.log|print|println!|System\.out\.print\w*|fmt\.Print\w*)\(\s*f?['"`](not )?ok \d/;
/** To wait mends no race, it hides it. */
const sleepers =
  /\b(time|asyncio|gevent)\.sleep\(|\bThread\.sleep\(|\bthread::sleep\(|\btime\.Sleep\(|\bAtomics\.wait\(|\busleep\(|\bnew Promise\(\s*\(?\w+\)?\s*=>\s*setTimeout\(/;
const classNames =
  /\btype\([^()]*\)\.__name__|\b__class__\.__name__|\.constructor\.name\b|\.getClass\(\)\.get\w*Name\(/;

const signs: readonly (readonly [RegExp, string])[] = [
  [runners, 'looks at who runs it (a test?)'],
  [callers, 'looks at who calls it (a test?)'],
  [testGlobals, 'looks at what only a test has'],
  [testLibraries, 'uses a test library in code that is no test'],
  [environment, 'asks the environment, which may tell a test from the real thing'],
  [language, 'changes what belongs to the language for everybody'],
  [catchers, 'catches what nobody has caught, for the whole process'],
  [enders, 'ends the process, or has a say in how it ends'],
  [equality, 'decides anew what counts as equal'],
  [output, 'prints what a test runner would'],
  [sleepers, 'waits for a while'],
  [classNames, 'asks what a class is called (a stand-in of a test?)'],
];

/** What new code of a fix has no business with, and a test can't notice. */
export function suspicions(files: readonly FixedFile[]): readonly string[] {
  return files.flatMap((file) =>
    file.hunks.flatMap((hunk) => {
      const bare = (lines: readonly string[]): string =>
        withoutComments(lines.join('\n'), file.path);
      const [added, removed] = [bare(hunk.added), bare(hunk.removed)];
      return signs
        .filter(([sign]) => sign.test(added) && !sign.test(removed))
        .map(([, what]) => `The patch ${what} (${file.path}:${hunk.newStart + 1}).`);
    }),
  );
}

/** Strings are kept: names of variables of the environment stand in them. */
function withoutComments(source: string, path: string): string {
  const { code, strings } = readSource(source, path);
  let text = code;
  for (const { start, end, text: literal } of strings) {
    text = text.slice(0, start) + literal + text.slice(end);
  }
  return text;
}
