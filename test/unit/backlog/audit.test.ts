import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import type { Change } from '../../../src/core/change.ts';
import { open } from '../../support/backlog.ts';
import {
  journalOf,
  journalsIn,
  type Line,
  readLines,
  writeLines,
} from '../../support/backlogFiles.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe('backlog: audit trail', () => {
  const folder = tempFolder('backlog');

  function event(subject: string, before?: unknown, after?: unknown): Change {
    return {
      kind: 'audit',
      entry: { actor: 'user:ann', action: 'ticket.edited', subject, before, after },
    };
  }

  /** Writes five events, lets `tamper` at the journal's lines, and asks a backlog built of them. */
  async function verifyAfter(tamper: (lines: Line[]) => unknown[]) {
    const backlog = await open(folder.path());
    for (const subject of ['1', '2', '3', '4', '5']) await backlog.write([event(subject)]);
    const events = [...backlog.audit.list()].reverse();
    assert.deepEqual(backlog.audit.verify(), { events: 5, broken: [] });
    await backlog.dispose();
    const journal = journalOf(folder.path());
    for (const name of ['backlog.sqlite', 'backlog.sqlite.json', 'backlog.previous.sqlite.json']) {
      rmSync(folder.path('.patchwright', name));
    }
    writeLines(journal, tamper(readLines(journal)));
    const fresh = await open(folder.path(), { readOnly: true });
    const { events: count, broken } = fresh.audit.verify();
    await fresh.dispose();
    const known = new Map(events.map(({ id, subject }) => [id, subject]));
    return { count, broken: broken.map((id) => known.get(id) ?? id) };
  }

  const eventOf = (line: Line | undefined) => line?.changes[0]?.event ?? {};

  it('lists events newest first, by subject and up to a limit', async () => {
    const backlog = await open(folder.path());
    await backlog.write([event('a', undefined, { x: [1] }), event('b', null, 'text')]);
    await backlog.write([event('a', { __proto__: null, y: 1 })]);
    const list = backlog.audit.list();
    assert.deepEqual(
      list.map(({ subject, before, after }) => ({ subject, before, after })),
      [
        { subject: 'a', before: { y: 1 }, after: undefined },
        { subject: 'b', before: null, after: 'text' },
        { subject: 'a', before: undefined, after: { x: [1] } },
      ],
    );
    assert.equal(list[0]?.previousHash, list[1]?.hash);
    assert.equal(list[1]?.previousHash, list[2]?.hash);
    assert.equal(list[2]?.previousHash, '');
    assert.equal(backlog.audit.list({ subject: 'a' }).length, 2);
    assert.deepEqual(backlog.audit.list({ limit: 1 }), list.slice(0, 1));
    await backlog.dispose();
  });

  it('can be checked by anyone from its columns', async () => {
    const backlog = await open(folder.path(), { writer: 'w-fixed' });
    await backlog.write([event('a\0\ud800', undefined, { text: '\0\ud800 "é"' })]);
    const [e] = backlog.audit.list();
    assert.ok(e);
    const columns = [
      e.previousHash,
      'w-fixed',
      1,
      e.id,
      e.timestamp,
      e.actor,
      e.action,
      e.subject,
      null,
      JSON.stringify(e.after),
    ];
    assert.equal(e.hash, createHash('sha256').update(JSON.stringify(columns)).digest('hex'));
    assert.deepEqual(backlog.audit.verify().broken, []);
    await backlog.dispose();
  });

  it('holds the chains of several windows together', async () => {
    const [a, b] = [await open(folder.path()), await open(folder.path())];
    await a.write([event('a1')]);
    await b.refresh();
    await b.write([event('b1')]);
    await a.write([event('a2')]);
    await b.write([event('b2')]);
    await Promise.all([a.refresh(), b.refresh()]);
    assert.deepEqual(a.audit.verify(), { events: 4, broken: [] });
    const hashOf = (subject: string) => b.audit.list({ subject })[0]?.hash;
    assert.equal(b.audit.list({ subject: 'b1' })[0]?.previousHash, hashOf('a1'));
    await Promise.all([a.dispose(), b.dispose()]);
    const first = journalsIn(folder.path()).find((file) =>
      readFileSync(file, 'utf8').includes('"a1"'),
    );
    rmSync(first ?? '');
    for (const name of ['backlog.sqlite', 'backlog.previous.sqlite'])
      rmSync(folder.path('.patchwright', name), { force: true });
    const after = await open(folder.path(), { readOnly: true });
    assert.equal(after.audit.verify().broken.length, 1, 'a whole chain is missing');
    await after.dispose();
  });

  it('shows an event that was changed', async () => {
    const result = await verifyAfter((lines) => {
      eventOf(lines[2]).actor = 'user:bob';
      return lines;
    });
    assert.deepEqual(result, { count: 5, broken: ['3'] });
  });

  it('shows an event that was changed and hashed again', async () => {
    const result = await verifyAfter((lines) => {
      const e = eventOf(lines[2]);
      e.actor = 'user:bob';
      const columns = [
        e.previousHash,
        lines[2]?.writer,
        e.position,
        e.id,
        e.timestamp,
        e.actor,
        e.action,
        e.subject,
        null,
        null,
      ];
      e.hash = createHash('sha256').update(JSON.stringify(columns)).digest('hex');
      return lines;
    });
    assert.deepEqual(result, { count: 5, broken: ['4'] });
  });

  it('shows where an event was removed', async () => {
    assert.deepEqual(await verifyAfter((lines) => lines.toSpliced(1, 1)), {
      count: 4,
      broken: ['3'],
    });
  });

  it('shows where the first event was removed', async () => {
    assert.deepEqual(await verifyAfter((lines) => lines.slice(1)), { count: 4, broken: ['2'] });
  });

  it('shows an event that was put in', async () => {
    const result = await verifyAfter((lines) => {
      const writer = lines[2]?.writer;
      const e: Record<string, unknown> = { ...eventOf(lines[2]), id: 'forged', subject: 'forged' };
      const columns = [
        e.previousHash,
        writer,
        e.position,
        e.id,
        e.timestamp,
        e.actor,
        e.action,
        e.subject,
        null,
        null,
      ];
      e.hash = createHash('sha256').update(JSON.stringify(columns)).digest('hex');
      return [...lines, { ...lines[2], seq: 6, changes: [{ kind: 'audit', event: e }] }];
    });
    assert.equal(result.count, 6);
    assert.ok(result.broken.includes('forged'));
  });
});
