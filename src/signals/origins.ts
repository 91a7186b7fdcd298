import type { Cause, ExceptionEvent, Frame } from '../core/signal.ts';
import { isRaisedAgain } from './fingerprint.ts';
import type { Locator } from './location.ts';
import { createSourceMaps } from './sourceMaps.ts';
import { remembered } from './remembered.ts';
import { readInside, realRoot } from './workspaceFile.ts';

/** Completes what a trace says by what the workspace knows of the places in it. */
export interface Origins {
  complete(event: ExceptionEvent): ExceptionEvent;
  /** Of that the language and the frames that events are told apart by, for less. */
  place(event: ExceptionEvent): Place;
}

export interface Place {
  readonly language: string;
  readonly top: Frame | undefined;
  /** The in-app frame behind it. */
  readonly caller: Frame | undefined;
  /** Of what was only raised again, the in-app frame where it was raised first. */
  readonly first: Frame | undefined;
}

const maxSourceBytes = 2 * 1024 * 1024;
const maxFiles = 20;
const maxPlaces = 500;
/** Deeper frames are only shown. */
const maxMapped = 40;

/**
 * Frames of generated code become those of the original files, by source maps. A place that has neither a
 * function of a name of its own nor a source text gets the text of its line: without it two bugs of one file would look alike.
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

  /** None where there are too many to read. */
  const alike = remembered(maxPlaces, (file) => {
    const files = locator.alike(file);
    return files.length > maxFiles ? [] : files;
  });

  /** '' where none or several have it. */
  const fileWith = remembered(maxPlaces, (place) => {
    const [name = '', line, source] = place.split('\n');
    const [file = '', ...others] = alike(name).filter((path) => {
      const text = linesOf(path)[Number(line) - 1]?.trim() ?? '';
      return text !== '' && (source === undefined || source === text);
    });
    return others.length > 0 ? '' : file;
  });

  /** Of several packages with a `src/main.rs` the one that has the line, and in it what the report quotes. */
  const inOneOf = (frame: Frame): Frame => {
    const { line, source } = frame;
    if (line === undefined || locator.locate(frame.file) !== undefined) return frame;
    const quoted = source === undefined ? [] : [source];
    const file = fileWith([frame.file, line, ...quoted].join('\n'));
    return file === '' ? frame : { ...frame, file };
  };

  const withSource = (frame: Frame): Frame => {
    const file = locator.locate(frame.file);
    if (file === undefined || frame.line === undefined) return frame;
    const text = linesOf(file)[frame.line - 1]?.trim();
    return text && text.length <= 300 ? { ...frame, source: text } : frame;
  };

  const completedFrame = (top: Frame): Frame => {
    const placed = inOneOf(top);
    return isBare(placed) ? withSource(placed) : placed;
  };

  /** Grammars give the same frame for the same line, again and again. */
  const originals = new WeakMap<Frame, Frame>();
  const original = (frame: Frame): Frame => {
    const known = originals.get(frame);
    if (known) return known;
    const found = sourceMaps.original(frame);
    originals.set(frame, found);
    return found;
  };

  const mapped = (frames: readonly Frame[]): readonly Frame[] =>
    frames.some(isMappable)
      ? frames.map((frame, at) => (at < maxMapped ? original(frame) : frame))
      : frames;

  /** The first two in-app frames. */
  const placesIn = (frames: readonly Frame[], isScript: boolean): readonly Frame[] => {
    const isMapped = isScript && frames.some(isMappable);
    const found: Frame[] = [];
    for (let at = 0; at < frames.length && found.length < 2; at++) {
      const frame = frames[at] as Frame;
      const shown = isMapped && at < maxMapped ? original(frame) : frame;
      if (shown.inApp) found.push(shown);
    }
    return found;
  };

  const withTop = (frames: readonly Frame[]): readonly Frame[] => {
    const at = frames.findIndex((frame) => frame.inApp);
    const top = frames[at];
    return top ? frames.with(at, completedFrame(top)) : frames;
  };

  return {
    place(event) {
      const isScript = isScriptEvent(event);
      const [top, caller] = placesIn(event.frames, isScript);
      const language = languageOf(event, top, isScript);
      const raised = isRaisedAgain(event) ? event.causes[0] : undefined;
      const [first] = raised ? placesIn(raised.frames, isScript) : [];
      return {
        language,
        top: top && completedFrame(top),
        caller,
        first: first && completedFrame(first),
      };
    },
    complete(event) {
      const isScript = isScriptEvent(event);
      const isAgain = isRaisedAgain(event);
      const frames = withTop(isScript ? mapped(event.frames) : event.frames);
      const causes = event.causes.map((cause, at): Cause => {
        const shown = isScript ? mapped(cause.frames) : cause.frames;
        return { ...cause, frames: at === 0 && isAgain ? withTop(shown) : shown };
      });
      const top = frames.find(({ inApp }) => inApp);
      return { ...event, language: languageOf(event, top, isScript), frames, causes };
    },
  };
}

function isScriptEvent({ language }: ExceptionEvent): boolean {
  return language === 'javascript' || language === 'typescript';
}

function isMappable(frame: Frame): boolean {
  return frame.inApp && frame.column !== undefined;
}

/**
 * Names that many functions of a file share: what has no name of its own, and matchers of tests,
 * which some runners give as the function that calls them.
 */
const shared =
  /<(?:anonymous|lambda|module|main|top \(required\))>|\{closure|^\((?:file|module|test)\)$|^main chunk$|^(?:Object\.)?to[A-Z]\w{1,60}$/;

function isBare({ function: name, source }: Frame): boolean {
  return source === undefined && (name === undefined || shared.test(name));
}

function languageOf(event: ExceptionEvent, top: Frame | undefined, isScript: boolean): string {
  return isScript && top && /\.[mc]?tsx?$/.test(top.file) ? 'typescript' : event.language;
}
