/** What of an error's text tells its cause apart from others: words, the place, ids of requests. Pure. */

/** Stands for what differs from one occurrence to the next. */
export const gap = '#';

/** Words in small letters; what has a digit in it, or in a message stands in quotes, is a gap. */
export function messageWords(message: string): readonly string[] {
  const unquoted = message.replace(/"[^"\n]*"|`[^`\n]*`|(?<!\w)'[^'\n]*'(?!\w)/g, ' 0 ');
  return wordsIn(unquoted).filter((word, at, all) => word !== gap || all[at - 1] !== gap);
}

export function wordsIn(text: string): readonly string[] {
  const words = text.match(/[\p{L}\p{N}_]+/gu) ?? [];
  return words.map((word) => (/\p{N}/u.test(word) ? gap : word.toLowerCase()));
}

/** So many words of a text may stand where a message has a gap. */
const maxGap = 8;

/** The text says the message from there on, with whatever in its gaps. */
export function saysAt(text: readonly string[], from: number, message: readonly string[]): boolean {
  let at = from;
  let isOpen = false;
  for (const word of message) {
    if (word === gap) {
      isOpen = true;
      continue;
    }
    const limit = isOpen ? at + maxGap : at;
    while (at < limit && text[at] !== word) at += 1;
    if (text[at] !== word) return false;
    at += 1;
    isOpen = false;
  }
  return true;
}

const minWords = 4;
const minLetters = 16;

/** What a language's runtime or a system says in every program says nothing of the cause. */
const ofRuntimes =
  /connection (?:refused|reset|timed out|closed)|timed out|no such file|permission denied|too many open|broken pipe|host not found|name resolution|cannot (?:read|set) propert|is not (?:a function|defined|iterable|subscriptable|callable)|undefined (?:method|local variable)|has no attribute|object reference not set|null ?pointer|nil pointer|because .* is null|index out of|out of (?:range|bounds|memory)|division by zero|divide by zero|unexpected (?:token|end of)|stack (?:size|overflow)|invalid literal for|unsupported operand|must be str|assertion failed|expected .* to (?:be|equal|match)/;

/** Long enough, and in words of the program's own, to mean one thing wherever it is said. */
export function isDistinctive(message: readonly string[]): boolean {
  const words = message.filter((word) => word !== gap);
  const letters = words.reduce((sum, { length }) => sum + length, 0);
  return words.length >= minWords && letters >= minLetters && !ofRuntimes.test(words.join(' '));
}

const common =
  /^(?:(?:base|standard|runtime|type|reference|range|syntax|value|key|index|attribute|assertion|name|import|module ?not ?found|os|io|eof|lookup|arithmetic|zero ?division|no ?method|argument|illegal ?argument|illegal ?state|invalid ?operation|unsupported ?operation|null ?pointer|null ?reference|class ?cast|number ?format|(?:array ?)?index ?out ?of ?(?:range|bounds)|uncaught|fatal|aggregate|completion|execution|http|timeout)?(?:error|exception)|panic|warning)$/i;

/** A type that somebody named for this very thing. */
export function isOwnType(type: string): boolean {
  return type.length >= 6 && !common.test(type);
}

/** `com.shop.OrderNotFound` and `OrderNotFound` are one type. */
export function shortTypeOf(type: string): string {
  return type.split(/::|[.$\\]/).findLast((part) => part !== '') ?? type;
}

/** In a stack trace, behind which the path is the same in every program that uses the package. */
const packages =
  /(?:node_modules|site-packages|dist-packages|vendor|gems|pkg\/mod|\.m2\/repository|packages)[\\/]((?:@[\w.-]+[\\/])?[\w.@/\\+~-]+)/;
const runtimeFrames =
  /^(?:node:|internal\/|<|java\.|javax\.|jdk\.|sun\.|kotlin\.|scala\.|System\.|Microsoft\.|runtime[./]|core::|std::)/;
const maxFrames = 60;

/**
 * Where an error was thrown, when that is in a package: `pg/lib/client.js connect`. The places further out are
 * those of frameworks, and the same in every program that uses one.
 */
export function packagePlace(text: string, language: string | undefined): string | undefined {
  const frames = text
    .split('\n')
    .flatMap((line) => frameOf(line) ?? [])
    .slice(0, maxFrames)
    .filter(({ name, file }) => !runtimeFrames.test(name) && !runtimeFrames.test(file));
  // Python prints the innermost last.
  const inner = language === 'python' ? frames.at(-1) : frames[0];
  const path = inner && packages.exec(inner.file)?.[1];
  if (!path) return undefined;
  const name = inner.name === '' ? '' : ` ${inner.name}`;
  return `${path.replaceAll('\\', '/').replace(/@v?\d[\w.-]*|-\d+(?:\.\d+)+/g, '')}${name}`;
}

interface TextFrame {
  readonly name: string;
  readonly file: string;
}

const frameForms = [
  /^\s+at (?:async )?(?<name>[^(\n]{1,200}?) \((?<file>[^()\n]{1,400}?)(?::\d+)*\)/,
  /^\s+at (?<name>)(?<file>[^\s()]{1,400}?)(?::\d+)+$/,
  /^\s*File "(?<file>[^"\n]{1,400})", line \d+, in (?<name>.{1,100})$/,
  /^\s*(?:from )?(?<file>[\w./@+~-]{1,400}):\d+:in [`'](?<name>[^'\n]{1,100})'/,
  /^\s+(?<name>)(?<file>\/[\w./@+~-]{1,400}\.go):\d+/,
];

function frameOf(line: string): TextFrame | undefined {
  for (const form of frameForms) {
    const { name = '', file } = form.exec(line)?.groups ?? {};
    if (file !== undefined) return { name: name.trim(), file };
  }
  return undefined;
}

const labelledId =
  /\b(?:x[-_])?(?:b3[-_]?)?(?:trace|request|req|correlation|operation|transaction)[-_ ]?id["']?\s*[:=]\s*["']?([\w.-]{8,128})|\btraceparent["']?\s*[:=]\s*["']?\d\d-([0-9a-f]{32})/gi;

/** What a log calls the id of a request or a trace; one that is a word, or all the same digit, is none. */
export function requestIdsIn(text: string): readonly string[] {
  const ids = [...text.matchAll(labelledId)].map(([, id, parent]) => id ?? parent ?? '');
  return [...new Set(ids)].filter((id) => /\d/.test(id) && new Set(id.replace(/\W/g, '')).size > 3);
}
