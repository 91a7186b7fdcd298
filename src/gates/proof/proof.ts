import type { TestCase } from '../../core/testRun.ts';
import type { StackPlace } from '../failure.ts';
import type { TreeChange } from '../treeChanges.ts';

/** A proof that holds: the test failed on the base and passed with the patch. */
export interface Proof {
  /** The tree of the base with the test. */
  readonly base: string;
  readonly changes: readonly TreeChange[];
  /** Keys of the tests that prove it; empty names where only an exit code is known. */
  readonly proven: readonly string[];
  /** Results of a run on the base. */
  readonly failing: readonly TestCase[];
  /** How they failed; see kindOf. */
  readonly kind: string;
  /** Where the base failed in the project's own code, if it was an exception. */
  readonly frames: readonly StackPlace[];
  readonly took: { readonly allMs: number; readonly slowestMs: number };
}
