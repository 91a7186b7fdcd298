import type { Grammar, ParsedException } from './grammar.ts';
import { exceptionOf, frameOf } from './parts.ts';

/** Clojure's own words, the message on the line below; stacks are the JVM's, and read as Java's. */
const thrown =
  /^Execution error(?: \(([\w$.]{1,150})\))? at (\S{1,300}) \(([\w.-]{1,150}\.(?:clj[cs]?|java)|REPL):(\d{1,9})\)\.$/;
const syntax =
  /^Syntax error(?: \([\w$.]{1,150}\))? (?:compiling|macroexpanding|reading source)(?: \S{1,200})? at \((\S{1,300}\.clj[cs]?):(\d{1,9}):(\d{1,9})\)\.$/;

export const clojure: Grammar = {
  language: 'clojure',
  hints: ['Execution error', 'Syntax error'],
  begin(line) {
    const isHead = line.endsWith(').') && (thrown.test(line) || syntax.test(line));
    return isHead ? () => 'last' : undefined;
  },
  saysEnough: () => true,
  *parse([first = '', message = '']) {
    const parsed = parseThrown(first, message) ?? parseSyntax(first, message);
    if (parsed) yield parsed;
  },
};

function parseThrown(first: string, message: string): ParsedException | undefined {
  const match = thrown.exec(first);
  if (!match) return undefined;
  const [, type = 'ExceptionInfo', name, file = '', line] = match;
  const frames = [frameOf(file, file.includes('.clj'), { function: name, line: Number(line) })];
  return exceptionOf('clojure', { type, message, frames }, []);
}

function parseSyntax(first: string, message: string): ParsedException | undefined {
  const [, file, line] = syntax.exec(first) ?? [];
  if (file === undefined) return undefined;
  const frames = [frameOf(file, true, { line: Number(line) })];
  return exceptionOf('clojure', { type: 'SyntaxError', message, frames }, [], {
    kind: 'diagnostic',
  });
}
