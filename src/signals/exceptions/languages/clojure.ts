import type { Grammar, ParsedException } from '../grammar.ts';
import { exceptionOf, frameOf, messageOf } from '../parts.ts';
import { failedExpectation, failure } from '../tests/testFailure.ts';

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

const failed = /^(?:FAIL|ERROR) in \((.{0,200})\) \(([\w.<>-]{1,150}):(\d{1,9})\)$/;
/** clojure.test's frames, outermost last: ` at shop.core$price.invoke (core.clj:8)`. */
const testFrame = /^\s{1,8}(?:at )?([\w.$*+!?<>/-]{1,300}) \(([\w.-]{1,150}):(\d{1,9})\)$/;
const actual = /^\s{0,4}actual: (?:([\w.$]{1,200}(?:Exception|Error|ExceptionInfo)): ?(.*)|(.*))$/;

/** Failed tests of clojure.test: what was expected, and what came instead. */
export const clojureTests: Grammar = {
  language: 'clojure',
  standsAlone: true,
  hints: ['FAIL in (', 'ERROR in ('],
  begin(line) {
    if (!/^[FE]/.test(line) || !failed.test(line)) return undefined;
    let lines = 0;
    return (next) => (next === '' || failed.test(next) || ++lines > 300 ? 'no' : 'enough');
  },
  *parse(lines) {
    const [, , file = '', line] = failed.exec(lines[0] ?? '') ?? [];
    const body = lines.slice(1);
    const at = body.findIndex((text) => actual.test(text));
    const [, type, thrown, value = ''] = actual.exec(body[at] ?? '') ?? [];
    const own = [frameOf(file, true, { line: Number(line) })];
    if (type === undefined) {
      const said = messageOf([...body.slice(0, at), `actual: ${value}`]);
      yield failure('clojure', failedExpectation, said, own);
      return;
    }
    const frames = body.slice(at).flatMap((text) => {
      const match = testFrame.exec(text);
      return match ? [frameFrom(match)] : [];
    });
    yield failure('clojure', type, thrown ?? '', frames.length > 0 ? frames : own);
  },
};

function frameFrom([, name = '', file = '', line]: RegExpExecArray) {
  const isOwn = /\.clj[cs]?$/.test(file) && !name.startsWith('clojure.');
  return frameOf(file, isOwn, { function: name, line: Number(line) });
}
