/** Something that Patchwright made, or a git that died left, and that nobody needs any more. */
export interface Leftover {
  readonly kind:
    | 'backup'
    | 'branch'
    | 'unmerged_branch'
    | 'transcript'
    | 'audit'
    | 'archive'
    | 'set_aside'
    | 'lock';
  readonly name: string;
  readonly why: string;
}

/** All but work that only a branch keeps: this goes together when a person asks for it. */
export const unneeded = [
  'backup',
  'branch',
  'transcript',
  'audit',
  'archive',
  'set_aside',
  'lock',
] as const;
