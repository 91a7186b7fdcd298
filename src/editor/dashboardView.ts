import type { HistoryEvent, Insight } from '../pipeline.ts';
import type { ChartView, DashboardView, FigureView, TableView } from '../shared/protocol.ts';
import { historyWords } from './historyText.ts';
import { ago, dollars, dotted, duration, shorten } from './text.ts';

/** What the dashboard shows. Pure. Honest with little data: no number is made of nothing. */

const none = '–';
const leastPoints = 5;
const maxRecent = 20;

export function dashboardViewOf(
  insight: Insight,
  events: readonly HistoryEvent[],
  days: number,
  now: Date,
): DashboardView {
  return {
    days,
    figures: [...countFigures(insight), ...healthFigures(insight)],
    charts: chartsOf(insight),
    tables: [
      costTable('Cost by model', 'model', insight.cost.byModel),
      costTable('Cost by outcome', 'outcome', insight.cost.byOutcome),
    ],
    recent: events.slice(0, maxRecent).map((event) => ({
      at: ago(event.at, now),
      text: dotted([
        historyWords(event.kind),
        event.ticketId,
        event.detail && shorten(event.detail, 120),
      ]),
      ...(event.requestId ? { requestId: event.requestId } : {}),
    })),
  };
}

function countFigures({ requests, tickets, cost, ...rest }: Insight): readonly FigureView[] {
  const share = ({ value, part, of }: Insight['mergeRate']) =>
    value === undefined
      ? { value: none, note: 'nothing yet' }
      : { value: `${Math.round(value * 100)} %`, note: `${part} of ${of}` };
  const span = ({ medianMs, p90Ms, count }: Insight['timeToReview']) =>
    medianMs === undefined || p90Ms === undefined
      ? { value: none, note: 'nothing yet' }
      : {
          value: duration(medianMs),
          note: `median of ${count}; 9 of 10 within ${duration(p90Ms)}`,
        };
  return [
    { label: 'Waiting', value: String(requests.waiting), note: 'patch requests to review' },
    {
      label: 'Proposed',
      value: String(requests.proposed),
      note: `${requests.perWeek.toFixed(1)} a week`,
    },
    { label: 'Approved', value: String(requests.approved), note: `${requests.rejected} rejected` },
    {
      label: 'Landed',
      value: String(requests.implemented),
      note: `${requests.rolledBack} rolled back`,
    },
    {
      label: 'Failed attempts',
      value: String(requests.failedAttempts),
      note: 'no patch passed the gates',
    },
    {
      label: 'Success rate',
      ...share(rest.successRate),
      formula:
        'attempts whose patch landed and stayed ÷ attempts that failed or whose patch was decided',
    },
    {
      label: 'Merge rate',
      ...share(rest.mergeRate),
      formula: 'requests that landed ÷ requests that were decided',
    },
    { label: 'Time to review', ...span(rest.timeToReview) },
    { label: 'Time to merge', ...span(rest.timeToMerge) },
    {
      label: 'Tickets',
      value: String(tickets.unresolved),
      note: `unresolved; ${tickets.created} created, ${tickets.resolved} resolved`,
    },
    {
      label: 'Cost of a landed fix',
      value: dollars(cost.perLandedFixUsd) ?? none,
      note: dotted([
        `${dollars(cost.totalUsd) ?? none} in all`,
        cost.unpriced > 0 ? `${cost.unpriced} attempts without a known price` : undefined,
      ]),
    },
  ];
}

function healthFigures({ health, odds }: Insight): readonly FigureView[] {
  const { score, velocity, riskExposure, qualityTrend } = health;
  const of = (
    label: string,
    { value, unit, formula, parts }: Insight['health']['score'],
  ): FigureView => ({
    label,
    value: value === undefined ? none : value.toLocaleString('en'),
    note: value === undefined ? 'too little is known' : unit,
    formula,
    parts,
  });
  return [
    of('Health', score),
    of('Improvement velocity', velocity),
    of('Risk exposure', riskExposure),
    oddsFigure(odds),
    { ...of('Quality trend', qualityTrend), value: trendWords[qualityTrend.direction] },
  ];
}

/** How good the odds were that were given before anything was spent. */
function oddsFigure({ predictions, brier, reference, bins }: Insight['odds']): FigureView {
  const percent = (share: number): string => `${Math.round(100 * share)} %`;
  return {
    label: 'Odds of drafts (Brier score)',
    value: brier === undefined ? none : brier.toFixed(2),
    note:
      brier === undefined
        ? 'nothing yet'
        : `of ${predictions}; ${reference?.toFixed(2)} by the one share that fits best; 0 is perfect`,
    formula: 'mean of (chance said before − 1 where the patch was approved and stayed, else 0)²',
    parts: bins.map(
      ({ from, to, count, predicted, came }) =>
        `${percent(from)} to ${percent(to)}: ${percent(predicted)} said, ${percent(came)} came (${count})`,
    ),
  };
}

const trendWords = { better: 'better', steady: 'steady', worse: 'worse', unknown: none } as const;

function chartsOf({ days, distribution }: Insight): readonly ChartView[] {
  const labels = days.map(({ day }) => day.slice(5));
  return [
    enough({
      title: 'Tickets a day',
      of: 'day',
      kind: 'lines',
      labels,
      series: [
        { name: 'created', values: days.map((day) => day.ticketsCreated) },
        { name: 'resolved', values: days.map((day) => day.ticketsResolved) },
      ],
    }),
    enough({
      title: 'Patches a day',
      of: 'day',
      kind: 'lines',
      labels,
      series: [
        { name: 'proposed', values: days.map((day) => day.proposed) },
        { name: 'landed', values: days.map((day) => day.landed) },
        { name: 'failed', values: days.map((day) => day.failedAttempts) },
        { name: 'rolled back', values: days.map((day) => day.rolledBack) },
      ],
    }),
    distributed('Unresolved tickets by category', 'category', distribution.category, categories),
    distributed('Unresolved tickets by priority', 'priority', distribution.priority, priorities),
    distributed('Unresolved tickets by risk', 'risk', distribution.risk, risks),
  ];
}

const categories = ['bug_fix', 'performance', 'feature', 'refactor'];
const priorities = ['critical', 'high', 'medium', 'low'];
const risks = Array.from({ length: 10 }, (_, i) => String(i + 1));

function distributed(
  title: string,
  of: string,
  counts: Readonly<Record<string, number>>,
  names: readonly string[],
): ChartView {
  return enough({
    title,
    of,
    kind: 'bars',
    labels: names.map((name) => name.replace('_', ' ')),
    series: [{ name: 'tickets', values: names.map((name) => counts[name] ?? 0) }],
  });
}

/** A picture of three things says more than there is to say. */
function enough(chart: ChartView): ChartView {
  const seen = chart.series.flatMap(({ values }) => values).reduce((sum, value) => sum + value, 0);
  return seen >= leastPoints
    ? chart
    : { ...chart, tooLittle: `Only ${seen} so far; from ${leastPoints} on this is drawn.` };
}

function costTable(title: string, of: string, rows: Insight['cost']['byModel']): TableView {
  return {
    title,
    head: [of, 'attempts', 'landed', 'tokens', 'cost'],
    rows: rows.map(({ name, attempts, landed, tokens, costUsd, unpriced }) => [
      name.replace('_', ' '),
      String(attempts),
      String(landed),
      tokens.toLocaleString('en'),
      unpriced === attempts && unpriced > 0 ? 'price not known' : (dollars(costUsd) ?? none),
    ]),
  };
}

/** The dashboard as a document to keep. */
export function dashboardMarkdown(view: DashboardView): string {
  const cells = (row: readonly string[]): string =>
    `| ${row.map((text) => text.replace(/[|\n]/g, ' ')).join(' | ')} |`;
  const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
    cells(head),
    cells(head.map(() => '---')),
    ...rows.map(cells),
    '',
  ];
  return [
    `# Patchwright, the last ${view.days} days`,
    '',
    ...table(
      ['figure', 'value', ''],
      view.figures.map(({ label, value, note }) => [label, value, note]),
    ),
    ...view.charts.flatMap(({ title, of, labels, series, tooLittle }) => [
      `## ${title}`,
      '',
      ...(tooLittle === undefined
        ? table(
            [of, ...series.map(({ name }) => name)],
            labels.map((label, i) => [
              label,
              ...series.map(({ values }) => String(values[i] ?? 0)),
            ]),
          )
        : [tooLittle, '']),
    ]),
    ...view.tables.flatMap(({ title, head, rows }) => [`## ${title}`, '', ...table(head, rows)]),
  ].join('\n');
}
