import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { follow } from './support/scanFolder.ts';

/** Everything that may stand in a log, in pieces that may follow each other in any order. */
const pieces: readonly string[] = [
  'plain line without anything\n',
  '2026-03-02T10:11:12.000Z INFO all is well with errors=0\n',
  '2026-03-02T10:11:12.000Z WARN retrying\n',
  '2026-03-02T10:11:12.000Z ERROR api - disk 7 full\n',
  '2026-03-02T10:11:12.000Z CRITICAL api - größer 🧨\n',
  'TypeError: boom\n    at f (/srv/a.js:1:2)\n    at g (/srv/a.js:3:4)\n',
  'NotFound: order 7\n    at f (/srv/a.js:1:2)\n',
  '/srv/a.js:1\n  throw x;\n  ^\n\nError: fatal\n    at f (/srv/a.js:1:2)\n\nNode.js v24.1.0\n',
  'failed TypeError: outer\n    at f (/srv/a.js:1:2) {\n  [cause]: Error: inner\n      at g (/srv/b.js:1:2) {\n    code: 1\n  }\n}\n',
  'Traceback (most recent call last):\n  File "/srv/a.py", line 3, in g\n    h()\n    ~^^\nValueError: no\n',
  'Traceback (most recent call last):\n  File "/srv/a.py", line 3, in g\n    h()\nKeyError: 1\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File "/srv/b.py", line 3, in k\n    l()\nshop.Lost: yes\n',
  '{"level":50,"pid":1,"msg":"quota"}\n',
  '{"level":50,"pid":1,"err":{"type":"E","message":"m","stack":"RangeError: js\\n    at f (/srv/a.js:1:2)"}}\n',
  'api-1  | TypeError: compose\nweb-1  | Traceback (most recent call last):\napi-1  |     at f (/srv/a.js:1:2)\nweb-1  |   File "/srv/a.py", line 3, in g\nweb-1  |     h()\nweb-1  | ValueError: web\n',
  '\u001b[31m2026-03-02T10:11:12.000Z ERROR coloured\u001b[0m\r\n',
  '\0\0\0\0\0\0\0\0',
  '\n\n',
];

describe('scanning in pieces', () => {
  it('finds the same signals however the bytes come', async function () {
    this.timeout(60_000);
    const log = fc.array(fc.nat({ max: pieces.length - 1 }), { minLength: 1, maxLength: 14 });
    const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(log, cuts, async (chosen, shares) => {
        const bytes = Buffer.from(chosen.map((i) => pieces[i]).join(''));
        const ends = shares.map((share) => Math.floor(share * bytes.length)).sort((a, b) => a - b);
        assert.deepEqual(await inSteps(bytes, ends), await inSteps(bytes, []));
      }),
      { numRuns: 300, seed: 42 },
    );
  });
});

/** The multiset of what is found when the file grows to each of `ends`, and then to its end. */
async function inSteps(bytes: Buffer, ends: readonly number[]): Promise<string[]> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pw-splits-')));
  try {
    const reader = follow(folder);
    const found: string[] = [];
    const file = join(folder, 'app.log');
    writeFileSync(file, '');
    let at = 0;
    for (const end of [...ends, bytes.length]) {
      appendFileSync(file, bytes.subarray(at, end));
      at = end;
      const { signals } = await reader.scan(end === bytes.length && at === bytes.length);
      for (const signal of signals) {
        assert.equal(signal.kind, 'exception');
        if (signal.kind !== 'exception') continue;
        const { type, message, causes, frames } = signal.exception;
        found.push(
          `${signal.source.offset} ${signal.severity} ${type}: ${message} ${frames.length} ${causes.length}`,
        );
      }
    }
    return found.sort();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
