/** A comment on a line of a patch. */
export interface LineComment {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

/** As it is kept with the workspace, over a reload. */
export interface KeptComment extends LineComment {
  readonly requestId: string;
  /** The beginning of the commit. */
  readonly at: string;
  /** The session's id. */
  readonly folder: string;
}

/**
 * What is to be kept: what is shown, and all of folders that are not open (yet). Whatever else an open folder
 * had is of requests that were decided. Pure.
 */
export function toKeep(
  before: readonly KeptComment[],
  shown: readonly KeptComment[],
  isOpen: (folder: string) => boolean,
): readonly KeptComment[] {
  return [...before.filter(({ folder }) => !isOpen(folder)), ...shown];
}
