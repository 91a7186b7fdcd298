import type { Frame } from '../../../core/signal.ts';

/** Where a message was logged, as some loggers write it before the message. */
export interface Origin {
  readonly language: string;
  readonly frame: Frame;
}

/** `com.acme.shop.Checkout:11`, `Checkout.pay(Checkout.java:11)`: logback's and log4j's %logger:%line and %l. */
const javaClass =
  /(?:^|[\s[(])((?:[a-z_]\w{0,60}\.){1,15}[A-Z][\w$]{0,100}):(\d{1,6})(?=[\s\]):]|$)/;
/** log4j's `%c{1}:%L - ` leaves the package out. */
const bareClass = /\s([A-Z][\w$]{0,100}):(\d{1,6}) {1,4}- {1,4}$/;
const javaFile =
  /(?:^|[\s[(])(?:([\w.$]{1,300})\()?([A-Z]\w{0,100}\.(?:java|kt|scala)):(\d{1,6})(?=[\s\])]|$)/;
/** loguru's name:function:line, and the file and line of Python's logging. */
const pythonName = /(?:^|[\s|])([a-z_][\w.]{0,200}):([\w<>]{1,100}):(\d{1,6})(?=\s|$)/;
const sourceFile =
  /(?:^|[\s[(])(\/?(?:[\w@.-]{1,100}\/){0,20}[\w.-]{1,100}\.(py|rb|go|php|exs?|rs|c|cc|cpp|cxx)):(\d{1,6})(?=[\s\]):,]|$)/;

const languages: Readonly<Record<string, string>> = {
  py: 'python',
  rb: 'ruby',
  go: 'go',
  php: 'php',
  ex: 'elixir',
  exs: 'elixir',
  rs: 'rust',
  c: 'c',
  cc: 'cpp',
  cpp: 'cpp',
  cxx: 'cpp',
  java: 'java',
  kt: 'kotlin',
  scala: 'scala',
  cs: 'csharp',
  js: 'javascript',
  ts: 'typescript',
};

export function languageOfFile(file: string): string {
  const extension = /\.(\w{1,5})$/.exec(file)?.[1] ?? '';
  return languages[extension] ?? 'text';
}

/** Spring Boot's header, a class in a package, java.util.logging's word, threads as Java names them before a class. */
const javaLogger =
  /^\w{1,10} {1,4}\d{1,7} --- \[|[\s\]](?:[a-z]\w{0,60}\.){2,15}[A-Z][\w$]{0,100}\s{0,40}(?: -|:)\s{1,4}$|^\[?SEVERE\b|\[(?:main|pool-\d{1,6}-thread-\d{1,6}|(?:https?-)?nio-[\w.-]{1,40}-exec-\d{1,6}|(?:scheduling|task|ForkJoinPool)[\w.-]{0,60}-\d{1,6})\].{0,80}?[\s.][A-Z][\w$]{0,100}(?::\d{1,6})?\s{0,40}(?: -|:|\|)\s{0,4}$/;

/** The language whose loggers alone write so. */
export function languageOfLogger(header: string): string | undefined {
  return javaLogger.test(header.slice(0, 400)) ? 'java' : undefined;
}

/** @param header what stands between the time and the message of a log line */
export function originOf(header: string): Origin | undefined {
  const text = header.slice(0, 400);
  if (!/:\d/.test(text)) return undefined;
  const type = javaClass.exec(text) ?? bareClass.exec(text);
  if (type) {
    const name = withoutInitials(type[1] ?? '')
      .replaceAll('.', '/')
      .replace(/\$.*$/, '');
    return placed('java', `${name}.java`, type[2]);
  }
  const file = javaFile.exec(text);
  if (file) {
    const folder = (file[1] ?? '').split('.').slice(0, -2).join('/');
    const name = file[2] ?? '';
    const language = name.endsWith('.kt') ? 'kotlin' : name.endsWith('.scala') ? 'scala' : 'java';
    return placed(language, folder === '' ? name : `${folder}/${name}`, file[3]);
  }
  const source = sourceFile.exec(text);
  if (source) return placed(languages[source[2] ?? ''] ?? 'text', source[1] ?? '', source[3]);
  const module = pythonName.exec(text);
  if (!module || module[1] === '__main__') return undefined;
  return placed('python', `${(module[1] ?? '').replaceAll('.', '/')}.py`, module[3], module[2]);
}

/** Loggers shorten packages to their first letters: such folders lead nowhere. */
function withoutInitials(type: string): string {
  return type.replace(/^(?:\w{1,60}\.){0,15}[a-z]\.(?:\w{1,60}\.){0,15}/, '');
}

function placed(language: string, file: string, line: string | undefined, name?: string): Origin {
  const known = name === undefined || name.startsWith('<') ? {} : { function: name };
  return { language, frame: { file, ...known, line: Number(line), inApp: true } };
}
