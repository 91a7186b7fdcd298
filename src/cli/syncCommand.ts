import type { SyncReport } from '../pipeline.ts';
import { usageError } from './arguments.ts';
import type { Command, Context } from './command.ts';
import { exit } from './exitCodes.ts';
import { callOf } from './invocation.ts';
import { count } from './views.ts';

export const syncCommand: Command = {
  usage:
    '[requests | approve REQUEST [-m COMMENT] | take REQUEST] [--dry-run | --people | --trust KEY]',
  help: "exchange the backlog with a team's through git (off by default); list others' patches, say yes to one, or take one over",
  operands: 2,
  run: sync,
};

async function sync(context: Context): Promise<number> {
  const { app, args, out, signal } = context;
  const [verb, name] = args.rest;
  if (verb !== undefined) return theirs(context, verb, name);
  if (args.people) {
    const people = await app.pipeline.people();
    out.result(people, () =>
      people
        .map(({ name: who, fingerprint, since }) => `${since.slice(0, 10)} ${fingerprint} ${who}`)
        .join('\n'),
    );
    return people.length === 0 ? exit.nothing : exit.done;
  }
  const { dryRun, trust } = args;
  const options = { dryRun, ...(trust === undefined ? {} : { trust }) };
  const report = await app.pipeline.sync(options, signal);
  out.result(report, () => reportText(report));
  if (report.failed !== undefined) return exit.failed;
  return report.refused.length > 0 ? exit.refused : exit.done;
}

async function theirs(context: Context, verb: string, name: string | undefined): Promise<number> {
  const { app, args, out, signal } = context;
  if (verb === 'requests' && name === undefined) {
    const requests = app.backlog.team.requests();
    out.result(requests, () =>
      requests
        .map((one) => {
          const yes = app.backlog.team.approvals(one.id).map(({ by }) => by);
          const heard = yes.length > 0 ? `; yes of ${yes.join(', ')}` : '';
          return `${one.id.slice(0, 8)} ${one.status} ${one.ticketId} by ${one.by}${heard}`;
        })
        .join('\n'),
    );
    return requests.length === 0 ? exit.nothing : exit.done;
  }
  if (name === undefined || !['approve', 'take'].includes(verb)) {
    throw usageError(`There is no \`sync ${args.rest.join(' ')}\`.`);
  }
  if (verb === 'approve') {
    const { id, by } = await app.pipeline.vouch(name, args.message ?? '', signal);
    out.result(
      { requestId: id, vouched: true },
      () => `The gates pass it here too. ${by} sees your yes once both have synced.`,
    );
    return exit.done;
  }
  const request = await app.pipeline.takeOver(name, signal);
  out.result(
    { requestId: request.id, ticketId: request.ticketId, commit: request.commit },
    () =>
      `The gates pass it here too. Look at it with:\n  ${callOf(args, 'diff', request.id.slice(0, 8))}`,
  );
  return exit.done;
}

function reportText(report: SyncReport): string {
  const { received, refused, met, sent, pushed, failed, puts } = report;
  if (puts) return puts.map((put) => JSON.stringify(put)).join('\n') || 'Nothing would be sent.';
  const lines = [
    ...met.map(({ name, fingerprint }) => `Met ${name}, key ${fingerprint}; trusted from now on.`),
    ...received.map(({ name, changes }) => `${count(changes, 'change')} of ${name}.`),
    ...refused.map(({ chain, why }) => `Refused ${chain}: ${why}.`),
    ...(failed === undefined ? [] : [`${failed} All is kept for the next sync.`]),
    ...(sent > 0 ? [`${count(sent, 'change')} of yours${pushed ? '' : ', not pushed yet'}.`] : []),
  ];
  return lines.join('\n') || 'Nothing was new.';
}
