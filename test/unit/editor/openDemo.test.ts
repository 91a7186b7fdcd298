import assert from 'node:assert/strict';
import { demoPlan, desktopArguments } from '../../host/demoPlan.mjs';

describe('the demo in a window', () => {
  const recorded = { baseUrl: 'http://127.0.0.1:4711', apiKey: 'recorded' };
  const withKey = { ANTHROPIC_API_KEY: 'of the user' };

  it('uses the recorded model, as the command line does, unless a model is named', () => {
    for (const environment of [{}, withKey]) {
      const { real, env } = demoPlan([], environment, recorded);
      assert.equal(real, false);
      assert.deepEqual(env, {
        ANTHROPIC_BASE_URL: recorded.baseUrl,
        ANTHROPIC_API_KEY: recorded.apiKey,
      });
    }
    assert.equal(demoPlan(['--model', 'claude'], {}, recorded).real, false);
  });

  for (const args of [['--model', 'claude'], ['--model=claude']]) {
    it(`uses the same real model in both with ${args.join(' ')}`, () => {
      const plan = demoPlan(args, withKey, recorded);
      assert.deepEqual(plan, {
        real: true,
        env: {},
        settings: { 'patchwright.model.name': 'claude' },
      });
    });
  }

  it('opens a new instance, which is the only one that takes the environment over', () => {
    const args = desktopArguments({ project: '/p', userData: '/u', folder: '/f' });
    assert.ok(args.includes('--user-data-dir=/u') && args.includes('--wait'));
    assert.equal(args.at(-1), '/f');
  });
});
