import type { Cause, Frame } from '../../../core/signal.ts';
import { maxFrames, maxMessageChars, type ParsedException } from '../grammar.ts';
import { javaFrame } from './jsonThrown.ts';
import { type Json, objectOf, own, textAt } from './jsonValues.ts';

const maxCauses = 20;
const languages: Readonly<Record<string, string>> = {
  node: 'javascript',
  javascript: 'javascript',
  python: 'python',
  java: 'java',
  csharp: 'csharp',
  go: 'go',
  ruby: 'ruby',
  php: 'php',
  rust: 'rust',
  elixir: 'elixir',
  perl: 'perl',
  native: 'cpp',
  c: 'c',
  cocoa: 'swift',
};
/** Whose printed traces show the line: the same error must have the same identity whichever way it comes. */
const printsSource = new Set(['python']);

/** An exception as Sentry's SDKs send it: the chain with the root cause first, frames with the oldest call first. */
export function readSentryException(
  exception: Json,
  platform: unknown,
): ParsedException | undefined {
  const values = own(exception, 'values');
  if (!Array.isArray(values)) return undefined;
  const name = typeof platform === 'string' ? platform : '';
  const language = Object.hasOwn(languages, name) ? (languages[name] ?? 'text') : 'text';
  const links = values
    .slice(-maxCauses)
    .flatMap((value) => linkOf(value, language))
    .reverse();
  const [outermost, ...causes] = links;
  return outermost && { language, ...outermost, causes, severity: 'error' };
}

function linkOf(value: unknown, language: string): Cause[] {
  const thrown = objectOf(value);
  const type = thrown && textAt(thrown, 'type');
  if (!thrown || type === undefined) return [];
  const owner = language === 'java' ? textAt(thrown, 'module') : undefined;
  const stack = objectOf(own(thrown, 'stacktrace'));
  const frames = stack && own(stack, 'frames');
  return [
    {
      type: (owner === undefined ? type : `${owner}.${type}`).slice(0, 300),
      message: (textAt(thrown, 'value') ?? '').slice(0, maxMessageChars),
      frames: Array.isArray(frames)
        ? frames
            .slice(-maxFrames)
            .flatMap((frame) => frameOf(frame, language))
            .reverse()
        : [],
    },
  ];
}

function frameOf(value: unknown, language: string): Frame[] {
  const frame = objectOf(value);
  const owner = language === 'java' && frame ? textAt(frame, 'module') : undefined;
  if (frame && owner !== undefined) return [sentJavaFrame(frame, owner)];
  const file =
    frame && (textAt(frame, 'abs_path') ?? textAt(frame, 'filename') ?? textAt(frame, 'module'));
  if (!frame || file === undefined) return [];
  const name = textAt(frame, 'function');
  const source = printsSource.has(language) ? textAt(frame, 'context_line')?.trim() : undefined;
  const line = own(frame, 'lineno');
  const column = own(frame, 'colno');
  return [
    {
      file: file.replace(/^file:\/\//, ''),
      ...(name === undefined || name === '?' || name === '<anonymous>' ? {} : { function: name }),
      ...(isNumber(line) ? { line } : {}),
      ...(isNumber(column) ? { column } : {}),
      ...(source ? { source: source.slice(0, 300) } : {}),
      inApp: own(frame, 'in_app') !== false && !isForeign(file),
    },
  ];
}

function sentJavaFrame(frame: Json, owner: string): Frame {
  const line = own(frame, 'lineno');
  const read = javaFrame(
    owner,
    textAt(frame, 'function'),
    textAt(frame, 'filename'),
    isNumber(line) ? line : 0,
  );
  return { ...read, inApp: read.inApp && own(frame, 'in_app') !== false };
}

/** Some SDKs leave it to the server to say whose code a frame is. */
function isForeign(file: string): boolean {
  return /(?:^|[\\/])(?:node_modules|site-packages|dist-packages|vendor)[\\/]|^node:|^</.test(file);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}
