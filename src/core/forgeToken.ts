import type { ForgeKind } from './pullRequest.ts';

const variables: Readonly<Record<ForgeKind, readonly string[]>> = {
  github: ['GITHUB_TOKEN', 'GH_TOKEN'],
  gitlab: ['GITLAB_TOKEN'],
};

/** The token for a forge that the environment names. */
export function forgeTokenIn(environment: NodeJS.ProcessEnv, forge: ForgeKind): string | undefined {
  return variables[forge].map((name) => environment[name]?.trim()).find(Boolean);
}
