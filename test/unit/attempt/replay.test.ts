import assert from 'node:assert/strict';
import { recordedIn, replay, type Replayed } from '../../../src/attempt/replay.ts';
import type { TranscriptEntry } from '../../../src/attempt/transcript.ts';
import { createProtection } from '../../../src/core/protection.ts';
import { defaultSettings } from '../../../src/core/settings.ts';
import { createRepository } from '../../support/repository.ts';
import { says } from '../../support/modelServer.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { fix, handIn, nodeTests, prepare, project, reproduction, type Run } from './agentSetup.ts';

describe('replay', () => {
  const temp = tempFolder('replay');
  let run: Run;
  afterEach(async () => await run.server.dispose());

  const again = says('', ['edit', { path: fix.path, edits: [{ old: '?? 0', new: '?? +0' }] }]);
  const replies = [
    says('', ['create', reproduction]),
    says('', ['run_tests', { files: [reproduction.path] }]),
    says('', ['edit', fix]),
    says('', ['submit', handIn]),
    again,
    says('', ['submit', handIn]),
  ];

  async function record(): Promise<readonly TranscriptEntry[]> {
    let judged = 0;
    run = await prepare(temp.path('recorded'), {
      replies,
      deps: {
        submit: () => Promise.resolve({ accepted: ++judged > 1, feedback: 'Suite: one fails.' }),
      },
    });
    await run.go();
    return run.transcript;
  }

  async function replayed(saved: readonly unknown[], files = project): Promise<Replayed> {
    const root = temp.path('replayed');
    const deps = {
      root,
      git: await createRepository(root, files),
      tests: nodeTests(),
      guard: createProtection([]),
      clock: { now: () => new Date() },
      limits: defaultSettings.limits,
      onProgress: () => undefined,
      onRefused: () => undefined,
    };
    return await replay(recordedIn(saved), deps, new AbortController().signal);
  }

  it('goes the same way, gates and all, and asks no model', async () => {
    const saved = await record();
    const calls = run.server.calls().length;
    const { steps, submission, differences } = await replayed(saved);
    assert.deepEqual([steps, differences], [6, []]);
    assert.equal(submission?.summary, handIn.summary);
    assert.equal(run.server.calls().length, calls);
  });

  it('says what came out differently, and where', async () => {
    const saved = await record();
    const files = { ...project, 'src/total.mjs': 'export const lastPrice = () => 0;\n' };
    const { differences } = await replayed(saved, files);
    assert.deepEqual(
      differences.slice(0, 2).map(({ step, recorded }) => [step, recorded.split('\n')[0]]),
      [
        [2, 'Verdict: failed (exit code 1).'],
        [3, 'Edited src/total.mjs at line 2.'],
      ],
    );
    assert.match(differences[1]?.replayed ?? '', /^src\/total\.mjs: Not edited/);
  });

  it('ends where a transcript that a crash cut ends', async () => {
    const saved = await record();
    const { steps, submission, differences } = await replayed(saved.slice(0, 5));
    assert.deepEqual([steps, submission, differences], [3, undefined, []]);
    assert.throws(() => recordedIn([{ kind: 'reply' }]), { code: 'corrupt' });
  });
});
