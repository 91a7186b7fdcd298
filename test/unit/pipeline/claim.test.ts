import assert from 'node:assert/strict';
import type { Backlog } from '../../../src/backlog/backlog.ts';
import type { Attempt } from '../../../src/core/attempt.ts';
import type { Model } from '../../../src/core/model.ts';
import { defaultSettings, parseSettings } from '../../../src/core/settings.ts';
import { claim } from '../../../src/pipeline/claim.ts';
import type { House } from '../../../src/pipeline/house.ts';
import { open, sampleAttempt, ticketChange } from '../../support/backlog.ts';
import { tempFolder } from '../../support/tempFolder.ts';

const now = '2026-03-05T21:30:00.000Z';
const price = { input: 1, output: 1, cacheRead: 1, cacheWrite: 1 };
const unpriced: Model = { name: 'm', reply: () => Promise.reject(new Error('never asked')) };
const model: Model = { ...unpriced, price };

describe('claiming a ticket', () => {
  const temp = tempFolder('claim');
  const opened: Backlog[] = [];
  afterEach(async () => {
    for (const backlog of opened.splice(0)) await backlog.dispose();
  });

  async function houseWith(...attempts: Partial<Attempt>[]): Promise<House> {
    const backlog = await open(temp.path());
    opened.push(backlog);
    if (!backlog.tickets.get('exception-1')) await backlog.write([ticketChange('exception-1')]);
    for (const [index, fields] of attempts.entries()) {
      const id = `${sampleAttempt.id.slice(0, -1)}${index}`;
      const made = { ...sampleAttempt, id, number: index + 1, ...fields };
      await backlog.write([{ kind: 'attempt', id, fields: made }]);
    }
    return { backlog, clock: { now: () => new Date(now) }, runner: sampleAttempt.runner } as House;
  }
  const take = (
    house: House,
    id: string | undefined = 'exception-1',
    limits: Partial<typeof defaultSettings.limits> = {},
    by: Model = model,
  ) => {
    const settings = { ...defaultSettings, limits: { ...defaultSettings.limits, ...limits } };
    return claim(house, settings, by, id, new AbortController().signal);
  };
  const next = (house: House) =>
    claim(house, parseSettings({}), model, undefined, new AbortController().signal);

  const today = (costUsd: number): Partial<Attempt> => ({
    ticketId: 'exception-9',
    startedAt: '2026-03-05T01:00:00.000Z',
    costUsd,
  });

  it('leaves an attempt what the day has left', async () => {
    const yesterday = { ...today(9), startedAt: '2026-03-04T23:59:00.000Z' };
    const house = await houseWith(yesterday, today(3), { ...today(4.5), outcome: 'failed' });
    const { budgetUsd } = await take(house);
    assert.equal(budgetUsd, 2.5);
  });

  it('counts what runs elsewhere with all that it may come to', async () => {
    const house = await houseWith(today(7.5), { ...today(0), outcome: 'running' });
    assert.equal((await take(house, 'exception-1', { costPerAttemptUsd: 2 })).budgetUsd, 0.5);
  });

  it('is refused when nothing is left, and told when it resets', async () => {
    const house = await houseWith(today(8), { ...today(0), outcome: 'running' });
    await assert.rejects(take(house), (error: Error) => {
      assert.match(error.message, /cost \$10\.00.*limit is \$10\.00.*00:00 UTC, in 3 hours/);
      return (error as { code?: string }).code === 'limit_reached';
    });
    assert.equal(house.backlog.tickets.get('exception-1')?.status, 'open');
  });

  it('has no limit on a cost that nobody knows', async () => {
    const house = await houseWith(today(50));
    const { budgetUsd } = await take(house, 'exception-1', {}, unpriced);
    assert.equal(budgetUsd, undefined);
  });

  it('lets only one of two processes have what is left', async () => {
    const first = await houseWith(today(8));
    await first.backlog.write([ticketChange('exception-2')]);
    const second = await houseWith();
    const results = await Promise.allSettled([
      take(first, 'exception-1'),
      take(second, 'exception-2'),
    ]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  });

  it('rests after a failure, each time longer, unless a person says it should not', async () => {
    const failed = (endedAt: string): Partial<Attempt> => ({ outcome: 'failed', endedAt });
    const house = await houseWith(
      failed('2026-03-05T20:00:00.000Z'),
      failed('2026-03-05T21:00:00.000Z'),
    );
    await assert.rejects(
      next(house),
      /exception-1 failed a while ago.*from 2026-03-05 21:40 UTC on/,
    );
    await assert.rejects(take(house), (error: Error) => {
      assert.match(error.message, /rests until 2026-03-05 21:40 UTC.*--force/);
      return (error as { code?: string }).code === 'resting';
    });
    assert.equal(house.backlog.tickets.get('exception-1')?.status, 'open');
    const signal = new AbortController().signal;
    const again = await claim(house, parseSettings({}), model, 'exception-1', signal, {
      again: true,
    });
    assert.equal(again.attempt.number, 3);
  });

  it('takes no more attempts than are allowed, unless a person says so', async () => {
    const failed: Partial<Attempt> = { outcome: 'failed', endedAt: '2026-03-01T20:00:00.000Z' };
    const house = await houseWith(failed, failed, failed);
    await assert.rejects(take(house), /used up its 3 attempts/);
    assert.equal((await take(house, 'exception-1', { attemptsPerTicket: 4 })).attempt.number, 4);
  });

  it('takes it when it has rested', async () => {
    const house = await houseWith({ outcome: 'failed', endedAt: '2026-03-05T21:19:00.000Z' });
    assert.equal((await next(house)).ticket.id, 'exception-1');
  });
});
