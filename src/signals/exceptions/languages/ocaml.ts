import type { Cause, Frame } from '../../../core/signal.ts';
import type { Follow, Grammar, ParsedException } from '../grammar.ts';
import { addFrame, exceptionOf, frameOf, messageOf } from '../parts.ts';

const fatal = /^Fatal error: exception (.{1,4000})$/;
/** Jane Street's Base: the exception below, as an s-expression. */
const uncaught = /^Uncaught exception:$/;
/** `Called from Shop.price_of in file "lib/shop.ml" (inlined), line 7, characters 2-20` */
const frameLine =
  /^(?:Raised(?: by primitive operation)?|Re-raised|Called) (?:at|from) (?:(\S{1,300}) in )?file "([^"]{1,500})"(?: \(inlined\))?, lines? (\d{1,9})(?:-\d{1,9})?, characters? \d{1,9}/;
const unknownPlace = /^(?:Raised|Re-raised|Called) (?:at|from) unknown location/;
const constructor = /^((?:\w{1,100}\.){0,8}[A-Z]\w{0,100})(?:\((.{0,4000})\)|: (.{1,4000}))?$/s;
const sexp = /^\(?((?:\w{1,100}\.){0,8}[A-Za-z]\w{0,100})\b ?(.{0,4000}?)\)?$/s;
/** `Match_failure("lib/kind.ml", 4, 2)` names its place. */
const placed = /^"([^"]{1,500})", (\d{1,9}), \d{1,9}$/;

const compiled =
  /^File "([^"]{1,500})", lines? (\d{1,9})(?:-\d{1,9})?, characters (\d{1,9})-\d{1,9}:$/;
const compileError = /^Error(?: \([^)]{1,200}\))?: (.{1,4000})$/;
const compileWarning = /^Warning \d/;

export const ocaml: Grammar = {
  language: 'ocaml',
  hints: ['Fatal error: exception ', 'Uncaught exception:', ', characters '],
  begin(line) {
    if (fatal.test(line)) return followFrames;
    if (uncaught.test(line)) return followSexp();
    return compiled.test(line) ? followCompiler() : undefined;
  },
  saysEnough: (line) => fatal.test(line),
  *parse(lines) {
    const [first = ''] = lines;
    const parsed = compiled.test(first) ? parseCompiler(lines) : parseUncaught(lines);
    if (parsed) yield parsed;
  },
};

function isFrame(line: string): boolean {
  return frameLine.test(line) || unknownPlace.test(line);
}

const followFrames: Follow = (line) => (isFrame(line) ? 'enough' : 'no');

function followSexp(): Follow {
  let lines = 0;
  let frames = 0;
  return (line) => {
    if (isFrame(line)) {
      frames++;
      return 'enough';
    }
    return frames === 0 && /^(?:\s|$)/.test(line) && ++lines <= 24 ? 'more' : 'no';
  };
}

function followCompiler(): Follow {
  let lines = 0;
  let said = false;
  return (line) => {
    if (++lines > 60 || compileWarning.test(line) || compiled.test(line)) return 'no';
    if (compileError.test(line)) {
      said = true;
      return 'enough';
    }
    if (said) return /^(?:\s+\S|Hint: )/.test(line) ? 'enough' : 'no';
    return /^\s{0,6}\d{1,9} \||^\s|^\.{3}/.test(line) ? 'more' : 'no';
  };
}

function parseUncaught(lines: readonly string[]): ParsedException | undefined {
  const shown = fatal.exec(lines[0] ?? '')?.[1];
  const body = lines.slice(1).filter((line) => !isFrame(line));
  const thrown = shown === undefined ? readSexp(messageOf(body)) : readConstructor(shown);
  if (!thrown) return undefined;
  const frames: Frame[] = [...thrown.frames];
  for (const line of lines) {
    const match = frameLine.exec(line);
    if (match) addFrame(frames, frameAt(match[2] ?? '', match[3], match[1]));
  }
  return exceptionOf('ocaml', { ...thrown, frames }, [], { severity: 'fatal' });
}

function readConstructor(shown: string): Cause | undefined {
  const match = constructor.exec(shown.trim());
  if (!match) return { type: 'exception', message: messageOf([shown]), frames: [] };
  const values = match[2] ?? match[3] ?? '';
  const place = placed.exec(values);
  return {
    type: match[1] ?? '',
    message: messageOf([unquoted(values)]),
    frames: place ? [frameAt(place[1] ?? '', place[2])] : [],
  };
}

function readSexp(shown: string): Cause | undefined {
  const match = sexp.exec(shown);
  return match
    ? { type: match[1] ?? '', message: messageOf([unquoted(match[2] ?? '')]), frames: [] }
    : undefined;
}

function unquoted(value: string): string {
  const match = /^"(.*)"$/s.exec(value);
  return match && !/[^\\]"/.test(match[1] ?? '')
    ? (match[1] ?? '').replace(/\\(["\\])/g, '$1')
    : value;
}

/** The standard library's files have no folder. */
const shipped =
  /^(?:stdlib|map|set|list|hashtbl|array|bytes|string|buffer|printf|format|scanf|seq|option|result|queue|stack|stream|lexing|parsing|random|filename|domain|effect|in_channel|out_channel|fun|lazy|str|unix|thread|camlinternal\w+)\.ml$|(?:^|\/)(?:\.opam|_opam)\/|^src\/(?:core|unix)\/lwt\w*\.ml$/;

function frameAt(file: string, line: string | undefined, name?: string): Frame {
  return frameOf(file, !shipped.test(file), { function: name, line: Number(line) });
}

function parseCompiler(lines: readonly string[]): ParsedException | undefined {
  const place = compiled.exec(lines[0] ?? '');
  const at = lines.findIndex((line) => compileError.test(line));
  if (!place || at < 0) return undefined;
  const hints = lines.slice(at + 1).filter((line) => !line.startsWith('Hint: '));
  const message = messageOf([compileError.exec(lines[at] ?? '')?.[1] ?? '', ...hints]);
  const frames = [{ ...frameAt(place[1] ?? '', place[2]), column: Number(place[3]) }];
  return exceptionOf('ocaml', { type: 'CompileError', message, frames }, [], {
    kind: 'diagnostic',
  });
}
