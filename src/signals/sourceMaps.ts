import { Buffer } from 'node:buffer';
import { posix } from 'node:path';
import {
  AnyMap,
  originalPositionFor,
  sourceContentFor,
  type TraceMap,
} from '@jridgewell/trace-mapping';
import type { Frame } from '../core/signal.ts';
import type { Locator } from './location.ts';
import { readInside, readTail, realRoot } from './workspaceFile.ts';

/** Says where the code of a generated file was written, by the source maps that lie in the workspace. */
export interface SourceMaps {
  /** The frame in the original file, or the frame itself where no map knows better. */
  original(frame: Frame): Frame;
}

/** A larger map is no map to us: reading it would hold up everything else. */
export const maxMapBytes = 16 * 1024 * 1024;
/** Decoded maps are many times as large as their files. */
const maxMaps = 4;
const maxCached = 1_000;
const tailBytes = 4_096;
const generated = /\.[mc]?jsx?$/;

/**
 * Reads only files whose real path lies in the workspace, and fetches nothing: a map named by a URL is
 * not looked for.
 */
export function createSourceMaps(folder: string, locator: Locator): SourceMaps {
  const root = realRoot(folder);
  const maps = new Map<string, TraceMap | undefined>();
  const answers = new Map<string, Frame>();

  const mapOf = (file: string): TraceMap | undefined => {
    if (maps.has(file)) return maps.get(file);
    const [oldest] = maps.keys();
    if (maps.size >= maxMaps && oldest !== undefined) maps.delete(oldest);
    const map = readMap(root, file);
    maps.set(file, map);
    return map;
  };

  const find = (frame: Frame, file: string): Frame => {
    const map = mapOf(file);
    return map ? (mappedFrame(frame, map, locator) ?? frame) : frame;
  };

  return {
    original(frame) {
      if (!frame.inApp || frame.line === undefined || frame.column === undefined) return frame;
      if (!generated.test(frame.file)) return frame;
      const file = locator.locate(frame.file);
      if (file === undefined) return frame;
      const key = `${frame.file}\n${frame.line}\n${frame.column}\n${frame.function ?? ''}`;
      const known = answers.get(key);
      if (known) return known;
      if (answers.size >= maxCached) answers.clear();
      const found = find(frame, file);
      answers.set(key, found);
      return found;
    },
  };
}

function mappedFrame(frame: Frame, map: TraceMap, locator: Locator): Frame | undefined {
  const at = { line: frame.line ?? 1, column: Math.max(0, (frame.column ?? 1) - 1) };
  const { source, line, column } = originalPositionFor(map, at);
  if (source === null || line === null) return undefined;
  const path = pathOf(source);
  const isForeign = /(?:^|\/)node_modules\/|^webpack\/|\(webpack\)/.test(path);
  const file = isForeign ? path : locator.locate(path);
  if (file === undefined) return undefined;
  const content = sourceContentFor(map, source) ?? undefined;
  return {
    file,
    ...(isOriginal(frame.function, content)
      ? { function: frame.function }
      : sourceOf(content, line)),
    line,
    column: column + 1,
    inApp: !isForeign,
  };
}

/**
 * What a minifier called a function differs from build to build. Where the name is the original one, the
 * frame is the same as Node's own reading of the map gives.
 */
function isOriginal(name: string | undefined, content: string | undefined): name is string {
  if (name === undefined || name.length <= 2) return false;
  const last = /[\w$]{1,200}(?=[^\w$]{0,20}$)/.exec(name.replace(/ \[as .{0,200}$/, ''))?.[0];
  return last !== undefined && (content === undefined || content.includes(last));
}

function sourceOf(content: string | undefined, line: number): { readonly source?: string } {
  const text = content?.split('\n')[line - 1]?.trim();
  return text && text.length <= 300 ? { source: text } : {};
}

/** `webpack://shop/./src/a.ts?1b2c`, `file:///src/a.ts`, `https://shop.example/src/a.ts`: what of it is a path. */
function pathOf(source: string): string {
  return source
    .slice(0, 2_000)
    .replace(/^(?:webpack|turbopack|rspack|vite|ng|app):\/\/(?:\/|[^/]{0,200}\/)?/, '')
    .replace(/^(?:file:\/\/|https?:\/\/[^/]{1,200}\/)/, '')
    .replace(/[?#].*$/, '')
    .replace(/^(?:\.\/)+/, '');
}

function readMap(root: string, file: string): TraceMap | undefined {
  for (const read of [readNamed, readBeside, readInline]) {
    const map = read(root, file);
    if (map) return map;
  }
  return undefined;
}

const comment = /\/[/*][#@]\s{0,4}sourceMappingURL=(\S{1,2000}?)(?:\s{0,4}\*\/)?\s{0,100}$/;

function readNamed(root: string, file: string): TraceMap | undefined {
  const url = comment.exec(readTail(root, file, tailBytes, maxMapBytes))?.[1];
  if (url === undefined || /^[a-z][a-z\d+.-]*:/i.test(url)) return undefined;
  return readFile(root, posix.join(posix.dirname(file), decoded(url)));
}

function readBeside(root: string, file: string): TraceMap | undefined {
  return readFile(root, `${file}.map`);
}

const inlineMark = 'sourceMappingURL=data:application/json;';

function readInline(root: string, file: string): TraceMap | undefined {
  // A map inside the file is its last line, longer than the tail or all in it.
  const tail = readTail(root, file, tailBytes, maxMapBytes);
  if (!/[\w+/=]{100}\s{0,8}$/.test(tail) && !tail.includes(inlineMark)) return undefined;
  const text = readInside(root, file, maxMapBytes) ?? '';
  const start = text.lastIndexOf(inlineMark);
  const data = /^[\w=;-]{0,60}base64,([\w+/=]+)/.exec(text.slice(start + inlineMark.length));
  if (start < 0 || !data) return undefined;
  return parse(Buffer.from(data[1] ?? '', 'base64').toString('utf8'), file);
}

function readFile(root: string, path: string): TraceMap | undefined {
  const text = readInside(root, path, maxMapBytes);
  return text === undefined ? undefined : parse(text, path);
}

function parse(text: string, path: string): TraceMap | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\)\]\}'[^\n]{0,10}\n/, ''));
    if (typeof value !== 'object' || value === null || !('version' in value)) return undefined;
    // The sources are named relative to the map; with its path they become relative to the workspace.
    return AnyMap(JSON.stringify(value), path);
  } catch {
    return undefined; // no map, or a broken one: the generated place is all there is
  }
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url; // a per cent sign that means itself
  }
}
