import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { isPatchwrightError } from '../../../src/core/errors.ts';
import { open, startChild, ticketChange } from '../../support/backlog.ts';
import { crashTest } from '../../support/backlogCrash.ts';
import { filesIn, journalOf, journalsIn } from '../../support/backlogFiles.ts';
import { makeReadOnly, makeSmallDisk } from '../../support/disks.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe('backlog: crashes and refusals', () => {
  const folder = tempFolder('backlog');

  it('keeps all it acknowledged through 25 kills', async function () {
    this.timeout(120_000);
    const result = await crashTest(folder.path(), 25);
    assert.ok(result.acknowledged >= 25);
    assert.deepEqual(
      { ...result, acknowledged: 0 },
      { kills: 25, acknowledged: 0, lost: [], notices: [], brokenAudit: 0, surplus: 0 },
    );
  });

  it('ignores the torn last line of a killed process, at every length', async () => {
    const first = await open(folder.path(), { snapshotWhenQuiet: false });
    await first.write([ticketChange('whole')]);
    await first.write([ticketChange('torn')]);
    const journal = journalOf(folder.path());
    const bytes = readFileSync(journal);
    const end = bytes.indexOf('\n') + 1;
    for (const length of [0, 1, 5, 9, 10, 200, bytes.length - end - 1]) {
      writeFileSync(journal, bytes.subarray(0, end + length));
      const backlog = await open(folder.path(), { readOnly: true });
      assert.deepEqual(
        backlog.tickets.list().map(({ id }) => id),
        ['whole'],
      );
      assert.deepEqual(backlog.notices, []);
      await backlog.dispose();
    }
    await first.dispose();
  });

  it('takes a line in only once it is whole', async () => {
    const writer = await open(folder.path());
    await writer.write([ticketChange('a')]);
    const journal = journalOf(folder.path());
    const reader = await open(folder.path());
    const start = readFileSync(journal).length;
    await writer.write([ticketChange('b')]);
    const bytes = readFileSync(journal);
    truncateSync(journal, start + 100);
    await reader.refresh();
    assert.equal(reader.tickets.list().length, 1);
    appendFileSync(journal, bytes.subarray(start + 100));
    await reader.refresh();
    assert.equal(reader.tickets.list().length, 2);
    await writer.dispose();
    await reader.dispose();
  });

  it('removes what killed processes left half-written, once it is old', async () => {
    const backlog = await open(folder.path());
    await backlog.write([ticketChange('a')]);
    const old = folder.path('.patchwright', 'backlog.sqlite.abc123.tmp');
    const young = folder.path('.patchwright', 'backlog.sqlite.def456.tmp');
    const foreign = folder.path('.patchwright', 'notes.tmp');
    for (const file of [old, young, foreign]) writeFileSync(file, 'half');
    const longAgo = new Date(Date.now() - 2 * 3_600_000);
    for (const file of [old, foreign]) utimesSync(file, longAgo, longAgo);
    await backlog.snapshot();
    await backlog.dispose();
    assert.deepEqual(
      [old, young, foreign].map((file) => existsSync(file)),
      [false, true, true],
    );
  });

  it('refuses what the disk has no room for, keeps the rest, and goes on when there is room', async function () {
    const disk = folder.path('disk');
    const unmount = makeSmallDisk(disk, '64k') ?? this.skip();
    try {
      const backlog = await open(disk);
      const { written, error } = await fillUp((id) =>
        backlog.write([ticketChange(id, { description: 'x'.repeat(1000) })]),
      );
      assert.equal((error as { code?: string }).code, 'disk_full');
      assert.equal(backlog.tickets.list().length, written, 'what was refused is not shown');
      await assert.rejects(
        backlog.write([ticketChange('again', { description: 'x'.repeat(9000) })]),
        {
          code: 'disk_full',
        },
      );
      await assert.rejects(backlog.snapshot(), { code: 'disk_full' });
      const reader = await open(disk, { readOnly: true });
      assert.equal(reader.tickets.list().length, written);
      assert.deepEqual(reader.notices, []);
      await reader.dispose();
      execFileSync('mount', ['-o', 'remount,size=8m', disk]);
      await backlog.write([ticketChange('room')]);
      await backlog.dispose();
      assert.ok(!filesIn(disk).some((name) => name.endsWith('.tmp')));
      const after = await open(disk);
      assert.equal(after.tickets.list().length, written + 1);
      assert.deepEqual(after.notices, []);
      await after.dispose();
    } finally {
      unmount();
    }
  });

  it('cuts a journal back when the system stops a write half-way', async function () {
    if (process.platform !== 'linux') {
      console.log('      a limit on file sizes is set with prlimit, which is Linux only');
      this.skip();
    }
    const limited = startChild('full', folder.path());
    // While it starts: files it writes may then have 20,000 bytes, and its journal gets there.
    execFileSync('prlimit', ['--pid', String(limited.process.pid), '--fsize=20000']);
    await limited.ended();
    const ids = limited.said.filter((line) => line.startsWith('full-'));
    assert.ok(ids.length > 5);
    assert.deepEqual(limited.said.slice(-2), ['error EFBIG', `visible ${ids.length}`]);
    for (const journal of journalsIn(folder.path()))
      assert.match(readFileSync(journal, 'utf8'), /\n$/);
    const after = await open(folder.path());
    assert.equal(after.tickets.list().length, ids.length);
    assert.deepEqual(after.notices, []);
    await after.dispose();
  });

  it('opens a folder that cannot be written to, and refuses to write there', async function () {
    const disk = folder.path('disk');
    mkdirSync(disk);
    const first = await open(disk);
    await first.write([ticketChange('t')]);
    await first.dispose();
    const undo = makeReadOnly(disk) ?? this.skip();
    try {
      const backlog = await open(disk);
      assert.equal(backlog.tickets.list().length, 1);
      await assert.rejects(backlog.write([ticketChange('u')]), { code: 'read_only' });
      await assert.rejects(
        backlog.exclusively('scan', async () => undefined),
        { code: 'read_only' },
      );
      assert.equal(backlog.tickets.get('u'), undefined);
      await backlog.dispose();
    } finally {
      undo();
    }
  });

  it('says so where not even its folder can be made', async function () {
    const disk = folder.path('disk');
    mkdirSync(disk);
    const undo = makeReadOnly(disk) ?? this.skip();
    try {
      const backlog = await open(disk);
      await assert.rejects(backlog.write([ticketChange('t')]), { code: 'read_only' });
      await assert.rejects(
        backlog.exclusively('scan', async () => undefined),
        { code: 'read_only' },
      );
      await backlog.dispose();
    } finally {
      undo();
    }
  });

  for (const name of ['.patchwright', '.patchwright/journal']) {
    it(`leaves a file alone that has the name ${name}, and says so`, async () => {
      mkdirSync(folder.path('work', name, '..'), { recursive: true });
      writeFileSync(folder.path('work', name), 'mine\n');
      const backlog = await open(folder.path('work'));
      await assert.rejects(backlog.write([ticketChange('t')]), (error) => {
        assert.ok(isPatchwrightError(error, 'corrupt'));
        assert.equal(error.what, `${folder.path('work', name)} is not a folder.`);
        assert.match(error.remedy, /^Move that file away/);
        return true;
      });
      await backlog.dispose();
      assert.equal(readFileSync(folder.path('work', name), 'utf8'), 'mine\n');
    });
  }

  it('does not make a workspace folder anew that is gone', async () => {
    const backlog = await open(folder.path('gone'));
    await assert.rejects(backlog.write([ticketChange('t')]), { code: 'no_folder' });
    await backlog.dispose();
    assert.equal(existsSync(folder.path('gone')), false);
  });

  it('leaves no trace where it is opened for reading only', async () => {
    const backlog = await open(folder.path(), { readOnly: true, watch: true });
    assert.deepEqual(backlog.tickets.list(), []);
    await assert.rejects(backlog.write([ticketChange('t')]), { code: 'read_only' });
    await assert.rejects(
      backlog.exclusively('draft', async () => undefined),
      { code: 'read_only' },
    );
    await backlog.snapshot();
    await backlog.dispose();
    assert.equal(existsSync(folder.path('.patchwright')), false);
  });

  it('does not write through a link that leads out of the workspace', async () => {
    const outside = folder.path('outside');
    mkdirSync(outside);
    mkdirSync(folder.path('work'));
    execFileSync('ln', ['-s', outside, folder.path('work', '.patchwright')]);
    const backlog = await open(folder.path('work'));
    await assert.rejects(backlog.write([ticketChange('t')]), { code: 'corrupt' });
    await backlog.dispose();
    assert.equal(existsSync(folder.path('outside', '.gitignore')), false);
  });
});

async function fillUp(
  write: (id: string) => Promise<void>,
): Promise<{ written: number; error: unknown }> {
  for (let written = 0; ; written++) {
    try {
      await write(`full-${written}`);
    } catch (error) {
      return { written, error };
    }
  }
}
