import assert from 'node:assert/strict';
import type { Backlog } from '../../../src/backlog/backlog.ts';
import type { Change } from '../../../src/core/change.ts';
import {
  open,
  sampleAttempt,
  sampleFeedback,
  samplePosition,
  sampleRelease,
  sampleRequest,
  sampleTicket,
  ticketChange,
} from '../../support/backlog.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe('backlog: nouns', () => {
  const folder = tempFolder('backlog');
  let backlog: Backlog;

  beforeEach(async () => {
    backlog = await open(folder.path());
  });
  afterEach(() => backlog.dispose());

  /** What is asked of a fresh backlog that has read the journals, and of one that has read the snapshot. */
  async function inEveryForm(check: (backlog: Backlog) => void): Promise<void> {
    check(backlog);
    const fromJournal = await open(folder.path(), { readOnly: true });
    check(fromJournal);
    await fromJournal.dispose();
    await backlog.snapshot();
    const fromSnapshot = await open(folder.path(), { readOnly: true });
    check(fromSnapshot);
    await fromSnapshot.dispose();
  }

  it('gives a ticket back as it was written', async () => {
    await backlog.write([ticketChange('exception-1')]);
    await inEveryForm((b) => {
      assert.deepEqual(b.tickets.get('exception-1'), sampleTicket('exception-1'));
      assert.equal(b.tickets.get('exception-2'), undefined);
    });
  });

  it('shows a NUL in plain text as a replacement character and cuts nothing off', async () => {
    await backlog.write([ticketChange('t', { title: 'a\0b' })]);
    assert.equal(backlog.tickets.get('t')?.title, 'a\uFFFDb');
  });

  it('gives attempts, requests, releases back as they were written', async () => {
    await backlog.write([
      { kind: 'attempt', id: sampleAttempt.id, fields: sampleAttempt },
      { kind: 'request', id: sampleRequest.id, fields: sampleRequest },
      { kind: 'release', id: sampleRelease.id, fields: sampleRelease },
    ]);
    await inEveryForm((b) => {
      assert.deepEqual(b.attempts.get(sampleAttempt.id), sampleAttempt);
      assert.deepEqual(b.requests.get(sampleRequest.id), sampleRequest);
      assert.deepEqual(b.releases.get(sampleRelease.id), sampleRelease);
      assert.deepEqual(b.releases.list(), [sampleRelease]);
    });
  });

  it('gives feedback, positions and groups back as they were written', async () => {
    await backlog.write([
      { kind: 'feedback', feedback: sampleFeedback, ticketId: 'feedback-1' },
      {
        kind: 'feedback',
        feedback: {
          id: 'f2',
          timestamp: '2026-03-02T00:00:00.000Z',
          text: 'fine',
          sentiment: 'positive',
          metadata: {},
        },
      },
      { kind: 'position', position: samplePosition },
      group(3, '2026-01-02', '2026-01-03'),
    ]);
    await inEveryForm((b) => {
      assert.deepEqual(b.feedback.negativeSince('2026-03-01T00:00:00.000Z', 5), [sampleFeedback]);
      assert.deepEqual(b.feedback.negativeSince('2026-03-01T09:00:00.000Z', 5), []);
      assert.deepEqual(b.positions.get('logs/app.log'), samplePosition);
      assert.deepEqual(b.groups.get('g'), {
        id: 'g',
        fingerprint: 'f',
        kind: 'exception',
        count: 3,
        firstSeen: '2026-01-02',
        lastSeen: '2026-01-03',
      });
    });
  });

  it('changes the given fields only', async () => {
    await backlog.write([ticketChange('t')]);
    await backlog.write([{ kind: 'ticket', id: 't', fields: { status: 'in_progress' } }]);
    await inEveryForm((b) =>
      assert.deepEqual(b.tickets.get('t'), sampleTicket('t', { status: 'in_progress' })),
    );
  });

  it('keeps the last of several changes of one field in one write', async () => {
    const moves = (['in_progress', 'testing', 'ready'] as const).map((status) => ({
      kind: 'ticket' as const,
      id: 't',
      fields: { status },
    }));
    await backlog.write([ticketChange('t'), ...moves]);
    await inEveryForm((b) => assert.equal(b.tickets.get('t')?.status, 'ready'));
  });

  it('removes a key of the metadata that a write leaves out', async () => {
    await backlog.write([ticketChange('t', { metadata: { regression: true, kept: 1 } })]);
    await backlog.write([{ kind: 'ticket', id: 't', fields: { metadata: { kept: 2 } } }]);
    await inEveryForm((b) => assert.deepEqual(b.tickets.get('t')?.metadata, { kept: 2 }));
  });

  it('adds counts up and widens the time seen', async () => {
    await backlog.write([group(3, '2026-01-02', '2026-01-03')]);
    await backlog.write([group(2, '2026-01-01', '2026-01-02')]);
    await inEveryForm((b) => {
      const { count, firstSeen, lastSeen } = b.groups.get('g') ?? {};
      assert.deepEqual(
        { count, firstSeen, lastSeen },
        { count: 5, firstSeen: '2026-01-01', lastSeen: '2026-01-03' },
      );
    });
  });

  it('lists and counts tickets', async () => {
    await backlog.write([
      ticketChange('a', { createdAt: '2026-01-01T00:00:00.000Z' }),
      ticketChange('b', { createdAt: '2026-01-03T00:00:00.000Z', status: 'closed' }),
      ticketChange('c', { createdAt: '2026-01-02T00:00:00.000Z' }),
    ]);
    const ids = (tickets: readonly { id: string }[]) => tickets.map(({ id }) => id);
    assert.deepEqual(ids(backlog.tickets.list()), ['b', 'c', 'a']);
    assert.deepEqual(ids(backlog.tickets.list({ statuses: ['open'] })), ['c', 'a']);
    assert.deepEqual(ids(backlog.tickets.list({ statuses: [] })), []);
    assert.deepEqual(ids(backlog.tickets.list({ limit: 1, offset: 1 })), ['c']);
    assert.deepEqual(backlog.tickets.countByStatus(), { open: 2, closed: 1 });
  });

  it('finds a request by its id, a unique prefix of it, or its ticket', async () => {
    const other = {
      ...sampleRequest,
      id: '7c9e6679-0000-4000-8000-000000000000',
      ticketId: 'other',
    };
    await backlog.write([
      { kind: 'request', id: sampleRequest.id, fields: sampleRequest },
      {
        kind: 'request',
        id: other.id,
        fields: { ...other, createdAt: '2026-04-01T00:00:00.000Z' },
      },
    ]);
    assert.equal(backlog.requests.find(sampleRequest.id)?.id, sampleRequest.id);
    assert.equal(backlog.requests.find('7c9e6679-7')?.id, sampleRequest.id);
    assert.equal(backlog.requests.find('7c9e'), undefined, 'two begin so');
    assert.equal(backlog.requests.find('7c%'), undefined);
    assert.equal(backlog.requests.find('other')?.id, other.id);
    assert.equal(backlog.requests.createdSince('2026-03-15T00:00:00.000Z'), 1);
    assert.deepEqual(
      backlog.requests
        .list({ ticketId: 'exception-1', statuses: ['PENDING_APPROVAL'] })
        .map(({ id }) => id),
      [sampleRequest.id],
    );
    assert.deepEqual(backlog.requests.list({ statuses: ['DENIED'] }), []);
  });

  it('knows the running attempts and those of a ticket', async () => {
    const running = { ...sampleAttempt, id: 'second', number: 2, outcome: 'running' as const };
    await backlog.write([
      { kind: 'attempt', id: running.id, fields: running },
      { kind: 'attempt', id: sampleAttempt.id, fields: sampleAttempt },
    ]);
    assert.deepEqual(backlog.attempts.running(), [running]);
    assert.deepEqual(
      backlog.attempts.ofTicket('exception-1').map((a) => a.number),
      [1, 2],
    );
  });

  it('hides a ticket until all of it is known', async () => {
    await backlog.write([{ kind: 'ticket', id: 't', fields: { status: 'closed' } }]);
    assert.equal(backlog.tickets.get('t'), undefined);
    assert.deepEqual(backlog.tickets.countByStatus(), {});
  });

  it('writes all of a call or nothing', async () => {
    const bad = { kind: 'ticket', id: 't', fields: { status: 'lost' } } as unknown as Change;
    await assert.rejects(backlog.write([ticketChange('good'), bad]), /status/);
    assert.equal(backlog.tickets.get('good'), undefined);
    await backlog.write([ticketChange('later')]);
    await inEveryForm((b) =>
      assert.deepEqual(
        b.tickets.list().map(({ id }) => id),
        ['later'],
      ),
    );
  });

  it('refuses a change that is no change, and takes those beside it', async () => {
    const unknown = { kind: 'ticket', id: 't', fields: { colour: 'red' } } as unknown as Change;
    const results = await Promise.allSettled([
      backlog.write([ticketChange('a')]),
      backlog.write([unknown]),
      backlog.write([ticketChange('b')]),
    ]);
    assert.deepEqual(
      results.map((r) => r.status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    await inEveryForm((b) => assert.equal(b.tickets.list().length, 2));
  });

  it('fires once what was written can be asked for', async () => {
    const seen: number[] = [];
    backlog.onDidChange(() => seen.push(backlog.tickets.list().length));
    await backlog.write([ticketChange('a')]);
    assert.deepEqual(seen, [1]);
  });
});

function group(count: number, firstSeen: string, lastSeen: string): Change {
  return {
    kind: 'group',
    id: 'g',
    fingerprint: 'f',
    signal: 'exception',
    count,
    firstSeen,
    lastSeen,
  };
}
