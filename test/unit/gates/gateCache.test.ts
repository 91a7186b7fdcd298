import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import type { GateReport } from '../../../src/core/gate.ts';
import type { TestRun } from '../../../src/core/testRun.ts';
import type { Gate, GateContext } from '../../../src/gates/context.ts';
import { failed, passed } from '../../../src/gates/finding.ts';
import { runGates } from '../../../src/gates/gate.ts';
import { createGateCache, createRunCache } from '../../../src/gates/gateCache.ts';
import { tempFolder } from '../../support/tempFolder.ts';

const silent = { started: () => undefined, ended: () => undefined };
const context = {} as GateContext;

describe('results of gates, kept', () => {
  const folder = tempFolder();
  const cacheOf = (about: unknown, log = (line: string): void => assert.fail(line)) =>
    createGateCache(folder.path('gates'), about, log);
  const counting = (verdict: 'passed' | 'failed' | 'crash') => {
    const counted = { runs: 0 };
    const gate: Gate = {
      id: 'size',
      runsCode: false,
      run: async () => {
        counted.runs += 1;
        if (verdict === 'crash') throw new Error('boom');
        return verdict === 'passed' ? passed('fine') : failed('no');
      },
    };
    const run = (about: unknown): Promise<readonly GateReport[]> =>
      runGates([gate], context, silent, { cache: cacheOf(about) });
    return { counted, run };
  };

  it('are used again for the same, whatever they were, and for nothing else', async () => {
    for (const verdict of ['passed', 'failed'] as const) {
      const { counted, run } = counting(verdict);
      const first = await run({ verdict, patch: 1 });
      assert.deepEqual(await run({ verdict, patch: 1 }), first);
      assert.equal(counted.runs, 1);
      await run({ verdict, patch: 2 });
      assert.equal(counted.runs, 2);
    }
  });

  it('do not hold a crash', async () => {
    const { counted, run } = counting('crash');
    await run(1);
    await run(1);
    assert.equal(counted.runs, 2);
  });

  it('are made again when the file is damaged or is none of ours', async () => {
    const { counted, run } = counting('passed');
    await run(1);
    const [name = ''] = readdirSync(folder.path('gates'));
    for (const content of ['{', '{"id":"size","verdict":"passed"}', '{"id":"suite"}']) {
      writeFileSync(folder.path('gates', name), content);
      assert.equal((await run(1))[0]?.reason, 'fine');
    }
    assert.equal(counted.runs, 4);
  });

  it('are bounded', async () => {
    mkdirSync(folder.path('gates'));
    for (let i = 0; i < 600; i++) writeFileSync(folder.path('gates', `${i}.json`), '{}');
    await counting('passed').run(1);
    assert.equal(readdirSync(folder.path('gates')).length, 500);
  });

  it('are no reason to fail where they cannot be kept', async () => {
    writeFileSync(folder.path('gates'), 'a file');
    const said: string[] = [];
    const cache = cacheOf(1, (line) => void said.push(line));
    await cache.put({
      id: 'size',
      verdict: 'passed',
      reason: '',
      durationMs: 1,
      evidence: [],
      output: '',
      marks: [],
    });
    assert.match(said.join(), /could not be kept/);
  });
});

describe("a suite's run on a base, kept", () => {
  const folder = tempFolder();
  const run: TestRun = {
    verdict: 'passed',
    command: 'npm test',
    exitCode: 0,
    cases: [{ name: 'adds', status: 'passed' }],
    output: '',
    durationMs: 9,
  };

  it('is there for the same base and no other, and not when it is damaged', async () => {
    const log = (line: string): void => assert.fail(line);
    await createRunCache(folder.path('runs'), { base: 1 }, log).put(run);
    assert.deepEqual(await createRunCache(folder.path('runs'), { base: 1 }, log).get(), run);
    assert.equal(await createRunCache(folder.path('runs'), { base: 2 }, log).get(), undefined);
    const [name = ''] = readdirSync(folder.path('runs'));
    writeFileSync(folder.path('runs', name), '{"verdict":"passed"}');
    assert.equal(await createRunCache(folder.path('runs'), { base: 1 }, log).get(), undefined);
  });
});

describe('a gate that is switched off', () => {
  it('is not configured, says so, and is not run', async () => {
    const gate = (id: Gate['id']): Gate => ({
      id,
      runsCode: false,
      run: async () => passed('ran'),
    });
    const reports = await runGates([gate('protected'), gate('size')], context, silent, {
      isEnabled: () => false,
    });
    assert.deepEqual(
      reports.map(({ id, verdict, reason }) => [id, verdict, reason]),
      [
        ['protected', 'passed', 'ran'],
        ['size', 'not_configured', 'Switched off by patchwright.gates.size.enabled.'],
      ],
    );
  });
});
