import assert from 'node:assert/strict';
import { withoutHeader } from '../../../../src/signals/templates/header.ts';
import { createTemplateMiner } from '../../../../src/signals/templates/miner.ts';
import { generateLog, logFormats } from '../../../support/logs.ts';

/** Template and count of each group, in the order of first lines. */
function groupsOf(messages: readonly string[]): Record<string, number> {
  const miner = createTemplateMiner();
  const shapes = messages.map((message) => miner.add(message));
  const counts: Record<string, number> = {};
  for (const shape of shapes) {
    const template = miner.templateOf(shape);
    counts[template] = (counts[template] ?? 0) + 1;
  }
  return counts;
}

/** Share of lines whose group holds exactly the lines of one event. */
function groupingAccuracy(messages: readonly string[], events: readonly string[]): number {
  const miner = createTemplateMiner();
  const shapes = messages.map((message) => miner.add(message));
  const groups = shapes.map((shape) => miner.groupOf(shape));
  const setsBy = (keys: readonly unknown[]): Map<unknown, string> => {
    const sets = new Map<unknown, number[]>();
    for (const [i, key] of keys.entries()) sets.set(key, [...(sets.get(key) ?? []), i]);
    return new Map([...sets].map(([key, set]) => [key, set.join(',')]));
  };
  const [byGroup, byEvent] = [setsBy(groups), setsBy(events)];
  const right = events.filter((event, i) => byGroup.get(groups[i]) === byEvent.get(event));
  return right.length / events.length;
}

describe('templates of log messages', () => {
  for (const [name, format] of Object.entries(logFormats)) {
    for (const seed of [1, 2]) {
      it(`group the messages of a ${name} log, with and without its header (seed ${seed})`, () => {
        const lines = generateLog(format, 500, seed);
        const events = lines.map(({ event }) => event);
        const content = lines.map((line) => line.content);
        const raw = lines.map((line) => withoutHeader(line.raw));
        assert.ok(groupingAccuracy(content, events) >= 0.9, 'messages');
        assert.ok(groupingAccuracy(raw, events) >= 0.8, 'raw lines');
      });
    }
  }

  it('keep messages apart that differ in a constant word, however often they come', () => {
    const messages = Array.from({ length: 60 }, (_, i) => [
      `connection to database at 10.0.0.${i} refused after ${i} ms`,
      `connection to cache at 10.0.0.${i} refused after ${i} ms`,
    ]).flat();
    assert.deepEqual(groupsOf(messages), {
      'connection to database at <*> refused after <*>': 60,
      'connection to cache at <*> refused after <*>': 60,
    });
  });

  it('take a word for a variable when enough different ones were seen in its place', () => {
    const users = ['amy', 'bo', 'carla', 'dmitri', 'eve', 'farid', 'gwen'];
    const few = users.slice(0, 2).map((user) => `quota of ${user} is used up again`);
    assert.equal(Object.keys(groupsOf(few)).length, 2);
    const many = users.map((user) => `quota of ${user} is used up again`);
    assert.deepEqual(groupsOf(many), { 'quota of <*> is used up again': 7 });
  });

  it('give lines of one statement one group, however long their lists', () => {
    assert.deepEqual(
      groupsOf([
        'dropping hosts 10.0.0.1',
        'dropping hosts 10.0.0.1, 10.0.0.2',
        'dropping hosts 10.0.0.7, 10.0.0.2, 10.0.0.4, 10.0.0.5',
      ]),
      { 'dropping hosts <*>': 3 },
    );
  });

  it('mask values by their kind', () => {
    for (const value of [
      '17',
      '0x7ffe12',
      'deadbeefcafebabe',
      '10.1.2.3:8080',
      'fe80::1ff:fe23:4567:890a',
      '00:1b:44:11:3a:b7',
      'https://a.example/b?c=d',
      'ann.lee@example.org',
      '123e4567-e89b-12d3-a456-426614174000',
      '2026-03-02T10:00:00Z',
      'Tue Mar 3 10:00:00 2026',
      '/var/spool/mail/ann',
      'C:\\Users\\ann\\x.txt',
      '1.5 MB',
      '34 ms',
      'order-1842',
      'db3.example.com',
    ]) {
      assert.deepEqual(groupsOf([`upload of ${value} was stopped`]), {
        'upload of <*> was stopped': 1,
      });
    }
  });

  it('never merge messages of one word, or of none that is constant', () => {
    const words = ['running', 'halted', 'active', 'down', 'idle', 'lost', 'up', 'full', 'ready'];
    assert.equal(Object.keys(groupsOf(words)).length, words.length);
  });

  it('stay fast and bounded on text without any pattern', () => {
    const words = 'abcdefghijklmnopqrstuvwxyz'.split('');
    const messages = Array.from({ length: 3_000 }, (_, i) =>
      Array.from(
        { length: 30 },
        (__, j) => `${words[(i * 7 + j * i) % 26]}${words[(i + j * j) % 26]}`,
      ).join(' '),
    );
    const miner = createTemplateMiner();
    for (const message of [...messages, 'x'.repeat(1e6), ', '.repeat(1e5), '(('.repeat(1e5)])
      miner.add(message);
    assert.notEqual(miner.groupOf(miner.add('one thing')), miner.groupOf(miner.add('another')));
  });
});

describe('headers of log lines', () => {
  const message = 'pool exhausted: 20 of 20 in use';
  for (const header of [
    '2026-03-02T10:00:00.123Z ERROR shop.db: ',
    '2026-03-02 10:00:00,123 [main] ERROR c.a.shop.Pool - ',
    '2026-03-02 10:00:00.123  WARN 12345 --- [nio-8080-exec-3] c.a.shop.Pool                 : ',
    'Mar  2 10:00:00 host-1 shop[812]: ',
    '<134>Mar  2 10:00:00 host-1 shop[812]: ',
    '[Mon Mar 02 10:00:00 2026] [error] ',
    '[2026-03-02 10:00:00] production.ERROR: ',
    '03-02 10:00:00.123  1702  2395 D ShopPool: ',
    '20260302-10:00:00:123|Shop_Pool|30002312|',
    '26/03/02 10:00:00 INFO shop.Pool: ',
    '260302 100000 148 INFO shop.Pool$Lease: ',
    'I0302 10:00:00.123456  4242 pool.cc:88] ',
    '[2026-03-02 10:00:00,123: ERROR/ForkPoolWorker-1] ',
    '2026-03-02T10:00:00.123Z [INFO ] pool: ',
    '2026-03-02 10:00:00.123+00:00 [info] <0.12.0> ',
    'ERROR:shop.db:',
    'ERROR [shop] ',
    '',
  ]) {
    it(`are cut: ${JSON.stringify(header)}`, () => {
      assert.equal(withoutHeader(header + message), message);
    });
  }

  it('end before an address in the message', () => {
    const said = 'replica 10.12.13.7:6379 lost';
    assert.equal(withoutHeader(`1:M 02 Mar 2026 10:00:00.123 # ${said}`), `# ${said}`);
    assert.equal(withoutHeader(`2026-03-02 10:00:00 INFO [main] ${said}`), said);
  });

  it('leave what is said when nothing else is there', () => {
    assert.equal(withoutHeader('2026-03-02T10:00:00Z host WARNING'), 'WARNING');
    assert.equal(withoutHeader(''), '');
  });
});
