import type { Outcome } from './outcome.ts';
import type { Segment } from './scriptLine.ts';

/** What a run left behind, for a framework to read its results from. */
export interface FinishedRun {
  readonly root: string;
  /** Content of the report file; undefined when it was not written. */
  readonly report: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Place {
  readonly root: string;
  /** Where the report has to be written. */
  readonly report: string;
  /** Folder of this run alone, for helper files. */
  readonly temp: string;
}

/** A test framework: how to see that a command runs it, to make it write a report, and to read that. */
export interface Framework {
  readonly name: string;
  /** Index of the word that names it, or -1. */
  find(segment: Segment): number;
  /** The same command, reporting. */
  whole(segment: Segment, at: number, place: Place): Segment;
  /** The same command for some files only, relative to root. */
  some(segment: Segment, at: number, place: Place, files: readonly string[]): Segment;
  read(run: FinishedRun): Outcome | undefined;
  /** Removes reports of earlier runs where the framework has a place of its own for them. */
  clean?(root: string): void;
  /** How loaded source files can be recorded. */
  readonly records?: 'v8' | 'python';
}
