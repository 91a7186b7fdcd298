import { existsSync } from 'node:fs';
import { errorMessage, systemCode } from '../../core/errors.ts';
import { redact } from '../../core/secrets.ts';
import { firstWords } from '../finding.ts';
import type { McpServer } from './servers.ts';

/** In one line. A server's last words, which are in it, may hold its keys. */
export function whyBroken(error: unknown, server: McpServer): string {
  const root = rootOf(error);
  if (server.kind === 'stdio' && isNotStarted(root)) return notStarted(server);
  const said = errorMessage(error);
  const hidden = said.endsWith('fetch failed') ? `: ${errorMessage(root)}` : '';
  return redact(firstWords(said + hidden));
}

function rootOf(error: unknown): unknown {
  let at = error;
  while (at instanceof Error && at.cause instanceof Error) at = at.cause;
  return at;
}

function isNotStarted(error: unknown): boolean {
  return systemCode(error) === 'ENOENT' && errorMessage(error).startsWith('spawn ');
}

/** The system says the same of both. */
function notStarted({ command, cwd }: McpServer & { readonly kind: 'stdio' }): string {
  return existsSync(cwd)
    ? `${command} was not found: it is not installed, or not on the PATH`
    : `its folder ${cwd} is not there`;
}
