import type { GateId } from './gate.ts';

/** What the gates do with patches that are known to be bad, and with one that is right. */
export interface SelfTest {
  readonly at: string;
  readonly durationMs: number;
  /** Every bad patch was stopped by a gate that it is meant for, and the right one passed. */
  readonly passed: boolean;
  readonly right: {
    readonly passed: boolean;
    readonly by: readonly GateId[];
    readonly reason: string;
  };
  readonly canaries: readonly CanaryResult[];
  readonly gates: readonly CatchRate[];
  /** Stands for the settings and lists it was run with: another one now, and it says little. */
  readonly configuration: string;
}

export interface CanaryResult {
  readonly id: string;
  /** What is wrong with it, in a few words. */
  readonly kind: string;
  /** Any of them has to stop it. */
  readonly expected: readonly GateId[];
  readonly caught: boolean;
  /** Not refused, but shown to the reviewer with what is wrong: enough for this one. */
  readonly marked?: true;
  /** The gates that failed, or marked it, until one of the expected ones did. */
  readonly by: readonly GateId[];
  /** Why it was stopped, or what its gates said instead. */
  readonly reason: string;
}

export interface CatchRate {
  readonly id: GateId;
  readonly caught: number;
  readonly of: number;
}

/** What another expected gate stopped first does not count against a gate. */
export function catchRates(canaries: readonly CanaryResult[]): readonly CatchRate[] {
  const ids = [...new Set(canaries.flatMap(({ expected }) => expected))];
  return ids.map((id) => {
    const own = canaries.filter(
      ({ expected, caught, by }) => expected.includes(id) && (!caught || by.includes(id)),
    );
    return { id, caught: own.filter(({ caught }) => caught).length, of: own.length };
  });
}

/** `12 of 13 bad patches were stopped (not: secret); the right one passed.` */
export function selfTestText({ canaries, right }: Pick<SelfTest, 'canaries' | 'right'>): string {
  const missed = canaries.filter(({ caught }) => !caught).map(({ id }) => id);
  const which = missed.length > 0 ? ` (not: ${missed.join(', ')})` : '';
  const stopped = `${canaries.length - missed.length} of ${canaries.length} bad patches were stopped${which}`;
  return `${stopped}; the right one ${right.passed ? 'passed' : 'was refused'}.`;
}
