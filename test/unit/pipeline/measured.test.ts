import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type App, compose } from '../../../src/compose.ts';
import type { Progress } from '../../../src/core/progress.ts';
import { parseSettings } from '../../../src/core/settings.ts';
import type { Ticket } from '../../../src/core/ticket.ts';
import { tempFolder } from '../../support/tempFolder.ts';

const start = Date.parse('2026-03-02T00:00:00Z');
const time = (minutes: number): string => new Date(start + minutes * 60_000).toISOString();
const lines = (n: number, line: (i: number) => unknown): string =>
  Array.from({ length: n }, (_, i) => `${JSON.stringify(line(i))}\n`).join('');

describe('a scan of metrics, feedback and conversations', function () {
  this.timeout(60_000);
  const folder = tempFolder('pw-measured');
  let settings: Record<string, unknown> = {};
  const opened: App[] = [];

  const open = async (): Promise<App> => {
    const app = await compose({
      folder: folder.path(),
      settings: () => parseSettings(settings),
      apiKey: () => Promise.resolve(undefined),
      environment: {},
      log: () => undefined,
      trusted: true,
    });
    opened.push(app);
    return app;
  };
  const scanned = async (): Promise<{ tickets: readonly Ticket[]; app: App }> => {
    const app = opened[0] ?? (await open());
    await app.pipeline.scan();
    return { tickets: app.backlog.tickets.list(), app };
  };
  const write = (name: string, text: string): void => writeFileSync(folder.path(name), text);

  beforeEach(() => {
    settings = {};
  });
  afterEach(async () => {
    for (const app of opened.splice(0)) await app.dispose();
  });

  it('makes tickets of what a log tells of slow and failing endpoints, with reasons', async () => {
    const entry = (i: number): string =>
      `${time(i / 10)} INFO GET /orders/${i} ${i % 5 === 0 ? 500 : 200} ${2_400 + i}ms\n`;
    write('app.log', Array.from({ length: 100 }, (_, i) => entry(i)).join(''));
    const { tickets } = await scanned();
    const titles = tickets.map(({ title }) => title).sort();
    assert.match(titles[0] ?? '', /^GET \/orders\/:id fails too often: 20 % /);
    assert.match(titles[1] ?? '', /^GET \/orders\/:id is slow: p95 2,4\d\d ms \(limit 2,000 ms\)$/);
    for (const ticket of tickets) {
      assert.match(ticket.id, /^perf-[0-9a-f]{8}$/);
      assert.equal(ticket.category, 'performance');
      assert.ok(ticket.priority.reason && ticket.risk.reason && ticket.effort.reason);
    }
  });

  it('adds up windows from several scans, writes them down readable, and counts nothing twice', async () => {
    const calls = (from: number) =>
      lines(4, (i) => ({
        timestamp: time((from + i) / 10),
        metric: 'api',
        value: 100 * (from + i),
        type: 'response_time',
        endpoint: '/x',
      }));
    write('metrics.jsonl', calls(1));
    await scanned();
    appendFileSync(folder.path('metrics.jsonl'), calls(5));
    const { app } = await scanned();
    await scanned();
    const [window, ...more] = app.backlog.metrics.windows(
      { name: 'api', type: 'response_time', endpoint: '/x' },
      10,
    );
    assert.deepEqual(more, []);
    assert.deepEqual(
      [window?.start, window?.count, window?.min, window?.max],
      [time(0), 8, 100, 800],
    );
  });

  it('finds a leak, once, and more of it when it goes on', async () => {
    const heap = (from: number, n: number) =>
      lines(n, (i) => ({
        timestamp: time(5 * (from + i)),
        metric: 'heap_used',
        value: 200 + 3 * (from + i),
        unit: 'MB',
      }));
    write('metrics.jsonl', heap(0, 40));
    const { tickets, app } = await scanned();
    assert.deepEqual(
      tickets.map(({ title }) => title),
      ['Memory leak: heap_used grew from 200 MB to 317 MB'],
    );
    const id = tickets[0]?.id ?? '';
    assert.equal(tickets[0]?.priority.value, 'medium', 'it may yet be a cache that fills');
    await scanned();
    assert.equal(app.backlog.groups.get(id)?.count, 1);
    appendFileSync(folder.path('metrics.jsonl'), heap(40, 1));
    await scanned();
    assert.equal(app.backlog.groups.get(id)?.count, 2);
    appendFileSync(folder.path('metrics.jsonl'), heap(41, 220));
    await scanned();
    assert.equal(app.backlog.tickets.get(id)?.priority.value, 'high');
    assert.equal(app.backlog.tickets.list().length, 1);
  });

  it('calls no leak what rises for hours while it is watched, and finds one within a day', async () => {
    const hour = (name: string, from: number, value: (i: number) => number) =>
      lines(12, (i) => ({
        timestamp: time(5 * (from + i)),
        metric: name,
        value: value(from + i),
        unit: 'MB',
        type: 'memory_usage',
      }));
    for (let i = 0; i < 24; i++) {
      const text =
        hour('cache', 12 * i, (x) => 150 + Math.min(150, x) + (x % 3)) +
        hour('leak', 12 * i, (x) => 200 + x + (x % 5));
      appendFileSync(folder.path('metrics.jsonl'), text);
      await scanned();
    }
    const { tickets } = await scanned();
    assert.deepEqual(
      tickets.map(({ title }) => title.replace(/ from.*/, '')),
      ['Memory leak: leak grew'],
    );
  });

  it('waits with a series that still goes on when it is first seen, unless it more than doubles', async () => {
    const from = Date.now() - 100 * 300_000;
    const hours = (name: string, value: (i: number) => number) =>
      lines(100, (i) => ({
        timestamp: new Date(from + i * 300_000).toISOString(),
        metric: name,
        value: value(i),
        unit: 'MB',
        type: 'memory_usage',
      }));
    write(
      'metrics.jsonl',
      hours('tooth', (i) => 200 + i) + hours('flood', (i) => 200 + 5 * i + (i % 3)),
    );
    const { tickets } = await scanned();
    assert.deepEqual(
      tickets.map(({ title }) => title.replace(/ from.*/, '')),
      ['Memory leak: flood grew'],
    );
  });

  it('makes a theme of three requests in different words, and none of praise', async () => {
    const texts = [
      'Please add dark mode',
      'dark mode please!',
      'I would love a dark theme',
      'Great',
      'Great',
      'Great',
      'Great',
      'Great',
      'Great',
    ];
    write(
      'feedback.jsonl',
      lines(texts.length, (i) => ({ timestamp: time(i), text: texts[i] })),
    );
    const { tickets } = await scanned();
    assert.deepEqual(
      tickets.map(({ title, category }) => [title, category]),
      [['Please add dark mode', 'feature']],
    );
  });

  it('marks what ten users complain of, though they come one by one', async () => {
    const complaint = (i: number) => ({
      timestamp: time(i),
      text: i % 2 ? 'CSV export crashes' : 'The app crashes when exporting to CSV',
      user: `u${i}`,
    });
    write('feedback.jsonl', lines(9, complaint));
    const { tickets } = await scanned();
    assert.deepEqual(
      tickets.map(({ metadata }) => [metadata['users'], metadata.previewWanted?.reason]),
      [[9, undefined]],
    );
    await opened.shift()?.dispose();
    appendFileSync(
      folder.path('feedback.jsonl'),
      `${JSON.stringify(complaint(8))}\n${JSON.stringify(complaint(9))}\n`,
    );
    const again = await scanned();
    assert.deepEqual(
      again.tickets.map(({ metadata }) => [metadata['users'], metadata.previewWanted?.reason]),
      [[10, '10 users report the same.']],
    );
    const actions = again.app.backlog.audit.list().map(({ action }) => action);
    assert.equal(actions.filter((action) => action === 'preview.wanted').length, 1);
  });

  it('tells once that a preview is wanted, and not of what a person has put away', async () => {
    const report = (text: string, i: number) => ({ timestamp: time(i), text, user: `u${i}` });
    write(
      'feedback.jsonl',
      lines(9, (i) => report('CSV export crashes', i)),
    );
    const app = await open();
    const told: Progress[] = [];
    app.pipeline.onDidProgress((progress) => told.push(progress));
    await app.pipeline.scan();
    const more = (text: string, from: number, to: number): void => {
      for (let i = from; i < to; i++) {
        appendFileSync(folder.path('feedback.jsonl'), `${JSON.stringify(report(text, i))}\n`);
      }
    };
    const wanted = () => told.filter(({ kind }) => kind === 'preview_wanted');
    more('CSV export crashes', 9, 12);
    const { previewsWanted } = await app.pipeline.scan();
    const [id] = app.backlog.tickets.list().map((ticket) => ticket.id);
    assert.deepEqual(previewsWanted, [id]);
    more('CSV export crashes', 12, 30);
    await app.pipeline.scan();
    assert.deepEqual(wanted(), [
      {
        kind: 'preview_wanted',
        ticketId: id,
        title: 'CSV export crashes',
        reason: '10 users report the same.',
      },
    ]);
    more('The login page is blank for me', 100, 105);
    await app.pipeline.scan();
    const other = app.backlog.tickets.list().find((ticket) => ticket.id !== id);
    await app.pipeline.snooze(other?.id ?? '', '2999-01-01');
    more('The login page is blank for me', 105, 112);
    await app.pipeline.scan();
    assert.equal(wanted().length, 1);
  });

  it('counts the records of a document once, however often it is written anew', async () => {
    const records = Array.from({ length: 5 }, (_, i) => ({
      timestamp: time(i),
      text: 'Checkout is slow',
    }));
    write('feedback.json', JSON.stringify(records));
    const { tickets, app } = await scanned();
    write(
      'feedback.json',
      JSON.stringify([...records, { timestamp: time(9), text: 'checkout takes forever' }], null, 2),
    );
    await scanned();
    assert.equal(app.backlog.groups.get(tickets[0]?.id ?? '')?.count, 6);
  });

  it('finds what conversations fail at, from a hundred on', async () => {
    const talk = (i: number) =>
      i % 10 === 0
        ? {
            timestamp: time(i),
            message: 'How do I export my data to Excel?',
            response: '',
            customer_id: i,
          }
        : {
            timestamp: time(i),
            message: `Where is order ${i}`,
            response: 'On its way',
            outcome: 'resolved',
          };
    write('interactions.jsonl', lines(90, talk));
    assert.deepEqual((await scanned()).tickets, []);
    appendFileSync(
      folder.path('interactions.jsonl'),
      lines(20, (i) => talk(90 + i)),
    );
    const { tickets, app } = await scanned();
    assert.deepEqual(
      tickets.map(({ title }) => title),
      ['Unanswered: How do I export my data to Excel?'],
    );
    assert.equal(app.backlog.groups.get(tickets[0]?.id ?? '')?.count, 11);
    assert.match(tickets[0]?.id ?? '', /^interaction-/);
  });

  it('reads nothing of a source that is switched off', async () => {
    settings = {
      'patchwright.sources.enabled.metrics': false,
      'patchwright.sources.enabled.interactions': false,
    };
    write('app.log', Array.from({ length: 50 }, () => `${time(0)} GET /x 500 9000ms\n`).join(''));
    write(
      'metrics.jsonl',
      lines(1, () => ({ metric: 'queue', value: 9, threshold: 1 })),
    );
    write(
      'interactions.jsonl',
      lines(200, () => ({ message: 'What is this?', response: '' })),
    );
    const { tickets, app } = await scanned();
    assert.deepEqual(tickets, []);
    assert.deepEqual(app.backlog.metrics.series(), []);
    assert.deepEqual(app.backlog.interactions.recent(5), []);
  });

  it('is bounded when names of metrics are made up, and no absurd value makes a ticket', async () => {
    const flood = (i: number) => ({ metric: `m_${i}`, value: 1 });
    write(
      'metrics.jsonl',
      `{"metric":"latency_ms","value":1e999,"threshold":-1,"ts":"2099-01-01"}\n${lines(20_000, flood)}`,
    );
    const app = await open();
    const report = await app.pipeline.scan();
    assert.deepEqual(app.backlog.tickets.list(), []);
    assert.equal(app.backlog.metrics.series().length, 1_000);
    assert.ok(report.malformed > 1 && report.malformed < 200, `${report.malformed}`);
  });

  const file = resolve(import.meta.dirname, '../../../../shared/cases/injection-cases.json');
  it('bears the metric cases of shared/cases', async function () {
    if (!existsSync(file)) {
      console.log('    skipped: shared/cases/injection-cases.json is not beside the project');
      this.skip();
    }
    const { cases } = JSON.parse(readFileSync(file, 'utf8')) as {
      cases: readonly { channel: string; payload: string; repeat?: number }[];
    };
    const texts = cases
      .filter(({ channel }) => channel === 'metric')
      .flatMap(({ payload, repeat = 1 }) =>
        Array.from(
          { length: Math.min(repeat, 5_000) },
          (_, i) => `${payload.replaceAll('<COUNTER>', String(i))}\n`,
        ),
      );
    assert.ok(texts.length > 0);
    write('metrics.jsonl', texts.join(''));
    const { tickets, app } = await scanned();
    assert.deepEqual(tickets, []);
    assert.ok(app.backlog.metrics.series().length <= 1_000);
  });
});
