import type { PerformanceReport } from '../pipeline.ts';
import type { Command, Context } from './command.ts';
import { exit } from './exitCodes.ts';

export const reportCommand: Command = {
  usage: '[--days N]',
  help: 'say how the program is doing by what was measured of it: slow endpoints, errors, leaks, cost (7 days at most)',
  operands: 0,
  readOnly: true,
  overFolders: {},
  run: report,
};

async function report({ app, args, out }: Context): Promise<number> {
  const found = app.pipeline.performance(args.days);
  out.result(found, () => reportText(found));
  return found.health.value === undefined && found.costs.length === 0 ? exit.nothing : exit.done;
}

export function reportText(found: PerformanceReport): string {
  const { period, health, bottlenecks, slow, errorRates, leaks, costs } = found;
  if (health.value === undefined && costs.length === 0) return 'Nothing was measured yet.';
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  return [
    `${period.from} to ${period.to}:`,
    ...(health.value === undefined
      ? []
      : [`  health      ${health.value} ${health.unit} (${health.parts.join('; ')})`]),
    ...bottlenecks.map(
      ({ name, shareOfTime, calls }) =>
        `  bottleneck  ${name}: ${percent(shareOfTime)} of the time, ${calls} calls`,
    ),
    ...slow.map(
      ({ name, p95Ms, p95MsBefore }) =>
        `  slow        ${name}: 95 % within ${p95Ms} ms${before(p95MsBefore?.toString(), ' ms')}`,
    ),
    ...errorRates.map(
      (one) =>
        `  errors      ${one.name}: ${percent(one.value)}${before(one.before === undefined ? undefined : percent(one.before))}`,
    ),
    ...leaks.map(({ ticketId, reason }) => `  leak        ${ticketId}: ${reason}`),
    ...costs.map(
      (one) =>
        `  cost        ${one.name}: $${one.value.toFixed(2)}${before(one.before === undefined ? undefined : `$${one.before.toFixed(2)}`)}`,
    ),
  ].join('\n');
}

function before(value: string | undefined, unit = ''): string {
  return value === undefined ? '' : ` (before ${value}${unit})`;
}
