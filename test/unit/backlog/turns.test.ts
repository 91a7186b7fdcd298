import assert from 'node:assert/strict';
import { createMemory, type Memory } from '../../../src/backlog/memory.ts';
import type { JournalLine } from '../../../src/backlog/schemas.ts';
import { loadEngine } from '../../../src/backlog/sqlite.ts';

describe('backlog: a line that is taken in some changes at a time', () => {
  let memory: Memory;

  beforeEach(async () => {
    memory = createMemory(await loadEngine());
  });
  afterEach(() => memory.sql.close());

  const groups = (): number => Number(memory.sql.get('SELECT count(*) AS n FROM signal_groups')?.n);

  it('lets others have the event loop in between, and is covered when all of it is in', async () => {
    const seen: number[] = [];
    const turns = {
      isOver: () => groups() % 2 === 0,
      next: async () => {
        seen.push(groups());
        assert.equal(memory.covered.get('w-one'), undefined);
      },
    };
    await memory.applyInTurns(line(5), 700, turns);
    assert.deepEqual(seen, [2, 4]);
    assert.equal(groups(), 5);
    assert.deepEqual(memory.covered.get('w-one'), { bytes: 700, seq: 1, bad: 0 });
  });

  it('is merged once, like one that is taken in at once', async () => {
    const turns = { isOver: () => false, next: () => Promise.resolve() };
    await memory.applyInTurns(line(3), 700, turns);
    memory.apply(line(3), 700);
    assert.equal(memory.sql.get('SELECT sum(count) AS n FROM signal_groups')?.n, 3);
  });
});

function line(groups: number): JournalLine {
  const at = '2026-03-02T10:00:00.000Z';
  return {
    v: 1,
    writer: 'w-one',
    seq: 1,
    lamport: 7,
    at,
    changes: Array.from({ length: groups }, (_, i) => ({
      kind: 'group',
      id: `exception-${i}`,
      fingerprint: `${i}`,
      signal: 'exception',
      count: 1,
      firstSeen: at,
      lastSeen: at,
    })),
  };
}
