import type { HistoryEvent, Insight } from '../pipeline.ts';
import type {
  ChartView,
  DashboardView,
  FigureView,
  FolderChoice,
  TableView,
} from '../shared/protocol.ts';
import { historyWords } from './historyText.ts';
import { dollars, dotted, duration, moment, plural, shorten } from './text.ts';
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
    groups: [
      { title: t('Patches'), figures: countFigures(insight) },
      { title: t('Pace and cost'), figures: paceFigures(insight) },
      { title: t('Health'), figures: healthFigures(insight) },
    ],
    charts: chartsOf(insight),
    tables: [
      {
        ...costTable(t('Cost by model'), t('Model'), insight.cost.byModel, modelName),
        hasNames: true,
      },
      costTable(t('Cost by outcome'), t('Outcome'), insight.cost.byOutcome, codeWords),
    ],
    recent: events.slice(0, maxRecent).map((event) => ({
      at: moment(event.at, now),
      text: dotted([event.folder, historyWords(event.kind)]),
      detail: shorten(event.detail ?? '', 120),
      ticketId: event.ticketId,
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
    hasNames: true,
    head: [
      t('Folder'),
      t('Unresolved tickets'),
      t('Waiting'),
      t('Proposed'),
      t('Landed'),
      t('Failed'),
      t('Cost'),
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

function countFigures({ requests, tickets }: Insight): readonly FigureView[] {
  return [
    {
      label: t('Waiting'),
      value: String(requests.waiting),
      note: requests.waiting === 1 ? t('patch request to review') : t('patch requests to review'),
    },
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
      label: t('Tickets'),
      value: tickets.unresolved.toLocaleString('en'),
      note: t(
        'unresolved; {0} created, {1} resolved',
        tickets.created.toLocaleString('en'),
        tickets.resolved.toLocaleString('en'),
      ),
    },
  ];
}

function paceFigures({ cost, ...rest }: Insight): readonly FigureView[] {
  return [
    {
      label: t('Success rate'),
      ...shareFigure(rest.successRate),
      formula: t(
        'attempts whose patch landed and stayed ÷ attempts that failed or whose patch was decided',
      ),
    },
    {
      label: t('Merge rate'),
      ...shareFigure(rest.mergeRate),
      formula: t('requests that landed ÷ requests that were decided'),
    },
    { label: t('Time to review'), ...spanFigure(rest.timeToReview) },
    { label: t('Time to merge'), ...spanFigure(rest.timeToMerge) },
    {
      label: t('Cost of a landed fix'),
      value: dollars(cost.perLandedFixUsd) ?? none,
      note: dotted([
        t('{0} in all', dollars(cost.totalUsd) ?? none),
        cost.unpriced > 0
          ? t('{0} without a known price', plural(cost.unpriced, 'attempt'))
          : undefined,
      ]),
    },
  ];
}

type Shown = Pick<FigureView, 'value' | 'note'>;

function shareFigure({ value, part, of }: Insight['mergeRate']): Shown {
  return value === undefined
    ? { value: none, note: t('nothing yet') }
    : { value: `${Math.round(value * 100)} %`, note: t('{0} of {1}', part, of) };
}

function spanFigure({ medianMs, p90Ms, count }: Insight['timeToReview']): Shown {
  return medianMs === undefined || p90Ms === undefined
    ? { value: none, note: t('nothing yet') }
    : {
        value: duration(medianMs),
        note: t('median of {0}; 9 of 10 within {1}', count, duration(p90Ms)),
      };
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
    trendFigure(of(t('Quality trend'), qualityTrend), qualityTrend),
  ];
}

/** In a word; by how much is the note. */
function trendFigure(figure: FigureView, { value, direction }: Insight['health']['qualityTrend']) {
  if (value === undefined) return figure;
  return {
    ...figure,
    value: t(trendWords[direction]),
    note:
      value === 0
        ? t('as in the period before')
        : t('by {0}, compared with the period before', plural(Math.abs(value), 'ticket')),
  };
}

/** How good the odds were that were given before anything was spent. */
function oddsFigure({ predictions, brier, reference, bins }: Insight['odds']): FigureView {
  const percent = (share: number): string => `${Math.round(100 * share)} %`;
  return {
    label: t('Error of the odds'),
    value: brier === undefined ? none : brier.toFixed(2),
    note:
      brier === undefined || reference === undefined
        ? t('nothing yet')
        : t(
            'Brier score of {0} drafts, 0 is perfect; {1} for saying the same odds of all',
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
      of: t('Day'),
      kind: 'lines',
      labels,
      series: [
        { name: t('Created'), values: days.map((day) => day.ticketsCreated) },
        { name: t('Resolved'), values: days.map((day) => day.ticketsResolved) },
      ],
    }),
    enough({
      title: t('Patches a day'),
      of: t('Day'),
      kind: 'lines',
      labels,
      series: [
        { name: t('Proposed'), values: days.map((day) => day.proposed) },
        { name: t('Landed'), values: days.map((day) => day.landed) },
        { name: t('Failed'), values: days.map((day) => day.failedAttempts) },
        { name: t('Rolled back'), values: days.map((day) => day.rolledBack) },
      ],
    }),
    distributed(
      t('Unresolved tickets by category'),
      t('Category'),
      distribution.category,
      categories,
    ),
    distributed(
      t('Unresolved tickets by priority'),
      t('Priority'),
      distribution.priority,
      priorities,
    ),
    distributed(t('Unresolved tickets by risk'), t('Risk'), distribution.risk, risks),
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
    series: [{ name: t('Tickets'), values: names.map((name) => counts[name] ?? 0) }],
  });
}

/** A picture of three things says more than there is to say. */
function enough(chart: ChartView): ChartView {
  const seen = chart.series.flatMap(({ values }) => values).reduce((sum, value) => sum + value, 0);
  return seen >= leastPoints
    ? chart
    : { ...chart, tooLittle: t('Only {0} so far; from {1} on this is drawn.', seen, leastPoints) };
}

/** As its server spells it. */
function modelName(name: string): string {
  return shorten(name, 100);
}

function costTable(
  title: string,
  of: string,
  rows: Insight['cost']['byModel'],
  wordsOf: (name: string) => string,
): TableView {
  return {
    title,
    head: [of, t('Attempts'), t('Landed'), t('Tokens'), t('Cost')],
    rows: rows.map(({ name, attempts, landed, tokens, costUsd, unpriced }) => [
      wordsOf(name),
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
      [t('Figure'), t('Value'), ''],
      view.groups.flatMap(({ figures }) =>
        figures.map(({ label, value, note }) => [label, value, note]),
      ),
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
