import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { open, startChild, ticketChange } from '../../support/backlog.ts';
import { crashTest } from '../../support/backlogCrash.ts';
import { filesIn, journalOf, journalsIn } from '../../support/backlogFiles.ts';
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
    const first = await open(folder.path());
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
    mkdirSync(disk);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
    if (mounted.status !== 0) {
      console.log(
        '      a small disk needs the right to mount one; the file size limit is tested below',
      );
      this.skip();
    }
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
      execFileSync('umount', [disk]);
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
    const undo = makeReadOnly(disk);
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

/** By a read-only mount where that is allowed (root may write anywhere else), else by permissions. */
function makeReadOnly(folder: string): () => void {
  if (process.getuid?.() !== 0) {
    const all = ['', '.patchwright', '.patchwright/journal'].map((name) => `${folder}/${name}`);
    for (const path of all) chmodSync(path, 0o555);
    return () => {
      for (const path of all) chmodSync(path, 0o755);
    };
  }
  execFileSync('mount', ['--bind', folder, folder]);
  execFileSync('mount', ['-o', 'remount,ro,bind', folder]);
  return () => execFileSync('umount', [folder]);
}
