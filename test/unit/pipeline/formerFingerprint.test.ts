import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type App, compose } from '../../../src/compose.ts';
import { defaultSettings } from '../../../src/core/settings.ts';
import { ticketIdOf } from '../../../src/core/ticket.ts';
import { bringBack } from '../../../src/pipeline/bringBack.ts';
import { open, ticketChange } from '../../support/backlog.ts';
import { exceptionSignal } from '../../support/nouns.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe('an error whose fingerprint has changed with the rules', function () {
  this.timeout(60_000);
  const temp = tempFolder('pw-former');
  let app: App;
  let folder = '';

  /** A name of one letter is no part of the fingerprint, as no name was before. */
  const scanned = async (times: number, name: string): Promise<Record<string, number>> => {
    for (let i = 0; i < times; i++) {
      appendFileSync(
        join(folder, 'app.log'),
        `${new Date().toISOString()} ERROR request failed\nTypeError: Cannot read properties of undefined (reading '${name}')\n    at priceOf (/srv/app/cart.js:12:12)\n`,
      );
    }
    await app.pipeline.scan();
    return Object.fromEntries(
      app.backlog.tickets.list().map(({ id, metadata }) => {
        const count = app.backlog.groups.get(id)?.count ?? 0;
        return [`version ${metadata.fingerprint?.version}`, count];
      }),
    );
  };

  beforeEach(async () => {
    folder = temp.path('shop');
    mkdirSync(folder);
    app = await compose({
      folder,
      settings: () => defaultSettings,
      apiKey: () => Promise.resolve(undefined),
      environment: {},
      log: () => undefined,
      trusted: true,
    });
  });
  afterEach(() => app.dispose());

  it('goes on with the ticket that it had', async () => {
    assert.deepEqual(await scanned(6, 'a'), { 'version 2': 6 });
    assert.deepEqual(await scanned(4, 'total'), { 'version 2': 10 });
  });

  it('has a ticket by the new rules where it had none, and keeps that', async () => {
    assert.deepEqual(await scanned(6, 'total'), { 'version 3': 6 });
    assert.deepEqual(await scanned(6, 'a'), { 'version 2': 6, 'version 3': 6 });
    assert.deepEqual(await scanned(4, 'total'), { 'version 2': 6, 'version 3': 10 });
    const [ticket] = app.backlog.tickets.list();
    assert.ok(ticket?.metadata.fingerprint && !('former' in ticket.metadata.fingerprint));
  });
});

describe('an archived ticket', function () {
  this.timeout(60_000);
  const temp = tempFolder('pw-former');

  it('is fetched for an error that it is of by the rules before', async () => {
    const former = { version: 2, hash: 'f'.repeat(64), parts: [] };
    const fingerprint = { version: 3, hash: 'a'.repeat(64), parts: [], former };
    const id = ticketIdOf({ kind: 'exception', fingerprint: former });
    const backlog = await open(temp.path(), { maxTickets: 1 });
    try {
      const closed = { status: 'closed', updatedAt: '2026-01-01T00:00:00.000Z' } as const;
      await backlog.write([ticketChange(id, closed), ticketChange('other')]);
      await backlog.snapshot();
      assert.equal(backlog.archive.has(id), true);
      await bringBack({ backlog }, [exceptionSignal({ fingerprint })]);
      assert.equal(backlog.tickets.get(id)?.status, 'closed');
    } finally {
      await backlog.dispose();
    }
  });
});
