import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, compose } from '../../../src/compose.ts';
import type { Git } from '../../../src/core/ports.ts';
import { defaultSettings } from '../../../src/core/settings.ts';
import type { Ticket } from '../../../src/core/ticket.ts';
import { createRepository } from '../../support/repository.ts';
import { shopFiles, shopLog } from '../../support/shop.ts';
import { tempFolder } from '../../support/tempFolder.ts';

const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;

/** `times` failures at line 4 of a file, from `agoMs` before now on, one in `stepMs`. */
function failures(file: string, times: number, agoMs: number, stepMs = 1_000): string {
  return Array.from({ length: times }, (_, i) =>
    [
      `${new Date(Date.now() - agoMs + i * stepMs).toISOString()} ERROR request ${i} failed`,
      `TypeError: Cannot read properties of undefined (reading 'cents')`,
      `    at total (/srv/shop/${file}:4:19)`,
      '',
    ].join('\n'),
  ).join('');
}

describe('triage of a scan', function () {
  this.timeout(60_000);
  const temp = tempFolder('pw-triage');
  let folder = '';
  const said: string[] = [];
  const opened: App[] = [];

  const open = async (
    options: { readonly maxTickets?: number; readonly scanInWorker?: boolean } = {},
  ): Promise<App> => {
    const app = await compose({
      ...options,
      folder,
      settings: () => defaultSettings,
      apiKey: () => Promise.resolve(undefined),
      environment: {},
      log: (line) => said.push(line),
      trusted: true,
    });
    opened.push(app);
    return app;
  };
  const scanned = async (): Promise<readonly Ticket[]> => {
    const app = opened[0] ?? (await open());
    await app.pipeline.scan();
    return app.backlog.tickets.list();
  };
  const log = (text: string): void => appendFileSync(join(folder, 'app.log'), text);

  beforeEach(() => {
    folder = temp.path('shop');
    said.length = 0;
  });
  afterEach(async () => {
    for (const app of opened.splice(0)) await app.dispose();
  });

  for (const scanInWorker of [false, true]) {
    const where = scanInWorker ? 'in a thread of its own' : 'in this thread';
    it(`counts every occurrence of a bug that comes again and again, read ${where}`, async () => {
      await createRepository(folder, shopFiles);
      log(failures('src/cart.js', 400, 2 * minuteMs, 100));
      const app = await open({ scanInWorker });
      const report = await app.pipeline.scan();
      assert.equal(report.signals, 400);
      const [ticket, ...others] = app.backlog.tickets.list();
      assert.deepEqual(others, []);
      const group = app.backlog.groups.get(ticket?.id ?? '');
      assert.equal(group?.count, 400);
      assert.ok((group?.firstSeen ?? '') < (group?.lastSeen ?? ''));
      const recent = ticket?.metadata.recent;
      // Those before there was a ticket are in the group's count only.
      assert.equal((recent?.count ?? 0) + (recent?.before ?? 0), 396);
      assert.deepEqual(said, []);
      assert.equal((await app.pipeline.scan()).signals, 0);
    });
  }

  it('adds what git and the files say of the code, and the commit that may have caused it', async () => {
    const cart = `${shopFiles['src/cart.js']}${'// more\n'.repeat(600)}`;
    const git = await createRepository(folder, { ...shopFiles, 'src/cart.js': cart });
    for (let i = 0; i < 10; i++) {
      writeFileSync(join(folder, 'src/cart.js'), `${cart}// ${i}\n`);
      await git.run(['commit', '-qam', `Change ${i}`]);
    }
    mkdirSync(join(folder, 'coverage'));
    const report = 'SF:src/other.js\nLF:1\nLH:1\nend_of_record\nSF:/ci/shop/src/cart.js\nLF:10\n';
    writeFileSync(join(folder, 'coverage/lcov.info'), `${report}LH:2\nend_of_record\n`);
    log(failures('src/cart.js', 6, -minuteMs));
    const [ticket] = await scanned();
    assert.equal(ticket?.risk.value, 3 + 1 + 1 + 1, ticket?.risk.reason);
    assert.match(ticket?.risk.reason ?? '', /60\d lines.*11 commits.*20 % of its lines/);
    assert.equal(ticket?.effort.value, 3);
    assert.match(ticket?.metadata.suspects?.[0]?.reasons[0] ?? '', /src\/cart\.js:4, the failing/);
    assert.equal(ticket?.metadata.suspects?.[0]?.subject, 'base');
    assert.deepEqual(said, []);
  });

  it('leaves a protected file to a person, by risk', async () => {
    await createRepository(folder, { ...shopFiles, '.patchwright/protected': 'src/cart.js\n' });
    log(failures('src/cart.js', 6, -minuteMs));
    const [ticket] = await scanned();
    assert.ok(ticket && ticket.risk.value > defaultSettings.selection.maxRisk);
    assert.match(ticket.risk.reason, /protected \(src\/cart\.js\)/);
  });

  it('works without a repository', async () => {
    mkdirSync(join(folder, 'src'), { recursive: true });
    writeFileSync(join(folder, 'src/cart.js'), shopFiles['src/cart.js'] ?? '');
    log(shopLog(6));
    const [ticket] = await scanned();
    assert.equal(ticket?.metadata.location?.file, 'src/cart.js');
    assert.equal(ticket?.risk.value, 3);
    assert.equal(ticket?.metadata.suspects, undefined);
    assert.deepEqual(said, []);
  });

  it('looks for suspects of five tickets a scan, the most urgent ones', async () => {
    const names = Array.from({ length: 7 }, (_, i) => `src/part${i}.js`);
    const code = 'one\ntwo\nthree\nfour\n';
    await createRepository(folder, Object.fromEntries(names.map((name) => [name, code])));
    for (const name of names) log(failures(name, name.includes('5') ? 60 : 6, -minuteMs));
    const tickets = await scanned();
    assert.equal(tickets.length, 7);
    const suspected = tickets.filter(({ metadata }) => metadata.suspects);
    assert.equal(suspected.length, 5);
    assert.ok(suspected.some(({ metadata }) => metadata.location?.file === 'src/part5.js'));
  });

  it('lets what was quiet for two weeks sink at the next scan, once, and rise when it is back', async () => {
    await createRepository(folder, shopFiles);
    log(failures('src/cart.js', 6, 20 * dayMs));
    assert.equal((await scanned())[0]?.priority.value, 'medium');
    const [sunk] = await scanned();
    assert.equal(sunk?.priority.value, 'low');
    assert.match(sunk?.priority.reason ?? '', /Quiet for (19|20) days/);
    assert.deepEqual((await scanned())[0]?.priority, sunk?.priority);
    const actions = opened[0]?.backlog.audit.list({ subject: sunk?.id ?? '' }) ?? [];
    assert.equal(actions.filter(({ action }) => action === 'ticket.sunk').length, 1);
    log(failures('src/cart.js', 1, 0));
    assert.equal((await scanned())[0]?.priority.value, 'medium');
    assert.equal((await scanned())[0]?.priority.value, 'medium');
  });

  it('leaves alone a ticket that another one merged into it still feeds', async () => {
    await createRepository(folder, { ...shopFiles, 'src/pay.js': shopFiles['src/cart.js'] ?? '' });
    log(failures('src/cart.js', 6, 20 * dayMs));
    log(failures('src/pay.js', 6, 0));
    const tickets = await scanned();
    const idOf = (file: string) =>
      tickets.find(({ metadata }) => metadata.location?.file === file)?.id ?? '';
    await opened[0]?.pipeline.merge(idOf('src/pay.js'), idOf('src/cart.js'));
    await scanned();
    const into = opened[0]?.backlog.tickets.get(idOf('src/cart.js'));
    assert.equal(into?.priority.value, 'medium');
  });

  it('counts for a ticket what is seen of those merged into it, or into those, until they are split again', async () => {
    const names = ['src/cart.js', 'src/pay.js', 'src/ship.js'];
    const text = shopFiles['src/cart.js'] ?? '';
    await createRepository(folder, {
      ...shopFiles,
      ...Object.fromEntries(names.map((name) => [name, text])),
    });
    for (const name of names) log(failures(name, 6, 10 * minuteMs));
    const tickets = await scanned();
    const [cart = '', pay = '', ship = ''] = names.map(
      (name) => tickets.find(({ metadata }) => metadata.location?.file === name)?.id,
    );
    const { pipeline, backlog } = opened[0] as App;
    await pipeline.merge(ship, pay);
    await pipeline.merge(pay, cart);
    log(failures('src/ship.js', 2, 0));
    await pipeline.scan();
    const countsOf = () => [cart, pay, ship].map((id) => backlog.groups.seen(id)?.count);
    assert.deepEqual(countsOf(), [20, 14, 8]);
    assert.equal(backlog.groups.seen(cart)?.lastSeen, backlog.groups.get(ship)?.lastSeen);
    assert.match(backlog.tickets.get(cart)?.priority.reason ?? '', /Seen 20 times/);
    await pipeline.split(pay);
    assert.deepEqual(countsOf(), [6, 14, 8]);
    assert.equal(backlog.tickets.get(ship)?.status, 'closed');
  });

  it('raises the priority of a burst, also when it grows from scan to scan', async () => {
    await createRepository(folder, shopFiles);
    const hour = 60 * minuteMs;
    log(failures('src/cart.js', 10, 11 * hour, hour));
    assert.equal((await scanned())[0]?.priority.value, 'medium');
    log(failures('src/cart.js', 10, 20_000));
    await scanned();
    log(failures('src/cart.js', 10, 10_000));
    const [ticket] = await scanned();
    assert.equal(ticket?.priority.value, 'high', ticket?.priority.reason);
    assert.match(
      ticket?.priority.reason ?? '',
      /A burst: \d\d times in its last hour, usually 1 an/,
    );
  });

  it('lowers it again when nothing came for a day after the burst', async () => {
    await createRepository(folder, shopFiles);
    const hour = 60 * minuteMs;
    log(failures('src/cart.js', 10, 2 * dayMs, hour));
    log(failures('src/cart.js', 30, 2 * dayMs - 10 * hour, minuteMs));
    const [raised] = await scanned();
    assert.equal(raised?.priority.value, 'high', raised?.priority.reason);
    const [ticket] = await scanned();
    assert.equal(ticket?.priority.value, 'medium', ticket?.priority.reason);
    assert.match(ticket?.priority.reason ?? '', /^Seen 40 times\. Its burst is over\.$/);
    assert.deepEqual((await scanned())[0]?.priority, ticket?.priority);
  });

  describe('of what was closed as not worth fixing', () => {
    let git: Git;
    const close = async (): Promise<string> => {
      const id = (await scanned())[0]?.id ?? '';
      await opened[0]?.pipeline.close(id, 'noise');
      return id;
    };
    const seenAgain = async (times = 1): Promise<Ticket | undefined> => {
      log(failures('src/cart.js', times, -minuteMs));
      return (await scanned())[0];
    };
    const release = async (version: string): Promise<void> => {
      writeFileSync(join(folder, 'package.json'), `{ "name": "shop", "version": "${version}" }\n`);
      await git.run(['commit', '-qam', version]);
    };

    beforeEach(async () => {
      git = await createRepository(folder, {
        ...shopFiles,
        'package.json': '{ "name": "shop", "version": "1.0.0" }\n',
      });
      log(failures('src/cart.js', 6, 0));
    });

    it('opens it again in a new version, and says why', async () => {
      const id = await close();
      assert.equal((await seenAgain(3))?.status, 'closed');
      writeFileSync(join(folder, 'package.json'), '{ "version": "3.0.0" }'); // no release: not committed
      assert.equal((await seenAgain())?.status, 'closed');
      await release('1.0.1');
      const ticket = await seenAgain();
      assert.equal(ticket?.status, 'open');
      assert.equal(ticket?.metadata.reopened?.why, 'new_release');
      const entry = opened[0]?.backlog.audit
        .list({ subject: id })
        .find(({ action }) => action === 'ticket.reopened');
      assert.deepEqual(entry?.before, { status: 'closed' });
      assert.match(
        JSON.stringify(entry?.after),
        /Seen in version 1\.0\.1; it was closed at 1\.0\.0/,
      );
      // Closed once more, it waits for the next one.
      await opened[0]?.pipeline.close(id, 'still noise');
      assert.equal((await seenAgain())?.status, 'closed');
      await release('1.0.2');
      assert.equal((await seenAgain())?.status, 'open');
    });

    it('opens it again after a new tag, not for going back to an old commit', async () => {
      await git.run(['tag', 'v1']);
      await release('2.0.0');
      await close();
      await git.run(['checkout', '-q', 'v1']);
      assert.equal((await seenAgain())?.status, 'closed');
      await git.run(['checkout', '-q', 'work']);
      await git.run(['tag', 'nightly']);
      assert.equal((await seenAgain())?.status, 'closed');
      await git.run(['tag', '-am', 'two', 'v2']);
      assert.equal((await seenAgain())?.metadata.reopened?.why, 'new_release');
    });

    it('opens it again when it is seen far more often, not when it is seen as often', async () => {
      await close();
      assert.equal((await seenAgain(9))?.status, 'closed');
      assert.equal((await seenAgain(30))?.metadata.reopened?.why, 'higher_rate');
    });

    it('goes by the release that JSON records name', async () => {
      const record = (version: string, i: number): string =>
        `${JSON.stringify({
          level: 'error',
          time: new Date(Date.now() + minuteMs).toISOString(),
          service: { name: 'shop', version },
          msg: `order ${i} failed`,
          err: {
            type: 'RangeError',
            message: 'too many',
            stack: 'RangeError: too many\n    at pay (/srv/shop/src/pay.js:7:3)',
          },
        })}\n`;
      const lines = (version: string, times: number): void =>
        log(Array.from({ length: times }, (_, i) => record(version, i)).join(''));
      const ofPay = async (): Promise<Ticket | undefined> =>
        (await scanned()).find(({ metadata }) => metadata.exceptionType === 'RangeError');
      lines('4.1.0', 6);
      const id = (await ofPay())?.id ?? '';
      await opened[0]?.pipeline.close(id, 'noise');
      lines('4.1.0', 1);
      lines('4.0.9', 1);
      assert.equal((await ofPay())?.status, 'closed');
      lines('4.2.0', 1);
      const ticket = await ofPay();
      assert.equal(ticket?.status, 'open');
      assert.match(ticket?.metadata.reopened?.reason ?? '', /release 4\.2\.0/);
    });
  });

  describe('of what is archived', () => {
    const openSmall = async (): Promise<App> => {
      const app = await open({ maxTickets: 2 });
      await app.pipeline.scan();
      return app;
    };
    const settle = async (app: App, file: string): Promise<string> => {
      const ticket = app.backlog.tickets
        .list()
        .find(({ metadata }) => metadata.location?.file === file);
      assert.ok(ticket);
      await app.pipeline.close(ticket.id, 'noise');
      return ticket.id;
    };

    it('brings the ticket back instead of making a second one, also where it was merged', async () => {
      const names = ['src/a.js', 'src/b.js', 'src/c.js', 'src/d.js'];
      await createRepository(folder, Object.fromEntries(names.map((name) => [name, 'one\n'])));
      for (const name of names) log(failures(name, 6, minuteMs));
      const app = await openSmall();
      const ids: string[] = [];
      for (const name of names.slice(0, 2)) ids.push(await settle(app, name));
      const idOf = (file: string) =>
        app.backlog.tickets.list().find((one) => one.metadata.location?.file === file)?.id ?? '';
      const [c, d] = [idOf('src/c.js'), idOf('src/d.js')];
      await app.pipeline.merge(c, d);
      await app.pipeline.close(d, 'noise as well');
      await app.backlog.snapshot();
      assert.equal(app.backlog.archive.count(), 3);
      const known = new Set([...ids, c, d]);

      log(failures('src/a.js', 1, -minuteMs));
      log(failures('src/c.js', 1, -minuteMs));
      const { created } = await app.pipeline.scan();
      assert.deepEqual(created, []);
      assert.ok(app.backlog.tickets.list().every(({ id }) => known.has(id)));
      const back = app.backlog.tickets.get(ids[0] ?? '');
      assert.equal(back?.status, 'closed', 'once more is no reason to open it');
      assert.equal(app.backlog.groups.get(ids[0] ?? '')?.count, 7);
      assert.equal(back?.evidence.length, 3);
      assert.equal(app.backlog.tickets.get(d)?.evidence.length, 3);

      log(failures('src/a.js', 60, -minuteMs));
      await app.pipeline.scan();
      assert.equal(app.backlog.tickets.get(ids[0] ?? '')?.status, 'open');
    });

    it('lets a person open it again', async () => {
      const names = ['src/a.js', 'src/b.js', 'src/c.js'];
      await createRepository(folder, Object.fromEntries(names.map((name) => [name, 'one\n'])));
      for (const name of names) log(failures(name, 6, minuteMs));
      const app = await openSmall();
      const id = await settle(app, 'src/b.js');
      await app.backlog.snapshot();
      assert.equal(app.backlog.tickets.get(id), undefined);
      await app.pipeline.reopen(id);
      assert.equal(app.backlog.tickets.get(id)?.status, 'open');
    });
  });
});
