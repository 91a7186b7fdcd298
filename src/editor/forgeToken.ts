import * as vscode from 'vscode';
import type { ForgeRepository } from '../core/pullRequest.ts';
import { forgeTokenIn } from '../core/forgeToken.ts';

/** VS Code's own sign-in to GitHub, else the environment's token. */
export async function forgeToken(
  { forge, webUrl }: ForgeRepository,
  ask: boolean,
): Promise<string | undefined> {
  const inherited = forgeTokenIn(process.env, forge);
  if (inherited || forge !== 'github') return inherited;
  const { hostname } = new URL(webUrl);
  const provider = hostname === 'github.com' ? 'github' : 'github-enterprise';
  if (provider === 'github-enterprise' && !isOwnEnterprise(hostname)) return undefined;
  const options = ask ? { createIfNone: true } : { silent: true };
  return (await vscode.authentication.getSession(provider, ['repo'], options))?.accessToken;
}

/** The sign-in belongs to one server, and goes to no other. */
function isOwnEnterprise(hostname: string): boolean {
  const uri = vscode.workspace.getConfiguration('github-enterprise').get<string>('uri');
  return uri !== undefined && URL.canParse(uri) && new URL(uri).hostname === hostname;
}
