import { PatchwrightError } from '../../core/errors.ts';

/** Does it unless something else is being done: throws `busy` then. */
export type Turn = <T>(work: () => Promise<T>) => Promise<T>;

/** For schedules of several folders in one process, which are all due at the same minute. */
export function createTurn(): Turn {
  let isTaken = false;
  return async (work) => {
    if (isTaken) throw busy();
    isTaken = true;
    try {
      return await work();
    } finally {
      isTaken = false;
    }
  };
}

function busy(): PatchwrightError {
  return new PatchwrightError('busy', {
    what: 'Nothing was run.',
    why: 'A run of another folder is under way.',
    remedy: 'It has its turn after that.',
  });
}
