import assert from 'node:assert/strict';
import { chmodSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromElsewhere } from '../../../src/core/approval.ts';
import type { Change } from '../../../src/core/change.ts';
import { parseSettings } from '../../../src/core/settings.ts';
import { patchHash, riskFor } from '../../../src/pipeline/sync/trust.ts';
import { assertRequestsLeft, budgetToday } from '../../../src/pipeline/today.ts';
import {
  sampleAttempt,
  sampleFeedback,
  samplePosition,
  sampleRelease,
  sampleRequest,
  systemClock,
  ticketChange,
} from '../../support/backlog.ts';
import {
  bareRemote,
  type Clone,
  cloneOf,
  type CloneOptions,
  sharedOf,
} from '../../support/team.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe('sync', function () {
  this.timeout(60_000);
  const folder = tempFolder('sync');
  const clones: Clone[] = [];
  let remote = '';
  beforeEach(() => {
    remote = bareRemote(folder.path());
  });
  afterEach(async () => {
    for (const { backlog } of clones.splice(0)) await backlog.dispose();
  });

  async function clone(
    who: string,
    { remote: own = remote, ...options }: CloneOptions & { readonly remote?: string } = {},
  ): Promise<Clone> {
    const made = await cloneOf(folder.path(), own, who, options);
    clones.push(made);
    return made;
  }

  it('brings one clone what the other wrote, and back', async () => {
    const [anna, ben] = [await clone('anna'), await clone('ben')];
    await anna.backlog.write([ticketChange('exception-1'), count('exception-1', 7)]);
    const first = await anna.sync();
    assert.deepEqual([first.sent, first.pushed, first.failed], [2, true, undefined]);
    const taken = await ben.sync();
    assert.deepEqual(
      taken.received.map(({ name, changes }) => [name, changes]),
      [[anna.name, 2]],
    );
    assert.deepEqual(sharedOf(ben), sharedOf(anna));
    await ben.backlog.write([
      { kind: 'ticket', id: 'exception-1', fields: { status: 'closed' } },
      count('exception-1', 3),
    ]);
    await ben.sync();
    await anna.sync();
    assert.equal(anna.backlog.tickets.get('exception-1')?.status, 'closed');
    assert.equal(anna.backlog.groups.get('exception-1')?.count, 10);
    assert.deepEqual(sharedOf(ben), sharedOf(anna));
    assert.equal((await anna.sync()).sent, 0);
  });

  it('is off until it is switched on, and a dry run leaves the remote alone', async () => {
    const off = await clone('off', { enabled: false });
    await assert.rejects(off.sync(), { code: 'invalid_settings' });
    await off.backlog.write([ticketChange('exception-9')]);
    assert.equal((await off.sync({ dryRun: true })).sent, 1);
    assert.match((await off.state()).detail, /^Off/);
    const anna = await clone('anna');
    await anna.backlog.write([ticketChange('exception-1')]);
    const { puts, sent } = await anna.sync({ dryRun: true });
    assert.deepEqual([puts?.map(({ id }) => id), sent], [['exception-1'], 1]);
    assert.equal(await refsOf(anna), '');
  });

  it('says only what is on the list, and masks it once more', async () => {
    const [anna, ben] = [await clone('anna'), await clone('ben')];
    const secret = ['ghp', 'x7Kq2LmPz0RtVw9YbNc4JdHs6FgA1eUiOo53'].join('_');
    await anna.backlog.write([
      ticketChange('exception-1', {
        description: `Call failed with ${secret} for jane.roe@example.org in /home/jane/shop`,
        filesToModify: ['src/cart.js', '/etc/passwd', '../other/x.js', '.git/hooks/pre-push'],
        evidence: [
          {
            at: '2026-03-01T09:59:00.000Z',
            file: '/var/log/jane/app.log',
            offset: 1,
            text: secret,
          },
        ],
        metadata: { previewWanted: { at: 'x', reason: secret }, exceptionType: 'TypeError' },
      }),
      { kind: 'feedback', feedback: { ...sampleFeedback, text: 'between us' } },
      { kind: 'position', position: samplePosition },
      { kind: 'audit', entry: { actor: 'user:anna', action: 'ticket.edited', subject: 'x' } },
      { kind: 'attempt', id: sampleAttempt.id, fields: sampleAttempt },
      {
        kind: 'request',
        id: sampleRequest.id,
        fields: { ...sampleRequest, diff: `+const token = '${secret}';\n` },
      },
    ]);
    const { puts = [] } = await anna.sync({ dryRun: true });
    const text = JSON.stringify(puts);
    for (const hidden of [secret, 'jane', '/etc/passwd', '..', '.git/', 'between us', 'runner']) {
      assert.ok(!text.includes(hidden), hidden);
    }
    await anna.sync();
    await ben.sync();
    assert.equal(ben.backlog.tickets.get('exception-1')?.evidence[0]?.file, 'app.log');
    assert.deepEqual(ben.backlog.tickets.get('exception-1')?.filesToModify, ['src/cart.js']);
    // What is ours stays as it was written.
    assert.equal(anna.backlog.tickets.get('exception-1')?.filesToModify.length, 4);
    assert.equal(ben.backlog.feedback.has('f1'), false);
    assert.deepEqual(ben.backlog.positions.all(), []);
  });

  it("never makes others' patches, attempts or audit trail ours", async () => {
    const [anna, ben] = [await clone('anna'), await clone('ben')];
    await anna.backlog.write([
      { kind: 'request', id: sampleRequest.id, fields: { ...sampleRequest, status: 'APPROVED' } },
      { kind: 'attempt', id: sampleAttempt.id, fields: sampleAttempt },
      { kind: 'release', id: sampleRelease.id, fields: sampleRelease },
    ]);
    await anna.sync();
    await ben.sync();
    assert.deepEqual(ben.backlog.requests.list(), []);
    assert.deepEqual(ben.backlog.attempts.list(), []);
    assert.deepEqual(ben.backlog.releases.list(), []);
    const [theirs] = ben.backlog.team.requests();
    assert.deepEqual([theirs?.id, theirs?.by], [sampleRequest.id, anna.name]);
    assert.equal(ben.backlog.team.attemptsSince('2026-01-01').length, 1);
    // One of the same id is Ben's own, whatever Anna says of hers.
    const own = { ...sampleRequest, commit: 'd'.repeat(40) };
    await ben.backlog.write([{ kind: 'request', id: own.id, fields: own }]);
    await anna.backlog.write([
      { kind: 'request', id: own.id, fields: { status: 'APPLIED', commit: 'e'.repeat(40) } },
    ]);
    await anna.sync();
    await ben.sync();
    assert.equal(ben.backlog.requests.get(own.id)?.commit, own.commit);
    assert.equal(ben.backlog.requests.get(own.id)?.status, 'PENDING_APPROVAL');
    assert.ok(
      ben.backlog.audit.list().every(({ action }) => /^sync\.(received|done)$/.test(action)),
    );
    assert.deepEqual(ben.backlog.audit.verify().broken, []);
  });

  it('has later events follow a split by part in each clone', async () => {
    const [anna, ben] = [await clone('anna'), await clone('ben')];
    const split = { part: 'message', value: 'no «*»', into: 'exception-2', hash: 'c'.repeat(64) };
    const left = { exceptionType: 'TypeError', splits: [split] };
    await anna.backlog.write([
      ticketChange('exception-1', { metadata: left }),
      ticketChange('exception-2', { metadata: { splitFrom: 'exception-1' } }),
    ]);
    await anna.sync();
    await ben.sync();
    const theirs = ben.backlog.tickets.get('exception-1');
    assert.deepEqual(theirs?.metadata.splits, [split]);
    assert.equal(ben.backlog.tickets.get('exception-2')?.metadata.splitFrom, 'exception-1');
  });

  it('counts what others made for the limits of a day, and doubts their word on risk', async () => {
    const [anna, ben] = [await clone('anna'), await clone('ben')];
    const today = new Date().toISOString();
    const attempt = { ...sampleAttempt, startedAt: today, costUsd: 0.75 };
    const request = { ...sampleRequest, createdAt: today };
    await anna.backlog.write([
      ticketChange('exception-1'),
      { kind: 'attempt', id: attempt.id, fields: attempt },
      { kind: 'request', id: request.id, fields: request },
    ]);
    await anna.sync();
    const limits = { 'patchwright.limits': { requestsPerDay: 1, costPerDayUsd: 1 } };
    const bens = { backlog: ben.backlog, clock: systemClock };
    assertRequestsLeft(bens, parseSettings(limits));
    await ben.sync();
    const isUsedUp = { code: 'limit_reached' };
    assert.throws(() => assertRequestsLeft(bens, parseSettings(limits)), isUsedUp);
    assert.equal(budgetToday(bens, parseSettings(limits)), 0.25);
    const risks = [anna, ben].map(({ backlog }) => {
      const ticket = backlog.tickets.get('exception-1');
      return ticket && [ticket.risk.value, riskFor(backlog, ticket)];
    });
    assert.deepEqual(risks, [
      [3, 3],
      [3, 10],
    ]);
  });

  it('hears a yes from elsewhere for the very patch that waits, by the name of its key', async () => {
    const [anna, ben] = [await clone('anna'), await clone('ben')];
    const request = { ...sampleRequest, diff: '+a\n' };
    const hash = patchHash(request.diff);
    await anna.backlog.write([{ kind: 'request', id: request.id, fields: request }]);
    const at = new Date().toISOString();
    await ben.backlog.write([{ kind: 'approval', id: request.id, diff: hash, at }]);
    await ben.sync();
    await anna.sync();
    const heard = anna.backlog.team.approvals(request.id, hash);
    assert.deepEqual(
      heard.map(({ by }) => by),
      [ben.name],
    );
    assert.deepEqual(anna.backlog.team.approvals(request.id, patchHash('+b\n')), []);
    assert.equal(anna.backlog.requests.get(request.id)?.status, 'PENDING_APPROVAL');
    const { approve } = parseSettings({});
    const listed = { ...approve, reviewers: ['ben@example.org', 'anna@example.org'] };
    const own = [{ by: anna.name, at }];
    assert.deepEqual(fromElsewhere(request, own, heard, listed), [ben.name]);
    // Without a list any name would do; and nobody counts twice.
    assert.deepEqual(fromElsewhere(request, own, heard, approve), []);
    assert.deepEqual(fromElsewhere(request, [{ by: ben.name, at }], heard, listed), []);
    const bens = { ...request, requestedBy: ben.name };
    const strict = { ...listed, requesterMayApprove: false };
    assert.deepEqual(fromElsewhere(bens, own, heard, strict), []);
  });

  it('refuses a chain that was forged, changed, cut or moved to another name', async () => {
    const [anna, ben, mallory] = [await clone('anna'), await clone('ben'), await clone('mallory')];
    await anna.backlog.write([ticketChange('exception-1')]);
    await anna.sync();
    const first = await tipOf(anna);
    await anna.backlog.write([{ kind: 'ticket', id: 'exception-1', fields: { status: 'closed' } }]);
    await anna.sync();
    await ben.sync();
    const before = sharedOf(ben);
    const ref = (await refsOf(anna)).split(' ')[1] ?? ''; // she has met nobody
    await mallory.backlog.write([ticketChange('exception-9')]);
    await mallory.sync();
    const forged = await tipOf(mallory);
    const late = await clone('late');
    const attacks: Record<string, string> = {
      'lines that were not signed': await withFile(mallory, await tipOf(anna), 'lines', 'x\n'),
      'an older state': first,
      "another's chain under her name": forged,
      'a head that was not signed': await withFile(mallory, await tipOf(anna), 'head', '{}\n\n'),
      'no chain at all': await mallory.git.run(['hash-object', '-w', '--stdin'], { input: 'x' }),
    };
    for (const [what, object] of Object.entries(attacks)) {
      await mallory.git.run(['push', '--quiet', '--force', 'origin', `${object}:${ref}`]);
      // Who has the batch already needs nothing of it.
      const whose = what.startsWith('lines') ? late : ben;
      const { refused, failed } = await whose.sync();
      assert.equal(failed, undefined, what);
      assert.ok(
        refused.some(({ chain }) => ref.endsWith(chain)),
        what,
      );
      if (whose !== ben) await ben.sync();
      assert.deepEqual(sharedOf(ben).tickets[0], before.tickets[0], what);
      assert.equal(late.backlog.tickets.get('exception-1'), undefined, what);
    }
    // Her own clone puts it right.
    assert.equal((await anna.sync()).pushed, true);
    assert.deepEqual((await ben.sync()).refused, []);
  });

  it('refuses a chain that was copied from another repository, and a remote that is of another one', async () => {
    const elsewhere = bareRemote(folder.path(), 'elsewhere.git');
    const anna = await clone('anna');
    const [annas, ben] = [await clone('annas', { remote: elsewhere }), await clone('ben')];
    await annas.backlog.write([ticketChange('exception-2')]);
    for (const one of [anna, annas, ben]) await one.sync();
    const chain = annas.backlog.team.chains()[0]?.chain ?? '';
    const copied = `refs/patchwright/sync/${chain}`;
    await annas.git.run(['push', '--quiet', remote, `${copied}:${copied}`]);
    const { refused, received, met } = await ben.sync();
    assert.deepEqual(refused, [{ chain, why: 'it is of another repository and was copied here' }]);
    assert.deepEqual([received, met], [[], []]);
    assert.deepEqual(sharedOf(ben).tickets, []);

    await ben.git.run(['remote', 'set-url', 'origin', elsewhere]);
    await assert.rejects(ben.sync(), { code: 'untrusted' });
    const state = await ben.state();
    assert.equal(state.ok, false);
    assert.match(state.detail, /the backlog of another repository[^]*git update-ref -d/);
    await ben.backlog.write([ticketChange('exception-3')]);
    await ben.git.run(['update-ref', '-d', 'refs/patchwright/sync/repository']);
    assert.equal((await ben.sync()).pushed, true);
    assert.deepEqual((await annas.sync()).refused, []);
    assert.deepEqual(sharedOf(annas), sharedOf(ben));
    assert.equal(sharedOf(ben).tickets.length, 2);
  });

  it('lets two that come first at the same time agree', async () => {
    const [anna, ben] = [await clone('anna'), await clone('ben')];
    await Promise.all([anna.sync(), ben.sync()]);
    for (const one of [anna, ben]) assert.equal((await one.sync()).failed, undefined);
    const ids = await Promise.all([anna, ben].map((one) => repositoryOf(one)));
    assert.equal(ids[0], ids[1]);
  });

  it('knows people by their key, and refuses a name with another one', async () => {
    const [anna, ben] = [await clone('anna'), await clone('ben')];
    await anna.backlog.write([ticketChange('exception-1')]);
    await anna.sync();
    const { met } = await ben.sync();
    assert.deepEqual(
      met.map(({ name }) => name),
      [anna.name],
    );
    assert.deepEqual((await ben.people()).map(({ name }) => name).sort(), [anna.name, ben.name]);
    const other = await clone('other', { name: anna.name });
    await other.backlog.write([ticketChange('exception-2')]);
    await other.sync({});
    const { refused } = await ben.sync();
    assert.match(refused[0]?.why ?? '', /has another key than before/);
    assert.equal(ben.backlog.tickets.get('exception-2'), undefined);
    const trust = /--trust ([0-9a-f]{32})/.exec(refused[0]?.why ?? '')?.[1] ?? '';
    assert.deepEqual((await ben.sync({ trust })).refused, []);
    assert.ok(ben.backlog.tickets.get('exception-2'));
    await assert.rejects(ben.sync({ trust: 'f'.repeat(32) }), { code: 'not_found' });
  });

  it('keeps its key to itself', async () => {
    const anna = await clone('anna');
    await anna.sync();
    const file = join(anna.config, 'team-key.pem');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    chmodSync(file, 0o644);
    await assert.rejects(anna.sync(), { code: 'untrusted' });
    chmodSync(file, 0o600);
    writeFileSync(file, 'no key');
    await assert.rejects(anna.sync(), { code: 'untrusted' });
  });

  it('leaves all as it was when the remote can’t be reached, and goes on later', async () => {
    const [anna, ben] = [await clone('anna'), await clone('ben')];
    await anna.backlog.write([ticketChange('exception-1')]);
    renameSync(remote, `${remote}.away`);
    const { failed, pushed, sent } = await anna.sync();
    assert.deepEqual([pushed, sent], [false, 0]);
    assert.match(failed ?? '', /git fetch failed/);
    assert.equal(await refsOf(anna), '');
    const away = await anna.state();
    assert.equal(away.ok, false);
    assert.match(away.detail, /Never done yet\. Failed since then: .*git fetch failed/);
    renameSync(`${remote}.away`, remote);
    assert.equal((await anna.sync()).pushed, true);
    await ben.sync();
    assert.deepEqual(sharedOf(ben), sharedOf(anna));
    await ben.backlog.write([{ kind: 'ticket', id: 'exception-1', fields: { status: 'closed' } }]);
    const bens = await ben.state();
    assert.ok(bens.ok);
    assert.match(bens.detail, /keys of .*anna@example.org.*Last at .* 1 changes of yours wait/);
  });

  it('begins a long chain anew, for those who know it and those who come later', async () => {
    const [anna, ben] = [await clone('anna'), await clone('ben')];
    for (let day = 1; day <= 5; day++) {
      await anna.backlog.write([
        ticketChange(`exception-${day}`),
        count(`exception-${day % 2}`, 1),
      ]);
      await anna.sync({ maxBatches: 2 });
      if (day <= 2) await ben.sync();
      const length = await anna.git.run(['rev-list', '--count', await tipOf(anna)]);
      assert.ok(Number(length) <= 2, length);
    }
    const late = await clone('late');
    await Promise.all([ben.sync(), late.sync()]);
    assert.deepEqual(sharedOf(ben), sharedOf(anna));
    assert.deepEqual(sharedOf(late), sharedOf(anna));
    assert.equal(late.backlog.groups.get('exception-1')?.count, 3);
  });

  it('takes a lost backlog back, and counts nothing twice', async () => {
    const anna = await clone('anna');
    await anna.backlog.write([ticketChange('exception-1'), count('exception-1', 5)]);
    await anna.sync();
    const before = sharedOf(anna);
    await anna.backlog.dispose();
    rmSync(join(anna.folder, '.patchwright'), { recursive: true });
    await anna.reopen();
    await anna.sync();
    assert.deepEqual(sharedOf(anna), before);
    await anna.backlog.write([count('exception-1', 1)]);
    await anna.sync();
    assert.equal(anna.backlog.groups.get('exception-1')?.count, 6);
  });

  it('does not take what is dated far ahead', async () => {
    const ahead = { now: () => new Date(Date.now() + 2 * 86_400_000) };
    const [anna, ben] = [await clone('anna', { clock: ahead }), await clone('ben')];
    await anna.backlog.write([ticketChange('exception-1')]);
    await anna.sync();
    assert.match((await ben.sync()).refused[0]?.why ?? '', /its clock is wrong/);
    assert.deepEqual(sharedOf(ben).tickets, []);
  });
});

async function refsOf({ git }: Clone): Promise<string> {
  return git.run(['for-each-ref', '--format=%(objectname) %(refname)', 'refs/patchwright/sync/z*']);
}

function repositoryOf({ git }: Clone): Promise<string> {
  return git.run(['rev-parse', '--verify', 'refs/patchwright/sync/repository']);
}

/** Of the first chain that a clone has: its own, as long as it has met nobody. */
async function tipOf(clone: Clone): Promise<string> {
  const own = clone.backlog.team.chains().find((chain) => chain.own)?.chain ?? '';
  return clone.git.run(['rev-parse', `refs/patchwright/sync/${own}`]);
}

/** A commit like that one, behind it, but for one file. */
async function withFile(
  { git }: Clone,
  commit: string,
  name: string,
  content: string,
): Promise<string> {
  const blob = await git.run(['hash-object', '-w', '--stdin'], { input: content });
  const files = (await git.run(['ls-tree', commit])).split('\n');
  const changed = files.map((file) =>
    file.endsWith(`\t${name}`) ? `100644 blob ${blob}\t${name}` : file,
  );
  const tree = await git.run(['mktree'], { input: `${changed.join('\n')}\n` });
  const author = ['-c', 'user.name=m', '-c', 'user.email=m@example.org'];
  return git.run([...author, 'commit-tree', tree, '-p', commit, '-m', 'x']);
}

function count(id: string, by: number): Change {
  return {
    kind: 'group',
    id,
    fingerprint: `of-${id}`,
    signal: 'exception',
    count: by,
    firstSeen: '2026-03-01T08:00:00.000Z',
    lastSeen: '2026-03-01T09:00:00.000Z',
  };
}
