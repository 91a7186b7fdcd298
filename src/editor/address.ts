import * as vscode from 'vscode';
import { scheme } from './commands.ts';

/**
 * Our virtual documents. Both sides of a diff come from git objects, so a review neither opens nor
 * touches a file of the user's. What an address names never changes: a request's commits are fixed.
 */
const sides = ['base', 'patch', 'all', 'text', 'gate', 'plan', 'group', 'theirs'] as const;

/**
 * base, patch: one file before and after. all: the whole request as one multi-file diff. text: the
 * patch as text. gate: a gate's report. plan: of a preview.
 * group: why events are one ticket. theirs: the patch of another clone's request.
 */
export type Side = (typeof sides)[number];

export interface Address {
  /** Of a request; for a gate's report also of an attempt, or `latest`. */
  readonly owner: string;
  readonly side: Side;
  /** A file's path, or the name that the tab shows. */
  readonly path: string;
  /** Of what has no id of its own: the id of the session. */
  readonly session?: string;
  /** Of a request's documents: the beginning of the commit they show, since a request can be edited. */
  readonly at?: string;
}

export function toUri({ owner, side, path, session, at }: Address): vscode.Uri {
  const query = new URLSearchParams({
    of: owner,
    side,
    ...(session ? { in: session } : {}),
    ...(at ? { at } : {}),
  }).toString();
  return vscode.Uri.from({ scheme, path: `/${path}`, query });
}

export function fromUri(uri: vscode.Uri): Address | undefined {
  if (uri.scheme !== scheme) return undefined;
  const query = new URLSearchParams(uri.query);
  const owner = query.get('of');
  const side = sides.find((name) => name === query.get('side'));
  const session = query.get('in');
  const at = query.get('at');
  return owner && side
    ? {
        owner,
        side,
        path: uri.path.slice(1),
        ...(session ? { session } : {}),
        ...(at ? { at } : {}),
      }
    : undefined;
}

/** The document in front, when it is one of ours. */
export function activeAddress(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputTextDiff) return input.modified;
  return input instanceof vscode.TabInputText ? input.uri : undefined;
}
