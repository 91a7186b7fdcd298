import assert from 'node:assert/strict';
import type { Backlog } from '../../../src/backlog/backlog.ts';
import { parseSettings } from '../../../src/core/settings.ts';
import { reject, undoReject } from '../../../src/pipeline/decide.ts';
import { writeRolledBack } from '../../../src/pipeline/rollBack.ts';
import type { House } from '../../../src/pipeline/house.ts';
import { learnedOf, switchLearning } from '../../../src/pipeline/learning.ts';
import { cli } from '../../support/cli.ts';
import { open, ticketChange } from '../../support/backlog.ts';
import { createRepository } from '../../support/repository.ts';
import { requestOf } from '../../support/requests.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe('learning from decisions', () => {
  const temp = tempFolder('learning');
  const opened: Backlog[] = [];
  let folder = '';
  let minute = 0;
  beforeEach(async () => {
    folder = temp.path('shop');
    await createRepository(folder, { 'a.txt': 'a\n' });
    minute = 0;
  });
  afterEach(async () => {
    for (const backlog of opened.splice(0)) await backlog.dispose();
  });

  async function houseOf(): Promise<House> {
    const backlog = await open(folder);
    opened.push(backlog);
    const now = () => new Date(Date.parse('2026-03-05T08:00:00Z') + 60_000 * minute++);
    return {
      backlog,
      clock: { now },
      settings: () => parseSettings({}),
      reviewer: async () => 'user:ada',
      log: () => undefined,
    } as unknown as House;
  }

  async function waiting(house: House, id: string): Promise<void> {
    const request = requestOf({ id, ticketId: `exception-${id}`, improvementType: 'bug_fix' });
    await house.backlog.write([
      ticketChange(request.ticketId, { status: 'ready' }),
      { kind: 'request', id, fields: request },
    ]);
  }

  it('notes what a rejection and its undoing change, with the decision itself', async () => {
    const house = await houseOf();
    await waiting(house, 'r1');
    await reject(house, 'r1', 'Not like this.');
    const [event] = house.backlog.learning.list(10);
    assert.equal(event?.type, 'request.rejected');
    assert.equal(event?.impact, 0.5);
    assert.equal(event?.before, undefined);
    assert.deepEqual(event?.after, {
      taskType: 'bug_fix',
      model: 'recorded',
      acceptance: { value: 0, count: 1 },
    });
    assert.equal(learnedOf(house).models[0]?.acceptance.value, 0);
    await undoReject(house, 'r1');
    assert.deepEqual(
      house.backlog.learning.list(10).map(({ type }) => type),
      ['request.rejection_undone', 'request.rejected'],
    );
    assert.deepEqual(learnedOf(house).models, []);
  });

  it('counts a rollback against the model', async () => {
    const house = await houseOf();
    await waiting(house, 'r1');
    const appliedAt = '2026-03-05T07:00:00.000Z';
    const release = { id: 'l', requestId: 'r1', ticketId: 'exception-r1', appliedAt };
    const landed = { ...release, commit: 'c', branch: 'main', backupRef: 'b' };
    await house.backlog.write([
      { kind: 'request', id: 'r1', fields: { status: 'APPLIED', reviewedAt: appliedAt } },
      { kind: 'release', id: 'l', fields: landed },
    ]);
    await writeRolledBack(house, landed, { reason: 'It broke.', reviewer: 'user:ada' });
    const [event] = house.backlog.learning.list(10);
    assert.equal(event?.type, 'release.rolled_back');
    assert.equal(event?.impact, 0.5);
    assert.deepEqual(learnedOf(house).models[0]?.acceptance, { value: 0.5, count: 2 });
  });

  it('forgets on a reset and learns nothing while it is off, for every window', async () => {
    const house = await houseOf();
    await waiting(house, 'r1');
    await reject(house, 'r1', 'No.');
    await switchLearning(house, 'reset');
    assert.deepEqual(learnedOf(house).models, []);
    await waiting(house, 'r2');
    await switchLearning(house, 'off');
    await assert.rejects(switchLearning(house, 'off'), { code: 'nothing_to_do' });
    await reject(house, 'r2', 'No.');
    const other = await houseOf();
    assert.equal(learnedOf(other).enabled, false);
    const types = other.backlog.learning.list(10).map(({ type }) => type);
    assert.equal(types.filter((type) => type === 'request.rejected').length, 1);
    await switchLearning(house, 'on');
    assert.equal(learnedOf(house).models.length, 1, 'what was decided meanwhile is in the tables');
  });

  it('is shown, exported and reset on the command line', async function () {
    this.timeout(60_000);
    const house = await houseOf();
    for (let i = 0; i < 6; i++) {
      await waiting(house, `r${i}`);
      await reject(house, `r${i}`, 'No.');
    }
    const run = (...args: string[]) => cli(['preferences', ...args, '--folder', folder], {});
    const shown = await run();
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stdout, /bug_fix +recorded: 0 % approved \(6\)/);
    assert.match(shown.stdout, /You usually review /);
    const exported = JSON.parse((await run('export')).stdout);
    assert.equal(exported.events.length, 6);
    assert.equal((await run('reset')).code, 0);
    assert.equal((await run()).code, 3);
    assert.equal((await run('forget')).code, 2);
  });
});
