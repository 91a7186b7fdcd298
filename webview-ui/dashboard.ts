import { html, nothing, svg, type TemplateResult } from 'lit';
import type {
  ChartView,
  DashboardView,
  FigureView,
  FolderChoice,
  RecentView,
  TableView,
} from '../src/shared/protocol.ts';
import { t } from './l10n.ts';
import type { Send } from './page.ts';
import { bar, when } from './parts.ts';

/** How the workspace is doing: figures, charts with their tables, what happened lately. */
export function dashboard(view: DashboardView, send: Send): TemplateResult {
  return html`
    <main>
      <header class="bar">
        <h1 tabindex="-1">${t('Patchwright Dashboard')}</h1>
        ${choices(view, send)}
      </header>
      ${view.groups.map(
        ({ title, figures }) =>
          html`<h2>${title}</h2>
            <ul class="figures">${figures.map(figure)}</ul>`,
      )}
      <div class="charts">${view.charts.map(chart)} ${view.tables.map(titled)}</div>
      <h2>${t('Recent activity')}</h2>
      ${view.recent.length === 0 ? html`<p class="quiet">${t('Nothing has happened yet.')}</p>` : nothing}
      <ul class="plain recent">${view.recent.map((one) => recentRow(one, send))}</ul>
    </main>
  `;
}

function recentRow({ at, text, detail, ticketId, requestId }: RecentView, send: Send) {
  const open = (): void => send({ kind: 'openRequest', requestId: requestId ?? '' });
  const ticket = requestId
    ? html`<button class="link" @click=${open}>${ticketId}</button>`
    : ticketId;
  return html`<li>${when(at)}<span>${text} · ${ticket}</span><span class="quiet">${detail}</span></li>`;
}

const periods = [7, 30, 90, 365] as const;

function choices({ days, folders }: DashboardView, send: Send): TemplateResult {
  const change = (event: Event): void => {
    send({ kind: 'days', days: Number((event.target as HTMLSelectElement).value) });
  };
  return html`<p class="row">
    ${folders ? folderChoice(folders, send) : nothing}
    <label
      >${t('Period')}
      <select @change=${change}>
        ${periods.map((one) => html`<option value=${one} ?selected=${one === days}>${t('last {0} days', one)}</option>`)}
      </select></label
    >
    <button @click=${() => send({ kind: 'export', format: 'markdown' })}>${t('Export as Markdown')}</button>
    <button @click=${() => send({ kind: 'export', format: 'json' })}>${t('Export as JSON')}</button>
  </p>`;
}

function folderChoice({ all, chosen }: FolderChoice, send: Send): TemplateResult {
  const change = (event: Event): void => {
    send({ kind: 'folder', folder: (event.target as HTMLSelectElement).value });
  };
  const items = [{ id: '', name: t('all together') }, ...all];
  return html`<label
    >${t('Folder')}
    <select @change=${change}>
      ${items.map(({ id, name }) => html`<option value=${id} ?selected=${id === chosen}>${name}</option>`)}
    </select></label
  >`;
}

function figure({ label, value, note, formula, parts = [] }: FigureView): TemplateResult {
  return html`<li class="figure">
    <span class="label">${label}</span>
    <span class="value">${value}</span>
    <span class="quiet">${note}</span>
    ${
      formula === undefined
        ? nothing
        : html`<details>
          <summary aria-label=${t('Formula of {0}', label)}>${t('Formula')}</summary>
          <p>${formula}</p>
          <ul>${parts.map((part) => html`<li>${part}</li>`)}</ul>
        </details>`
    }
  </li>`;
}

function chart(view: ChartView): TemplateResult {
  return html`<section class="chart">
    <h2>${view.title}</h2>
    ${view.tooLittle === undefined ? chartBody(view) : html`<p class="quiet">${view.tooLittle}</p>`}
  </section>`;
}

/** Bars are a table already; of lines there is one to open. */
function chartBody(view: ChartView): TemplateResult {
  if (view.kind === 'bars') return bars(view);
  const { title, of, series, labels } = view;
  return html`${drawing(view)} ${legend(view)}
    <details class="more">
      <summary>${t('{0} as a table', title)}</summary>
      ${table({
        title,
        head: [of, ...series.map(({ name }) => name)],
        rows: labels.map((label, i) => [
          label,
          ...series.map(({ values }) => String(values[i] ?? 0)),
        ]),
      })}
    </details>`;
}

function titled(view: TableView): TemplateResult {
  return html`<section class="chart">
    <h2>${view.title}</h2>
    ${view.rows.length === 0 ? html`<p class="quiet">${t('nothing yet')}</p>` : table(view)}
  </section>`;
}

function legend({ series }: ChartView): TemplateResult {
  return html`<p class="legend">
    ${series.map(
      ({ name }, i) =>
        html`<span><svg class="swatch" viewBox="0 0 24 8" aria-hidden="true">
          ${svg`<line class="line tone-${i}" x2="24" y1="4" y2="4" />`}</svg>${name}</span>`,
    )}
  </p>`;
}

const [width, height] = [320, 110] as const;

/** The numbers are in the table below; a picture says how they go. */
function drawing({ title, series, labels }: ChartView): TemplateResult {
  const most = Math.max(1, ...series.flatMap(({ values }) => values));
  const sums = series.map(({ name, values }) => `${name}: ${t('{0} in all', sum(values))}`);
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}. ${sums.join('; ')}">
    ${[top, bottom].map((y) => svg`<line class="grid" x2=${width} y1=${y} y2=${y} />`)}
    ${series.map(({ values }, i) => svg`<polyline class="line tone-${i}" points=${pointsOf(values, most)} />`)}
    <text x="0" y="10" class="axis">${most}</text>
    <text x="0" y=${height - 2} class="axis">${labels[0]}</text>
    <text x=${width} y=${height - 2} class="axis" text-anchor="end">${labels.at(-1)}</text>
  </svg>`;
}

const [top, bottom] = [14, height - 16] as const;

function pointsOf(values: readonly number[], most: number): string {
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  return values
    .map((value, x) => `${x * step},${bottom - ((bottom - top) * value) / most}`)
    .join(' ');
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

/** A row each, with its name and its number. */
function bars({ title, of, series, labels }: ChartView): TemplateResult {
  const [{ name, values } = { name: '', values: [] }] = series;
  const most = Math.max(1, ...values);
  return html`<table class="bars" aria-label=${title}>
    <thead class="unseen">
      <tr><th scope="col">${of}</th><th scope="col">${name}</th></tr>
    </thead>
    <tbody>
      ${labels.map(
        (label, i) =>
          html`<tr><th scope="row">${label}</th><td>${bar((values[i] ?? 0) / most)}${values[i] ?? 0}</td></tr>`,
      )}
    </tbody>
  </table>`;
}

function table({ title, head, rows, hasNames }: TableView): TemplateResult {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${title}>
    <table class=${hasNames ? 'names' : ''}>
      <thead>
        <tr>${head.map((text) => html`<th scope="col">${text}</th>`)}</tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((text, i) => (i === 0 ? html`<th scope="row">${text}</th>` : html`<td>${text}</td>`))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
