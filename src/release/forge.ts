import type { Forge, ForgeRepository } from '../core/pullRequest.ts';
import { createGitHub } from './github.ts';
import { createGitLab } from './gitlab.ts';

export function openForge(repository: ForgeRepository, token: string, now: () => Date): Forge {
  const create = repository.forge === 'github' ? createGitHub : createGitLab;
  return create(repository, token, now);
}

/** Whether a token may be sent there: in the clear only to this machine. */
export function takesToken({ apiUrl }: Pick<ForgeRepository, 'apiUrl'>): boolean {
  const { protocol, hostname } = new URL(apiUrl);
  return protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}
