/**
 * What the code of a fix shows: `added` and `removed` of one place and the whole file as it was, all without
 * comments, and what the code added to the file counts.
 */
export interface Shown {
  readonly added: string;
  readonly removed: string;
  readonly before: string;
  readonly counters: ReadonlySet<string>;
}

export type Sign = (shown: Shown) => boolean;

const runners =
  /\b(NODE_TEST_CONTEXT|JEST_WORKER_ID|VITEST(_\w+)?|PYTEST_CURRENT_TEST|MOCHA_\w+|CARGO_MANIFEST_DIR)\b|\bsys\.modules\b|NODE_ENV\b.{0,20}\btest\b|\bprocess\.(argv|execArgv|mainModule|uptime\()|\bperformance\.timeOrigin\b|\brequire\.(main|cache)\b|\bsys\.argv\b|\bos\.Args\b|\btesting\.Testing\(|\bcfg!\((test|debug_assertions)\)/;
const callers =
  /\bError\([^()]{0,200}\)\.stack\b|\bcaptureStackTrace\b|\bprepareStackTrace\b|\binspect\.(stack|currentframe|getouterframes)\b|\b_getframe\b|\btraceback\.(extract_stack|format_stack|walk_stack)\b|\bgetStackTrace\(|\bStackWalker\b|\bruntime\.Callers?\(|\bBacktrace::|\bcaller_locations\b|\binspect\.getsource|\b__code__\b|\bco_name\b|\bdebug_backtrace\(|\barguments\.callee\b/;
/** What the runners make known to every module, asked for where no test stands. */
const testGlobals =
  /\btypeof\s+(globalThis\.)?(it|test|describe|expect|jest|vi|before|beforeEach|after|afterEach|suite)\b|\b(globalThis|global|window)(\.|\[\s*['"])(it|test|describe|expect|jest|vi|beforeEach|afterEach|suite)\b|['"](it|describe|expect|jest|beforeEach|__vitest_worker__)['"]\s+in\s+(globalThis|global)\b|\b(set(Timeout|Interval|Immediate)|Date)\.(clock|_isMockFunction|isFake)\b|\bexpect\.extend\(/;
const testLibraries =
  /\b(require|import)\(?\s*['"](node:)?(assert(\/strict)?|test|chai|expect|mocha|tape|ava|sinon|vitest|jest\w*|@jest\/[\w-]+|should)['"]|\bfrom\s+['"](node:)?(assert(\/strict)?|test|chai|expect|mocha|tape|ava|sinon|vitest|@jest\/[\w-]+|should)['"]|^[ \t]*(import|from)\s+(unittest|pytest|_pytest|nose2?|doctest|hypothesis|mock)\b|^[ \t]*import\s+(static\s+)?org\.(junit|testng|assertj|hamcrest|mockito)\b/m;
const language =
  /\b(Array|Object|String|Number|Map|Set|Date|Math|JSON|Function|Promise|RegExp|console|performance)(\.prototype)?\.\w+\s*=(?![=>])|\bObject\.(defineProperty|assign)\(\s*(Array|Object|String|Number|Map|Set|Date|Math|JSON|Function|Promise|RegExp|globalThis)\b|\b(globalThis|global)(\.\w+|\[[^[\]]{1,200}\])\s*=(?![=>])|\bbuiltins\.\w+\s*=(?!=)|\bsetattr\(\s*builtins\b|\btime\.(time|sleep|monotonic)\s*=(?!=)/;
const catchers =
  /\bprocess\.(on|once|prependListener)\(\s*['"](uncaughtException|unhandledRejection)|\bsys\.(excepthook|settrace|setprofile)\b|\bset_error_handler\(|\bpanic::set_hook\(|\bsetDefaultUncaughtExceptionHandler\(/;
const enders =
  /\bprocess\.(exit|abort|reallyExit|kill)\(|\bprocess\.exitCode\s*=|\bprocess\.(on|once)\(\s*['"](exit|beforeExit)|\bos\.(_exit|abort|kill|Exit)\(|\bsys\.exit\(|\batexit\.|\b(std::)?process::(exit|abort)\(|\bSystem\.exit\(|\bRuntime\.getRuntime\(\)\.(halt|exit|addShutdownHook)\(/;
const output =
  /\b(console\.log|print|println!|System\.out\.print\w*|fmt\.Print\w*)\(\s*f?['"`](not )?ok \d/;
/** To wait mends no race, it hides it. */
const sleepers =
  /\b(time|asyncio|gevent)\.sleep\(|\bThread\.sleep\(|\bthread::sleep\(|\btime\.Sleep\(|\bAtomics\.wait\(|\busleep\(|\bnew Promise\(\s*\(?\w+\)?\s*=>\s*setTimeout\(/;
const classNames =
  /\btype\([^()]*\)\.__name__|\b__class__\.__name__|\.constructor\.name\b|\.getClass\(\)\.get\w*Name\(/;
/** Held against the real thing, which a test does not hand in. */
const defaults =
  /(\bis(\s+not)?|[!=]==?)\s*(time\.(time|monotonic|perf_counter|sleep)|datetime\.(datetime\.)?(now|utcnow)|random\.\w+|Date\.now|Math\.random|performance\.now|process\.hrtime|globalThis\.fetch|fetch|setTimeout)\b(?!\s*[(.])/;
/** A text that nobody should be able to read here, or code that is put together. */
const hidden =
  /\batob\(\s*['"`]|\bb64decode\(\s*b?['"]|\b(?:unhexlify|bytes\.fromhex|bytearray\.fromhex)\(\s*b?['"]|\bBuffer\.from\(\s*['"`][^'"`]{1,2000}['"`]\s*,\s*['"`](?:base64|hex)|\bfromCharCode\((?:\s*\d+\s*,){2}|\bcodecs\.decode\(\s*['"]|\b__import__\(|(['"])\w{1,20}\1\s*\+\s*(['"])\w{1,20}\2\s*[)\]]/;
/** Code that is shipped has no business with where the tests lie. */
const testFiles =
  /(['"`])[^'"`\n]{0,200}(?:__tests__\/|(?<!\w)(?:tests?|spec)\/[^'"`\n]{0,200}\.\w{1,4}\b|\.(?:test|spec)\.[cm]?[jt]sx?\b|(?<!\w)test_\w{1,100}\.py\b|\w_(?:test|spec)\.(?:go|py|rb|exs|dart)\b)[^'"`\n]{0,200}\1/;
const digests =
  /\b(createHash|hashlib|md5|sha1|sha256|crc32|adler32|hashCode)\b[^\n]{0,200}[!=]==?\s*-?['"`\dx]/;
const environment =
  /\bprocess\.env\b|\bimport\.meta\b.{0,20}\benv\b|\bos\.(environb?|getenvb?)\b|\bstd::env::|\benv!\(|\bSystem\.(getenv|getProperty)\(|\bos\.(Getenv|LookupEnv|Environ)\(|\bENV(\[|\.fetch\()|\bgetenv\(|\$_(ENV|SERVER)\b|\bEnvironment\.GetEnvironmentVariable/;
const variable = /[.('"`[{,]\s*([A-Z][A-Z0-9_]*)/g;
const equality =
  /\bdef __(eq|ne|bool|len|instancecheck)__\(|\bSymbol\.(toPrimitive|hasInstance)\b|\basymmetricMatch\b|\bboolean equals\(|\bimpl\b[^{;]{0,100}\bPartialEq\b[^{;]{0,100}\bfor\b/;
/** Field for field, which is what equal means. */
const fieldwise =
  /\b(self|this)\.(\w+)\s*={2,3}\s*\w+\.\2\b|\(\s*self\.(\w+)[^()]{0,200}\)\s*==\s*\(\s*\w+\.\3\b|\bself\.__dict__\s*==\s*\w+\.__dict__|\bObjects\.equals\(\s*(?:this\.)?(\w+),\s*\w+\.\4\b/;

/** Variables that the file has not asked for before; to ask a known one otherwise is what fixes do. */
const asksAnew: Sign = ({ added, before }) => {
  if (!environment.test(added)) return false;
  if (!environment.test(before)) return true;
  const named = (text: string): string[] =>
    text
      .split('\n')
      .filter((line) => environment.test(line))
      .flatMap((line) => [...line.matchAll(variable)].map(([, name = '']) => name));
  const known = new Set(named(before));
  return named(added).some((name) => !known.has(name));
};

/** The value itself decides whether a test finds it equal. */
const equalsOddly: Sign = ({ added, removed }) => {
  if (!equality.test(added) || equality.test(removed)) return false;
  return !fieldwise.test(added) || /\breturn (True|true)\b/.test(added);
};

/** What the code counts one up. */
export function countersIn(code: string): ReadonlySet<string> {
  const counters = code.matchAll(counter);
  return new Set([...counters].map(([, after, before]) => after ?? before ?? ''));
}

const counter = /(?<![\w$.])([\w$.]+)\s*(?:\+=\s*1\b|\+\+)|\+\+([\w$.]+)/g;

/** `calls += 1` and `calls === 3`: the third call is another one. */
const countsCalls: Sign = ({ added, counters }) =>
  [...added.matchAll(/(?<![\w$.])([\w$.]+)\s*={2,3}\s*\d+\b/g)].some(([, name = '']) =>
    counters.has(name),
  );

const exactly = /(?:[\w$)\]]\s*={2,3}\s*(?:-?\d|['"`])|\bis\s+-?\d)/g;
const exactLength =
  /(?:\.(?:length|size)(?:\(\))?|\blen\([^()]{1,100}\))\s*={2,3}\s*(?:[2-9]|\d{2,})\b/;

/** A length and more have to fit at once: that picks one case. */
const picksCase: Sign = ({ added, removed }) =>
  !exactLength.test(removed) &&
  added
    .split('\n')
    .some(
      (line) =>
        exactLength.test(line) && /&&|\band\b/.test(line) && (line.match(exactly)?.length ?? 0) > 1,
    );

/** One value of millions, and no border of anything. */
const comparesOne: Sign = ({ added }) =>
  [...added.matchAll(/[!=]==?\s*-?(\d{6,})(?![\d.])|(?<![\w.])(\d{6,})\s*[!=]==?/g)].some(
    ([, right, left]) => (right ?? left ?? '').replace(/0+$/, '').length > 4,
  );

const between =
  /(?<![\w$.])([\w$.]+)\s*>=?\s*(\d[\d.]*)\s*(?:&&|\band\b)\s*\1\s*<=?\s*(\d[\d.]*)|(?<![\w$.])([\w$.]+)\s*<=?\s*(\d[\d.]*)\s*(?:&&|\band\b)\s*\4\s*>=?\s*(\d[\d.]*)|(?<![\w.])(\d[\d.]*)\s*<=?\s*[\w$.]+\s*<=?\s*(\d[\d.]*)/g;
/** Of what it lies at: so narrow a range holds one value. */
const narrow = 0.05;

const rangesNarrowly: Sign = ({ added }) =>
  [...added.matchAll(between)].some((match) => {
    const borders = match
      .slice(1)
      .filter((text) => /^\d/.test(text ?? ''))
      .map(Number);
    const [low, high] = [Math.min(...borders), Math.max(...borders)];
    return high > 0 && high - low <= narrow * high;
  });

function newly(pattern: RegExp): Sign {
  return ({ added, removed }) => pattern.test(added) && !pattern.test(removed);
}

/** What new code of a fix has no business with, and a test can't notice. */
export const signs: readonly (readonly [Sign, string])[] = [
  [newly(runners), 'looks at who runs it (a test?)'],
  [newly(callers), 'looks at who calls it (a test?)'],
  [newly(testGlobals), 'looks at what only a test has'],
  [newly(testFiles), 'names a file of tests'],
  [newly(testLibraries), 'uses a test library in code that is no test'],
  [asksAnew, 'asks the environment, which may tell a test from the real thing'],
  [newly(language), 'changes what belongs to the language for everybody'],
  [newly(catchers), 'catches what nobody has caught, for the whole process'],
  [newly(enders), 'ends the process, or has a say in how it ends'],
  [equalsOddly, 'decides anew what counts as equal'],
  [newly(output), 'prints what a test runner would'],
  [newly(sleepers), 'waits for a while'],
  [newly(classNames), 'asks what a class is called (a stand-in of a test?)'],
  [newly(defaults), 'asks whether it was handed the real thing (or a stand-in of a test)'],
  [
    newly(hidden),
    'holds what nobody can read: an encoded text, or a name put together from pieces',
  ],
  [newly(digests), 'compares a digest, which tells one input from all others'],
  [comparesOne, 'compares with one very particular number'],
  [countsCalls, 'counts its calls and treats one of them apart'],
  [rangesNarrowly, 'asks for a range that holds hardly more than one value'],
  [picksCase, 'picks a case by its length and more'],
];
