import { type SandboxState, withoutSandbox } from '../core/sandbox.ts';
import type { Gate } from './context.ts';
import { skipped } from './finding.ts';

/** Gates that run code do not run it without a sandbox, or say that they did. */
export function underSandbox(gates: readonly Gate[], sandbox: SandboxState): readonly Gate[] {
  return gates.map((gate) => (gate.runsCode && !gate.asksOutside ? guarded(gate, sandbox) : gate));
}

function guarded(gate: Gate, sandbox: SandboxState): Gate {
  switch (sandbox.kind) {
    case 'held':
      return gate;
    case 'refused':
      return {
        ...gate,
        run: async () =>
          skipped(`Not run: there is no sandbox. ${sandbox.reason} ${sandbox.remedy}`),
      };
    case 'without':
      return {
        ...gate,
        run: async (context, signal) => {
          const finding = await gate.run(context, signal);
          return {
            ...finding,
            evidence: [...finding.evidence, `no sandbox: ${sandbox.reason}`],
            marks: [...finding.marks, withoutSandbox],
          };
        },
      };
  }
}
