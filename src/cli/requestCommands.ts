import type { Approved } from '../core/approval.ts';
import { isPatchwrightError, PatchwrightError } from '../core/errors.ts';
import { type HunkName, hunkNameText, parseDiff, parseHunkName } from '../core/hunks.ts';
import { type PatchRequest, type RequestStatus, requestStatuses } from '../core/patchRequest.ts';
import type { ReplayReport } from '../pipeline.ts';
import { type Arguments, usageError } from './arguments.ts';
import {
  type Command,
  type Context,
  requestNamed,
  statusesOf,
  ticketNamed,
  wholeRequestNamed,
} from './command.ts';
import { exit } from './exitCodes.ts';
import { gateCommands } from './gateCommands.ts';
import { callOf } from './invocation.ts';
import { progressLine, sayingProgress } from './progress.ts';
import { act } from './ticketCommands.ts';
import { releaseView, requestView, approvedView } from '../views.ts';
import { requestLine, requestText, spentText } from './views.ts';

export const requestCommands: Readonly<Record<string, Command>> = {
  draft: {
    usage: 'TICKET [--force] | --next [--model NAME]',
    help: 'draft a patch for a ticket and run the gates; --force: even soon after an attempt failed',
    operands: 1,
    run: draft,
  },
  replay: {
    usage: 'ATTEMPT | TICKET',
    help: 'run an attempt again from its transcript, without a model',
    operands: 1,
    run: replay,
  },
  requests: {
    usage: '[--status STATUS]…',
    help: 'list patch requests',
    operands: 0,
    readOnly: true,
    overFolders: {},
    run: requests,
  },
  diff: {
    usage: 'REQUEST',
    help: "print a request's patch",
    operands: 1,
    readOnly: true,
    run: diff,
  },
  ...gateCommands,
  approve: {
    usage: 'REQUEST [-m COMMENT] [--mode merge|pull_request|branch] [--yes-protected-branch]',
    help: 'merge a patch into the current branch, open a pull request, or keep its branch',
    operands: 1,
    run: approve,
  },
  reject: {
    usage: 'REQUEST -m COMMENT',
    help: 'reject a patch; the comment is learned from',
    operands: 1,
    run: reject,
  },
  changes: {
    usage: 'REQUEST -m COMMENT [--model NAME]',
    help: 'reject a patch and have the model change it as the comment says',
    operands: 1,
    run: changes,
  },
  drop: {
    usage: 'REQUEST FILE:N…',
    help: "take hunks out of a patch; without one, list a patch's hunks",
    operands: 1_000,
    run: drop,
  },
  undo: {
    usage: 'REQUEST',
    help: 'take back the last change that somebody made to a patch',
    operands: 1,
    run: undo,
  },
  reopen: {
    usage: 'REQUEST | TICKET',
    help: 'take a rejection back, or open a ticket again',
    operands: 1,
    run: reopen,
  },
  rollback: {
    usage: 'REQUEST [-m REASON] [--yes-protected-branch]',
    help: 'undo a landed patch by a revert commit',
    operands: 1,
    run: rollback,
  },
};

async function draft({ app, args, out, signal }: Context): Promise<number> {
  const [name] = args.rest;
  if ((name === undefined) === !args.next) throw usageError('Name one ticket, or say --next.');
  const id = name === undefined ? undefined : ticketNamed(app, name).id;
  const request = await sayingProgress(app, out, () =>
    app.pipeline.draft(id, signal, { again: args.force }),
  );
  const attempt = app.backlog.attempts.get(request.attemptId);
  const spent = attempt ? { steps: attempt.steps, usage: attempt.usage } : {};
  out.result({ ...requestView(request), ...spent }, () =>
    [requestText(request, args), ...(attempt ? [`  ${spentText(attempt)}`] : [])].join('\n'),
  );
  return exit.done;
}

async function replay({ app, args, out, signal }: Context): Promise<number> {
  const [name] = args.rest;
  if (!name) throw usageError('Name an attempt, or a ticket for its latest one.');
  const report = await app.pipeline.replay(
    name,
    (progress) => {
      const line = progressLine({ kind: 'attempt', ticketId: name, progress });
      if (line) out.say(line);
    },
    signal,
  );
  out.result(report, () => replayText(report));
  return report.differences.length === 0 && report.samePatch !== false ? exit.done : exit.refused;
}

function replayText({ attemptId, steps, differences, samePatch }: ReplayReport): string {
  const cut = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 300);
  return [
    `Replayed ${attemptId.slice(0, 8)}: ${steps} steps, ${differences.length === 0 ? 'no difference' : `${differences.length} differences`}.`,
    ...differences.flatMap(({ step, what, recorded, replayed }) => [
      `  step ${step}, ${what}`,
      `    recorded  ${cut(recorded)}`,
      `    replayed  ${cut(replayed)}`,
    ]),
    ...(samePatch === undefined
      ? []
      : [samePatch ? 'The patch comes out the same.' : 'The patch comes out differently.']),
  ].join('\n');
}

async function requests({ app, args, out }: Context): Promise<number> {
  const statuses = statusesOf<RequestStatus>(args.statuses, requestStatuses);
  const found = app.backlog.requests.list(statuses ? { statuses } : {});
  out.result(
    found.map(requestView),
    () => found.map(requestLine).join('\n') || 'No patch requests.',
  );
  return found.length === 0 ? exit.nothing : exit.done;
}

async function diff({ app, args, out }: Context): Promise<number> {
  const request = await wholeRequestNamed(app, args.rest[0]);
  out.result({ requestId: request.id, diff: request.diff }, () => request.diff.trimEnd());
  return exit.done;
}

async function approve({ app, args, out, signal }: Context): Promise<number> {
  const request = requestNamed(app, args.rest[0]);
  const options = {
    confirmedProtectedBranch: args.confirmedProtectedBranch,
    ...(args.mode ? { mode: args.mode } : {}),
    ...(args.message ? { comment: args.message } : {}),
  };
  const approved = await confirming(() =>
    sayingProgress(app, out, () => app.pipeline.approve(request.id, options, signal)),
  );
  out.result(approvedView(request, approved), () => approvedText(request, approved, args));
  return exit.done;
}

function approvedText({ id }: PatchRequest, approved: Approved, args: Arguments): string {
  switch (approved.kind) {
    case 'landed': {
      const { branch, commit } = approved.release;
      return `Merged into ${branch} as ${commit.slice(0, 12)}. Undo it with:\n  ${callOf(args, 'rollback', id.slice(0, 8))}`;
    }
    case 'kept':
      return `Approved and kept on its branch. Merge it with:\n  git merge --no-ff ${approved.branch}`;
    case 'opened':
      return `Approved; ${approved.pullRequest.draft ? 'a draft of a' : 'a'} pull request waits at:\n  ${approved.pullRequest.url}`;
    case 'by_hand':
      return `Approved and kept on its branch: ${approved.why} By hand:\n\n${approved.text}`;
    case 'counted':
      return `Approval ${approved.have} of ${approved.needed}: it waits for another reviewer.`;
  }
}

/** On the command line the second yes is an option, so the refusal names it. */
async function confirming<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isPatchwrightError(error, 'protected_branch')) throw error;
    throw new PatchwrightError('protected_branch', {
      what: error.what,
      why: error.why,
      remedy: 'Say --yes-protected-branch if it should change, or check out another branch first.',
    });
  }
}

async function reject({ app, args, out }: Context): Promise<number> {
  const request = requestNamed(app, args.rest[0]);
  if (!args.message) throw usageError('`reject` needs a comment: -m "what is wrong with it".');
  await app.pipeline.reject(request.id, args.message);
  out.result(
    { requestId: request.id, status: 'DENIED' },
    () => `Rejected. Take it back with:\n  ${callOf(args, 'reopen', request.id.slice(0, 8))}`,
  );
  return exit.done;
}

async function changes({ app, args, out, signal }: Context): Promise<number> {
  const { id } = requestNamed(app, args.rest[0]);
  const comment = args.message;
  if (!comment) throw usageError('`changes` needs a comment: -m "what should be different".');
  const request = await sayingProgress(app, out, () =>
    app.pipeline.requestChanges(id, comment, signal),
  );
  out.result(requestView(request), () => requestText(request, args));
  return exit.done;
}

async function drop({ app, args, out, signal }: Context): Promise<number> {
  const request = requestNamed(app, args.rest[0]);
  const hunks = args.rest.slice(1).map(hunkNamed);
  if (hunks.length === 0) return listHunks(request, out);
  const revised = await sayingProgress(app, out, () =>
    app.pipeline.dropHunks(request.id, hunks, signal),
  );
  out.result(requestView(revised), () => requestText(revised, args));
  return exit.done;
}

async function undo({ app, args, out, signal }: Context): Promise<number> {
  const { id } = requestNamed(app, args.rest[0]);
  const request = await sayingProgress(app, out, () => app.pipeline.undoEdit(id, signal));
  out.result(requestView(request), () => requestText(request, args));
  return exit.done;
}

function hunkNamed(text: string): HunkName {
  const name = parseHunkName(text);
  if (name) return name;
  throw usageError(`${JSON.stringify(text)} names no hunk: FILE:N, counted from 1 in each file.`);
}

function listHunks({ id, diff }: PatchRequest, out: Context['out']): number {
  const hunks = parseDiff(diff).flatMap((file) =>
    file.hunks.map(({ number, added, removed, lines }) => ({
      name: hunkNameText({ path: file.path, number }),
      added,
      removed,
      lines,
    })),
  );
  out.result({ requestId: id, hunks }, () =>
    hunks
      .map(({ name, lines }) => [name, ...lines.map((line) => `  ${line}`)].join('\n'))
      .join('\n'),
  );
  return exit.done;
}

async function reopen(context: Context): Promise<number> {
  const { app, args, out } = context;
  const [id = ''] = args.rest;
  await app.backlog.archive.bringBack([id]);
  if (app.backlog.tickets.get(id)) {
    return act(context, (ticket) => app.pipeline.reopen(ticket.id));
  }
  const request = requestNamed(app, args.rest[0]);
  await app.pipeline.undoReject(request.id);
  out.result(
    { requestId: request.id, status: 'PENDING_APPROVAL' },
    () => 'It waits for a decision again.',
  );
  return exit.done;
}

async function rollback({ app, args, out, signal }: Context): Promise<number> {
  const request = requestNamed(app, args.rest[0]);
  const release = app.backlog.releases.list().find((one) => one.requestId === request.id);
  if (!release) {
    throw new PatchwrightError('illegal_move', {
      what: `Patch request ${request.id.slice(0, 8)} can't be rolled back.`,
      why: 'It has not landed.',
      remedy: 'Only an approved request can be rolled back.',
    });
  }
  const reason = args.message ?? 'Rolled back by hand.';
  const options = { confirmedProtectedBranch: args.confirmedProtectedBranch };
  const undone = await confirming(() =>
    sayingProgress(app, out, () => app.pipeline.rollBack(release.id, reason, options, signal)),
  );
  const by = undone.rollbackCommit?.slice(0, 12);
  out.result(releaseView(undone), () =>
    by ? `Rolled back by ${by}.` : 'It had been taken back already; noted.',
  );
  return exit.done;
}
