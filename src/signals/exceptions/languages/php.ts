import type { Cause, Frame } from '../../../core/signal.ts';
import type { Follow, Grammar, ParsedException } from '../grammar.ts';
import { loggedStack } from '../loggedStack.ts';
import { addFrame, exceptionOf, frameOf, maxMessageLines, messageOf } from '../parts.ts';

export const typeName = String.raw`\\?[A-Za-z_][\w\\]{0,250}(?:@anonymous[^\s:]{0,200})?`;
/** What carries the message (error_log's time zone, Apache, FPM, nginx) may stand before it. */
const report =
  /^(.{0,300}?)(PHP )?((?:Recoverable |Catchable )?[Ff]atal error|Parse error|(?:Core |Compile |User )(?:[Ee]rror|[Ww]arning|[Nn]otice|[Dd]eprecated)|Warning|Notice|Deprecated|Strict Standards): {1,2}(.*)$/;
const uncaught = new RegExp(
  String.raw`^(?:Uncaught|During inheritance .{1,200}, while .{0,100}: Uncaught) (${typeName})(?:: (.*)|)$`,
);
const reportStart = /^(?:.{0,80}\] |.{0,300}PHP message: )?$/;
const placeAtEnd = /^(.*) in (\S.{0,800}?)(?: on line |:)(\d{1,9})"?$/s;
const thrownIn = /^\s*thrown in (.{1,800}) on line (\d{1,9})/;
const stackHead = /^(?:PHP )?(?:Stack trace|\[stacktrace\]|\[Stack trace\]):?$/i;
const stackFrame = /^(?:PHP )?#(\d{1,5}) (.*)$/;
const framePlace = /^(.{1,800}?)\((\d{1,9})\): (.*)$/;
const nextHead = new RegExp(String.raw`^Next (${typeName})(?:: (.*)|)$`);
const xdebugHead = /^(?:PHP )?(?:Stack trace|Call Stack):$/;
/** Xdebug says what was thrown a second time, and then how it came there. */
const callStack = 'Call Stack:';
const xdebugFrame =
  /^(?:PHP)?\s{1,4}(?:\d{1,4}\. |[\d.]{1,10}\s{1,10}\d{1,12}\s{1,4}\d{1,4}\. )(.{1,500}?) (\S{1,500}):(\d{1,9})$/;
/** `(string) $exception`, as error_log is given it. */
const printed = new RegExp(
  String.raw`^(?:.{0,200}[\s\]])?(${typeName}): (.*) in ((?:\/|[A-Za-z]:\\|phar:\/\/).{0,800}):(\d{1,9})$`,
);
/** Monolog's line formatter, with backslashes doubled by JSON. */
const monolog = new RegExp(
  String.raw`\[object\] \((${typeName})\(code: [^)]{0,40}\): (.{0,2000}?) at (\S.{0,500}?):(\d{1,9})\)(.*)$`,
);
const monologOpen = new RegExp(String.raw`\[object\] \((${typeName})\(code: [^)]{0,40}\): (.*)$`);
const monologPrevious = /^\[previous exception\] /;
const symfony = new RegExp(
  String.raw`[Uu]ncaught (?:PHP )?Exception (${typeName}): "(.*)" at (\S.{0,500}?) line (\d{1,9})`,
);
const warnings = /[Ww]arning|[Nn]otice|[Dd]eprecated|Strict/;

export const php: Grammar = {
  language: 'php',
  hints: [
    'PHP Warning',
    'PHP Notice',
    'PHP Deprecated',
    'PHP Fatal',
    'PHP Parse',
    'Stack trace:',
    '.php on line ',
    '[object] (',
    ' on line <b>',
    '.php:1',
    '.php:2',
    '.php:3',
    '.php:4',
    '.php:5',
    '.php:6',
    '.php:7',
    '.php:8',
    '.php:9',
  ],
  begin(shown) {
    const line = withoutMarkup(shown);
    const follow = mayBegin(line) ? begin(line) : undefined;
    return follow && ((next) => follow(withoutMarkup(next)));
  },
  saysEnough: (line) => isWholeReport(withoutMarkup(line)),
  *parse(shown) {
    const parsed = parseReport(withoutEscapes(shown.map(withoutMarkup)));
    if (parsed) yield parsed;
  },
};

function begin(line: string): Follow | undefined {
  const found = report.exec(line);
  if (found && isReport(found)) return followReport(line, found);
  if (monologOpen.test(line)) return followMonolog(line);
  if (symfony.test(line)) return () => 'no';
  return printed.test(line) ? followPrinted() : undefined;
}

/** With `html_errors` a report is written for a browser. */
function withoutMarkup(shown: string): string {
  const line = withoutOthers(shown);
  return line.includes('<b>') ? line.replace(/<\/?b>|<br \/>/g, '') : line;
}

/** nginx puts all that PHP said during a request into one line: what was fatal counts, or else the first. */
function withoutOthers(line: string): string {
  if (!line.includes('; PHP message: ')) return line;
  const [first = '', ...others] = line.split('; PHP message: ');
  const fatal = others.find((message) => message.startsWith('PHP Fatal error: '));
  return fatal === undefined || first.includes('PHP Fatal error: ')
    ? first
    : `PHP message: ${fatal}`;
}

/** The text before the place, its file and its line. Only the end of a long text is searched. */
function placeOf(text: string): readonly [string, string, string, string] | undefined {
  if (!/[\d"]$/.test(text)) return undefined;
  const cut = Math.max(0, text.length - 1_000);
  const match = placeAtEnd.exec(text.slice(cut));
  if (!match) return undefined;
  return [text, text.slice(0, cut) + (match[1] ?? ''), match[2] ?? '', match[3] ?? ''];
}

function hasPlace(text: string): boolean {
  return placeOf(text) !== undefined;
}

/** Cheap, and true for all that the patterns take. */
function mayBegin(line: string): boolean {
  const last = line.charCodeAt(line.length - 1);
  if (last >= 48 && last <= 57 && line.includes(' in ')) return true;
  return (
    line.includes('PHP ') ||
    line.includes('[object] (') ||
    line.includes('Fatal error: ') ||
    line.includes('fatal error: ') ||
    line.includes(' Exception ') ||
    line.includes('Stack trace:')
  );
}

/** Other programs warn in such words, too, but name no place; and PHP by its name may take several lines. */
function isReport([, before = '', name, , message = '']: RegExpExecArray): boolean {
  if (!reportStart.test(before)) return false;
  return name !== undefined || uncaught.test(message) || hasPlace(message);
}

/** Warnings, Symfony's sentences and what Apache puts on one line. */
function isWholeReport(line: string): boolean {
  const isOneLine = line.includes('\\nStack trace:\\n') || /\)"\}(?:\s|$)/.test(line);
  if (isOneLine || symfony.test(line)) return true;
  const message = report.exec(line)?.[4] ?? '';
  return !uncaught.test(message) && hasPlace(message);
}

/** Apache writes line ends as `\n`. */
function withoutEscapes(lines: readonly string[]): readonly string[] {
  const [first = ''] = lines;
  const escaped = first.includes('\\nStack trace:\\n') || first.includes('\\n[stacktrace]\\n');
  return escaped ? [...first.split('\\n'), ...lines.slice(1)] : lines;
}

function followReport(line: string, found: RegExpExecArray): Follow {
  if (line.includes('\\nStack trace:\\n')) return () => 'no';
  const message = found[4] ?? '';
  const isUncaught = uncaught.test(message);
  const head = `${found[3]}:${message}`;
  let state: 'message' | 'stack' | 'done' = isUncaught || !hasPlace(message) ? 'message' : 'done';
  let messageLines = 0;
  return (next) => {
    if (state === 'done') {
      if (next.trim() === '' || (found[2] !== undefined && repeats(next, head))) {
        if (next.trim() !== '' && isUncaught) state = 'message';
        return 'enough';
      }
      if (xdebugHead.test(next) || xdebugFrame.test(next)) return 'enough';
      return stackFrame.test(next) ? 'enough' : 'no';
    }
    if (thrownIn.test(next) || next === callStack) {
      state = 'done';
      return 'enough';
    }
    if (stackHead.test(next)) state = 'stack';
    if (state === 'stack') {
      if (nextHead.test(next)) state = 'message';
      return inStack(next) || state === 'message' ? 'more' : 'no';
    }
    if (report.test(next) && /^(?:PHP )?(?:Fatal|Warning|Parse|Notice)/.test(next)) return 'no';
    if (++messageLines > maxMessageLines) return 'no';
    if (isUncaught || !hasPlace(next)) return 'more';
    state = 'done';
    return 'enough';
  };
}

/** With `display_errors` and `log_errors` the command line prints everything twice. */
function repeats(line: string, head: string): boolean {
  const found = report.exec(line);
  return found?.[1] === '' && found[2] === undefined && `${found[3]}:${found[4]}` === head;
}

function inStack(line: string): boolean {
  return stackHead.test(line) || stackFrame.test(line) || line.trim() === '' || nextHead.test(line);
}

function followPrinted(): Follow {
  let state: 'head' | 'stack' | 'main' | 'message' = 'head';
  let messageLines = 0;
  return (line) => {
    if (state === 'head' || state === 'message') {
      if (stackHead.test(line)) {
        state = 'stack';
        return 'more';
      }
      return state === 'message' && ++messageLines < maxMessageLines ? 'more' : 'no';
    }
    if (state === 'main' && !(line.trim() === '' || nextHead.test(line))) return 'no';
    if (nextHead.test(line)) {
      state = 'message';
      return 'more';
    }
    if (/^#\d{1,5} \{main\}/.test(line)) {
      state = 'main';
      return 'enough';
    }
    if (state === 'main') return 'enough';
    return stackFrame.test(line) ? 'enough' : 'no';
  };
}

function followMonolog(head: string): Follow {
  let closed = /\)"\}(?:\s|$)/.test(head);
  let stack = false;
  let messageLines = 0;
  return (line) => {
    if (closed) return 'no';
    if (/^"\}(?:\s|$)/.test(line)) {
      closed = true;
      return 'last';
    }
    if (/^\[stacktrace\]$/.test(line) || monologPrevious.test(line)) {
      stack = true;
      return 'enough';
    }
    if (stackFrame.test(line) || (stack && line.trim() === '')) return 'enough';
    return !stack && ++messageLines <= maxMessageLines ? 'more' : 'no';
  };
}

interface Link {
  readonly type: string;
  readonly message: string;
  readonly frames: readonly Frame[];
}

function parseReport(lines: readonly string[]): ParsedException | undefined {
  const [first = ''] = lines;
  if (monologOpen.test(first)) return parseMonolog(lines);
  const kernel = symfony.exec(first);
  if (kernel) {
    const link = linkOf(kernel[1] ?? '', kernel[2] ?? '', kernel[3] ?? '', kernel[4] ?? '', []);
    return exceptionOf('php', link, []);
  }
  const found = report.exec(first);
  const message = found && isReport(found) ? (found[4] ?? '') : '';
  const thrown = uncaught.exec(message);
  if (thrown) {
    const rest = withoutXdebug(lines.slice(1));
    return parseChain([`${thrown[1]}: ${thrown[2] ?? ''}`, ...rest], true);
  }
  if (found && message !== '') return parseEngine(found, lines);
  const head = printed.exec(first);
  if (!head || !lines.some((line) => stackHead.test(line))) return undefined;
  return parseChain([`${head[1]}: ${head[2]} in ${head[3]}:${head[4]}`, ...lines.slice(1)], false);
}

function withoutXdebug(lines: readonly string[]): readonly string[] {
  const end = lines.indexOf(callStack);
  return end < 0 ? lines : lines.slice(0, Math.max(0, lines.lastIndexOf('', end - 2)));
}

/** The root cause is printed first; each `Next` wraps what stands before it. */
function parseChain(lines: readonly string[], died: boolean): ParsedException | undefined {
  const links: Cause[] = [];
  let part: string[] = [];
  let done = false;
  for (const line of [...lines, undefined]) {
    const isNext = line !== undefined && nextHead.test(line);
    if (line !== undefined && !isNext) {
      if (!done) part.push(line);
      done ||= thrownIn.test(line);
      continue;
    }
    const link = parseLink(part);
    if (link) links.push(link);
    part = line === undefined ? [] : [line.replace(/^Next /, '')];
  }
  const outermost = links.pop();
  return (
    outermost &&
    exceptionOf('php', outermost, links.reverse(), { severity: died ? 'fatal' : 'error' })
  );
}

function parseLink(lines: readonly string[]): Cause | undefined {
  const stack = lines.findIndex((line) => stackHead.test(line));
  const text = lines
    .slice(0, stack < 0 ? lines.length : stack)
    .filter((line) => !thrownIn.test(line));
  const head = new RegExp(String.raw`^(${typeName})(?:: ([^]*))?$`).exec(text.join('\n'));
  if (!head) return undefined;
  const said = (head[2] ?? '').trimEnd();
  const placed = placeOf(said) ?? placeOf(` ${said}`);
  const thrown = lines.map((line) => thrownIn.exec(line)).find((match) => match !== null);
  const file = placed?.[2] ?? thrown?.[1] ?? '';
  const line = placed?.[3] ?? thrown?.[2] ?? '';
  if (file === '' && stack < 0) return undefined;
  return linkOf(
    head[1] ?? '',
    placed ? (placed[1] ?? '') : said,
    file,
    line,
    stack < 0 ? [] : lines.slice(stack + 1),
  );
}

/** A frame names the place of a call and what was called there, so the names belong to the place before. */
function linkOf(
  type: string,
  message: string,
  file: string,
  line: string,
  stack: readonly string[],
): Link {
  const calls = stack.flatMap((text) => {
    const match = stackFrame.exec(text);
    return match ? [match[2] ?? ''] : [];
  });
  const frames: Frame[] = [];
  if (file !== '')
    addFrame(
      frames,
      frameOf(file, isInApp(file), { function: calledIn(calls[0]), line: Number(line) }),
    );
  for (const frame of framesOf(calls)) addFrame(frames, frame);
  return {
    type: type
      .replaceAll('\\\\', '\\')
      .replace(/^\\/, '')
      .replace(/@anonymous.*$/s, '@anonymous'),
    message: messageOf([message]),
    frames,
  };
}

function framesOf(calls: readonly string[]): readonly Frame[] {
  return calls.flatMap((call, at) => {
    const place = framePlace.exec(call);
    const path = place?.[1] ?? '';
    const known = { function: calledIn(calls[at + 1]), line: Number(place?.[2]) };
    return place ? [frameOf(path, isInApp(path), known)] : [];
  });
}

/** `Shop\Cart->total(Array)` without its arguments; PHP 8.4 puts the line number into a closure's name. */
function calledIn(call: string | undefined): string | undefined {
  if (call === undefined || call === '{main}') return undefined;
  const name = (framePlace.exec(call)?.[3] ?? call.replace(/^\[internal function\]: /, '')).slice(
    0,
    400,
  );
  const closed =
    /^(.{0,200}?\{closure:[^}]{1,200}\})/.exec(name)?.[1] ?? name.replace(/\(.*$/s, '');
  return closed.replace(/(\{closure:[^}]{1,190}):\d{1,9}\}/, '$1}');
}

const foreign =
  /(?:^|[\\/])vendor[\\/]|^phar:|^\/usr\/(?:share|lib|local\/lib)\/|^\[|eval\(\)'d code|^(?:Unknown|-)$|[\\/]var[\\/]cache[\\/]/;

export function isInApp(file: string): boolean {
  return !foreign.test(file);
}

/** Errors of the engine, which are no exceptions: out of memory, syntax, warnings. */
function parseEngine(
  found: RegExpExecArray,
  lines: readonly string[],
): ParsedException | undefined {
  const label = found[3] ?? '';
  const end = lines.findIndex((line, at) => hasPlace(at === 0 ? (found[4] ?? '') : line));
  if (end < 0) return undefined;
  const text = [found[4] ?? '', ...lines.slice(1, end + 1)].join('\n');
  const placed = placeOf(text);
  if (!placed || !/[./\\]/.test(placed[2] ?? '')) return undefined;
  const isWarning = warnings.test(label);
  const stack = lines.slice(end + 1);
  const link = linkOf(typeOf(label), placed[1] ?? '', placed[2] ?? '', placed[3] ?? '', stack);
  return exceptionOf('php', link, [], {
    ...(isWarning ? { kind: 'log' } : {}),
    severity: isWarning ? 'warning' : /fatal/i.test(label) ? 'fatal' : 'error',
  });
}

function typeOf(label: string): string {
  if (/parse/i.test(label)) return 'ParseError';
  return label.replace(/(?:^|\s)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function parseMonolog(lines: readonly string[]): ParsedException | undefined {
  const links: Cause[] = [];
  let part: string[] = [];
  const end = (): void => {
    const stack = part.findIndex((line) => line === '[stacktrace]');
    const match = monolog.exec(
      part
        .slice(0, stack < 0 ? part.length : stack)
        .join('\n')
        .replace(/\n/g, ' '),
    );
    if (match)
      links.push(
        linkOf(
          match[1] ?? '',
          match[2] ?? '',
          match[3] ?? '',
          match[4] ?? '',
          part.slice(stack + 1).map((line) => line.replaceAll('\\\\', '\\')),
        ),
      );
  };
  for (const line of lines) {
    if (monologPrevious.test(line)) {
      end();
      part = [];
    }
    part.push(line);
  }
  end();
  const [outermost, ...causes] = links;
  return outermost && exceptionOf('php', outermost, causes);
}

/** Loggers given a message and `getTraceAsString()`. */
export const phpStack = loggedStack({
  language: 'php',
  hints: ['\n#0 /', '\n#0 [int', '\n#0 C:'],
  isFrame: (line) =>
    line.startsWith('#') &&
    /^#\d{1,5} (?:\{main\}|\[internal function\]: |\S.{0,800}?\(\d{1,9}\): )/.test(line),
  framesIn: (lines) => framesOf(lines.map((line) => stackFrame.exec(line)?.[2] ?? '')),
  named: new RegExp(
    String.raw`(?:^|[\s([])((?:[A-Za-z_]\w{0,80}\\){1,10}\w{1,80}|\w{0,80}(?:Exception|Error))(?:: | - )`,
  ),
});
