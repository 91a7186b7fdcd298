import type { Worktree } from '../attempt/worktree.ts';

const maxInstructionChars = 20_000;

/** What the project tells every agent, from the commit itself: a link in the folder could lead anywhere. */
export async function instructionsOf({
  git,
  base,
  prefix,
}: Pick<Worktree, 'git' | 'base' | 'prefix'>): Promise<{ instructions?: string }> {
  for (const name of ['AGENTS.md', 'CLAUDE.md', '.github/copilot-instructions.md']) {
    const { code, out } = await git.code(['cat-file', 'blob', `${base}:${prefix}${name}`], {
      okCodes: [0, 128],
    });
    if (code === 0) return { instructions: out.slice(0, maxInstructionChars) };
  }
  return {};
}
