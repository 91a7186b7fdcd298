import type { Frame } from '../../../core/signal.ts';
import { frameOf, remembering } from '../parts.ts';

/** Loggers cut the indentation off. Kotlin's method names may hold spaces; a module, a class loader and a version may stand before the class. */
const frameLine =
  /^\s*at (\S.{0,600}?)\(([\w$<>-]{0,100}\.\w{1,10}(?::-?\d{1,9})?|Native Method|Unknown Source(?::\d{1,9})?|<generated>|(?:SourceFile|NO_SOURCE_FILE|r8-map-id-\w{1,80})?:-?\d{1,9})\)(?:\s{1,4}[~[(].{0,300}|".{0,300})?$/;
/** JUnit 5's console prints frames without `at`. */
const consoleFrame =
  /^\s+((?:[\w.@+-]{1,100}\/{1,2})?(?:[a-z_][\w$]{0,60}\.){1,15}[A-Z]\S{0,300}?)\(([\w$-]{1,100}\.(?:java|kt|scala|groovy):\d{1,7}|Native Method|Unknown Source)\)$/;

export function readFrame(line: string): Frame | undefined {
  return mayBeFrame(line) ? rememberedFrame(line) : undefined;
}

/** Cheap, and true for all frames: messages, which seldom come again, are not worth remembering. */
function mayBeFrame(line: string): boolean {
  const first = line.charCodeAt(0);
  // Some collectors take the indentation away.
  return (first === 9 || first === 32 || line.startsWith('at ')) && line.includes('(');
}

function matchFrame(line: string): RegExpExecArray | undefined {
  const match = frameLine.exec(line) ?? consoleFrame.exec(line);
  // JavaScript's frames have a space before the place, and a column.
  return match && !/\s$/.test(match[1] ?? '') ? match : undefined;
}

export function isFrame(line: string): boolean {
  return readFrame(line) !== undefined;
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
export function languageOf(own: readonly Frame[], all: readonly Frame[]): string {
  const top = own.find((frame) => frame.inApp) ?? all.find((frame) => frame.inApp);
  return languages[top?.file.split('.').at(-1) ?? ''] ?? 'java';
}
