import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import * as fc from 'fast-check';
import type { Backlog } from '../../../src/backlog/backlog.ts';
import type { Change } from '../../../src/core/change.ts';
import {
  open,
  sampleFeedback,
  samplePosition,
  startChild,
  ticketChange,
} from '../../support/backlog.ts';
import { contentOf, filesIn, journalsIn } from '../../support/backlogFiles.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe('backlog: several windows', () => {
  const folder = tempFolder('backlog');
  const opened: Backlog[] = [];

  async function window(options: Parameters<typeof open>[1] = {}): Promise<Backlog> {
    const backlog = await open(folder.path(), options);
    opened.push(backlog);
    return backlog;
  }
  afterEach(async () => {
    for (const backlog of opened.splice(0)) await backlog.dispose();
  });

  it('loses nothing of two that write at the same time', async () => {
    const [a, b] = [await window(), await window()];
    const writes = Array.from({ length: 200 }, (_, i) => [
      a.write([ticketChange(`a-${i}`), count(1)]),
      b.write([ticketChange(`b-${i}`), count(1)]),
    ]);
    await Promise.all([...writes.flat(), a.snapshot(), b.snapshot()]);
    await Promise.all([a.refresh(), b.refresh()]);
    for (const backlog of [a, b, await window()]) {
      assert.equal(backlog.tickets.list().length, 400);
      assert.equal(backlog.groups.get('g')?.count, 400);
    }
  });

  it('loses nothing of two processes, whichever takes the snapshots', async () => {
    const children = ['x', 'y'].map((prefix) => startChild('write', folder.path(), prefix, '150'));
    const here = await window();
    await here.write([ticketChange('here')]);
    assert.deepEqual(await Promise.all(children.map((child) => child.ended())), [0, 0]);
    await here.refresh();
    const fresh = await window();
    for (const backlog of [here, fresh]) {
      assert.equal(backlog.tickets.list().length, 301);
      assert.equal(backlog.groups.get('shared')?.count, 300);
      assert.deepEqual(backlog.audit.verify(), { events: 300, broken: [] });
    }
    assert.deepEqual(fresh.notices, []);
  });

  it('shows what another process writes without being asked', async () => {
    const here = await window({ watch: true });
    const seen = new Promise<void>((resolve) => {
      here.onDidChange(() => {
        if (here.tickets.list().length === 3) resolve();
      });
    });
    const child = startChild('write', folder.path(), 'x', '3');
    await seen;
    assert.equal(await child.ended(), 0);
  });

  it('merges fields of one ticket that two windows change', async () => {
    const [a, b] = [await window(), await window()];
    await a.write([ticketChange('t', { metadata: { kept: 1 } })]);
    await b.refresh();
    await a.write([
      { kind: 'ticket', id: 't', fields: { status: 'closed', metadata: { kept: 1, a: 1 } } },
    ]);
    await b.write([
      { kind: 'ticket', id: 't', fields: { title: 'New', metadata: { kept: 1, b: 1 } } },
    ]);
    await Promise.all([a.refresh(), b.refresh()]);
    for (const { tickets } of [a, b]) {
      const { status, title, metadata } = tickets.get('t') ?? {};
      assert.deepEqual(
        { status, title, metadata },
        { status: 'closed', title: 'New', metadata: { kept: 1, a: 1, b: 1 } },
      );
    }
  });

  it('comes to the same whatever the order in which windows hear of each other', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const root = folder.path(`run-${run++}`);
        mkdirSync(root);
        const windows = [await open(root), await open(root), await open(root)];
        for (const { who, what } of steps) {
          const backlog = windows[who] as Backlog;
          if (what === 'refresh') await backlog.refresh();
          else if (what === 'snapshot') await backlog.snapshot();
          else await backlog.write([what]);
        }
        for (const backlog of windows) await backlog.refresh();
        const fresh = await open(root);
        const contents = [...windows, fresh].map(contentOf);
        for (const backlog of [...windows, fresh]) await backlog.dispose();
        for (const content of contents) assert.deepEqual(content, contents[0]);
      }),
      { numRuns: 20 },
    );
  });

  it('follows a later write even when the clock stands still', async () => {
    const clock = { now: () => new Date('2026-01-01T00:00:00.000Z') };
    const [a, b] = [await window({ clock }), await window({ clock })];
    for (const title of ['1', '2', '3', '4']) {
      const [writer, reader] = Number(title) % 2 ? [a, b] : [b, a];
      await writer.write([ticketChange('t', { title })]);
      await reader.refresh();
      assert.equal(reader.tickets.get('t')?.title, title);
    }
  });

  it('lets one at a time do exclusive work, which sees what was done before', async () => {
    const [a, b] = [await window(), await window()];
    const windows = [a, b, a, b, a];
    await Promise.all(
      windows.map((backlog) =>
        backlog.exclusively('scan', async () => {
          const before = backlog.groups.get('g')?.count ?? 0;
          await backlog.write([ticketChange(`n-${before}`), count(1)]);
        }),
      ),
    );
    await a.refresh();
    assert.deepEqual(
      a.tickets.list().map(({ id }) => id),
      ['n-4', 'n-3', 'n-2', 'n-1', 'n-0'],
    );
  });

  it('runs work of another name meanwhile, and gives the lock back after a failure', async () => {
    const a = await window();
    await a.exclusively('scan', () => a.exclusively('draft', async () => undefined));
    await assert.rejects(
      a.exclusively('scan', () => Promise.reject(new Error('broken'))),
      /broken/,
    );
    await a.exclusively('scan', async () => undefined);
  });

  it('stops waiting when it is cancelled', async () => {
    const [a, b] = [await window(), await window()];
    const controller = new AbortController();
    await a.exclusively('scan', async () => {
      const waiting = b.exclusively('scan', async () => undefined, controller.signal);
      controller.abort();
      await assert.rejects(waiting, { code: 'cancelled' });
    });
  });

  it('takes over the lock of a process that was killed, and only then', async () => {
    const child = startChild('hold', folder.path());
    await child.until(1);
    const lock = folder.path('.patchwright', 'draft.lock');
    const a = await window();
    const early = new AbortController();
    const refused = a.exclusively('draft', async () => 'too early', early.signal);
    await child.kill();
    early.abort();
    await assert.rejects(refused, { code: 'cancelled' });
    const longAgo = new Date(Date.now() - 11_000); // in place of waiting for eleven seconds
    utimesSync(lock, longAgo, longAgo);
    const [b] = [await window()];
    const both = await Promise.all(
      [a, b].map((backlog) => backlog.exclusively('draft', async () => 'done')),
    );
    assert.deepEqual(both, ['done', 'done']);
    assert.ok(!filesIn(folder.path()).some((name) => name.includes('lock')));
  });

  it('deletes journals of ended processes once two snapshots hold them, and loses nothing', async () => {
    for (const prefix of ['x', 'y', 'z']) {
      await startChild('write', folder.path(), prefix, '5').ended();
    }
    const sleeper = await window(); // has its data in memory and reads nothing for a while
    const longAgo = new Date(Date.now() - 120_000);
    for (const file of journalsIn(folder.path())) utimesSync(file, longAgo, longAgo);
    const a = await window();
    for (const id of ['first', 'second']) {
      await a.write([ticketChange(id)]);
      await a.snapshot();
    }
    assert.equal(journalsIn(folder.path()).length, 1, 'only the living one is left');
    await sleeper.refresh();
    for (const backlog of [sleeper, await window()]) {
      assert.equal(backlog.tickets.list().length, 17);
      assert.equal(backlog.groups.get('shared')?.count, 15);
      assert.deepEqual(backlog.audit.verify(), { events: 15, broken: [] });
    }
  });

  it('begins a new journal when one has grown large, so that the old one can go', async () => {
    const a = await window();
    const description = 'x'.repeat(1024 * 1024);
    for (let i = 0; i < 18; i++) await a.write([ticketChange(`t-${i}`, { description })]);
    assert.equal(journalsIn(folder.path()).length, 2);
    const longAgo = new Date(Date.now() - 120_000);
    for (const file of journalsIn(folder.path())) utimesSync(file, longAgo, longAgo);
    await a.snapshot();
    await a.write([ticketChange('last')]);
    await a.snapshot();
    assert.equal(journalsIn(folder.path()).length, 1);
    assert.equal((await window()).tickets.list().length, 19);
  });

  it('takes in the snapshot when journals it never read are gone', async () => {
    const sleeper = await window();
    await sleeper.write([ticketChange('mine')]);
    await startChild('write', folder.path(), 'x', '5').ended();
    const longAgo = new Date(Date.now() - 120_000);
    for (const file of journalsIn(folder.path())) utimesSync(file, longAgo, longAgo);
    const a = await window();
    for (const id of ['first', 'second', 'third']) {
      await a.write([ticketChange(id)]);
      await a.snapshot();
    }
    assert.equal(journalsIn(folder.path()).length, 2, 'those of the two windows');
    await sleeper.refresh();
    assert.equal(sleeper.tickets.list().length, 9);
    await sleeper.write([ticketChange('later')]);
    await sleeper.snapshot();
    assert.equal((await window()).tickets.list().length, 10);
  });

  it('writes on when somebody deletes the folder under it', async () => {
    const a = await window();
    await a.write([ticketChange('before')]);
    rmSync(folder.path('.patchwright'), { recursive: true });
    await a.write([ticketChange('after')]);
    await a.snapshot();
    assert.deepEqual(
      (await window()).tickets.list().map(({ id }) => id),
      ['before', 'after'],
    );
  });

  it('ignores itself in git and leaves a .gitignore of the user alone', async () => {
    writeFileSync(folder.path('.gitignore'), 'dist\n');
    const a = await window();
    assert.equal(
      filesOrNone(folder.path('.patchwright')),
      undefined,
      'nothing before the first write',
    );
    await a.write([ticketChange('t')]);
    assert.equal(readFileSync(folder.path('.patchwright', '.gitignore'), 'utf8'), '*\n');
    assert.equal(readFileSync(folder.path('.gitignore'), 'utf8'), 'dist\n');
  });

  it('keeps no process alive by watching', async () => {
    const child = startChild('watch', folder.path());
    const [code] = await once(child.process, 'exit');
    assert.equal(code, 0);
  });
});

const status = fc.constantFrom('open' as const, 'closed' as const, 'failed' as const);
const word = fc.constantFrom('1', '2', '3');
const change: fc.Arbitrary<Change> = fc.oneof(
  fc
    .record({ id: word, title: word, status })
    .map(({ id, title, status }) => ticketChange(id, { title, status })),
  fc
    .record({ id: word, status })
    .map(({ id, status }) => ({ kind: 'ticket' as const, id, fields: { status } })),
  fc
    .record({ id: word, key: word })
    .map(({ id, key }) => ({ kind: 'ticket' as const, id, fields: { metadata: { [key]: key } } })),
  fc.integer({ min: 1, max: 9 }).map((n) => count(n)),
  word.map((hash) => ({
    kind: 'position' as const,
    position: { ...samplePosition, file: 'p', tailHash: hash },
  })),
  word.map((text) => ({ kind: 'feedback' as const, feedback: { ...sampleFeedback, text } })),
  word.map((subject) => ({
    kind: 'audit' as const,
    entry: { actor: 'user:x', action: 'a.b', subject },
  })),
);
const step = fc.record({
  who: fc.integer({ min: 0, max: 2 }),
  what: fc.oneof(
    { weight: 6, arbitrary: change },
    fc.constantFrom('refresh' as const, 'snapshot' as const),
  ),
});

function count(by: number): Change {
  return {
    kind: 'group',
    id: 'g',
    fingerprint: 'f',
    signal: 'exception',
    count: by,
    firstSeen: '2026-01-01T00:00:00.000Z',
    lastSeen: '2026-01-01T00:00:00.000Z',
  };
}

function filesOrNone(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}
