import { errorMessage, isPatchwrightError, throwIfCancelled } from '../core/errors.ts';
import type { GateId, GateReport } from '../core/gate.ts';
import type { Gate, GateContext, GateFinding } from './context.ts';
import { coverage } from './coverage.ts';
import { failed, skipped } from './finding.ts';
import { loop } from './loop.ts';
import { mcp } from './mcp.ts';
import { protectedFiles } from './protectedFiles.ts';
import { reproduction } from './reproduction.ts';
import { secrets } from './secrets.ts';
import { size } from './size.ts';
import { staticAnalysis } from './staticAnalysis.ts';
import { suite } from './suite.ts';

/** In the order in which they are run and shown. */
export const allGates: readonly Gate[] = [
  protectedFiles,
  size,
  secrets,
  staticAnalysis,
  reproduction,
  suite,
  coverage,
  loop,
  mcp,
];

/** Told as it happens. */
export interface GateEvents {
  started(id: GateId): void;
  ended(report: GateReport): void;
}

/**
 * Gates that only read run side by side; those that run the patch follow one after another, and only if
 * none of the first has failed: of a patch that touches what it must not, nothing is executed.
 * A gate that crashes has failed. Rejects with `cancelled` only.
 */
export async function runGates(
  gates: readonly Gate[],
  context: GateContext,
  on: GateEvents,
  signal?: AbortSignal,
): Promise<readonly GateReport[]> {
  const reports = new Map<GateId, GateReport>();
  const run = async (gate: Gate, work: () => Promise<GateFinding>): Promise<void> => {
    reports.set(gate.id, await report(gate, work, on, signal));
  };
  const reading = gates.filter((gate) => !gate.runsCode);
  await Promise.all(reading.map((gate) => run(gate, () => gate.run(context, signal))));
  const stopped = reading.find((gate) => reports.get(gate.id)?.verdict === 'failed');
  for (const gate of gates.filter((gate) => gate.runsCode)) {
    await run(gate, async () =>
      stopped ? skipped(`Not run: the gate '${stopped.id}' failed.`) : gate.run(context, signal),
    );
  }
  return gates.flatMap((gate) => reports.get(gate.id) ?? []);
}

async function report(
  gate: Gate,
  work: () => Promise<GateFinding>,
  on: GateEvents,
  signal?: AbortSignal,
): Promise<GateReport> {
  throwIfCancelled(signal);
  on.started(gate.id);
  const started = performance.now();
  const finding = await work().catch((error: unknown) => crashed(error, signal));
  const ended = { ...finding, id: gate.id, durationMs: Math.round(performance.now() - started) };
  on.ended(ended);
  return ended;
}

function crashed(error: unknown, signal?: AbortSignal): GateFinding {
  throwIfCancelled(signal);
  if (isPatchwrightError(error, 'cancelled')) throw error;
  return failed(`The gate could not be run: ${errorMessage(error)}`);
}
