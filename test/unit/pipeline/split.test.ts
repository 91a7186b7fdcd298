import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type App, compose } from '../../../src/compose.ts';
import { isPatchwrightError } from '../../../src/core/errors.ts';
import { defaultSettings } from '../../../src/core/settings.ts';
import type { Ticket } from '../../../src/core/ticket.ts';
import { tempFolder } from '../../support/tempFolder.ts';

/** One place that throws whatever went wrong: two bugs with one fingerprint. */
function raised(message: string, caller: string): string {
  return [
    `${new Date().toISOString()} ERROR request failed`,
    'Traceback (most recent call last):',
    `  File "/srv/shop/api.py", line 20, in ${caller}`,
    '    call(request)',
    '  File "/srv/shop/client.py", line 7, in call',
    '    raise ApiError(reason)',
    `shop.ApiError: ${message}`,
    '',
  ].join('\n');
}

describe('splitting a ticket', function () {
  this.timeout(60_000);
  const temp = tempFolder('pw-split');
  let folder = '';
  const opened: App[] = [];

  const open = async (): Promise<App> => {
    const app = await compose({
      folder,
      settings: () => defaultSettings,
      apiKey: () => Promise.resolve(undefined),
      environment: {},
      log: () => undefined,
      trusted: true,
    });
    opened.push(app);
    return app;
  };
  const closeAll = async (): Promise<void> => {
    for (const app of opened.splice(0)) await app.dispose();
  };
  const log = (times: number, message: string, caller = 'handle'): void => {
    for (let i = 0; i < times; i++) {
      appendFileSync(join(folder, 'app.log'), raised(message.replace('#', String(i + 10)), caller));
    }
  };
  const counts = ({ backlog }: App): Record<string, number> =>
    Object.fromEntries(
      backlog.tickets
        .list()
        .map(({ id, title }) => [title.replace(/.*: /, ''), backlog.groups.get(id)?.count ?? 0]),
    );
  const only = (app: App): Ticket => {
    const [ticket, second] = app.backlog.tickets.list();
    assert.ok(ticket && !second);
    return ticket;
  };

  beforeEach(() => {
    folder = temp.path('shop');
    mkdirSync(folder);
  });
  afterEach(closeAll);

  it('explains what its events differ in, from the first one on', async () => {
    log(3, 'disk # full');
    const app = await open();
    await app.pipeline.scan(); // below the threshold: there is no ticket yet
    log(4, 'no route to host', 'retry');
    await app.pipeline.scan();
    const differences = app.pipeline.differences(only(app).id);
    assert.deepEqual(differences, [
      {
        part: 'message',
        values: [
          { value: 'no route to host', count: 4 },
          { value: 'disk <number> full', count: 3 },
        ],
      },
      {
        part: 'caller',
        values: [
          { value: 'retry (shop/api.py)', count: 4 },
          { value: 'handle (shop/api.py)', count: 3 },
        ],
      },
    ]);
  });

  it('sends what comes later to the right side, over restarts and in other windows', async () => {
    log(4, 'disk # full');
    log(6, 'no route to host');
    const app = await open();
    const other = await open();
    await app.pipeline.scan();
    const ticket = only(app);
    const fresh = await app.pipeline.splitBy(ticket.id, { part: 'message', value: 'disk' });
    assert.equal(fresh.metadata.splitFrom, ticket.id);
    assert.match(fresh.title, /disk <number> full/);
    assert.deepEqual(
      Object.values(counts(app)).sort((a, b) => a - b),
      [4, 6],
    );
    assert.deepEqual(app.pipeline.differences(ticket.id), []);
    await assert.rejects(app.pipeline.split(ticket.id), /events differ in nothing/);

    log(2, 'disk # full');
    log(1, 'no route to host');
    await other.pipeline.scan();
    assert.equal(other.backlog.groups.get(fresh.id)?.count, 6);
    assert.equal(other.backlog.groups.get(ticket.id)?.count, 7);
    await closeAll();

    log(3, 'disk # full');
    const later = await open();
    await later.pipeline.scan();
    assert.equal(later.backlog.groups.get(fresh.id)?.count, 9);
    assert.equal(later.backlog.groups.get(ticket.id)?.count, 7);
    assert.equal(later.backlog.tickets.list().length, 2);
    const evidence = later.backlog.tickets.get(ticket.id)?.evidence ?? [];
    assert.ok(evidence.length > 0 && evidence.every(({ text }) => text.includes('no route')));
    assert.ok(fresh.evidence.every(({ text }) => text.includes('disk')));
    assert.equal(later.backlog.audit.verify().broken.length, 0);
  });

  it('splits by the caller, and what was split off once more', async () => {
    log(2, 'disk # full', 'handle');
    log(2, 'no route to host', 'handle');
    log(3, 'no route to host', 'retry');
    const app = await open();
    await app.pipeline.scan();
    const ticket = only(app);
    const ofHandle = await app.pipeline.splitBy(ticket.id, { part: 'caller', value: 'handle' });
    const ofDisk = await app.pipeline.splitBy(ofHandle.id, { part: 'message', value: 'disk' });
    log(1, 'disk # full', 'handle');
    log(1, 'disk # full', 'retry');
    log(1, 'no route to host', 'handle');
    await app.pipeline.scan();
    const count = (id: string) => app.backlog.groups.get(id)?.count;
    assert.deepEqual([ticket.id, ofHandle.id, ofDisk.id].map(count), [4, 3, 3]);
  });

  it('is undone by merging back, and done again by taking the merge back', async () => {
    log(3, 'disk # full');
    log(3, 'no route to host');
    const app = await open();
    await app.pipeline.scan();
    const ticket = only(app);
    const fresh = await app.pipeline.splitBy(ticket.id, { part: 'message', value: 'disk' });
    await app.pipeline.merge(fresh.id, ticket.id);
    log(1, 'disk # full');
    await app.pipeline.scan();
    const [newest] = app.backlog.tickets.get(ticket.id)?.evidence ?? [];
    assert.match(newest?.text ?? '', /disk/);
    assert.equal(app.backlog.tickets.get(fresh.id)?.status, 'closed');
    await assert.rejects(
      app.pipeline.splitBy(ticket.id, { part: 'message', value: 'disk' }),
      (error) => isPatchwrightError(error, 'nothing_to_do'),
    );
    await app.pipeline.split(fresh.id);
    log(1, 'disk # full');
    await app.pipeline.scan();
    const back = app.backlog.tickets.get(fresh.id);
    assert.equal(back?.status, 'open');
    assert.match(back?.evidence[0]?.text ?? '', /disk/);
    assert.equal(app.backlog.groups.get(fresh.id)?.count, 5);
  });

  it('splits once when two windows do the same', async () => {
    log(3, 'disk # full');
    log(3, 'no route to host');
    const [app, other] = [await open(), await open()];
    await app.pipeline.scan();
    const { id } = only(app);
    const by = { part: 'message', value: 'disk' };
    const results = await Promise.allSettled([
      app.pipeline.splitBy(id, by),
      other.pipeline.splitBy(id, by),
    ]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    for (const { backlog } of [app, other]) {
      await backlog.refresh();
      assert.deepEqual(
        backlog.tickets.list().map((ticket) => backlog.groups.get(ticket.id)?.count),
        [3, 3],
      );
    }
  });

  it('says what it could be split by instead of what does not fit', async () => {
    log(3, 'disk # full');
    log(3, 'no route to host');
    const app = await open();
    await app.pipeline.scan();
    const { id } = only(app);
    for (const by of [
      { part: 'colour', value: 'red' },
      { part: 'message', value: 'nothing of it' },
      { part: 'message', value: 'r' }, // both have one
    ]) {
      await assert.rejects(app.pipeline.splitBy(id, by), (error) => {
        assert.ok(isPatchwrightError(error, 'usage'), String(error));
        return true;
      });
    }
    assert.equal(app.backlog.tickets.list().length, 1);
  });
});
