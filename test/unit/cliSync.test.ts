import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ScriptedModel, startScriptedModel } from '../../src/models/scripted.ts';
import { createGit } from '../../src/platform/git.ts';
import { createShell } from '../../src/platform/shell.ts';
import { cli } from '../support/cli.ts';
import { createRepository } from '../support/repository.ts';
import { rightFix, shopFiles, shopLog } from '../support/shop.ts';
import { bareRemote } from '../support/team.ts';
import { tempFolder } from '../support/tempFolder.ts';

/** Both are reviewers, and every patch needs both. */
const rules = {
  'patchwright.approve.highRisk': 1,
  'patchwright.approve.approvalsForHighRisk': 2,
  'patchwright.approve.reviewers': ['ada@example.org', 'ben@example.org'],
};

describe('command line: a team', function () {
  this.timeout(600_000);
  const temp = tempFolder('pw-team');
  let model: ScriptedModel;

  beforeEach(async () => {
    model = await startScriptedModel(rightFix);
  });
  afterEach(() => model.dispose());

  async function person(name: string, folder: string) {
    const git = createGit(createShell(), folder);
    await git.run(['config', 'user.email', `${name}@example.org`]);
    await git.run(['config', 'user.name', name]);
    mkdirSync(temp.path(name, 'patchwright'), { recursive: true });
    const own = { ...rules, 'patchwright.sync.enabled': true };
    writeFileSync(temp.path(name, 'patchwright', 'settings.json'), JSON.stringify(own));
    const env = {
      XDG_CONFIG_HOME: temp.path(name),
      PATCHWRIGHT_CACHE: temp.path('cache', name),
      ANTHROPIC_API_KEY: model.apiKey,
      ANTHROPIC_BASE_URL: model.baseUrl,
    };
    const run = (...args: string[]) => cli([...args, '--folder', folder], env);
    return {
      git,
      run,
      async json(...args: string[]) {
        const result = await run(...args, '--json');
        assert.equal(result.code, 0, `${args.join(' ')}: ${result.stdout} ${result.stderr}`);
        return JSON.parse(result.stdout);
      },
    };
  }

  it('shares tickets, and a yes counts elsewhere, but lands nothing', async () => {
    const remote = bareRemote(temp.path());
    const shop = temp.path('shop');
    const repository = await createRepository(shop, shopFiles);
    await repository.run(['remote', 'add', 'origin', remote]);
    await repository.run(['push', '--quiet', 'origin', 'HEAD:refs/heads/work']);
    await repository.run(['clone', '--quiet', '--branch', 'work', remote, temp.path('bens')]);
    const [ada, ben] = [await person('ada', shop), await person('ben', temp.path('bens'))];
    mkdirSync(join(shop, 'logs'));
    writeFileSync(join(shop, 'logs/service.log'), shopLog(6));
    await ada.run('scan');
    const { requestId } = await ada.json('draft', '--next');
    assert.equal((await ada.json('sync')).pushed, true);

    const heads = () => Promise.all([ada, ben].map(({ git }) => git.run(['rev-parse', 'HEAD'])));
    const before = await heads();
    assert.equal((await ben.json('sync')).received.length, 1);
    const [ticket] = await ben.json('tickets');
    assert.equal(ticket.occurrences, 6);
    const [theirs] = await ben.json('sync', 'requests');
    assert.deepEqual([theirs.id, theirs.by], [requestId, 'user:ada@example.org']);
    assert.equal((await ben.run('approve', requestId)).code, 1, 'it is no request of his');
    await ben.json('sync', 'approve', requestId);
    await ben.json('sync');
    await ada.json('sync');
    assert.deepEqual(await heads(), before);

    const taken = await ben.json('sync', 'take', requestId);
    assert.notEqual(taken.requestId, requestId);
    assert.equal((await ben.json('requests'))[0].status, 'PENDING_APPROVAL');

    const landed = await ada.json('approve', requestId);
    assert.equal(landed.outcome, 'landed');
    const hourly = await ada.json('run', '--type', 'hourly');
    assert.match(hourly.done[1], /^Sent \d+ changes to the team/);
    await ben.json('sync');
    assert.equal((await ben.json('sync', 'requests'))[0].status, 'APPLIED');
    assert.deepEqual((await heads())[1], before[1]);
    const people = await ben.json('sync', '--people');
    assert.deepEqual(
      people.map(({ name }: { name: string }) => name),
      ['user:ben@example.org', 'user:ada@example.org'],
    );
  });
});
