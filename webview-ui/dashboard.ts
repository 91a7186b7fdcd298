import { html, nothing, svg, type TemplateResult } from 'lit';
import type {
  ChartView,
  DashboardView,
  FigureView,
  FolderChoice,
  TableView,
} from '../src/shared/protocol.ts';
import { t } from './l10n.ts';
import type { Send } from './page.ts';

/** How the workspace is doing: figures, charts with their tables, what happened lately. */
export function dashboard(view: DashboardView, send: Send): TemplateResult {
  return html`
    <main>
      <header>
        <h1>${t('Patchwright Dashboard')}</h1>
        ${choices(view, send)}
      </header>
      <ul class="figures">${view.figures.map(figure)}</ul>
      <div class="charts">${view.charts.map(chart)}</div>
      ${view.tables.map((one) => html`<h2>${one.title}</h2>${table(one)}`)}
      <h2>${t('Recent activity')}</h2>
      ${view.recent.length === 0 ? html`<p class="quiet">${t('Nothing has happened yet.')}</p>` : nothing}
      <ul>
        ${view.recent.map(({ at, text, requestId }) => {
          const open = (): void => send({ kind: 'openRequest', requestId: requestId ?? '' });
          const words = requestId
            ? html`<button class="link" @click=${open}>${text}</button>`
            : text;
          return html`<li>${words} <span class="quiet">${at}</span></li>`;
        })}
      </ul>
    </main>
  `;
}

const periods = [7, 30, 90, 365] as const;

function choices({ days, folders }: DashboardView, send: Send): TemplateResult {
  const change = (event: Event): void => {
    send({ kind: 'days', days: Number((event.target as HTMLSelectElement).value) });
  };
  return html`<p class="facts">
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
  const body =
    view.tooLittle === undefined
      ? html`${drawing(view)} ${legend(view)}
          <details>
            <summary>${t('{0} as a table', view.title)}</summary>
            ${table({
              title: view.title,
              head: [view.of, ...view.series.map(({ name }) => name)],
              rows: view.labels.map((label, i) => [
                label,
                ...view.series.map(({ values }) => String(values[i] ?? 0)),
              ]),
            })}
          </details>`
      : html`<p class="quiet">${view.tooLittle}</p>`;
  return html`<section class="chart"><h2>${view.title}</h2>${body}</section>`;
}

function legend({ series, kind }: ChartView): TemplateResult | typeof nothing {
  if (series.length < 2) return nothing;
  return html`<p class="legend">
    ${series.map(({ name }, i) => html`<span><span class="swatch tone-${i} ${kind}" aria-hidden="true"></span>${name}</span>`)}
  </p>`;
}

const [width, height] = [320, 110] as const;

/** The numbers are in the table below; a picture says how they go. */
function drawing(view: ChartView): TemplateResult {
  const most = Math.max(1, ...view.series.flatMap(({ values }) => values));
  const shapes = view.kind === 'lines' ? lines(view, most) : bars(view, most);
  const summary = view.series
    .map(
      ({ name, values }) =>
        `${name}: ${t(
          '{0} in all',
          values.reduce((sum, value) => sum + value, 0),
        )}`,
    )
    .join('; ');
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${view.title}. ${summary}">
    ${shapes}
    <text x="0" y="10" class="axis">${most}</text>
    <text x="0" y=${height - 2} class="axis">${view.labels[0]}</text>
    <text x=${width} y=${height - 2} class="axis" text-anchor="end">${view.labels.at(-1)}</text>
  </svg>`;
}

const [top, bottom] = [14, height - 16] as const;

function heightOf(value: number, most: number): number {
  return ((bottom - top) * value) / most;
}

function lines({ series, labels }: ChartView, most: number) {
  const step = labels.length > 1 ? width / (labels.length - 1) : 0;
  return series.map(({ values }, i) => {
    const points = values.map((value, x) => `${x * step},${bottom - heightOf(value, most)}`);
    return svg`<polyline class="line tone-${i}" points=${points.join(' ')} />`;
  });
}

function bars({ series, labels }: ChartView, most: number) {
  const slot = width / Math.max(1, labels.length);
  const thick = (slot * 0.8) / Math.max(1, series.length);
  return series.flatMap(({ values }, i) =>
    values.map((value, x) => {
      const tall = heightOf(value, most);
      return svg`<rect class="bar tone-${i}" x=${x * slot + slot * 0.1 + i * thick} y=${bottom - tall}
        width=${thick} height=${tall} />`;
    }),
  );
}

function table({ title, head, rows }: TableView): TemplateResult {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${title}>
    <table>
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
