import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Framework } from './framework.ts';
import { realPath } from './outcome.ts';

const folderVariable = 'PATCHWRIGHT_LOADED';
const maxReportBytes = 512 << 20;
const chunkBytes = 1 << 20;

/** Environment that makes a run write down which source files it loads, into `folder`. */
export function recordingEnv(
  records: Framework['records'],
  folder: string,
): Readonly<Record<string, string>> {
  if (records === undefined) return {};
  mkdirSync(folder, { recursive: true });
  if (records === 'v8') return { NODE_V8_COVERAGE: folder };
  writeFileSync(join(folder, 'sitecustomize.py'), pythonRecorder);
  return { PYTHONPATH: folder, [folderVariable]: folder };
}

/** Joins PYTHONPATH and overrides the rest. */
export function joinEnv(
  ...parts: readonly Readonly<Record<string, string>>[]
): Record<string, string> {
  const paths = parts.flatMap((part) => part['PYTHONPATH'] ?? []);
  return {
    ...Object.assign({}, ...parts),
    ...(paths.length > 0 ? { PYTHONPATH: paths.join(delimiter) } : {}),
  };
}

/**
 * Real paths of what the run loaded. undefined when the record does not even hold one of the test files:
 * then it did not reach the process that ran them (vitest's workers, for instance) and proves nothing.
 */
export function loadedFiles(
  records: Framework['records'],
  folder: string,
  testFiles: readonly string[],
): readonly string[] | undefined {
  // The tests can write there, so a link could lead to any file of the user's.
  if (records === undefined || !existsSync(folder) || realPath(folder) !== folder) return undefined;
  const found = new Set<string>();
  for (const name of readdirSync(folder)) {
    if (records === 'v8' && name.endsWith('.json')) readUrls(join(folder, name), found);
    if (records === 'python' && name.endsWith('.txt')) readLines(join(folder, name), found);
  }
  const loaded = [...found].map(realPath);
  const tests = testFiles.map(realPath);
  return loaded.some((file) => tests.includes(file)) ? loaded : undefined;
}

/** Coverage reports are large and only their URLs matter, so they are not parsed as JSON. */
function readUrls(path: string, found: Set<string>): void {
  const url = /"url":"(file:\/\/[^"]{1,4000})"/g;
  forEachChunk(path, (text) => {
    for (const [, match] of text.matchAll(url)) {
      const file = match ? toPath(match) : undefined;
      if (file) found.add(file);
    }
  });
}

function toPath(url: string): string | undefined {
  try {
    return fileURLToPath(url.split(/[?#]/)[0] ?? url);
  } catch {
    return undefined; // a file: URL with a host, or a broken escape
  }
}

function readLines(path: string, found: Set<string>): void {
  forEachChunk(path, (text) => {
    for (const line of text.split('\n'))
      if (line.startsWith('/') || /^\w:/.test(line)) found.add(line);
  });
}

/** Chunks overlap, so that what lies across a border is seen whole once. */
function forEachChunk(path: string, use: (text: string) => void): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile()) return;
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(chunkBytes);
    let carry = '';
    for (let read = 0; read < maxReportBytes; ) {
      const bytes = readSync(file, buffer, 0, chunkBytes, null);
      if (bytes === 0) break;
      read += bytes;
      const text = carry + buffer.toString('utf8', 0, bytes);
      use(text);
      carry = text.slice(-5_000);
    }
  } finally {
    closeSync(file);
  }
}

/** Runs before the program; a sitecustomize of the environment's own still runs after it. */
const pythonRecorder = `
import atexit, importlib.machinery, importlib.util, os, sys

def _record():
    folder = os.environ.get('${folderVariable}')
    if not folder: return
    files = {getattr(module, '__file__', None) for module in list(sys.modules.values())}
    with open(os.path.join(folder, f'loaded-{os.getpid()}.txt'), 'w', errors='surrogateescape') as out:
        out.write(''.join(os.path.abspath(f) + '\\n' for f in files if isinstance(f, str)))

atexit.register(_record)
_here = os.path.dirname(os.path.abspath(__file__))
_rest = [p for p in sys.path if os.path.abspath(p or os.curdir) != _here]
_spec = importlib.machinery.PathFinder.find_spec('sitecustomize', _rest)
if _spec and _spec.loader:
    _spec.loader.exec_module(importlib.util.module_from_spec(_spec))
`;
