import { nearBacklogs } from '../compose/nearBacklogs.ts';
import { isPatchwrightError, PatchwrightError, unknownHere } from '../core/errors.ts';
import type { Arguments } from './arguments.ts';
import { folderOf } from './folder.ts';

/** Where a command works. */
export interface Place {
  readonly folder: string;
  /** In a subfolder without a backlog: the folder was not named, and it is the one above that has one. */
  readonly isAbove: boolean;
  /** Where there are backlogs, if there is none here. */
  readonly others: readonly string[];
}

/** As with git, a subfolder stands for the folder above it, unless it was named. Throws `no_folder`. */
export async function placeOf(args: Pick<Arguments, 'folder' | 'folders'>): Promise<Place> {
  const folder = folderOf(args);
  const { above, beside } = await nearBacklogs(folder);
  if (above === undefined) return { folder, isAbove: false, others: beside };
  const isNamed = args.folders.length > 0;
  if (!isNamed) return { folder: above, isAbove: true, others: [] };
  return { folder, isAbove: false, others: [above, ...beside] };
}

/** Where else to look, and how; undefined where the backlog is here, or nowhere. */
export function whereElse({
  folder,
  others,
}: Place): Pick<PatchwrightError, 'why' | 'remedy'> | undefined {
  const [first] = others;
  if (first === undefined) return undefined;
  return {
    why: `There is no backlog in ${folder}, but there is one in ${others.join(' and in ')}.`,
    remedy: `Say --folder ${first} to work with it; what is approved lands on the branch that is checked out there.`,
  };
}

/** An unknown ticket or request, with where it may be known. */
export function explainPlace(error: unknown, place: Place): unknown {
  const elsewhere = whereElse(place);
  if (!elsewhere || !isPatchwrightError(error, 'not_found')) return error;
  if (error.why !== unknownHere) return error;
  return new PatchwrightError('not_found', { what: error.what, ...elsewhere }, { cause: error });
}
