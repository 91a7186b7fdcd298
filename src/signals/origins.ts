import type { ExceptionEvent, Frame } from '../core/signal.ts';
import type { Locator } from './location.ts';
import { createSourceMaps } from './sourceMaps.ts';
import { readInside, realRoot } from './workspaceFile.ts';

/** Completes what a trace says by what the workspace knows of the places in it. */
export interface Origins {
  complete(event: ExceptionEvent): ExceptionEvent;
}

const maxSourceBytes = 2 * 1024 * 1024;
const maxFiles = 20;
/** Deeper frames are only shown. */
const maxMapped = 40;

/**
 * Frames of generated code become those of the original files, by source maps. A place that has neither a
 * function nor a source text gets the text of its line: without it two bugs of one file would look alike.
 */
export function createOrigins(folder: string, locator: Locator): Origins {
  const sourceMaps = createSourceMaps(folder, locator);
  const root = realRoot(folder);
  const files = new Map<string, readonly string[]>();

  const linesOf = (file: string): readonly string[] => {
    const known = files.get(file);
    if (known) return known;
    const [oldest] = files.keys();
    if (files.size >= maxFiles && oldest !== undefined) files.delete(oldest);
    const lines = (readInside(root, file, maxSourceBytes) ?? '').split('\n');
    files.set(file, lines);
    return lines;
  };

  const withSource = (frame: Frame): Frame => {
    const file = locator.locate(frame.file);
    if (file === undefined || frame.line === undefined) return frame;
    const text = linesOf(file)[frame.line - 1]?.trim();
    return text && text.length <= 300 ? { ...frame, source: text } : frame;
  };

  const mapped = (frames: readonly Frame[]): readonly Frame[] =>
    frames.some((frame) => frame.inApp && frame.column !== undefined)
      ? frames.map((frame, at) => (at < maxMapped ? sourceMaps.original(frame) : frame))
      : frames;

  return {
    complete(event) {
      const isScript = event.language === 'javascript' || event.language === 'typescript';
      const frames = isScript ? mapped(event.frames) : event.frames;
      const causes = isScript
        ? event.causes.map((cause) => ({ ...cause, frames: mapped(cause.frames) }))
        : event.causes;
      const top = frames.findIndex((frame) => frame.inApp);
      const frame = frames[top];
      const isBare = frame && frame.function === undefined && frame.source === undefined;
      const completed = isBare ? frames.with(top, withSource(frame)) : frames;
      const typed =
        isScript && frame && /\.[mc]?tsx?$/.test(frame.file) ? 'typescript' : event.language;
      return { ...event, language: typed, frames: completed, causes };
    },
  };
}
