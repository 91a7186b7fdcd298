import type { HistoryEvent, Insight } from '../pipeline.ts';
import type {
  ChartView,
  DashboardView,
  FigureView,
  FolderChoice,
  TableView,
} from '../shared/protocol.ts';
import { historyWords } from './historyText.ts';
import { ago, dollars, dotted, duration, shorten } from './text.ts';
import { msg, t } from './l10n.ts';
import { codeWords } from './ticketText.ts';

/** What the dashboard shows. Pure. Honest with little data: no number is made of nothing. */

const none = '–';
const leastPoints = 5;
const maxRecent = 20;

export function dashboardViewOf(
  insight: Insight,
  events: readonly (HistoryEvent & { readonly folder?: string })[],
  days: number,
  now: Date,
): DashboardView {
  return {
    days,
    figures: [...countFigures(insight), ...healthFigures(insight)],
    charts: chartsOf(insight),
    tables: [
      costTable(t('Cost by model'), t('model'), insight.cost.byModel),
      costTable(t('Cost by outcome'), t('outcome'), insight.cost.byOutcome),
    ],
    recent: events.slice(0, maxRecent).map((event) => ({
      at: ago(event.at, now),
      text: dotted([
        event.folder,
        historyWords(event.kind),
        event.ticketId,
        event.detail && shorten(event.detail, 120),
      ]),
      ...(event.requestId ? { requestId: event.requestId } : {}),
    })),
  };
}

/** The figures of one of several folders. */
export interface FolderPart {
  readonly name: string;
  readonly insight: Insight;
}

/** With a choice of folder, and what each that is shown adds to the whole. */
export function withFolders(
  view: DashboardView,
  folders: FolderChoice,
  parts: readonly FolderPart[],
): DashboardView {
  const table: TableView = {
    title: t('By folder'),
    head: [
      t('folder'),
      t('unresolved tickets'),
      t('waiting'),
      t('proposed'),
      t('landed'),
      t('failed'),
      t('cost'),
    ],
    rows: parts.map(({ name, insight: { tickets, requests, cost } }) => [
      name,
      String(tickets.unresolved),
      String(requests.waiting),
      String(requests.proposed),
      String(requests.implemented),
      String(requests.failedAttempts),
      dollars(cost.totalUsd) ?? none,
    ]),
  };
  return { ...view, folders, tables: [table, ...view.tables] };
}

function countFigures({ requests, tickets, cost, ...rest }: Insight): readonly FigureView[] {
  const share = ({ value, part, of }: Insight['mergeRate']) =>
    value === undefined
      ? { value: none, note: t('nothing yet') }
      : { value: `${Math.round(value * 100)} %`, note: t('{0} of {1}', part, of) };
  const span = ({ medianMs, p90Ms, count }: Insight['timeToReview']) =>
    medianMs === undefined || p90Ms === undefined
      ? { value: none, note: t('nothing yet') }
      : {
          value: duration(medianMs),
          note: t('median of {0}; 9 of 10 within {1}', count, duration(p90Ms)),
        };
  return [
    { label: t('Waiting'), value: String(requests.waiting), note: t('patch requests to review') },
    {
      label: t('Proposed'),
      value: String(requests.proposed),
      note: t('{0} a week', requests.perWeek.toFixed(1)),
    },
    {
      label: t('Approved'),
      value: String(requests.approved),
      note: t('{0} rejected', requests.rejected),
    },
    {
      label: t('Landed'),
      value: String(requests.implemented),
      note: t('{0} rolled back', requests.rolledBack),
    },
    {
      label: t('Failed attempts'),
      value: String(requests.failedAttempts),
      note: t('no patch passed the gates'),
    },
    {
      label: t('Success rate'),
      ...share(rest.successRate),
      formula: t(
        'attempts whose patch landed and stayed ÷ attempts that failed or whose patch was decided',
      ),
    },
    {
      label: t('Merge rate'),
      ...share(rest.mergeRate),
      formula: t('requests that landed ÷ requests that were decided'),
    },
    { label: t('Time to review'), ...span(rest.timeToReview) },
    { label: t('Time to merge'), ...span(rest.timeToMerge) },
    {
      label: t('Tickets'),
      value: String(tickets.unresolved),
      note: t('unresolved; {0} created, {1} resolved', tickets.created, tickets.resolved),
    },
    {
      label: t('Cost of a landed fix'),
      value: dollars(cost.perLandedFixUsd) ?? none,
      note: dotted([
        t('{0} in all', dollars(cost.totalUsd) ?? none),
        cost.unpriced > 0 ? t('{0} attempts without a known price', cost.unpriced) : undefined,
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
    note: value === undefined ? t('too little is known') : t(unit),
    formula: t(formula),
    parts,
  });
  return [
    of(t('Health'), score),
    of(t('Improvement velocity'), velocity),
    of(t('Risk exposure'), riskExposure),
    oddsFigure(odds),
    { ...of(t('Quality trend'), qualityTrend), value: t(trendWords[qualityTrend.direction]) },
  ];
}

/** How good the odds were that were given before anything was spent. */
function oddsFigure({ predictions, brier, reference, bins }: Insight['odds']): FigureView {
  const percent = (share: number): string => `${Math.round(100 * share)} %`;
  return {
    label: t('Odds of drafts (Brier score)'),
    value: brier === undefined ? none : brier.toFixed(2),
    note:
      brier === undefined || reference === undefined
        ? t('nothing yet')
        : t(
            'of {0}; {1} by the one share that fits best; 0 is perfect',
            predictions,
            reference.toFixed(2),
          ),
    formula: t('mean of (chance said before − 1 where the patch was approved and stayed, else 0)²'),
    parts: bins.map(({ from, to, count, predicted, came }) =>
      t(
        '{0} to {1}: {2} said, {3} came ({4})',
        percent(from),
        percent(to),
        percent(predicted),
        percent(came),
        count,
      ),
    ),
  };
}

const trendWords = {
  better: msg('better'),
  steady: msg('steady'),
  worse: msg('worse'),
  unknown: none,
} as const;

function chartsOf({ days, distribution }: Insight): readonly ChartView[] {
  const labels = days.map(({ day }) => day.slice(5));
  return [
    enough({
      title: t('Tickets a day'),
      of: t('day'),
      kind: 'lines',
      labels,
      series: [
        { name: t('created'), values: days.map((day) => day.ticketsCreated) },
        { name: t('resolved'), values: days.map((day) => day.ticketsResolved) },
      ],
    }),
    enough({
      title: t('Patches a day'),
      of: t('day'),
      kind: 'lines',
      labels,
      series: [
        { name: t('proposed'), values: days.map((day) => day.proposed) },
        { name: t('landed'), values: days.map((day) => day.landed) },
        { name: t('failed'), values: days.map((day) => day.failedAttempts) },
        { name: t('rolled back'), values: days.map((day) => day.rolledBack) },
      ],
    }),
    distributed(
      t('Unresolved tickets by category'),
      t('category'),
      distribution.category,
      categories,
    ),
    distributed(
      t('Unresolved tickets by priority'),
      t('priority'),
      distribution.priority,
      priorities,
    ),
    distributed(t('Unresolved tickets by risk'), t('risk'), distribution.risk, risks),
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
    labels: names.map(codeWords),
    series: [{ name: t('tickets'), values: names.map((name) => counts[name] ?? 0) }],
  });
}

/** A picture of three things says more than there is to say. */
function enough(chart: ChartView): ChartView {
  const seen = chart.series.flatMap(({ values }) => values).reduce((sum, value) => sum + value, 0);
  return seen >= leastPoints
    ? chart
    : { ...chart, tooLittle: t('Only {0} so far; from {1} on this is drawn.', seen, leastPoints) };
}

function costTable(title: string, of: string, rows: Insight['cost']['byModel']): TableView {
  return {
    title,
    head: [of, t('attempts'), t('landed'), t('tokens'), t('cost')],
    rows: rows.map(({ name, attempts, landed, tokens, costUsd, unpriced }) => [
      codeWords(name),
      String(attempts),
      String(landed),
      tokens.toLocaleString('en'),
      unpriced === attempts && unpriced > 0 ? t('price not known') : (dollars(costUsd) ?? none),
    ]),
  };
}

function foldersLine({ folders }: DashboardView): readonly string[] {
  if (!folders) return [];
  const shown = folders.all.filter(({ id }) => folders.chosen === '' || id === folders.chosen);
  return [t('Of {0}.', shown.map(({ name }) => name).join(', ')), ''];
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
    t('# Patchwright, the last {0} days', view.days),
    '',
    ...foldersLine(view),
    ...table(
      [t('figure'), t('value'), ''],
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
