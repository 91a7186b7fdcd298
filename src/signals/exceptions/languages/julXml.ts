import { readFrame } from './javaFrame.ts';
import { parseStack } from './java.ts';
import { type Grammar, loggedError, type ParsedException } from '../grammar.ts';
import { isAtLeast, levelOf } from '../headers/level.ts';
import { decoded } from '../xmlText.ts';

/**
 * java.util.logging's files, where nobody chose another formatter. What was thrown is told outermost only;
 * frames know no file.
 */
export const julXml: Grammar = {
  language: 'java',
  standsAlone: true,
  hints: ['<record>'],
  begin(line) {
    if (line !== '<record>') return undefined;
    return (next) => (next === '</record>' ? 'last' : /^ {2,6}\S|^[^<]/.test(next) ? 'more' : 'no');
  },
  *parse(lines) {
    const text = lines.join('\n');
    const level = levelOf(valueOf(text, 'level'));
    if (level === undefined || !isAtLeast(level, 'warning') || level === 'none') return;
    const at = text.indexOf('<exception>');
    const thrown = at < 0 ? undefined : readThrown(text.slice(at));
    yield thrown ? { ...thrown, severity: level } : logged(text, level);
  },
};

function logged(text: string, severity: ParsedException['severity']): ParsedException {
  return {
    kind: 'log',
    language: 'java',
    type: loggedError,
    message: valueOf(text, 'message'),
    frames: [],
    causes: [],
    severity,
  };
}

/** Written as it would be printed, so that it is the same ticket. */
function readThrown(text: string): ParsedException | undefined {
  const frames = text.split('<frame>').slice(1, 250).map(frameLine);
  const lines = [
    ...valueOf(text, 'message').split('\n'),
    ...frames.filter((line) => readFrame(line)),
  ];
  return parseStack(lines, false);
}

function frameLine(text: string): string {
  const type = valueOf(text, 'class');
  const file = type.replace(/^.*\./, '').replace(/\$.*$/, '');
  return `\tat ${type}.${valueOf(text, 'method')}(${file}.java:${valueOf(text, 'line') || '-1'})`;
}

function valueOf(text: string, tag: string): string {
  const start = text.indexOf(`<${tag}>`);
  const end = start < 0 ? -1 : text.indexOf(`</${tag}>`, start);
  return end < 0 ? '' : decoded(text.slice(start + tag.length + 2, end));
}
