import type { Frame } from '../../core/signal.ts';
import { type Grammar, loggedError, type ParsedException } from './grammar.ts';
import { exceptionOf, messageOf } from './parts.ts';

/** How one language prints a stack without the exception. */
export interface StackForm {
  readonly language: string;
  readonly hints: readonly string[];
  isFrame(line: string): boolean;
  framesIn(lines: readonly string[]): readonly Frame[];
  /** The name of an exception and its message behind it, as programs put them into a message. */
  readonly named: RegExp;
  /** Frames by which a job's runner is known: what it logs, nobody has handled, whatever the level. */
  readonly runner?: RegExp;
}

/** Said of a caller, not of a failure. */
const advice = /deprecat|warning/i;

/**
 * Programs log an exception's message in words of their own and its stack below, in the same record or in
 * the next one.
 */
export function loggedStack(form: StackForm): Grammar {
  return {
    language: form.language,
    hints: form.hints,
    takesLineAbove: () => true,
    isOfMessage: true,
    begin: (line) =>
      form.isFrame(line) ? (next) => (form.isFrame(next) ? 'enough' : 'no') : undefined,
    saysEnough: () => true,
    *parse(lines, said = []) {
      const own = lines.filter((line) => form.isFrame(line));
      const text = [...said, ...lines.slice(0, lines.length - own.length)];
      const parsed = parse(form, messageOf(text), own, said.length > 0);
      if (parsed) yield parsed;
    },
  };
}

function parse(
  form: StackForm,
  text: string,
  stack: readonly string[],
  isLogged: boolean,
): ParsedException | undefined {
  const frames = form.framesIn(stack);
  // Without a logger's word for it only a name, or more than one frame, tells an exception from a remark.
  const named = form.named.exec(text);
  if (text === '' || frames.length === 0 || (!named && advice.test(text))) return undefined;
  if (!isLogged && !named && frames.length < 2) return undefined;
  const type = named?.[1] ?? loggedError;
  const message = (named ? text.slice(named.index + named[0].length) : text)
    .trim()
    .replace(named?.[0].startsWith('#<') ? />$/ : /(?!)/, '');
  const parsed = exceptionOf(form.language, { type, message, frames }, []);
  const isUnhandled = frames.some(({ file }) => form.runner?.test(file));
  return named?.index === 0 && isUnhandled ? { ...parsed, isUnhandled } : parsed;
}
