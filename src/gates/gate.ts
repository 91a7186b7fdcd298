import { errorMessage, isPatchwrightError, throwIfCancelled } from '../core/errors.ts';
import type { GateId, GateReport } from '../core/gate.ts';
import type { Gate, GateContext, GateFinding } from './context.ts';
import type { GateCache } from './gateCache.ts';
import { coverage } from './coverage.ts';
import { failed, skipped, switchedOff } from './finding.ts';
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

export interface GateOptions {
  /** Default: all. The protected files' gate can't be switched off. */
  readonly isEnabled?: (id: GateId) => boolean;
  /** Results of earlier runs over the same patch, settings and rules. */
  readonly cache?: GateCache;
}

/**
 * Gates that only read run side by side; those that run the patch follow one after another, and only if
 * none of the first has failed (a long one only if none has): of a patch that touches what it must not, nothing is executed.
 * A gate that crashes has failed. Rejects with `cancelled` only.
 */
export async function runGates(
  gates: readonly Gate[],
  context: GateContext,
  on: GateEvents,
  {
    signal,
    isEnabled = () => true,
    ...options
  }: GateOptions & { readonly signal?: AbortSignal } = {},
): Promise<readonly GateReport[]> {
  const reports = new Map<GateId, GateReport>();
  const run = async (gate: Gate, work: () => Promise<GateFinding>): Promise<void> => {
    const cache = gate.asksOutside ? undefined : options.cache;
    const isOff = gate.id !== 'protected' && !isEnabled(gate.id);
    const known = isOff ? undefined : await cache?.get(gate.id);
    if (known) on.ended(known);
    const off = async (): Promise<GateFinding> => switchedOff(gate.id);
    const done = known ?? (await report(gate, isOff ? off : work, on, cache, signal));
    reports.set(gate.id, done);
  };
  const reading = gates.filter((gate) => !gate.runsCode);
  await Promise.all(reading.map((gate) => run(gate, () => gate.run(context, signal))));
  const hasFailed = (gate: Gate): boolean => reports.get(gate.id)?.verdict === 'failed';
  const stopped = reading.find(hasFailed);
  for (const gate of gates.filter((gate) => gate.runsCode)) {
    const because = gate.takesLong ? gates.find(hasFailed) : stopped;
    await run(gate, async () =>
      because ? skipped(`Not run: the gate '${because.id}' failed.`) : gate.run(context, signal),
    );
  }
  return gates.flatMap((gate) => reports.get(gate.id) ?? []);
}

async function report(
  gate: Gate,
  work: () => Promise<GateFinding>,
  on: GateEvents,
  cache?: GateCache,
  signal?: AbortSignal,
): Promise<GateReport> {
  throwIfCancelled(signal);
  on.started(gate.id);
  const started = performance.now();
  let hasCrashed = false;
  const finding = await work().catch((error: unknown) => {
    hasCrashed = true;
    return crashed(error, signal);
  });
  const ended = { ...finding, id: gate.id, durationMs: Math.round(performance.now() - started) };
  const isResult = ended.verdict === 'passed' || ended.verdict === 'failed';
  if (isResult && !hasCrashed) await cache?.put(ended);
  on.ended(ended);
  return ended;
}

function crashed(error: unknown, signal?: AbortSignal): GateFinding {
  throwIfCancelled(signal);
  if (isPatchwrightError(error, 'cancelled')) throw error;
  return failed(`The gate could not be run: ${errorMessage(error)}`);
}
