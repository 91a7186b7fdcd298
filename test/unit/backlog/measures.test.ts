import assert from 'node:assert/strict';
import { applyChange } from '../../../src/backlog/applyChange.ts';
import { maxInteractions } from '../../../src/backlog/measures.ts';
import { migrate } from '../../../src/backlog/migrations.ts';
import { type Engine, loadEngine, openSql, type Sql } from '../../../src/backlog/sqlite.ts';
import { createStores } from '../../../src/backlog/stores.ts';
import { checkLine } from '../../../src/backlog/schemas.ts';
import { maxVariants, type Variant } from '../../../src/core/variants.ts';
import { type MetricWindow, type Observation, windowOf } from '../../../src/core/metric.ts';

const start = Date.parse('2026-03-02T00:00:00Z');
const day = 86_400_000;
const series = { name: 'latency', type: 'response_time', endpoint: 'GET /x' } as const;

const windowAt = (at: number, ...values: number[]): MetricWindow => {
  const [first, ...rest] = values.map(
    (value): Observation => ({ ...series, unit: 'ms', value, at }),
  );
  return first ? windowOf([first, ...rest], 'app.log') : assert.fail();
};

describe('backlog: measures', () => {
  let engine: Engine;
  let sql: Sql;
  before(async () => {
    engine = await loadEngine();
  });
  beforeEach(() => {
    sql = openSql(engine);
    migrate(sql);
  });
  afterEach(() => sql.close());

  const add = (...windows: readonly MetricWindow[]): readonly MetricWindow[] => {
    for (const window of windows) {
      applyChange(sql, { kind: 'metric', window }, { lamport: 1, writer: 'aaaa' });
    }
    return createStores(() => sql).metrics.windows(series, 100);
  };

  it('keep a window as columns that anybody can read', () => {
    add(windowAt(start, 100, 200), windowAt(start + 60_000, 300, 400));
    assert.deepEqual(
      sql.get(
        `SELECT metric_name, metric_type, endpoint, window_start, count, value, min_value, max_value
         FROM performance_metrics`,
      ),
      {
        metric_name: 'latency',
        metric_type: 'response_time',
        endpoint: 'GET /x',
        window_start: '2026-03-02T00:00:00.000Z',
        count: 4,
        value: 250,
        min_value: 100,
        max_value: 400,
      },
    );
  });

  it('are the same in whatever order windows come, also when old ones are dropped', () => {
    const windows = [
      windowAt(start, 1),
      windowAt(start + 10 * day, 2),
      windowAt(start + 10 * day, 3),
      windowAt(start + 20 * day, 4),
    ];
    const once = add(...windows);
    assert.deepEqual(
      once.map(({ count }) => count),
      [2, 1],
    );
    sql.close();
    sql = openSql(engine);
    migrate(sql);
    assert.deepEqual(add(...windows.toReversed()), once);
  });

  it('keep so many variants of a group, with exact counts, in whatever order they come', () => {
    const changes = Array.from({ length: 3 * maxVariants }, (_, i) => ({
      kind: 'group' as const,
      id: 'g',
      fingerprint: 'ff',
      signal: 'exception',
      count: 1,
      firstSeen: new Date(start + i).toISOString(),
      lastSeen: new Date(start + i).toISOString(),
      variants: [
        {
          traits: [{ label: 'message', value: `m${i % (2 * maxVariants)}` }],
          count: 1,
          firstSeen: new Date(start + i).toISOString(),
          lastSeen: new Date(start + i).toISOString(),
        },
      ],
    }));
    const variantsAfter = (list: typeof changes): readonly Variant[] => {
      sql.close();
      sql = openSql(engine);
      migrate(sql);
      for (const change of list) applyChange(sql, change, { lamport: 1, writer: 'aaaa' });
      return createStores(() => sql).groups.variants('g');
    };
    const once = variantsAfter(changes);
    assert.equal(once.length, maxVariants);
    for (const { traits, count } of once) {
      const number = Number(traits[0]?.value.slice(1));
      assert.equal(count, number < maxVariants ? 2 : 1, traits[0]?.value);
    }
    assert.deepEqual(variantsAfter(changes.toReversed()), once);
    const shuffled = changes.toSorted((a, b) =>
      (a.firstSeen.at(-2) ?? '') < (b.firstSeen.at(-2) ?? '') ? -1 : 1,
    );
    assert.deepEqual(variantsAfter(shuffled), once);
  });

  it('keep the newest conversations, each once', () => {
    const talk = (i: number) => ({
      kind: 'interaction' as const,
      interaction: {
        id: `i${i}`,
        timestamp: new Date(start + i * 1_000).toISOString(),
        message: `m${i}`,
        response: '',
      },
    });
    const stamp = { lamport: 1, writer: 'aaaa' };
    sql.atomically(() => {
      for (let i = 0; i < maxInteractions + 5; i++) applyChange(sql, talk(i), stamp);
      applyChange(sql, talk(maxInteractions), stamp);
      applyChange(sql, talk(1), stamp);
    });
    const kept = createStores(() => sql).interactions.recent(maxInteractions + 10);
    assert.equal(kept.length, maxInteractions);
    assert.equal(kept[0]?.id, 'i5');
  });

  it('are refused from a journal when they are none', () => {
    const line = (window: unknown) =>
      checkLine({
        v: 1,
        writer: 'aaaa',
        seq: 1,
        lamport: 1,
        at: '2026-03-02T00:00:00Z',
        changes: [{ kind: 'metric', window }],
      });
    const good = windowAt(start, 5);
    assert.ok('value' in line(good));
    for (const bad of [
      { start: '2026-03-02T00:00:01.000Z' },
      { start: 'soon' },
      { sum: '1e9' },
      { max: 1e300 },
      { count: -1 },
      { sketch: { positive: [[1e9, 1]], negative: [], zero: 0 } },
    ]) {
      assert.ok('reason' in line({ ...good, ...bad }), JSON.stringify(bad));
    }
  });
});
