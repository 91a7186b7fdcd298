import { setImmediate as nextTurn } from 'node:timers/promises';

/** Well under what is felt, with room for a garbage collection in the same turn. */
const maxTurnMs = 3;

/** Long work in pieces: whoever else waits for the event loop comes in between. */
export interface Turns {
  /** To be asked between two pieces: whether others should have the event loop now. */
  isOver(): boolean;
  next(): Promise<void>;
}

export function createTurns(): Turns {
  let began = performance.now();
  return {
    isOver: () => performance.now() - began >= maxTurnMs,
    async next() {
      await nextTurn();
      began = performance.now();
    },
  };
}
