import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { open, sampleTicket, ticketChange } from '../../support/backlog.ts';
import {
  contentOf,
  journalOf,
  type Line,
  readLines,
  withChecksum,
  writeLines,
} from '../../support/backlogFiles.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe('backlog: journal', () => {
  const folder = tempFolder('backlog');

  /** A journal of three lines, and no snapshot. */
  async function three(): Promise<{ journal: string; lines: Line[] }> {
    const backlog = await open(folder.path());
    for (const id of ['a', 'b', 'c']) await backlog.write([ticketChange(id), counted]);
    const journal = journalOf(folder.path());
    const bytes = readFileSync(journal);
    await backlog.dispose();
    const fresh = folder.path('fresh', '.patchwright', 'journal');
    execFileSync('mkdir', ['-p', fresh]);
    const copy = join(fresh, journal.split('/').at(-1) ?? '');
    writeFileSync(copy, bytes);
    return { journal: copy, lines: readLines(copy) };
  }

  async function read() {
    const backlog = await open(folder.path('fresh'), { readOnly: true });
    const result = {
      ids: backlog.tickets
        .list()
        .map(({ id }) => id)
        .reverse(),
      count: backlog.groups.get('g')?.count,
      notices: backlog.notices,
    };
    await backlog.dispose();
    return result;
  }

  it('is lines of a CRC-32 and JSON', async () => {
    const { journal, lines } = await three();
    const text = readFileSync(journal, 'utf8');
    assert.equal(text, lines.map((line) => withChecksum(JSON.stringify(line))).join(''));
    assert.deepEqual(
      lines.map(({ seq }) => seq),
      [1, 2, 3],
    );
  });

  it('is read without a line that was damaged in its middle, and that is told', async () => {
    const { journal } = await three();
    const bytes = readFileSync(journal);
    const at = bytes.indexOf('\n') + 50;
    bytes[at] = (bytes[at] as number) ^ 1;
    writeFileSync(journal, bytes);
    const { ids, count, notices } = await read();
    assert.deepEqual(ids, ['a', 'c']);
    assert.equal(count, 2);
    assert.match(notices.join(), /skipped: its checksum/);
  });

  it('counts a line once that stands there twice', async () => {
    const { journal, lines } = await three();
    writeLines(journal, [...lines, ...lines]);
    assert.equal((await read()).count, 3);
  });

  it('leaves lines of a newer format alone, and that is told', async () => {
    const { journal, lines } = await three();
    writeLines(journal, [lines[0], { ...lines[1], v: 2 }, lines[2]]);
    const { ids, notices } = await read();
    assert.deepEqual(ids, ['a']);
    assert.match(notices.join(), /newer version/);
  });

  it('believes no line that is not what it should be', async () => {
    const { journal, lines } = await three();
    const [, , line] = lines;
    const ticket = (fields: object) => ({
      ...line,
      changes: [{ kind: 'ticket', id: 'evil', fields }],
    });
    const hostile: unknown[] = [
      { ...line, changes: [{ kind: 'drop', id: 'improvement_tickets' }] },
      { ...line, lamport: 2 ** 60 },
      { ...line, writer: 'somebody-else' },
      { ...line, seq: -1 },
      ticket({ ...sampleTicket('x'), status: 'approved' }),
      ticket({ 'status = 1; DROP TABLE meta; --': 'x' }),
      ticket({ evidence: 'none' }),
      {
        ...line,
        changes: [
          {
            kind: 'group',
            id: 'g',
            fingerprint: 'f',
            signal: 's',
            count: 1e300,
            firstSeen: '',
            lastSeen: '',
          },
        ],
      },
      null,
      [],
      'text',
      7,
    ];
    const nested = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    writeLines(journal, [lines[0], ...hostile, { ...lines[1], seq: 2 }]);
    appendFileSync(journal, withChecksum(nested));
    appendFileSync(
      journal,
      withChecksum(
        JSON.stringify({ ...line, seq: 3 }).replace(
          '"metadata":{"set":{',
          '"metadata":{"set":{"__proto__":{"x":1},',
        ),
      ),
    );
    appendFileSync(journal, withChecksum(JSON.stringify({ ...line, seq: 4 })));
    const { ids, notices } = await read();
    assert.deepEqual(ids, ['a', 'b', 'c']);
    assert.equal(notices.length, 1, 'once a file');
  });

  it('goes on writing after a line that claims to come from the end of time', async () => {
    const { journal, lines } = await three();
    writeLines(journal, [{ ...lines[0], lamport: 2 ** 48 }]);
    const backlog = await open(folder.path('fresh'));
    await backlog.write([ticketChange('d', { title: 'one' })]);
    await backlog.write([{ kind: 'ticket', id: 'd', fields: { title: 'two' } }]);
    assert.equal(backlog.tickets.get('d')?.title, 'two');
    await backlog.dispose();
  });

  it('skips a line that is longer than any of ours', async () => {
    const { journal, lines } = await three();
    writeLines(journal, lines.slice(0, 1));
    appendFileSync(journal, `${'x'.repeat(40 * 1024 * 1024)}\n`);
    appendFileSync(journal, withChecksum(JSON.stringify(lines[1])));
    const { ids, notices } = await read();
    assert.deepEqual(ids, ['a', 'b']);
    assert.match(notices.join(), /too long/);
  });

  it('refuses to write a line that long, and goes on', async () => {
    const backlog = await open(folder.path());
    const description = 'x'.repeat(33 * 1024 * 1024);
    await assert.rejects(backlog.write([ticketChange('big', { description })]), /bytes at once/);
    await backlog.write([ticketChange('small')]);
    await backlog.dispose();
  });

  it('is nothing that follows a link, waits for a pipe, or has another name', async () => {
    const { journal } = await three();
    const near = (name: string) => join(journal, '..', name);
    symlinkSync('/dev/zero', near('wlink0000.ndjson'));
    execFileSync('mkfifo', [near('wpipe0000.ndjson')]);
    writeFileSync(near('notes.txt'), 'x\n');
    writeFileSync(near('w1 (copy).ndjson'), readFileSync(journal));
    assert.deepEqual(await read(), { ids: ['a', 'b', 'c'], count: 3, notices: [] });
  });

  it('counts nothing twice of a journal that was copied under another name', async () => {
    const { journal } = await three();
    writeFileSync(join(journal, '..', 'wcopy.ndjson'), readFileSync(journal));
    const { count, notices } = await read();
    assert.equal(count, 3);
    assert.match(notices.join(), /belongs to the journal of/);
  });

  it('may be read in any order of its files', async () => {
    const root = folder.path('many');
    mkdirSync(root);
    const windows = [await open(root), await open(root), await open(root)];
    for (let i = 0; i < 12; i++) {
      const backlog = windows[i % 3];
      await backlog?.refresh();
      await backlog?.write([ticketChange(`${i % 4}`, { title: `${i}` }), counted]);
    }
    const [first] = windows;
    await first?.refresh();
    const content = first && contentOf(first);
    for (const window of windows) await window.dispose();
    for (const name of ['backlog.sqlite', 'backlog.sqlite.json', 'backlog.previous.sqlite.json']) {
      renameSync(join(root, '.patchwright', name), folder.path(name));
    }
    const rebuilt = await open(root, { readOnly: true });
    assert.deepEqual(contentOf(rebuilt), content);
    await rebuilt.dispose();
  });

  it('survives any bytes at all', async () => {
    const { journal } = await three();
    const good = readFileSync(journal);
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(good.length),
        async (noise, at) => {
          writeFileSync(journal, Buffer.concat([good.subarray(0, at), noise, good.subarray(at)]));
          const { ids, count } = await read();
          assert.ok(ids.every((id) => ['a', 'b', 'c'].includes(id)));
          assert.equal(count ?? 0, ids.length);
        },
      ),
      { numRuns: 40 },
    );
  });
});

const counted = {
  kind: 'group' as const,
  id: 'g',
  fingerprint: 'f',
  signal: 'exception' as const,
  count: 1,
  firstSeen: '2026-01-01',
  lastSeen: '2026-01-01',
};
