import { type RunReport, type RunType, runTypes } from '../pipeline.ts';
import { usageError } from './arguments.ts';
import type { Command, Context } from './command.ts';
import { exit } from './exitCodes.ts';

export const runCommand: Command = {
  usage: '--type hourly|daily|weekly|monthly|full [--dry-run] [--auto-execute]',
  help: 'do what is due, for cron, timers and CI: scan (sync, draft), analyse, propose, suggest refactorings',
  operands: 0,
  scansAside: true,
  overFolders: { linksTickets: true },
  run,
};

async function run({ app, args, out, signal }: Context): Promise<number> {
  const type = typeOf(args.type);
  const { dryRun, autoExecute } = args;
  const report = await app.pipeline.run(type, { dryRun, autoExecute }, signal);
  out.result(report, () => reportText(report));
  return report.failed.length === 0 ? exit.done : exit.failed;
}

function typeOf(given: string | undefined): RunType {
  const type = runTypes.find((one) => one === given);
  if (type) return type;
  throw usageError(`--type takes one of ${runTypes.join(', ')}.`);
}

function reportText({ found, done, skipped, failed }: RunReport): string {
  const lines = [
    ...done,
    ...found,
    ...skipped.map(({ what, why }) => `Skipped ${what}: ${why}`),
    ...failed.map(({ what, why }) => `Failed: ${what}: ${why}`),
  ];
  return lines.join('\n') || 'There was nothing to do.';
}
