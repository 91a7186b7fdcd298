import { relative, resolve, sep } from 'node:path';
import type { HistoryEvent } from '../pipeline.ts';
import { usageError } from './arguments.ts';
import type { Command, Context } from './command.ts';
import { exit } from './exitCodes.ts';

export const historyCommand: Command = {
  usage: '[FILE]',
  help: 'say what was proposed, landed, taken back and refused, of all or of one file',
  operands: 1,
  readOnly: true,
  run: history,
};

async function history({ app, args, out }: Context): Promise<number> {
  const [name] = args.rest;
  const path =
    name === undefined
      ? undefined
      : pathIn(app.folder, args.folders.length > 0 ? resolve(app.folder, name) : resolve(name));
  const events = (await app.pipeline.history(path)).slice(0, args.limit);
  const nothing = path ? `Patchwright has never touched ${path}.` : 'Nothing has happened yet.';
  out.result(events, () => events.map(lineOf).join('\n') || nothing);
  return events.length === 0 ? exit.nothing : exit.done;
}

/** The file need not exist any more: a patch may have deleted it. */
function pathIn(folder: string, name: string): string {
  const path = relative(folder, name).split(sep).join('/');
  if (path === '' || path.startsWith('../')) throw usageError(`${name} is not in ${folder}.`);
  return path;
}

function lineOf(event: HistoryEvent): string {
  const { at, kind, ticketId, requestId, commit, by, detail } = event;
  return [
    at,
    kind.replace('_', ' ').padEnd(11),
    ticketId,
    ...(requestId ? [requestId.slice(0, 8)] : []),
    ...(commit ? [commit.slice(0, 12)] : []),
    ...(by ? [`by ${by}`] : []),
    ...(detail ? [detail] : []),
  ].join(' · ');
}
