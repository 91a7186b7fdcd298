import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, compose } from '../../../src/compose.ts';
import { eventsOf, linesRead, type Series, windowOf } from '../../../src/core/metric.ts';
import type { Release } from '../../../src/core/patchRequest.ts';
import type { Git } from '../../../src/core/ports.ts';
import type { Progress } from '../../../src/core/progress.ts';
import { parseSettings } from '../../../src/core/settings.ts';
import type { Ticket } from '../../../src/core/ticket.ts';
import { ticketOf } from '../../support/nouns.ts';
import { createRepository } from '../../support/repository.ts';
import { shopFiles, shopLog } from '../../support/shop.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { landIt, makePatch } from '../release/workspace.ts';

const hourMs = 3_600_000;

describe('watching what has landed', function () {
  this.timeout(60_000);
  const temp = tempFolder('pw-monitor');
  let git: Git;
  let app: App;
  let told: Extract<Progress, { kind: 'release_looked' }>[];
  let settings: Record<string, unknown>;

  beforeEach(async () => {
    settings = {};
    told = [];
    git = await createRepository(temp.path('shop'), shopFiles);
    app = await compose({
      folder: git.cwd,
      settings: () => parseSettings(settings),
      apiKey: () => Promise.resolve(undefined),
      environment: { PATCHWRIGHT_CACHE: temp.path('cache') },
      log: () => undefined,
      trusted: true,
    });
    app.pipeline.onDidProgress((progress) => {
      if (progress.kind === 'release_looked') told.push(progress);
    });
  });
  afterEach(() => app.dispose());

  /** A patch that landed two hours ago, and what was counted before and since. */
  async function landed(counted: {
    readonly before: { readonly own: number; readonly all: number; readonly lines: number };
    readonly after: { readonly own: number; readonly all: number; readonly lines: number };
  }): Promise<Release> {
    const patch = await makePatch(git, temp.path('work'), (folder) =>
      writeFileSync(join(folder, 'src/cart.js'), 'module.exports = {};\n'),
    );
    const at = Date.now() - 2 * hourMs;
    const done = await landIt(git, patch);
    const release = { ...done, appliedAt: new Date(at).toISOString() };
    const ticket = ticketOf({ id: patch.ticketId, status: 'applied' });
    const window = (series: Series, value: number, time: number) => ({
      kind: 'metric' as const,
      window: windowOf([{ ...series, unit: '', value, at: time }], 'patchwright'),
    });
    const { before, after } = counted;
    await app.backlog.write([
      { kind: 'ticket', id: ticket.id, fields: ticket },
      { kind: 'request', id: patch.id, fields: { ...patch, status: 'APPLIED' } },
      { kind: 'release', id: release.id, fields: release },
      ...([at - hourMs, at + hourMs] as const).flatMap((time) => {
        const { own, all, lines } = time < at ? before : after;
        return [
          window(eventsOf(ticket.id), own, time),
          window(eventsOf(), all, time),
          window(linesRead, lines, time),
        ];
      }),
    ]);
    return release;
  }
  const looks = (release: Release) => app.backlog.releases.get(release.id)?.looks ?? [];
  const statusOf = ({ ticketId }: Release) => app.backlog.tickets.get(ticketId)?.status;

  it('says in a sentence with numbers that it helped, once for each time that is due', async () => {
    const release = await landed({
      before: { own: 1204, all: 1300, lines: 80_000 },
      after: { own: 31, all: 127, lines: 80_000 },
    });
    await app.pipeline.monitor();
    await app.pipeline.monitor();
    const [look, ...more] = looks(release);
    assert.deepEqual(more, []);
    assert.deepEqual([look?.minutes, look?.verdict], [60, 'better']);
    assert.match(
      look?.sentence ?? '',
      /^97 % fewer of this error: 1,204 in 80,000 lines before, 31 in 80,000 lines after/,
    );
    assert.equal(told.length, 1);
    assert.equal(statusOf(release), 'applied');
  });

  it('opens the ticket again and proposes to roll back what made things worse', async () => {
    const release = await landed({
      before: { own: 10, all: 20, lines: 10_000 },
      after: { own: 9, all: 900, lines: 10_000 },
    });
    const head = await git.run(['rev-parse', 'HEAD']);
    await app.pipeline.scan();
    assert.deepEqual([told[0]?.verdict, told[0]?.rolledBack], ['worse', false]);
    assert.equal(statusOf(release), 'open');
    assert.equal(app.backlog.tickets.get(release.ticketId)?.metadata.regression, true);
    assert.equal(await git.run(['rev-parse', 'HEAD']), head);
    await app.pipeline.rollBack(release.id, 'As proposed.');
    assert.equal(app.backlog.requests.get(release.id)?.status, 'ROLLED_BACK');
  });

  /** Another ticket, and how often it was seen an hour before and after a landing two hours ago. */
  const another = async (
    id: string,
    metadata: Ticket['metadata'],
    [before, after]: readonly [number, number],
    firstAfterMs = -hourMs,
  ): Promise<void> => {
    const landedAt = Date.now() - 2 * hourMs;
    const window = (value: number, time: number) => ({
      kind: 'metric' as const,
      window: windowOf([{ ...eventsOf(id), unit: '', value, at: time }], 'patchwright'),
    });
    await app.backlog.write([
      { kind: 'ticket', id, fields: ticketOf({ id, metadata }) },
      {
        kind: 'group',
        id,
        fingerprint: id,
        signal: 'exception',
        count: before + after,
        firstSeen: new Date(landedAt + firstAfterMs).toISOString(),
        lastSeen: new Date(landedAt + hourMs).toISOString(),
      },
      ...(before > 0 ? [window(before, landedAt - hourMs)] : []),
      ...(after > 0 ? [window(after, landedAt + hourMs)] : []),
    ]);
  };

  it('compares its neighbours too, and one that rose counts as a regression', async () => {
    const release = await landed({
      before: { own: 200, all: 20_200, lines: 100_000 },
      after: { own: 0, all: 20_040, lines: 100_000 },
    });
    const inFile = { file: 'src/cart.js', line: 3, function: 'add' };
    await another('exception-rose', { location: inFile }, [0, 40]);
    await another('exception-same', { location: { file: 'src/x.js' }, stack: [inFile] }, [50, 52]);
    await another('exception-else', { location: { file: 'src/other.js' } }, [0, 400]);
    await app.pipeline.monitor();
    const [look] = looks(release);
    assert.equal(look?.verdict, 'worse');
    assert.match(
      look?.sentence ?? '',
      /100 % fewer of this error.* New: exception-rose, which is about the same code: 0 in 100,000 lines before, 40 in 100,000 lines after\. /,
    );
    assert.doesNotMatch(look?.sentence ?? '', /exception-else/);
    assert.equal(statusOf(release), 'open');
  });

  it('tells a storm of an error that was never seen as a possible regression', async () => {
    const release = await landed({
      before: { own: 0, all: 12, lines: 150 },
      after: { own: 0, all: 130, lines: 1_500 },
    });
    const location = { file: 'src/elsewhere.js', function: 'load' };
    await another('exception-storm', { location }, [0, 50], hourMs / 4);
    await another('exception-later', { location }, [0, 60], 1.5 * hourMs);
    await app.pipeline.monitor();
    const [look] = looks(release);
    assert.equal(look?.verdict, 'worse');
    assert.match(
      look?.sentence ?? '',
      /Possible regression: exception-storm was never seen before: 0 in 150 lines before, 50 in 1,500 lines after\./,
    );
    assert.doesNotMatch(look?.sentence ?? '', /exception-later/);
  });

  it('says of neighbours that did not change, in one sentence, that they did not', async () => {
    const release = await landed({
      before: { own: 200, all: 500, lines: 100_000 },
      after: { own: 0, all: 300, lines: 100_000 },
    });
    const location = { file: 'src/cart.js', function: 'add' };
    await another('exception-1', { location }, [50, 52]);
    await another('exception-2', { location }, [20, 17]);
    await app.pipeline.monitor();
    const [look] = looks(release);
    assert.equal(look?.verdict, 'better');
    assert.match(
      look?.sentence ?? '',
      / No change that is more than chance of 2 other errors of the same code: 70 in 100,000 lines before, 69 in 100,000 lines after\. /,
    );
  });

  it('rolls it back by itself where that is set', async () => {
    settings = { 'patchwright.monitor.autoRollback': true };
    const release = await landed({
      before: { own: 10, all: 20, lines: 10_000 },
      after: { own: 900, all: 900, lines: 10_000 },
    });
    await app.pipeline.monitor();
    assert.equal(told[0]?.rolledBack, true);
    assert.equal(await git.run(['diff', '--stat', `${release.commit}^1`, 'HEAD']), '');
    assert.equal(app.backlog.requests.get(release.id)?.status, 'ROLLED_BACK');
  });

  it('takes it back at the next scan where the first one was cancelled meanwhile', async () => {
    settings = { 'patchwright.monitor.autoRollback': true };
    const release = await landed({
      before: { own: 10, all: 20, lines: 10_000 },
      after: { own: 900, all: 900, lines: 10_000 },
    });
    const hook = join(git.cwd, '.git/hooks/reference-transaction');
    writeFileSync(hook, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
    const controller = new AbortController();
    app.pipeline.onDidProgress(({ kind }) => {
      if (kind === 'landing') controller.abort();
    });
    await assert.rejects(app.pipeline.scan(controller.signal), { code: 'cancelled' });
    assert.deepEqual([looks(release), told], [[], []]);
    rmSync(hook);
    await app.pipeline.scan();
    assert.equal(told[0]?.rolledBack, true);
    assert.equal(looks(release).length, 1);
    assert.equal(app.backlog.requests.get(release.id)?.status, 'ROLLED_BACK');
    assert.equal(statusOf(release), 'open');
    assert.equal(await git.run(['diff', '--stat', `${release.commit}^1`, 'HEAD']), '');
  });

  it('says nothing of too little, and nothing is worse by chance', async () => {
    const little = await landed({
      before: { own: 3, all: 3, lines: 1_000 },
      after: { own: 0, all: 0, lines: 3 },
    });
    await app.pipeline.monitor();
    assert.equal(looks(little)[0]?.verdict, 'unknown');
    assert.equal(statusOf(little), 'applied');
  });

  it('counts lines and errors as logs are read, and shows those counts to nobody', async () => {
    mkdirSync(join(git.cwd, 'logs'));
    writeFileSync(join(git.cwd, 'logs/service.log'), shopLog(6));
    const { lines } = await app.pipeline.scan();
    const sum = (series: Series): number =>
      app.backlog.metrics
        .windows(series, 100)
        .reduce((total, window) => total + Number(window.sum) / 1e6, 0);
    const [ticket] = app.backlog.tickets.list();
    assert.equal(sum(linesRead), lines);
    assert.equal(sum(eventsOf(ticket?.id)), 6);
    assert.equal(sum(eventsOf()), 6);
    assert.deepEqual(app.backlog.metrics.series(), []);
    assert.equal(app.backlog.tickets.list().length, 1);
  });
});
