import type { Insight } from '../pipeline.ts';
import type { App } from '../compose.ts';
import type { Arguments } from './arguments.ts';
import type { Command, Context, Total } from './command.ts';
import { exit } from './exitCodes.ts';

export const metricsCommand: Command = {
  usage: '[--days N]',
  help: 'say how much was proposed, landed and taken back, and what it cost',
  operands: 0,
  readOnly: true,
  overFolders: { total: together },
  run: metrics,
};

async function metrics({ app, args, out }: Context): Promise<number> {
  const insight = app.pipeline.insight(args.days);
  out.result(insight, () => insightText(insight, args.days));
  return exit.done;
}

function together([first, ...others]: readonly [App, ...App[]], { days }: Arguments): Total {
  const backlogs = others.map(({ backlog }) => backlog);
  const insight = first.pipeline.insight(days, backlogs);
  return { value: insight, text: insightText(insight, days) };
}

function insightText(insight: Insight, days: number): string {
  const { requests, tickets, cost, health, timeToReview, timeToMerge } = insight;
  const rows: readonly (readonly [string, string])[] = [
    [
      'requests',
      `${requests.proposed} proposed, ${requests.waiting} waiting, ${requests.perWeek} a week`,
    ],
    ['decided', `${requests.approved} approved, ${requests.rejected} rejected`],
    ['landed', `${requests.implemented}, ${requests.rolledBack} rolled back`],
    [
      'attempts',
      `${shareText(insight.successRate)} landed and stayed, ${requests.failedAttempts} failed`,
    ],
    ['merge rate', shareText(insight.mergeRate)],
    ['review', durationText(timeToReview)],
    ['merge', durationText(timeToMerge)],
    [
      'tickets',
      `${tickets.created} created, ${tickets.resolved} resolved, ${tickets.unresolved} unresolved`,
    ],
    ['cost', costText(cost)],
    ['health', figureText(health.score)],
    ['velocity', figureText(health.velocity)],
    ['risk', figureText(health.riskExposure)],
    ['odds', oddsText(insight.odds)],
    ['trend', `${health.qualityTrend.direction} (${health.qualityTrend.parts.join('; ')})`],
  ];
  return [
    `The last ${days} days:`,
    ...rows.map(([name, text]) => `  ${name.padEnd(11)} ${text}`),
  ].join('\n');
}

function oddsText({ predictions, brier, reference }: Insight['odds']): string {
  return brier === undefined
    ? 'nothing yet'
    : `Brier score ${brier.toFixed(3)} of ${predictions} (${reference?.toFixed(3)} by the one share that fits best)`;
}

function shareText({ value, part, of }: Insight['mergeRate']): string {
  return value === undefined ? 'nothing yet' : `${part} of ${of} (${Math.round(value * 100)} %)`;
}

function durationText({ count, medianMs, p90Ms }: Insight['timeToReview']): string {
  if (medianMs === undefined || p90Ms === undefined) return 'nothing yet';
  return `median ${spanText(medianMs)}, 9 of 10 within ${spanText(p90Ms)} (${count})`;
}

function spanText(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 90) return `${Math.round(minutes)} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}

function costText({ totalUsd, perLandedFixUsd, unpriced }: Insight['cost']): string {
  const each = perLandedFixUsd === undefined ? '' : `, $${perLandedFixUsd.toFixed(2)} a landed fix`;
  const without = unpriced === 0 ? '' : `; ${unpriced} attempts of models without a known price`;
  return `$${totalUsd.toFixed(2)}${each}${without}`;
}

function figureText({ value, unit, parts }: Insight['health']['score']): string {
  return value === undefined ? 'nothing yet' : `${value} ${unit} (${parts.join('; ')})`;
}
