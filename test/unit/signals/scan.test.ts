import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { gzipSync } from 'node:zlib';
import { occurrencesOf, positionsOf, type Signal } from '../../../src/core/signal.ts';
import { isPatchwrightError } from '../../../src/core/errors.ts';
import { createScanner } from '../../../src/signals/scan.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { type Follower, follow, logSettings } from './support/scanFolder.ts';

const stack = (id: number | string) =>
  `Error: order ${id} lost\n    at load (/srv/app/src/orders.js:8:12)\n`;
const info = (id: number) =>
  `2026-03-02T10:11:12.000Z INFO request ${id} served without a problem worth a word\n`;
/** Each of another place, so that each is another bug. */
const placed = (id: number) => stack(id).replace('load', `load_${'abcdefghij'.at(id % 10)}${id}x`);
const messages = (signals: readonly Signal[]): string[] =>
  signals.map((signal) =>
    signal.kind === 'exception'
      ? signal.exception.message
      : signal.kind === 'feedback'
        ? signal.feedback.text
        : signal.title,
  );

const occurrences = (signals: readonly Signal[]): number =>
  signals.reduce((sum, signal) => sum + occurrencesOf(signal), 0);

describe('scanning', () => {
  const folder = tempFolder();
  let reader: Follower;
  const log = (...parts: string[]): string =>
    folder.path('ws', ...(parts.length > 0 ? parts : ['app.log']));
  const found = async (flush = true): Promise<string[]> =>
    messages((await reader.scan(flush)).signals);

  /** What is committed by a scan that is killed behind so many batches. */
  const stopped = async ({ positions }: Follower, batches: number): Promise<string[]> => {
    const scanner = createScanner({
      folder: log('.'),
      clock: { now: () => new Date() },
      settings: logSettings(),
      readPosition: (file) => positions.get(file),
    });
    const committed: string[] = [];
    let left = batches;
    for await (const item of scanner.scan({ flush: true })) {
      if (item.kind !== 'batch') continue;
      committed.push(...messages(item.batch.signals));
      for (const position of positionsOf(item.batch)) positions.set(position.file, position);
      if (--left === 0) break;
    }
    return committed;
  };

  beforeEach(() => {
    mkdirSync(log('.'), { recursive: true });
    reader = follow(log('.'));
  });

  describe('growth', () => {
    it('counts what was appended, once', async () => {
      writeFileSync(log(), stack(1));
      assert.deepEqual(await found(), ['order 1 lost']);
      assert.deepEqual(await found(), []);
      appendFileSync(log(), stack(2) + info(3) + stack(4));
      assert.deepEqual(await found(), ['order 2 lost', 'order 4 lost']);
      assert.deepEqual(await found(), []);
    });

    it('holds back a last line without an end until it has one, or until flushed', async () => {
      writeFileSync(log(), '2026-03-02T10:11:12.000Z ERROR api - disk ');
      assert.deepEqual(await found(false), []);
      appendFileSync(log(), 'full\n');
      assert.deepEqual(await found(false), []); // a stack may follow
      appendFileSync(log(), info(1));
      assert.deepEqual(await found(false), ['disk full']);
      appendFileSync(log(), '2026-03-02T10:11:12.000Z ERROR api - no newline');
      assert.deepEqual(await found(true), ['no newline']);
      assert.deepEqual(await found(true), []);
    });

    it('holds back an exception that may go on, and what would be counted after it', async () => {
      writeFileSync(log(), info(1) + stack(1));
      assert.deepEqual(await found(false), []);
      assert.equal(reader.positions.get('app.log')?.offset, info(1).length);
      appendFileSync(log(), '    at main (/srv/app/src/main.js:1:2)\n');
      assert.deepEqual(await found(false), []);
      const { signals } = await reader.scan(true);
      const [signal] = signals;
      assert.equal(signal?.kind === 'exception' && signal.exception.frames.length, 2);
    });

    it('does not hold back what is complete by its grammar', async () => {
      writeFileSync(
        log(),
        `{"level":50,"pid":1,"msg":"full"}\n/srv/a.js:1\nx\n^\n\n${stack(1)}\nNode.js v24.1.0\n`,
      );
      assert.deepEqual(await found(false), ['full', 'order 1 lost']);
    });

    it('does not hold back what is whole behind a record of which only a part was written', async () => {
      const record = (textPayload: string): string =>
        `${JSON.stringify({ logName: 'projects/shop/logs/api', textPayload }, undefined, 2)}\n`;
      const [head = '', frame = ''] = stack(1).split('\n');
      const next = record('served a request');
      writeFileSync(log(), record(head) + record(frame) + next.slice(0, 20));
      assert.deepEqual(await found(), ['order 1 lost']);
      appendFileSync(log(), next.slice(20) + record(head) + record(frame));
      assert.deepEqual(await found(), ['order 1 lost']);
      assert.deepEqual(await found(), []);
    });

    it('waits for nothing behind a message, whatever else might begin with its words', async () => {
      writeFileSync(log(), 'ERROR: order 7 lost\n');
      assert.deepEqual(await found(), ['order 7 lost']);
    });

    it('waits for the exception of a traceback, flushed or not', async () => {
      writeFileSync(
        log(),
        'Traceback (most recent call last):\n  File "/srv/a.py", line 3, in g\n    h()\n',
      );
      assert.deepEqual(await found(true), []);
      appendFileSync(log(), 'ValueError: late\n');
      assert.deepEqual(await found(true), ['late']);
    });

    it('puts together characters that were cut by a read', async () => {
      const bytes = Buffer.from('2026-03-02T10:11:12.000Z ERROR api - Straße 日本 🧨\n');
      for (let i = 0; i < bytes.length; i += 3) {
        appendFileSync(log(), bytes.subarray(i, i + 3));
        assert.deepEqual(await found(false), []);
      }
      assert.deepEqual(await found(true), ['Straße 日本 🧨']);
    });

    it('reads a large file in batches, each of which says what it covers', async () => {
      const part = info(1).repeat(5_000) + stack('large');
      writeFileSync(log(), part.repeat(30));
      const { signals, batches, bytes, lines } = await reader.scan(true);
      assert.equal(occurrences(signals), 30);
      assert.ok(batches >= 2);
      assert.equal(bytes, part.length * 30);
      assert.equal(lines, 5_002 * 30);
    });

    it('goes on behind the last committed batch when it was stopped in between', async () => {
      const text = Array.from({ length: 2_000 }, (_, i) => placed(i) + info(i)).join('');
      writeFileSync(log(), text);
      const first = await stopped(reader, 1);
      assert.ok(first.length > 0 && first.length < 2_000);
      const rest = await found();
      assert.deepEqual(
        [...first, ...rest],
        Array.from({ length: 2_000 }, (_, i) => `order ${i} lost`),
      );
    });

    it('stops when cancelled', async () => {
      writeFileSync(log(), stack(1));
      const scanner = createScanner({
        folder: log('.'),
        clock: { now: () => new Date() },
        settings: logSettings(),
        readPosition: () => undefined,
      });
      await assert.rejects(
        async () => {
          for await (const item of scanner.scan({ flush: true }, AbortSignal.abort()))
            assert.fail(item.kind);
        },
        (error) => isPatchwrightError(error, 'cancelled'),
      );
    });
  });

  describe('more than can be told', () => {
    it('tells some of what comes again and again in full, and counts the rest', async () => {
      const hours = ['2026-03-02T10:59:59.000Z', '2026-03-02T11:00:01.000Z'];
      const text = hours.flatMap((at) =>
        Array.from({ length: 50 }, (_, id) => `${at} ERROR api - no order\n${stack(id)}`),
      );
      writeFileSync(log(), text.join(''));
      const { signals } = await reader.scan(true);
      assert.ok(signals.length < 20, String(signals.length));
      const perHour = hours.map((hour) => occurrences(signals.filter(({ at }) => at === hour)));
      assert.deepEqual(perHour, [50, 50]);
      assert.equal(new Set(signals.map(({ fingerprint }) => fingerprint.hash)).size, 1);
      for (const signal of signals) {
        const repeats = signal.kind === 'exception' ? signal.repeats : undefined;
        if (repeats) assert.deepEqual([repeats.firstAt, repeats.lastAt], [signal.at, signal.at]);
      }
    });

    it('leaves out the middle of a log that grows faster than it is read, and says how much', async () => {
      const line = info(1);
      writeFileSync(log(), stack(1) + line.repeat(100));
      const scanner = createScanner({
        folder: log('.'),
        clock: { now: () => new Date('2026-03-02T10:00:00.000Z') },
        settings: logSettings(),
        readPosition: (file) => reader.positions.get(file),
        pressure: { behind: 20_000, kept: 5_000 },
      });
      const told: string[] = [];
      const problems: string[] = [];
      let bytes = 0;
      let grown = false;
      for await (const item of scanner.scan({ flush: true })) {
        if (item.kind === 'problem') problems.push(`${item.file}: ${item.reason}`);
        else {
          told.push(...messages(item.batch.signals));
          bytes += item.batch.bytes;
          reader.positions.set(item.batch.position.file, item.batch.position);
        }
        if (!grown)
          appendFileSync(log(), line.repeat(300) + stack(2) + line.repeat(3_000) + stack(3));
        grown = true;
      }
      assert.deepEqual(told, ['order 1 lost', 'order 3 lost']);
      assert.equal(problems.length, 1);
      assert.match(
        problems[0] ?? '',
        /^app\.log: .*faster than it can be read: 0\.3 MB were left out$/,
      );
      const { size } = statSync(log());
      assert.equal(reader.positions.get('app.log')?.offset, size);
      assert.ok(bytes < size - 200_000);
      assert.deepEqual(await found(), []);
      appendFileSync(log(), stack(4));
      assert.deepEqual(await found(), ['order 4 lost']);
    });

    it('reads all of a log that grows, but not by so much', async () => {
      writeFileSync(log(), stack(1));
      const scanner = createScanner({
        folder: log('.'),
        clock: { now: () => new Date('2026-03-02T10:00:00.000Z') },
        settings: logSettings(),
        readPosition: (file) => reader.positions.get(file),
      });
      for await (const item of scanner.scan({ flush: true })) {
        assert.ok(item.kind === 'batch');
        reader.positions.set(item.batch.position.file, item.batch.position);
        appendFileSync(log(), info(1).repeat(2_000) + stack(2));
      }
      assert.deepEqual(await found(), ['order 2 lost']);
    });
  });

  describe('rotation', () => {
    const filler = info(0).repeat(20);

    it('finishes a renamed file and begins the new one', async () => {
      writeFileSync(log(), filler + stack(1));
      assert.deepEqual(await found(), ['order 1 lost']);
      appendFileSync(log(), stack(2));
      renameSync(log(), log('app.log.1'));
      writeFileSync(log(), info(9) + stack(3));
      assert.deepEqual((await found()).sort(), ['order 2 lost', 'order 3 lost']);
      assert.deepEqual(await found(), []);
    });

    const [begin, end] = [
      'Traceback (most recent call last):\n  File "/srv/app/a.py", line 3, in fee\n',
      '    pay()\nValueError: no fee\n',
    ];

    it('puts together a stack that lies in both files', async () => {
      writeFileSync(log('app.log.1'), filler + stack(1) + begin);
      writeFileSync(log(), end + info(2) + stack(2));
      assert.deepEqual((await found()).sort(), ['no fee', 'order 1 lost', 'order 2 lost']);
      assert.deepEqual(await found(), []);
    });

    it('does so when its beginning was seen before', async () => {
      writeFileSync(log(), filler + begin);
      assert.deepEqual(await found(false), []);
      renameSync(log(), log('app.log.1'));
      writeFileSync(log(), end + filler);
      assert.deepEqual(await found(false), ['no fee']);
      assert.deepEqual(await found(), []);
    });

    it('waits for the end of one that the new file does not have yet', async () => {
      writeFileSync(log('app.log.1'), filler + begin);
      writeFileSync(log(), '');
      assert.deepEqual(await found(false), []);
      appendFileSync(log(), end + filler);
      assert.deepEqual(await found(false), ['no fee']);
      assert.deepEqual(await found(), []);
    });

    it('passes it on over files that are empty, or all of which belongs to it', async () => {
      for (const middle of ['', '    at serve (/srv/app/src/server.js:3:1)\n']) {
        for (const names of [
          ['app.log.2', 'app.log.1', 'app.log'],
          ['app-2026-03-01.log', 'app-2026-03-02.log', 'app-2026-03-03.log'],
        ] as const) {
          rmSync(log('.'), { recursive: true });
          mkdirSync(log('.'));
          reader = follow(log('.'));
          writeFileSync(log(names[0]), filler + stack(1));
          writeFileSync(log(names[1]), middle);
          writeFileSync(log(names[2]), info(1) + stack(2) + info(2));
          assert.deepEqual(await found(false), ['order 1 lost', 'order 2 lost']);
          assert.deepEqual(await found(), []);
          assert.equal(reader.positions.get(names[0])?.offset, (filler + stack(1)).length);
        }
      }
    });

    it('passes it on over an empty file whatever its encoding', async () => {
      const wide = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
      writeFileSync(log('app.log.2'), wide(filler + stack(1)));
      writeFileSync(log('app.log.1'), '');
      writeFileSync(log(), wide(info(1) + stack(2) + info(2)));
      assert.deepEqual(await found(), ['order 1 lost', 'order 2 lost']);
      assert.deepEqual(await found(), []);
    });

    it('counts once what is rotated twice before it is whole', async () => {
      writeFileSync(log(), filler + stack(1) + info(1));
      assert.deepEqual(await found(false), ['order 1 lost']);
      appendFileSync(log(), stack(2) + info(2) + begin);
      renameSync(log(), log('app.log.1'));
      writeFileSync(log(), '    pay()\n');
      assert.deepEqual(await found(false), ['order 2 lost']);
      renameSync(log('app.log.1'), log('app.log.2'));
      renameSync(log(), log('app.log.1'));
      writeFileSync(log(), `ValueError: no fee\n${info(3)}`);
      assert.deepEqual(await found(false), ['no fee']);
      assert.deepEqual(await found(), []);
    });

    it('goes on from the later of two positions, where a scan came between renaming and making anew', async () => {
      writeFileSync(log(), filler + stack(1));
      assert.deepEqual(await found(false), []);
      appendFileSync(log(), info(1));
      renameSync(log(), log('app.log.1'));
      assert.deepEqual(await found(false), ['order 1 lost']);
      renameSync(log('app.log.1'), log('app.log.2'));
      writeFileSync(log('app.log.1'), stack(2) + info(2));
      assert.deepEqual(await found(false), ['order 2 lost']);
      assert.deepEqual(await found(), []);
    });

    it('counts no error again while the one behind it is still open', async () => {
      const open = 'Error: order 2';
      writeFileSync(log('app.log.1'), filler + stack(1) + open);
      writeFileSync(log(), ' lost\n    at loadc (/srv/app/src/orders.js:8:12)\n');
      const all = [...(await found(false)), ...(await found(false)), ...(await found(false))];
      appendFileSync(log(), info(3));
      all.push(...(await found(false)), ...(await found(false)), ...(await found()));
      assert.deepEqual(all, ['order 1 lost', 'order 2 lost']);
    });

    it('nor in the middle of three', async () => {
      writeFileSync(log('app.log.2'), filler + stack(1) + 'Error: order 2');
      writeFileSync(log('app.log.1'), ' lost\n    at loadc (/srv/app/src/orders.js:8:12)\n');
      writeFileSync(log(), '    at serve (/srv/app/src/server.js:3:1)\n');
      const all = [...(await found(false)), ...(await found(false))];
      appendFileSync(log(), info(3));
      all.push(...(await found(false)), ...(await found()));
      assert.deepEqual(all, ['order 1 lost', 'order 2 lost']);
    });

    it('counts once what lies in both files, wherever it is stopped', async () => {
      writeFileSync(log('app.log.1'), filler + stack(1));
      writeFileSync(log(), filler + stack(2) + info(1));
      for (const batches of [1, 2, 3]) {
        reader = follow(log('.'));
        const first = await stopped(reader, batches);
        const rest = [...(await found()), ...(await found())];
        assert.deepEqual([...first, ...rest].sort(), ['order 1 lost', 'order 2 lost']);
      }
    });

    it('counts the lines of both files once', async () => {
      writeFileSync(log('app.log.1'), filler + stack(1));
      writeFileSync(log(), filler);
      const { lines, bytes } = await reader.scan(true);
      assert.equal(lines, 42);
      assert.equal(bytes, (filler + filler + stack(1)).length);
    });

    it('glues no line to the last one of a file that ends without an end', async () => {
      writeFileSync(log('app.log.1'), `${filler}${stack(1)}${info(1).trimEnd()}`);
      writeFileSync(log(), `${info(2)}${stack(2)}`);
      assert.deepEqual((await found()).sort(), ['order 1 lost', 'order 2 lost']);
      assert.deepEqual(await found(), []);
    });

    it('follows a whole row of renames', async () => {
      for (let i = 0; i < 5; i++) {
        for (let n = 3; n >= 1; n--) {
          if (reader.positions.has(`app.log.${n}`) || n === 1)
            tryRename(log(`app.log.${n}`), log(`app.log.${n + 1}`));
        }
        tryRename(log(), log('app.log.1'));
        writeFileSync(log(), info(i) + filler + stack(i));
        assert.deepEqual(await found(), [`order ${i} lost`]);
      }
    });

    it('knows a renamed file by its inode whatever its new name, while its old name lives on', async () => {
      writeFileSync(log(), filler + stack(1));
      await found();
      renameSync(log(), log('kept-for-later.log'));
      writeFileSync(log(), info(5) + stack(2));
      assert.deepEqual(await found(), ['order 2 lost']);
    });

    it('sees truncation', async () => {
      writeFileSync(log(), filler + stack(1));
      await found();
      truncateSync(log(), 0);
      assert.deepEqual(await found(), []);
      appendFileSync(log(), stack(2));
      assert.deepEqual(await found(), ['order 2 lost']);
    });

    it('sees a copy-truncate that has grown past the old offset', async () => {
      writeFileSync(log(), info(1) + stack(1));
      await found();
      copyFileSync(log(), log('app.log.1'));
      truncateSync(log(), 0);
      appendFileSync(log(), info(2) + filler + stack(2));
      assert.deepEqual(await found(), ['order 2 lost']);
      assert.deepEqual(await found(), []);
    });

    it('sees one that begins as before and differs only before the offset', async () => {
      const banner = info(0).repeat(30);
      writeFileSync(log(), banner + stack(1));
      await found();
      truncateSync(log(), 0);
      appendFileSync(log(), banner + stack(2) + info(3) + stack(4));
      assert.deepEqual(await found(), ['order 2 lost', 'order 4 lost']);
    });

    it('finds the copy again that appears after the truncation was seen', async () => {
      writeFileSync(log(), filler + stack(1));
      await found();
      const copy = gzipSync(filler + stack(1) + stack('late'));
      truncateSync(log(), 0);
      appendFileSync(log(), info(2) + stack(2));
      assert.deepEqual(await found(), ['order 2 lost']);
      writeFileSync(log('app.log.1.gz'), copy);
      assert.deepEqual(await found(), ['order late lost']);
    });

    it('sees truncation by one whose writer goes on where it was, behind a hole', async () => {
      writeFileSync(log(), filler + stack(1));
      await found();
      const { size } = statSync(log());
      truncateSync(log(), 0);
      const handle = openSync(log(), 'r+');
      writeSync(handle, stack(2), size);
      closeSync(handle);
      assert.deepEqual(await found(), ['order 2 lost']);
      assert.deepEqual(await found(), []);
    });

    it('goes on with the other file when a link is switched, and back', async () => {
      const link = log('current.log');
      const switchTo = (name: string): void => {
        rmSync(link, { force: true });
        symlinkSync(name, link);
      };
      writeFileSync(log('run-1.txt'), info(1) + stack(1));
      writeFileSync(log('run-2.txt'), info(2) + stack(2));
      switchTo('run-1.txt');
      assert.deepEqual(await found(), ['order 1 lost']);
      switchTo('run-2.txt');
      assert.deepEqual(await found(), ['order 2 lost']);
      appendFileSync(log('run-2.txt'), stack(3));
      assert.deepEqual(await found(), ['order 3 lost']);
      assert.deepEqual(await found(), []);
    });

    it('counts a file that was deleted and made again, though the inode is the same', async () => {
      for (const id of [1, 2, 3]) {
        rmSync(log(), { force: true });
        writeFileSync(log(), filler + stack(id));
        assert.deepEqual(await found(), [`order ${id} lost`]);
      }
    });

    it('counts one made again with the very same content', async () => {
      writeFileSync(log(), stack(1));
      assert.deepEqual(await found(), ['order 1 lost']);
      unlinkSync(log());
      assert.deepEqual(await found(), []);
      writeFileSync(log(), stack(1));
      assert.deepEqual(await found(), ['order 1 lost']);
    });

    it('takes two files with the same content for two files', async () => {
      writeFileSync(log('a.log'), stack(1));
      writeFileSync(log('b.log'), stack(1));
      assert.equal((await found()).length, 2);
    });

    it('counts a hard link once', async () => {
      writeFileSync(log('a.log'), stack(1));
      execFileSync('ln', [log('a.log'), log('b.log')]);
      assert.equal((await found()).length, 1);
    });
  });

  describe('archives', () => {
    it('reads one, once', async () => {
      writeFileSync(log('app.log.2.gz'), gzipSync(info(1) + stack(1)));
      assert.deepEqual(await found(), ['order 1 lost']);
      assert.deepEqual(await found(), []);
    });

    it('does not count again what was read before it was packed', async () => {
      writeFileSync(log(), info(1).repeat(20) + stack(1));
      await found();
      appendFileSync(log(), stack(2));
      writeFileSync(log('app.log.1.gz'), gzipSync(info(1).repeat(20) + stack(1) + stack(2)));
      unlinkSync(log());
      writeFileSync(log(), info(3) + stack(3));
      assert.deepEqual((await found()).sort(), ['order 2 lost', 'order 3 lost']);
    });

    it('counts plain and packed side by side once', async () => {
      writeFileSync(log('app.log.1'), info(1) + stack(1));
      writeFileSync(log('app.log.1.gz'), gzipSync(info(1) + stack(1)));
      assert.deepEqual(await found(), ['order 1 lost']);
    });

    it('keeps what a cut archive still holds, and knows it by its bytes, not its name', async () => {
      const packed = gzipSync(Array.from({ length: 3_000 }, (_, i) => stack(i)).join(''), {
        level: 1,
      });
      writeFileSync(log('cut.log'), packed.subarray(0, packed.length >> 1));
      const count = occurrences((await reader.scan(true)).signals);
      assert.ok(count > 500 && count < 3_000, String(count));
      assert.deepEqual(await found(), []);
    });

    it('reads all members of one', async () => {
      const members = [stack(1), stack(2) + info(3), stack(4)].map((text) => gzipSync(text));
      writeFileSync(log('app.log.1.gz'), Buffer.concat(members));
      assert.deepEqual(await found(), ['order 1 lost', 'order 2 lost', 'order 4 lost']);
    });

    it('survives a damaged one', async () => {
      const packed = gzipSync(stack(1).repeat(2_000));
      packed.fill(0xff, 12);
      writeFileSync(log('bad.log.gz'), packed);
      writeFileSync(log(), stack(7));
      const settings = logSettings({ 'sources.logs': ['**/*.log', '**/*.gz'] });
      const { signals, problems } = await follow(log('.'), settings).scan(true);
      assert.ok(messages(signals).includes('order 7 lost'));
      assert.deepEqual(
        problems.map(({ file }) => file),
        ['bad.log.gz'],
      );
    });
  });

  describe('encodings and rubbish', () => {
    const line = '2026-03-02T10:11:12.000Z ERROR api - größer 日本';

    for (const [name, bytes] of [
      ['a UTF-8 BOM', Buffer.from(`\ufeff${line}\n`)],
      ['CRLF', Buffer.from(`${line}\r\n`)],
      ['UTF-16LE with BOM', Buffer.from(`\ufeff${line}\r\n`, 'utf16le')],
      ['UTF-16BE with BOM', Buffer.from(`\ufeff${line}\n`, 'utf16le').swap16()],
      ['UTF-16LE without BOM', Buffer.from(`${line}\n`, 'utf16le')],
      ['CR alone', Buffer.from(`${info(1).trimEnd()}\r${line}\r${info(2)}`)],
      ['colours', Buffer.from(`\u001b[31m${line}\u001b[0m\n`)],
      ['a hole of NULs', Buffer.concat([Buffer.alloc(5_000), Buffer.from(`${line}\n`)])],
      [
        'a hole larger than a line may be',
        Buffer.concat([Buffer.alloc(3_000_000), Buffer.from(`${line}\n`)]),
      ],
    ] as const) {
      it(`reads ${name}`, async () => {
        writeFileSync(log(), bytes);
        assert.deepEqual(await found(), ['größer 日本']);
        appendFileSync(log(), bytes);
        assert.deepEqual(await found(), ['größer 日本']);
      });
    }

    it('reads latin-1 where it is no UTF-8', async () => {
      writeFileSync(log(), Buffer.from('2026-03-02T10:11:12.000Z ERROR api - größer\n', 'latin1'));
      assert.deepEqual(await found(), ['größer']);
    });

    it('cuts a line of 10 MB and reads on', async () => {
      writeFileSync(
        log(),
        `${stack(1)}2026-03-02T10:11:12.000Z ERROR api - ${'Error: x '.repeat(1_200_000)}\n${info(1)}${stack(2)}`,
      );
      const all = await found();
      assert.equal(all[0], 'order 1 lost');
      assert.equal(all.at(-1), 'order 2 lost');
      assert.ok(all.every((message) => message.length <= 4_000));
    });

    it('gets through random bytes', async () => {
      const noise = Buffer.alloc(1_000_000);
      let seed = 7;
      for (let i = 0; i < noise.length; i++)
        noise[i] = (seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 16;
      writeFileSync(log(), Buffer.concat([noise, Buffer.from(`\n${stack(1)}`), noise]));
      assert.ok((await found()).includes('order 1 lost'));
    });
  });

  describe('what is no readable file', () => {
    it('a folder named like a log is looked into, a pipe never waited for', async () => {
      mkdirSync(log('dir.log'));
      writeFileSync(log('dir.log', 'inner.log'), stack(1));
      execFileSync('mkfifo', [log('pipe.log')]);
      const { signals, problems } = await reader.scan(true);
      assert.deepEqual(messages(signals), ['order 1 lost']);
      assert.deepEqual(problems, [{ file: 'pipe.log', reason: 'not a regular file' }]);
    });

    it('a missing folder is a problem, not an error', async () => {
      const { problems } = await follow(log('nowhere')).scan(true);
      assert.equal(problems[0]?.reason, 'it is not there');
    });

    it('an unreadable file is a problem, the others are read', async function () {
      if (process.getuid?.() === 0) {
        console.log('      skipped: root may read everything');
        this.skip();
      }
      writeFileSync(log('a.log'), stack(1));
      writeFileSync(log('b.log'), stack(2));
      chmodSync(log('a.log'), 0);
      const { signals, problems } = await reader.scan(true);
      assert.deepEqual(messages(signals), ['order 2 lost']);
      assert.deepEqual(problems, [{ file: 'a.log', reason: 'no permission to read it' }]);
    });

    it('links: inside once, outside never, dangling and circular are problems', async () => {
      writeFileSync(log('real.log'), stack(1));
      symlinkSync('real.log', log('current.log'));
      mkdirSync(folder.path('outside'));
      writeFileSync(folder.path('outside', 'x.log'), stack('outside'));
      symlinkSync(folder.path('outside'), log('logs'));
      symlinkSync(folder.path('outside', 'x.log'), log('x.log'));
      symlinkSync('nothing', log('gone.log'));
      symlinkSync('loop.log', log('loop.log'));
      const { signals, problems } = await reader.scan(true);
      assert.deepEqual(messages(signals), ['order 1 lost']);
      assert.deepEqual(problems.map(({ file }) => file).sort(), ['gone.log', 'loop.log', 'x.log']);
    });

    it('ignored folders are not even opened, sources that are off not read', async () => {
      mkdirSync(log('node_modules/x'), { recursive: true });
      writeFileSync(log('node_modules/x/a.log'), stack(1));
      writeFileSync(log(), stack(2));
      assert.deepEqual(await found(), ['order 2 lost']);
      reader = follow(log('.'), logSettings({ 'sources.enabled.logs': false }));
      assert.deepEqual(await found(), []);
    });
  });

  describe('feedback', () => {
    it('is read by line, malformed records counted with their place', async () => {
      const good = '{"rating":"down","text":"slow"}\n';
      writeFileSync(log('feedback.jsonl'), `${good}not json\n\n${good}{"rating":`);
      const first = await reader.scan(false);
      assert.deepEqual(messages(first.signals), ['slow', 'slow']);
      assert.deepEqual(first.malformed, [
        { file: 'feedback.jsonl', offset: good.length, reason: 'not JSON' },
      ]);
      appendFileSync(log('feedback.jsonl'), '"up"}\n');
      assert.equal((await reader.scan(false)).signals.length, 1);
    });
  });

  describe('a signal', () => {
    it('is sanitised, titled and placed', async () => {
      mkdirSync(log('src'));
      writeFileSync(log('src/orders.js'), '');
      const secret = `${'gh'}p_${'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'}`;
      writeFileSync(
        log(),
        `2026-03-02T10:11:12.000Z FATAL api - RangeError: token ${secret} of jane@example.com \u202ebad\n    at Orders.load (/home/jane/shop/src/orders.js:8:12)\n    at x (/home/jane/other/y.js:1:1)\n`,
      );
      const { signals } = await reader.scan(true);
      const [signal] = signals;
      assert.ok(signal?.kind === 'exception');
      const text = JSON.stringify(signal);
      for (const part of [secret, 'jane', '\u202e']) assert.ok(!text.includes(part), part);
      assert.equal(signal.title, 'RangeError: token <token> of <email> \\u{202e}bad');
      assert.equal(signal.severity, 'fatal');
      assert.equal(signal.at, '2026-03-02T10:11:12.000Z');
      assert.deepEqual(signal.location, {
        file: 'src/orders.js',
        line: 8,
        function: 'Orders.load',
      });
      assert.deepEqual(
        signal.exception.frames.map(({ file }) => file),
        ['src/orders.js', '~/other/y.js'],
      );
      assert.deepEqual(signal.source, { file: 'app.log', offset: 0 });
    });

    it('has a short title and bounded evidence', async () => {
      writeFileSync(
        log(),
        `TypeError: ${'long '.repeat(1_000)}\n${'    at f (/srv/a/b.js:1:2)\n'.repeat(900)}`,
      );
      const [signal] = (await reader.scan(true)).signals;
      assert.ok(signal?.kind === 'exception');
      assert.ok(signal.title.length <= 120 && signal.title.endsWith('…'));
      assert.ok(signal.exception.raw.length <= 8_000);
    });
  });
});

function tryRename(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ENOENT');
  }
}
