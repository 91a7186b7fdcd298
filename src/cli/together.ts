import { basename, resolve } from 'node:path';
import type { App } from '../compose.ts';
import { lookAtFolder } from '../compose/listedFolders.ts';
import { linkTickets, type TicketLink, type TicketLinks } from '../core/causeLinks.ts';
import {
  errorMessage,
  isPatchwrightError,
  PatchwrightError,
  throwIfCancelled,
} from '../core/errors.ts';
import { type FolderPlan, type ListedFolder, planFolders } from '../core/folderPlan.ts';
import { usageError } from './arguments.ts';
import type { Command, Context } from './command.ts';
import { exit } from './exitCodes.ts';
import { openApp } from './openApp.ts';
import type { Output } from './output.ts';
import { indent } from './views.ts';

/** A folder's part of the report. */
interface Part {
  readonly folder: string;
  readonly name: string;
  readonly code: number;
  readonly app?: App;
  /** Of the command, as of one folder. */
  readonly result?: unknown;
  readonly text?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

interface NamedFolder extends ListedFolder {
  readonly folder: string;
}

/**
 * One command in several folders, one after the other, and one report of all. What fails in one of them is said
 * in its part, and the others go on.
 */
export async function runTogether(
  name: string,
  command: Command,
  folders: readonly string[],
  context: Omit<Context, 'app'>,
): Promise<number> {
  const { overFolders } = command;
  if (!overFolders) throw usageError(`${name} takes one folder.`);
  const parts: Part[] = [];
  try {
    for (const plan of planFolders(await Promise.all(named(folders)))) {
      throwIfCancelled(context.signal);
      parts.push(await partOf(plan, command, context));
    }
    report(parts, overFolders, context);
    return codeOf(parts);
  } finally {
    for (const { app } of parts) await app?.dispose();
  }
}

/** By their last names, or where two have the same, as they were given. */
function named(folders: readonly string[]): readonly Promise<NamedFolder>[] {
  const names = folders.map((folder) => basename(resolve(folder)));
  return folders.map(async (given, at) => {
    const folder = resolve(given);
    const own = names[at] ?? folder;
    const isTaken = names.some((other, i) => other === own && i !== at);
    return { folder, name: isTaken ? given : own, ...(await lookAtFolder(folder)) };
  });
}

async function partOf(
  plan: FolderPlan<NamedFolder>,
  command: Command,
  context: Omit<Context, 'app'>,
): Promise<Part> {
  const { folder, name } = plan.folder;
  let app: App | undefined;
  try {
    if (plan.kind !== 'open') throw notOpened(plan);
    const args = { ...context.args, folder };
    const { out, printed } = keptOutput(context.out, name);
    app = await openApp(args, out, process.env, command, plan.inner);
    for (const notice of app.backlog.notices) out.warn(notice);
    if (!command.readOnly) await app.pipeline.recover();
    const code = await command.run({ ...context, app, args, out });
    return { folder, name, code, app, ...printed() };
  } catch (error) {
    if (context.signal.aborted || isPatchwrightError(error, 'usage')) {
      await app?.dispose();
      throw error;
    }
    const code = isPatchwrightError(error) ? error.code : 'internal';
    const failed = {
      folder,
      name,
      // That its backlog is in the report already is no failure.
      code: plan.kind === 'same' || plan.kind === 'worktree' ? exit.nothing : exit.failed,
      error: { code, message: errorMessage(error) },
    };
    return app ? { ...failed, app } : failed;
  }
}

/** Keeps the result for the report of all; says whose the rest is. */
function keptOutput(out: Output, name: string) {
  let kept: Pick<Part, 'result' | 'text'> = {};
  const of = (line: string): string => `${name}: ${line}`;
  const keep = (result: unknown, text: () => string): void => {
    kept = out.json ? { result } : { text: text() };
  };
  const own: Output = {
    json: out.json,
    result: keep,
    event: keep,
    say: (line) => out.say(of(line)),
    log: (line) => out.log(of(line)),
    warn: (line) => out.warn(of(line)),
  };
  return { out: own, printed: () => kept };
}

function notOpened(plan: Exclude<FolderPlan<NamedFolder>, { kind: 'open' }>): PatchwrightError {
  const { folder } = plan.folder;
  switch (plan.kind) {
    case 'missing':
      return new PatchwrightError('no_folder', {
        what: `${folder} is not a folder.`,
        why: 'Patchwright works on a workspace folder.',
        remedy: 'Correct its name, or leave it out.',
      });
    case 'noGit':
      return new PatchwrightError('no_git', {
        what: `${folder} is not a git repository.`,
        why: 'Patchwright makes every patch on a git branch of its own.',
        remedy: 'Run `git init` there and make a first commit, or leave it out.',
      });
    case 'same':
      return new PatchwrightError('conflict', {
        what: `${folder} is the same folder as ${plan.other}.`,
        why: 'Its backlog is part of the report already.',
        remedy: 'Leave it out.',
      });
    case 'worktree':
      return new PatchwrightError('conflict', {
        what: `${folder} is a worktree of ${plan.other}.`,
        why: 'A ticket has one branch, which all worktrees of a repository share.',
        remedy: 'Leave one of the two out.',
      });
  }
}

function report(
  parts: readonly Part[],
  { linksTickets, total }: NonNullable<Command['overFolders']>,
  { args, out }: Omit<Context, 'app'>,
): void {
  const [first, ...others] = parts.flatMap(({ app }) => app ?? []);
  const together = total && first ? total([first, ...others], args) : undefined;
  const links = linksTickets ? linked(parts) : undefined;
  const value = {
    folders: parts.map(({ folder, name, result, error }) => ({
      folder,
      name,
      ...(error ? { error } : { result }),
    })),
    ...(together ? { together: together.value } : {}),
    ...(links ? { linked: links } : {}),
  };
  out.result(value, () =>
    [
      ...parts.flatMap(({ folder, name, text, error }) => [
        `${name} (${folder}):`,
        ...indent(error ? error.message : (text ?? ''), 2),
      ]),
      ...(together ? ['All together:', ...indent(together.text, 2)] : []),
      ...(links && links.length > 0
        ? ['One cause in several folders:', ...links.map(linkLine)]
        : []),
    ].join('\n'),
  );
}

interface Linked {
  readonly folder: string;
  readonly ticketId: string;
  readonly alsoIn: readonly (TicketLink & { readonly because: string })[];
}

function linked(parts: readonly Part[]): readonly Linked[] {
  const folders = parts.flatMap(({ folder: id, name, app }) =>
    app ? [{ id, name, tickets: app.backlog.tickets.list() }] : [],
  );
  const links: TicketLinks = linkTickets(folders);
  return folders.flatMap(({ id, tickets }) =>
    tickets.flatMap((ticket) => {
      const alsoIn = links(id, ticket.id).map((link) => ({ ...link, because: linkText(link) }));
      return alsoIn.length > 0 ? [{ folder: id, ticketId: ticket.id, alsoIn }] : [];
    }),
  );
}

function linkLine({ folder, ticketId, alsoIn }: Linked): string {
  const words = alsoIn.map(
    (link) => `also in ${link.folderName} as ${link.ticketId} (${link.status}): ${link.because}`,
  );
  return `  ${basename(folder)} ${ticketId} ${words.join('; ')}`;
}

function linkText({ rule, about }: Pick<TicketLink, 'rule' | 'about'>): string {
  switch (rule) {
    case 'same_error':
      return `the same error in the same place, ${about}`;
    case 'same_package':
      return `the same error in a package that both use, ${about}`;
    case 'quotes':
      return `it tells of that error, ${JSON.stringify(about)}`;
    case 'quoted':
      return `that one tells of this error, ${JSON.stringify(about)}`;
    case 'same_request':
      return `the request ${about} went through both`;
  }
}

/** Failed where anything has failed; else done where anything was done. */
function codeOf(parts: readonly Part[]): number {
  const codes = parts.map(({ code }) => code);
  if (codes.includes(exit.failed)) return exit.failed;
  return codes.includes(exit.done) ? exit.done : (codes[0] ?? exit.nothing);
}
