import assert from 'node:assert/strict';
import type { Backlog } from '../../../src/backlog/backlog.ts';
import type { Model } from '../../../src/core/model.ts';
import type { Ticket } from '../../../src/core/ticket.ts';
import { parseSettings } from '../../../src/core/settings.ts';
import { claim } from '../../../src/pipeline/claim.ts';
import { reject } from '../../../src/pipeline/decide.ts';
import type { House } from '../../../src/pipeline/house.ts';
import { switchLearning } from '../../../src/pipeline/learning.ts';
import { lessonsFor, outlooks } from '../../../src/pipeline/past.ts';
import { edit, reopen, snooze, wake } from '../../../src/pipeline/tickets.ts';
import { open, sampleAttempt, ticketChange } from '../../support/backlog.ts';
import { requestOf } from '../../support/requests.ts';
import { tempFolder } from '../../support/tempFolder.ts';

const price = { input: 1, output: 1, cacheRead: 1, cacheWrite: 1 };
const model: Model = { name: 'm', price, reply: () => Promise.reject(new Error('never asked')) };
const place = { file: 'src/cart.js', line: 12, function: 'total' };
const metadata = { exceptionType: 'TypeError', location: place };

describe('a ticket whose patch was refused', () => {
  const temp = tempFolder('past');
  let backlog: Backlog;
  let house: House;
  beforeEach(async () => {
    backlog = await open(temp.path());
    let minute = 0;
    const now = () => new Date(Date.parse('2026-03-05T08:00:00Z') + 60_000 * minute++);
    house = {
      backlog,
      clock: { now },
      settings: () => parseSettings({}),
      reviewer: async () => 'user:ada',
      runner: sampleAttempt.runner,
      log: () => undefined,
    } as unknown as House;
    await refused('e1');
  });
  afterEach(() => backlog.dispose());

  async function refused(id: string): Promise<void> {
    const request = requestOf({ id: `r-${id}`, ticketId: id, improvementType: 'bug_fix' });
    const attempt = { number: 1, steps: 1, submissions: 1, tokens: 1, durationMs: 1, tests: [] };
    const motivation = { occurrences: 6, feedback: 0 };
    const metrics = { motivation, attempt: { ...attempt, usage: sampleAttempt.usage } };
    await backlog.write([
      ticketChange(id, { status: 'ready', metadata }),
      seen(id, 6, '2026-03-01T10:00:00.000Z'),
      { kind: 'request', id: request.id, fields: { ...request, metrics } },
    ]);
    await reject(house, request.id, 'An empty cart is an error here.');
  }
  const seen = (id: string, count: number, at: string, variant = 'a') => ({
    kind: 'group' as const,
    id,
    fingerprint: 'f',
    signal: 'exception' as const,
    count,
    firstSeen: at,
    lastSeen: at,
    variants: [
      { traits: [{ label: 'message', value: variant }], count, firstSeen: at, lastSeen: at },
    ],
  });
  const ticket = (id = 'e1'): Ticket => backlog.tickets.get(id) as Ticket;
  const heldBack = (id = 'e1') => outlooks(backlog, house.settings())(ticket(id)).heldBack;
  const next = () => claim(house, house.settings(), model, undefined, new AbortController().signal);

  it('is not proposed again by itself, and says why', async () => {
    assert.match(
      heldBack() ?? '',
      /rejected on 2026-03-05: An empty cart is an error here\. It is/,
    );
    await snooze(house, 'e1', '2030-01-01T00:00:00Z');
    house = { ...house, clock: { now: () => new Date('2030-01-02') } };
    await wake(house);
    assert.equal(ticket().status, 'open');
    await backlog.write([seen('e1', 5, '2026-03-09T10:00:00.000Z')]);
    await assert.rejects(next(), /e1 is held back: A patch for it was rejected/);
  });

  it('is proposed again when it is seen much more often', async () => {
    await backlog.write([seen('e1', 6, '2026-03-09T10:00:00.000Z')]);
    assert.equal(heldBack(), undefined);
    assert.equal((await next()).ticket.status, 'rejected');
    const [moved] = backlog.audit.list({ subject: 'e1', action: 'ticket.moved' });
    assert.deepEqual([moved?.before, moved?.after], ['rejected', 'in_progress']);
  });

  it('is proposed again when an event of a new form comes', async () => {
    await backlog.write([seen('e1', 1, '2026-03-09T10:00:00.000Z', 'b')]);
    assert.equal(heldBack(), undefined);
  });

  it('is proposed again when a person edits or reopens it', async () => {
    await edit(house, 'e1', { description: 'It must be an error of ours.' });
    assert.equal(heldBack(), undefined);
    await refused('e2');
    await reopen(house, 'e2');
    assert.equal(heldBack('e2'), undefined);
  });

  it('holds back the same error in the same function under another id, until a patch for it lands', async () => {
    await backlog.write([
      ticketChange('twin', { metadata }),
      ticketChange('other', { metadata: { ...metadata, exceptionType: 'RangeError' } }),
    ]);
    assert.match(heldBack('twin') ?? '', /the same error \(e1\) was rejected/);
    assert.equal(heldBack('other'), undefined);
    const landed = requestOf({ id: 'r2', ticketId: 'twin', status: 'APPLIED' });
    const fields = { ...landed, createdAt: '2026-03-10T00:00:00.000Z' };
    await backlog.write([{ kind: 'request', id: 'r2', fields }]);
    assert.equal(heldBack('twin'), undefined);
  });

  it('counts for nothing while learning is off, nor after it was forgotten, but is not proposed again', async () => {
    const odds = () => outlooks(backlog, house.settings())(ticket()).odds;
    const attempt = { ...sampleAttempt, id: requestOf().attemptId, ticketId: 'e1' };
    await backlog.write([{ kind: 'attempt', id: attempt.id, fields: attempt }]);
    assert.ok(odds().chance < 0.5);
    await switchLearning(house, 'off');
    assert.equal(odds().chance, 0.5);
    assert.match(odds().reason, /^Learning is off/);
    assert.deepEqual(lessonsFor(backlog, ticket()), { lessons: [], similarTickets: [] });
    assert.ok(heldBack());
    await switchLearning(house, 'on');
    assert.ok(odds().chance < 0.5);
    await switchLearning(house, 'reset');
    assert.equal(odds().chance, 0.5);
    assert.match(odds().reason, /^No draft was decided here yet/);
    await refused('e2');
    assert.ok(odds().chance < 0.5, 'what is decided from then on counts');
  });

  it('teaches the next patch near it', async () => {
    await backlog.write([ticketChange('twin', { metadata })]);
    const { lessons, similarTickets } = lessonsFor(backlog, ticket('twin'));
    assert.deepEqual(
      [lessons[0]?.text, similarTickets[0]?.outcome],
      ['An empty cart is an error here.', 'rejected'],
    );
  });
});

describe('selection', () => {
  const temp = tempFolder('selection');

  it('takes of equal tickets the one whose patch is likelier to be approved', async () => {
    const backlog = await open(temp.path());
    try {
      const run = {
        ...sampleAttempt,
        id: 'a1',
        ticketId: 'older',
        outcome: 'failed' as const,
        startedAt: '2026-03-01T09:00:00.000Z',
        endedAt: '2026-03-01T10:00:00.000Z',
      };
      await backlog.write([
        ticketChange('older', { createdAt: '2026-02-01T00:00:00.000Z' }),
        ticketChange('newer', { createdAt: '2026-02-02T00:00:00.000Z' }),
        { kind: 'attempt', id: run.id, fields: run },
      ]);
      const house = {
        backlog,
        clock: { now: () => new Date('2026-03-05T08:00:00Z') },
        runner: sampleAttempt.runner,
      } as unknown as House;
      const { signal } = new AbortController();
      const { ticket } = await claim(house, parseSettings({}), model, undefined, signal);
      assert.equal(ticket.id, 'newer');
    } finally {
      await backlog.dispose();
    }
  });
});
