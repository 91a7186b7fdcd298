import assert from 'node:assert/strict';
import { gatesPassed } from '../../../src/core/gate.ts';
import { withoutSandbox } from '../../../src/core/sandbox.ts';
import type { Gate, GateContext } from '../../../src/gates/context.ts';
import { passed } from '../../../src/gates/finding.ts';
import { runGates } from '../../../src/gates/gate.ts';
import { underSandbox } from '../../../src/gates/underSandbox.ts';

describe('gates without a sandbox', () => {
  const context = {} as GateContext; // the gates below look at nothing
  const on = { started: () => undefined, ended: () => undefined };
  const why = { reason: 'bubblewrap is not installed.', remedy: 'Run: apt-get install bubblewrap' };
  let ran: string[] = [];
  const gate = (id: Gate['id'], runsCode: boolean): Gate => ({
    id,
    runsCode,
    run: async () => {
      ran.push(id);
      return passed('Fine.');
    },
  });
  const gates = [gate('size', false), gate('suite', true)];
  beforeEach(() => {
    ran = [];
  });

  it('say that they did not run, and do not pass', async () => {
    const reports = await runGates(underSandbox(gates, { kind: 'refused', ...why }), context, on);
    assert.deepEqual(ran, ['size']);
    assert.deepEqual(
      reports.map(({ verdict }) => verdict),
      ['passed', 'skipped'],
    );
    assert.match(reports[1]?.reason ?? '', /^Not run: there is no sandbox.*apt-get install/);
    assert.ok(!gatesPassed(reports));
  });

  it('say so where the user chose to do without', async () => {
    const reports = await runGates(underSandbox(gates, { kind: 'without', ...why }), context, on);
    assert.deepEqual(ran, ['size', 'suite']);
    assert.deepEqual(
      reports.map(({ marks }) => marks),
      [[], [withoutSandbox]],
    );
    assert.deepEqual(reports[1]?.evidence, ['no sandbox: bubblewrap is not installed.']);
  });

  it('run as they are in one', async () => {
    const held = { kind: 'held', title: 'bubblewrap 0.8.0', network: false } as const;
    const reports = await runGates(underSandbox(gates, held), context, on);
    assert.deepEqual(
      reports.flatMap(({ marks, evidence }) => [...marks, ...evidence]),
      [],
    );
  });
});
