import type { Cause, Frame } from '../../core/signal.ts';
import type { Follow, Grammar, ParsedException } from './grammar.ts';
import {
  addFrame,
  exceptionOf,
  frameOf,
  indentOf,
  isScriptError,
  maxMessageLines,
  messageOf,
  remembering,
} from './parts.ts';

/** `com.acme.Shop$Lost`: at least one package, so that prose is no type. */
const qualified = String.raw`(?:[a-z_][\w$]{0,60}\.){1,15}[A-Z_$][\w$]{0,150}`;
const bare = String.raw`[A-Z_$][\w$]{0,100}(?:Exception|Error|Throwable|Failure)`;
const inThread = /^Exception in thread "(.{0,300}?)" (.*)$/;
/** `scala.MatchError: x`, `com.acme.Lost`, with the sentences that are printed before it. */
const qualifiedHead = new RegExp(
  String.raw`^\s{0,16}(?:\[?CIRCULAR REFERENCE: ?|Uncaught exception: |Unhandled exception: |=> )?(${qualified})(?:: (.*)|:?\s*)$`,
);
const bareHead = new RegExp(String.raw`^\s{0,16}(${bare})(?:: (.*)|:?\s*)$`);
const saysError = /(?:Exception|Error|Throwable|Failure|Fault|Panic)$/;
/** A head at the end of a logged sentence; counts only with a frame right below it. */
const trailingHead = new RegExp(
  String.raw`[\s:\[]((?:${qualified})(?:Exception|Error))(?:: (.*)|)$`,
);
const linkHead =
  /^(\s*)(Caused by|Suppressed|Wrapped by): (?:\[CIRCULAR REFERENCE: ?)?([A-Za-z_$][\w$.]{0,250}?)(?:: (.*)|:?\s*)$/;
/** Kotlin's method names may hold spaces; a module, a class loader and a version may stand before the class. */
const frameLine =
  /^\s*at (\S.{0,600}?)\(([\w$<>-]{0,100}\.\w{1,10}(?::-?\d{1,9})?|Native Method|Unknown Source(?::\d{1,9})?|<generated>|(?:SourceFile|NO_SOURCE_FILE|r8-map-id-\w{1,80})?:-?\d{1,9})\)(?:\s{1,4}[~[(].{0,300}|".{0,300})?$/;
/** JUnit 5's console prints frames without `at`. */
const consoleFrame =
  /^\s+((?:[a-z_][\w$]{0,60}\.){1,15}[A-Z]\S{0,300}?)\(([\w$-]{1,100}\.(?:java|kt|scala|groovy):\d{1,7})\)$/;
const elided =
  /^\s*(?:\.\.\. (?:\d+ (?:more|common frames|frames|lines)|suppressed \d+)|\[?\.\.\.\]?$|<\d+ (?:internal|folded)|\[CIRCULAR REFERENCE|Locked ownable|- (?:locked|waiting|parking) )/;
const junit4 = /^\d{1,5}\) [\w$ ]{1,200}(?:\[.{0,200}\])?\([\w$.]{1,300}\)$/;
const surefire = /^\S.{1,300}\s(?:-- )?Time elapsed: .{1,40}<<< (?:FAILURE|ERROR)!$/;
const gradle = /^\S.{0,200} > .{1,200} FAILED$/;
const junit5 = /^\s+MethodSource \[className = '/;
/** Gradle's short form. */
const gradleShort = new RegExp(
  String.raw`^\s+(${qualified}|${bare}) at (\w{1,100}\.(?:java|kt|scala|groovy)):(\d{1,7})$`,
);
const testHead = [junit4, surefire, gradle, junit5];
/** sbt and Maven write it before every line. */
const buildPrefix = /^\[(?:error|ERROR)\] ?/;
const android = /^FATAL EXCEPTION: .{1,200}$/;
/** What Maven says once more, or about itself. */
const mavenEcho =
  /^\[ERROR\]\s*(?:$|Tests run: \d|Failures:\s*$|Errors:\s*$|There (?:are|were) test failures|Please refer to |-> \[Help \d|To see the full stack trace|Re-run Maven |For more information about the errors|\[Help \d|See .{1,300} for the individual test results|stack trace is suppressed)|^\[ERROR\] Failed to execute goal .{1,300}:test .{1,500}There (?:are|were) test failures|^\[error\] (?:stack trace is suppressed|\(.{1,100}\) sbt\.TestsFailedException|Failed tests:$)/;
const mavenEchoed = /^\[ERROR\] {2,4}\S/;
const crash = /^# A fatal error has been detected by the Java Runtime Environment/;
const outOfMemory =
  /^(?:Terminating due to |Aborting due to |Exception: )(java\.lang\.(?:OutOfMemoryError|StackOverflowError))(?:: (.*)| thrown from the UncaughtExceptionHandler.*)$/;
const noMainClass =
  /^Error: (?:Could not find or load main class|Unable to initialize main class) /;

export const java: Grammar = {
  language: 'java',
  hints: [
    '\n\tat ',
    'Exception in thread',
    'Caused by: ',
    'OutOfMemory',
    'Runtime Environment',
    'MethodSource [',
  ],
  begin(line) {
    if (!mayBegin(line)) return undefined;
    if (crash.test(line)) return (next) => (next.startsWith('#') ? 'enough' : 'no');
    if (outOfMemory.test(line)) return () => 'no';
    if (isStrong(line)) return followStack(true);
    if (isScriptError(line)) return undefined;
    const isWeak = qualifiedHead.test(line) || bareHead.test(line) || trailingHead.test(line);
    return isWeak ? followStack(false) : undefined;
  },
  saysEnough: (line) => !isStrong(line),
  *parse(lines, said = []) {
    const [first = ''] = lines;
    const parsed = parseCrash(lines) ?? parseAlone(first) ?? parseStack(lines, said.length > 0);
    if (parsed) yield parsed;
  },
};

/** Failed tests, and stacks in the words of build tools: every line of theirs looks like a logger's. */
export const javaReports: Grammar = {
  language: 'java',
  hints: ['FATAL EXCEPTION', '<<< FAILURE!', '<<< ERROR!', 'MethodSource [', ' FAILED\n'],
  standsAlone: true,
  begin(line) {
    if (!mayReport(line)) return undefined;
    if (mavenEcho.test(line)) return (next) => (mavenEchoed.test(next) ? 'enough' : 'no');
    const text = line.replace(buildPrefix, '');
    if (testHead.some((head) => head.test(text))) return withoutPrefix(followTest());
    if (android.test(line)) return followAndroid();
    return text !== line && isStrong(text) ? withoutPrefix(followStack(true)) : undefined;
  },
  saysEnough: (line) => mavenEcho.test(line),
  *parse(lines) {
    if (mavenEcho.test(lines[0] ?? '')) yield silent;
    const texts = lines.map((line) => line.replace(buildPrefix, ''));
    const isAndroid = android.test(texts[0] ?? '');
    const start = isAndroid ? texts.findIndex((line, at) => at > 0 && isHead(line)) : 0;
    const parsed = start < 0 ? undefined : parseStack(texts.slice(start), false);
    if (parsed) yield isAndroid ? { ...parsed, severity: 'fatal' } : parsed;
  },
};

function mayReport(line: string): boolean {
  const first = line.charCodeAt(0);
  if (first === 91) return true; // [ERROR]
  if (first === 70 && line.startsWith('FATAL EXCEPTION')) return true;
  if (line.endsWith(')')) return first >= 48 && first <= 57;
  return line.endsWith(' FAILED') || line.endsWith('!') || line.includes('MethodSource [');
}

const silent: ParsedException = {
  ...exceptionOf('java', { type: '', message: '', frames: [] }, []),
  silent: true,
};

function withoutPrefix(follow: Follow): Follow {
  return (line) => follow(line.replace(buildPrefix, ''));
}

function followAndroid(): Follow {
  let inner: Follow | undefined;
  return (line) => {
    if (inner) return inner(line);
    if (line.startsWith('Process: ')) return 'more';
    if (!isHead(line)) return 'no';
    inner = followStack(true);
    return 'more';
  };
}

/** Cheap, and true for all that the patterns take. */
function mayBegin(line: string): boolean {
  const first = line.charCodeAt(0);
  if (first === 9 && line.startsWith('\tat ')) return false;
  return (
    line.includes('Exception') ||
    line.includes('Error') ||
    line.includes('rror:') ||
    first === 35 ||
    qualifiedHead.test(line) ||
    bareHead.test(line)
  );
}

/** Other heads are only words until a frame stands right below them. */
function isStrong(line: string): boolean {
  if (inThread.test(line) || noMainClass.test(line)) return true;
  return saysError.test(qualifiedHead.exec(line)?.[1] ?? '');
}

/** @param strong whether the head says by itself that it is one; else a frame must follow at once */
function followStack(strong: boolean): Follow {
  let frames = 0;
  let ofHead = true;
  let inMessage = strong;
  let messageLines = 0;
  return (line) => {
    if (isFrame(line)) {
      frames++;
      ofHead = false;
      inMessage = false;
      return 'enough';
    }
    if (linkHead.test(line) && (strong || frames > 0)) {
      ofHead = false;
      inMessage = true;
      messageLines = 0;
      return 'enough';
    }
    if (frames > 0 && elided.test(line)) return 'enough';
    if (!inMessage || isHead(line) || ++messageLines > maxMessageLines) return 'no';
    if (ofHead) return 'more';
    return /^\s/.test(line) ? 'enough' : 'no';
  };
}

/** The test's name, then the exception it failed with. */
function followTest(): Follow {
  let inner: Follow | undefined;
  return (line) => {
    if (inner) return inner(line);
    if (gradleShort.test(line)) return 'last';
    if (!isHead(line) && !bareHead.test(line)) return junit5.test(line) ? 'more' : 'no';
    inner = followStack(true);
    return 'enough';
  };
}

function isHead(line: string): boolean {
  return inThread.test(line) || qualifiedHead.test(line);
}

function isFrame(line: string): boolean {
  return readFrame(line) !== undefined;
}

function matchFrame(line: string): RegExpExecArray | undefined {
  const match = frameLine.exec(line) ?? consoleFrame.exec(line);
  // JavaScript's frames have a space before the place, and a column.
  return match && !/\s$/.test(match[1] ?? '') ? match : undefined;
}

interface Link {
  readonly kind: 'head' | 'cause' | 'suppressed' | 'wrapper';
  readonly indent: number;
  readonly type: string;
  readonly message: string[];
  readonly frames: Frame[];
}

function parseStack(lines: readonly string[], wasSaid: boolean): ParsedException | undefined {
  const isTest = testHead.some((head) => head.test(lines[0] ?? ''));
  const short = isTest ? gradleShort.exec(lines.at(-1) ?? '') : null;
  if (short) return parseShort(short);
  const body = isTest
    ? lines.slice(lines.findIndex((line, at) => at > 0 && headOf(line) !== undefined))
    : lines;
  const links = readLinks(body);
  const [head] = links;
  if (!head) return undefined;
  const hasFrames = links.some((link) => link.frames.length > 0);
  // The virtual machine leaves the stack of an often thrown exception out.
  const alone = lines.length === 1 && wasSaid && /\.\w{1,100}(?:Exception|Error)$/.test(head.type);
  if (
    !hasFrames &&
    !alone &&
    !isTest &&
    !inThread.test(lines[0] ?? '') &&
    !noMainClass.test(lines[0] ?? '')
  )
    return undefined;
  const { outermost, causes } = inOrder(head, links);
  const frames = links.flatMap((link) => link.frames);
  const failedTest = isTest || frames.some((frame) => testRunner.test(frame.function ?? ''));
  const died =
    lines[0]?.startsWith('Exception in thread "main"') === true ||
    /(?:OutOfMemory|StackOverflow)Error$/.test(head.type);
  return exceptionOf(languageOf(outermost.frames, frames), outermost, causes, {
    ...(failedTest ? { kind: 'test' } : {}),
    severity: died && !failedTest ? 'fatal' : 'error',
  });
}

function parseShort([, type = '', file = '', line]: RegExpExecArray): ParsedException {
  const frames = [frameOf(file, true, { line: Number(line) })];
  const language = languageOf(frames, frames);
  return exceptionOf(language, { type, message: '', frames }, [], { kind: 'test' });
}

const testRunner =
  /^(?:org\.junit\.|junit\.framework\.|org\.testng\.|org\.scalatest\.|io\.kotest\.|munit\.|org\.spockframework\.)/;

function headOf(line: string): { type: string; message: string } | undefined {
  const thread = inThread.exec(line);
  const text = thread ? (thread[2] ?? '') : line;
  if (noMainClass.test(text)) return { type: 'Error', message: text.slice(7) };
  const match =
    qualifiedHead.exec(text) ??
    bareHead.exec(text) ??
    (thread ? /^([\w$.]{1,250})(?:: (.*)|)$/.exec(text) : null) ??
    trailingHead.exec(text);
  return match ? { type: match[1] ?? '', message: match[2] ?? '' } : undefined;
}

function readLinks(lines: readonly string[]): Link[] {
  const links: Link[] = [];
  const first = headOf(lines[0] ?? '');
  if (!first) return links;
  let current: Link = {
    kind: 'head',
    indent: indentOf(lines[0] ?? ''),
    type: first.type,
    message: [first.message],
    frames: [],
  };
  links.push(current);
  for (const line of lines.slice(1)) {
    const frame = readFrame(line);
    const link = frame ? undefined : linkHead.exec(line);
    if (frame) addFrame(current.frames, frame);
    else if (link) {
      current = {
        kind: kinds[link[2] ?? ''] ?? 'cause',
        indent: (link[1] ?? '').length,
        type: link[3] ?? '',
        message: [link[4] ?? ''],
        frames: [],
      };
      if (links.length < 50) links.push(current);
    } else if (current.frames.length === 0 && !elided.test(line)) current.message.push(line);
  }
  return links;
}

const kinds: Readonly<Record<string, Link['kind']>> = {
  'Caused by': 'cause',
  Suppressed: 'suppressed',
  'Wrapped by': 'wrapper',
};

/** Mostly the outermost comes first; with `Wrapped by` the root cause does. Suppressed ones stand before causes. */
function inOrder(head: Link, links: readonly Link[]): { outermost: Cause; causes: Cause[] } {
  const wrappers = links.filter((link) => link.kind === 'wrapper');
  const outermost = wrappers.at(-1);
  if (outermost) {
    return {
      outermost: causeOf(outermost),
      causes: [...wrappers.slice(0, -1).reverse(), head].map(causeOf),
    };
  }
  const rest = links.slice(1);
  const isOwn = (link: Link): boolean => link.kind === 'cause' && link.indent <= head.indent;
  return {
    outermost: causeOf(head),
    causes: [...rest.filter((link) => !isOwn(link)), ...rest.filter(isOwn)].map(causeOf),
  };
}

function causeOf({ type, message, frames }: Link): Cause {
  return { type: withoutNoise(type), message: messageOf(message), frames };
}

function readFrame(line: string): Frame | undefined {
  return mayBeFrame(line) ? rememberedFrame(line) : undefined;
}

/** Cheap, and true for all frames: messages, which seldom come again, are not worth remembering. */
function mayBeFrame(line: string): boolean {
  const first = line.charCodeAt(0);
  // Some collectors take the indentation away.
  return (first === 9 || first === 32 || line.startsWith('at ')) && line.includes('(');
}

const rememberedFrame = remembering((line: string): Frame | undefined => {
  const match = matchFrame(line);
  if (!match) return undefined;
  const called = withoutModule(match[1] ?? '');
  const [name = '', number] = (match[2] ?? '').split(':');
  const dot = called.lastIndexOf('.');
  const type = dot < 0 ? '' : called.slice(0, dot);
  const known = /\.\w{1,10}$/.test(name);
  const generated = generatedCode.test(called) || name === '<generated>';
  return frameOf(pathOf(type, known ? name : undefined), !generated && isInApp(called, known), {
    function: withoutNoise(called),
    line: known && number !== undefined ? Number(number) : undefined,
  });
});

/** `java.base@17/java.lang.Thread.run`, `app//com.acme.Main.main`, `com.acme.Main$$Lambda$14/0x08.run`. */
function withoutModule(called: string): string {
  let rest = called;
  for (let at = 0; at < 3; at++) {
    const match = /^[\w.-]{0,100}(?:@[\w.+-]{1,60})?\/{1,2}(?=[\w$])/.exec(rest);
    if (!match || /\$\$Lambda/.test(match[0])) break;
    rest = rest.slice(match[0].length);
  }
  return rest;
}

/** What the compiler and the virtual machine number anew with every build or run. */
function withoutNoise(name: string): string {
  return name
    .replace(/\$\$Lambda(?:\$\d{1,9})?(?:\/(?:0x)?[0-9a-f]{1,20})?/g, '$$$$Lambda')
    .replace(
      /\$\$(?:EnhancerBy|FastClassBy|SpringCGLIB|KeyFactoryBy)\w{0,40}(?:\$\$[0-9a-f]{1,16})?/g,
      '',
    )
    .replace(/\b(Generated(?:Method|Constructor|SerializationConstructor)Accessor)\d{1,9}/g, '$1')
    .replace(/\b(lambda\$[\w$]{1,100}?)\$\d{1,6}\b/g, '$1')
    .replace(/(\$anonfun\$[\w$]{1,100}?)\$\d{1,6}(?![\w$])/g, '$1')
    .replace(/(\$Proxy)\d{1,9}/g, '$1')
    .replace(/(?:\$\d{1,6}){1,8}(?=[.$]|$)/g, '');
}

const generatedCode =
  /\$\$Lambda|Generated(?:Method|Constructor|SerializationConstructor)Accessor|\$\$(?:EnhancerBy|FastClassBy|SpringCGLIB)|\$Proxy\d|_\$\$_|\$ByteBuddy\$|LambdaForm\$|^_COROUTINE\./;

/** The class's package as folders; without a name in the frame the outermost class's own. */
function pathOf(type: string, name: string | undefined): string {
  const at = type.lastIndexOf('.');
  const folder = at < 0 ? '' : `${type.slice(0, at).replaceAll('.', '/')}/`;
  const own = type.slice(at + 1).split('$')[0] ?? '';
  return `${folder}${name ?? (own === '' ? 'unknown' : `${own}.java`)}`;
}

const foreign = new RegExp(
  `^(?:${[
    'java',
    'javax',
    'jakarta',
    'jdk',
    'sun',
    'com\\.sun',
    'oracle',
    'kotlin',
    'kotlinx',
    'scala',
    'groovy',
    'clojure',
    'android',
    'androidx',
    'dalvik',
    'libcore',
    'com\\.android',
    'com\\.google\\.(?:common|inject|gson|android|protobuf|api|cloud|firebase)',
    'org\\.springframework',
    'org\\.apache',
    'org\\.hibernate',
    'org\\.junit',
    'junit',
    'org\\.testng',
    'org\\.mockito',
    'org\\.hamcrest',
    'org\\.assertj',
    'org\\.opentest4j',
    'org\\.scalatest',
    'org\\.specs2',
    'io\\.kotest',
    'io\\.mockk',
    'munit',
    'org\\.spockframework',
    'net\\.bytebuddy',
    'net\\.sf',
    'com\\.fasterxml',
    'ch\\.qos',
    'org\\.slf4j',
    'io\\.netty',
    'io\\.undertow',
    'io\\.grpc',
    'io\\.vertx',
    'io\\.micronaut',
    'io\\.quarkus',
    'io\\.smallrye',
    'io\\.ktor',
    'io\\.reactivex',
    'io\\.lettuce',
    'io\\.opentelemetry',
    'io\\.micrometer',
    'reactor',
    'rx',
    'okhttp3',
    'okio',
    'retrofit2',
    'feign',
    'redis\\.clients',
    'com\\.zaxxer',
    'com\\.mysql',
    'org\\.mariadb',
    'org\\.postgresql',
    'org\\.h2',
    'org\\.sqlite',
    'com\\.mongodb',
    'org\\.eclipse',
    'org\\.jboss',
    'org\\.wildfly',
    'org\\.gradle',
    'worker\\.org\\.gradle',
    'org\\.codehaus',
    'com\\.intellij',
    'org\\.jetbrains',
    'com\\.amazonaws',
    'software\\.amazon',
    'com\\.azure',
    'com\\.netflix',
    'com\\.github\\.benmanes',
    'org\\.elasticsearch',
    'org\\.bouncycastle',
    'org\\.flywaydb',
    'liquibase',
    'org\\.quartz',
    'akka',
    'play\\.(?:api|core|libs|mvc)',
    'cats',
    'zio',
    'fs2',
    'slick',
    'com\\.typesafe',
    'sbt',
    'nu\\.xom',
    'org\\.jruby',
    '_COROUTINE',
  ].join('|')})\\.`,
);

/** Without a source file only the package can tell; the default package is the application's. */
function isInApp(called: string, hasFile: boolean): boolean {
  return !foreign.test(called) && (hasFile || called.includes('.'));
}

const languages: Readonly<Record<string, string>> = {
  kt: 'kotlin',
  kts: 'kotlin',
  scala: 'scala',
  sc: 'scala',
  groovy: 'groovy',
  clj: 'clojure',
};

/** By the file of the frame that counts: all of them print alike. */
function languageOf(own: readonly Frame[], all: readonly Frame[]): string {
  const top = own.find((frame) => frame.inApp) ?? all.find((frame) => frame.inApp);
  return languages[top?.file.split('.').at(-1) ?? ''] ?? 'java';
}

/** `#  SIGSEGV (0xb) at pc=0x…, pid=7, tid=8` and the frame it names. */
function parseCrash(lines: readonly string[]): ParsedException | undefined {
  if (!crash.test(lines[0] ?? '')) return undefined;
  const text = lines.map((line) => line.replace(/^#\s*/, ''));
  const signal = text
    .map(
      (line) =>
        /^(SIG[A-Z]{2,8}|EXCEPTION_\w{1,40}|Internal Error|Out of Memory Error) /.exec(line)?.[1],
    )
    .find(Boolean);
  const problem = text.findIndex((line) => line.startsWith('Problematic frame'));
  const where = problem < 0 ? '' : (text[problem + 1] ?? '');
  const message = messageOf([
    `A fatal error has been detected by the Java Runtime Environment`,
    where,
  ]);
  return exceptionOf('java', { type: signal ?? 'Crash', message, frames: [] }, [], {
    severity: 'fatal',
  });
}

function parseAlone(line: string): ParsedException | undefined {
  const match = outOfMemory.exec(line);
  if (!match) return undefined;
  return exceptionOf('java', { type: match[1] ?? '', message: match[2] ?? '', frames: [] }, [], {
    severity: 'fatal',
  });
}
