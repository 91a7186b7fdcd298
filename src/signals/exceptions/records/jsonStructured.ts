import type { Frame } from '../../../core/signal.ts';
import { maxFrames, maxMessageChars, type ParsedException } from '../grammar.ts';
import { objectOf, own, textAt } from './jsonValues.ts';
import { frameOf } from '../parts.ts';
import { isInApp } from '../languages/pythonFrame.ts';

/** structlog's dict_tracebacks: the chain as a list, the outermost last printed first. */
export function readStructured(list: readonly unknown[]): ParsedException | undefined {
  const links = list.slice(0, 20).flatMap((item) => {
    const link = objectOf(item);
    const type = link && textAt(link, 'exc_type');
    if (!link || type === undefined) return [];
    const message = (textAt(link, 'exc_value') ?? '').slice(0, maxMessageChars);
    return [{ type, message, frames: pythonFrames(own(link, 'frames')) }];
  });
  const [outermost, ...causes] = links;
  return outermost && { language: 'python', ...outermost, causes, severity: 'error' };
}

/** Frames as records, from the outside in as Python gives them; innermost first as all are here. */
export function pythonFrames(list: unknown): readonly Frame[] {
  return Array.isArray(list) ? list.slice(-maxFrames).flatMap(readFrame).reverse() : [];
}

function readFrame(value: unknown): Frame[] {
  const frame = objectOf(value);
  const file = frame && textAt(frame, 'filename');
  if (!frame || file === undefined || !/\.pyx?$|^</.test(file)) return [];
  const line = own(frame, 'lineno');
  return [
    frameOf(file, isInApp(file), {
      function: textAt(frame, 'name') ?? textAt(frame, 'function'),
      line: typeof line === 'number' ? line : undefined,
      source: textAt(frame, 'line')?.trim().slice(0, 300),
    }),
  ];
}
