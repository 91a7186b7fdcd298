import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { pendingPuts } from '../../../src/backlog/team/pending.ts';
import type { Backlog } from '../../../src/backlog/backlog.ts';
import type { Whole } from '../../../src/backlog/thinning.ts';
import type { Attempt } from '../../../src/core/attempt.ts';
import type { Change } from '../../../src/core/change.ts';
import type { PatchRequest, RequestStatus } from '../../../src/core/patchRequest.ts';
import { loadEngine, openSql } from '../../../src/backlog/sqlite.ts';
import { open, sampleAttempt, sampleRequest } from '../../support/backlog.ts';
import { tempFolder } from '../../support/tempFolder.ts';

const day = (number: number): string => new Date(Date.UTC(2026, 0, number)).toISOString();
const bulky = 'x'.repeat(20_000);

function requestOf(n: number, status: RequestStatus = 'APPLIED'): PatchRequest {
  return {
    ...sampleRequest,
    id: `request-${n}`,
    attemptId: `attempt-${n}`,
    createdAt: day(n),
    status,
    diff: `--- a/${n}\n${bulky}`,
    newCode: `code ${n}`,
    gates: sampleRequest.gates.map((gate) => ({ ...gate, output: `printed ${n} ${bulky}` })),
  };
}

function attemptOf(n: number): Attempt {
  const { endedAt: _, ...attempt } = sampleAttempt;
  return { ...attempt, id: `attempt-${n}`, startedAt: day(n), gates: requestOf(n).gates };
}

describe('backlog: old requests and attempts', function () {
  this.timeout(60_000);
  const folder = tempFolder('backlog');
  const opened: Backlog[] = [];
  let now = day(100);
  const openWith = async (whole: Partial<Whole> = {}): Promise<Backlog> => {
    const backlog = await open(folder.path(), {
      clock: { now: () => new Date(now) },
      whole: { newest: 3, most: 6, days: 30, together: 2, ...whole },
    });
    opened.push(backlog);
    return backlog;
  };
  beforeEach(() => {
    now = day(100);
  });
  afterEach(async () => {
    for (const backlog of opened.splice(0)) await backlog.dispose();
  });

  const write = (
    backlog: Backlog,
    numbers: readonly number[],
    status?: RequestStatus,
  ): Promise<void> =>
    backlog.write(
      numbers.flatMap((n): Change[] => [
        { kind: 'attempt', id: `attempt-${n}`, fields: attemptOf(n) },
        { kind: 'request', id: `request-${n}`, fields: requestOf(n, status) },
      ]),
    );
  const thin = (backlog: Backlog): number[] =>
    backlog.requests
      .list()
      .filter(({ archive }) => archive !== undefined)
      .map(({ id }) => Number(id.slice('request-'.length)))
      .sort((a, b) => a - b);

  it('keep whole the newest, those of an age up to a number, and all that wait', async () => {
    const backlog = await openWith();
    await write(backlog, [1, 2], 'PENDING_APPROVAL');
    await write(backlog, [3], 'APPROVED');
    await write(backlog, [10, 11, 12, 90, 91]);
    await backlog.snapshot();
    assert.deepEqual(thin(backlog), [10, 11], '12 is among the newest three');
    await write(backlog, [92, 93, 94, 95, 96, 97]);
    await backlog.snapshot();
    assert.deepEqual(thin(backlog), [10, 11, 12, 90, 91], 'six stay at most, however young');
    for (const n of [1, 2, 3])
      assert.equal(backlog.attempts.get(`attempt-${n}`)?.archive, undefined);
    assert.ok(backlog.attempts.get('attempt-10')?.archive);
  });

  it('are not moved one by one', async () => {
    const backlog = await openWith({ together: 4 });
    await write(backlog, [1, 2, 3, 4, 5, 6]);
    await backlog.snapshot();
    assert.deepEqual(thin(backlog), []);
    await write(backlog, [7]);
    await backlog.snapshot();
    assert.deepEqual(thin(backlog), [1, 2, 3, 4]);
  });

  it('keep in the tables what figures, history and rollback are made of, and can be had whole', async () => {
    const backlog = await openWith();
    await write(backlog, [1, 2, 3, 4, 5]);
    await backlog.snapshot();
    const request = backlog.requests.get('request-1');
    assert.ok(request?.archive && backlog.archive.count() === 0);
    const verdicts = requestOf(1).gates.map((gate) => ({ ...gate, output: '', evidence: [] }));
    assert.deepEqual(request, {
      ...requestOf(1),
      diff: '',
      newCode: '',
      gates: verdicts,
      archive: request.archive,
    });
    const other = await openWith();
    for (const one of [backlog, other]) {
      assert.deepEqual(await one.archive.request('request-1'), requestOf(1));
      assert.deepEqual(await one.archive.attempt('attempt-2'), attemptOf(2));
      assert.deepEqual(await one.archive.request('request-5'), requestOf(5), 'one that never left');
      assert.equal(await one.archive.request('request-9'), undefined);
    }
    assert.deepEqual(
      backlog.audit.list({ action: 'requests.archived' }).map(({ after }) => after),
      [{ ids: ['request-2', 'request-1'] }],
    );
  });

  it('that wait again are not thin any more', async () => {
    const backlog = await openWith();
    await write(backlog, [1, 2, 3, 4, 5], 'DENIED');
    await backlog.snapshot();
    const whole = await backlog.archive.request('request-1');
    const fields = { ...whole, archive: '', status: 'PENDING_APPROVAL' as const };
    await backlog.write([{ kind: 'request', id: 'request-1', fields }]);
    await backlog.snapshot();
    assert.deepEqual(backlog.requests.get('request-1'), requestOf(1, 'PENDING_APPROVAL'));
  });

  it('stay where they are while somebody decides', async () => {
    const backlog = await openWith();
    await write(backlog, [1, 2, 3, 4, 5]);
    await backlog.exclusively('decide', () => backlog.snapshot());
    assert.deepEqual(thin(backlog), []);
    await backlog.snapshot();
    assert.deepEqual(thin(backlog), [1, 2]);
  });

  it('whose file is lost are still there, and say so when they are looked at', async () => {
    const backlog = await openWith();
    await write(backlog, [1, 2, 3, 4, 5]);
    await backlog.snapshot();
    for (const name of readdirSync(folder.path('.patchwright'))) {
      if (name.startsWith('archive-')) rmSync(folder.path('.patchwright', name));
    }
    assert.equal(backlog.requests.get('request-1')?.status, 'APPLIED');
    await assert.rejects(backlog.archive.request('request-1'), { code: 'corrupt' });
  });

  it('make the database grow by what is kept of them alone', async () => {
    const backlog = await openWith({ days: 0 });
    const sizes: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      await write(
        backlog,
        [1, 2, 3, 4, 5, 6].map((n) => round * 6 + n),
      );
      await backlog.snapshot();
      sizes.push(statSync(backlog.file).size);
    }
    const [first = 0, , last = 0] = sizes;
    assert.ok(last - first < 12 * bulky.length, `${last - first} bytes more for twelve requests`);
  });

  it('are said to a team without their text, as one that is too long', async () => {
    const backlog = await openWith();
    await write(backlog, [1, 2, 3, 4, 5]);
    await backlog.snapshot();
    const sql = openSql(await loadEngine(), readFileSync(backlog.file));
    const said = pendingPuts(sql, 'z'.padEnd(33, '0'), { all: true }).flatMap((put) =>
      put.kind === 'request' ? [{ id: put.id, isOpen: 'diff' in put }] : [],
    );
    sql.close();
    assert.deepEqual(
      said,
      [1, 2, 3, 4, 5].map((n) => ({ id: `request-${n}`, isOpen: n > 2 })),
    );
  });
});
