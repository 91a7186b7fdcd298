import { html, nothing, svg, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { repeat } from 'lit/directives/repeat.js';
import type {
  FileView,
  GateView,
  HunkView,
  PageAction,
  Place,
  Reasoned,
  ReviewView,
  StepView,
  TrendView,
} from '../src/shared/protocol.ts';
import { signed } from '../src/shared/figures.ts';
import { msg, t } from './l10n.ts';
import type { Send } from './page.ts';
import { bar, definitions, list, more, prose, section, when } from './parts.ts';

/** All that is known of one patch request, and what can be done with it. */
export function review(view: ReviewView, send: Send): TemplateResult {
  return html`
    <main>
      ${header(view)} ${why(view, send)} ${what(view, send)} ${proof(view, send)} ${how(view)}
      ${history(view)}
    </main>
    ${foot(view, send)}
  `;
}

function header(view: ReviewView): TemplateResult {
  const { confidence, status } = view;
  return html`
    <header>
      <h1 tabindex="-1">${view.title}</h1>
      <p class="facts">
        <span class="state state-${status.id.toLowerCase()}" role="status">${status.words}</span>
        <span>${view.gatesPassed}</span>
        <span>${view.size}</span>
        ${when(view.created)}
        ${view.edits === '' ? nothing : html`<span class="noted">${view.edits}</span>`}
      </p>
      <details class="inline">
        <summary>
          ${t('Confidence {0}', confidence.value.toFixed(2))} ${bar(confidence.value)}
        </summary>
        ${definitions(confidence.parts.map(({ label, value }) => [label, signed(value)]))}
      </details>
    </header>
  `;
}

function why(view: ReviewView, send: Send): TemplateResult {
  const { ticket, evidence } = view;
  return section(
    t('Why'),
    html`
      <p>${prose(view.reasoning)}</p>
      ${definitions([
        [t('Ticket'), ticket.id],
        [t('Seen'), ticket.seen],
        [t('Lately'), ticket.trend ? lately(ticket.trend) : ''],
        [t('Priority'), reasoned(ticket.priority)],
        [t('Risk'), reasoned(ticket.risk)],
        [t('Effort'), reasoned(ticket.effort)],
        [t('Another draft'), ticket.odds],
      ])}
      ${
        ticket.stack.length === 0
          ? nothing
          : html`<h3>${t('Stack')}</h3>
            <ol class="plain">${ticket.stack.map((place) => html`<li>${stackRow(place, send)}</li>`)}</ol>`
      }
      ${list(t('Suspect commits'), ticket.suspects)}
      ${list(t('Also in other folders'), ticket.links)}
      ${more(t('Evidence ({0})', evidence.length), evidence, () =>
        evidence.map(
          ({ at, file, text }) =>
            html`<p>${link({ path: file, label: file }, send)} <span class="quiet">${at}</span></p>
              <pre tabindex="0" aria-label=${t('Evidence of {0}', at)}>${text}</pre>`,
        ),
      )}
      ${more(t('Why these events are one ticket'), ticket.groupedBy, () =>
        definitions(ticket.groupedBy.map(({ label, value }) => [label, value])),
      )}
    `,
  );
}

function stackRow(place: Place, send: Send): TemplateResult {
  return html`${link(place, send)} <span class="quiet">${place.within ?? ''}</span>`;
}

const [sparkWidth, sparkHeight] = [160, 24] as const;

/** What the line shows is said in words beside it. */
function lately({ values, words }: TrendView): TemplateResult {
  const most = Math.max(1, ...values);
  const step = sparkWidth / Math.max(1, values.length - 1);
  const points = values.map((value, day) => `${day * step},${sparkHeight * (1 - value / most)}`);
  return html`${words}
    <svg class="spark" viewBox="0 -2 ${sparkWidth} ${sparkHeight + 4}" aria-hidden="true">
    ${svg`<polyline class="line tone-0" points=${points.join(' ')} />`}
    </svg>`;
}

function reasoned({ value, reason }: Reasoned): string {
  return reason ? `${value}: ${reason}` : value;
}

function link(place: Place, send: Send): TemplateResult {
  const open = (): void => {
    const { path, line } = place;
    send({ kind: 'openFile', path, ...(line === undefined ? {} : { line }) });
  };
  return html`<button class="link" @click=${open}>${place.label}</button>`;
}

function what(view: ReviewView, send: Send): TemplateResult {
  const openAll = (): void => send({ kind: 'act', action: 'openReview' });
  const canDrop = view.actions.requestChanges.offered;
  const isSmall = lineCount(view.files) <= fewLines;
  return section(
    t('What'),
    html`
      <ul class="plain">
        ${keyed(
          view.commit, // a tick must not stay for another hunk of an edited patch
          view.files.map(
            (file) =>
              html`<li class="file">${fileRow(file, send)} ${hunkRows(file, canDrop, isSmall)}</li>`,
          ),
        )}
      </ul>
      <p class="row">
        <button @click=${openAll}>${t('Open Diff')}</button>
        ${canDrop ? html`<button @click=${(event: Event) => drop(event, view, send)}>${t('Drop Ticked Hunks…')}</button>` : nothing}
      </p>
    `,
  );
}

/** A patch of so many lines is shown at once. */
const fewLines = 60;

function lineCount(files: readonly FileView[]): number {
  return files.flatMap(({ hunks }) => hunks).reduce((sum, { lines }) => sum + lines.length, 0);
}

function fileRow(file: FileView, send: Send): TemplateResult {
  const open = (): void => send({ kind: 'openDiff', path: file.path });
  return html`<p class="row">
    <button class="link" @click=${open}>${file.path}</button>
    <span>${file.changes}</span>
    <span class="quiet">${file.words}</span>
  </p>`;
}

function hunkRows(
  { path, hunks }: FileView,
  canDrop: boolean,
  isOpen: boolean,
): TemplateResult | typeof nothing {
  if (hunks.length === 0) return nothing;
  return html`<details class="hunks" ?open=${isOpen}>
    <summary>${t('Hunks ({0})', hunks.length)}<span class="unseen"> ${path}</span></summary>
    ${hunks.map(
      (hunk) =>
        html`<p class="row">${canDrop ? dropBox(path, hunk) : hunk.label} <span class="quiet">${hunk.changes}</span></p>
          <pre tabindex="0" aria-label="${path}, ${hunk.label}">${hunk.lines.map(diffLine)}</pre>`,
    )}
  </details>`;
}

function dropBox(path: string, { number, label }: HunkView): TemplateResult {
  return html`<label>
    <input type="checkbox" name="hunk" data-path=${path} data-number=${number} />
    ${t('Drop: {0}', label)}<span class="unseen"> ${path}</span>
  </label>`;
}

function diffLine(line: string): TemplateResult {
  const kind = line.startsWith('+') ? 'added' : line.startsWith('-') ? 'removed' : 'same';
  return html`<span class="line-${kind}">${line || ' '}</span>`;
}

/** The boxes themselves hold what is ticked. Where nothing is, they are shown. */
function drop(event: Event, { commit }: ReviewView, send: Send): void {
  const page = (event.target as Element).closest('main');
  const boxes = [...(page?.querySelectorAll<HTMLInputElement>('input[name=hunk]') ?? [])];
  const hunks = boxes
    .filter(({ checked }) => checked)
    .map(({ dataset }) => ({
      path: dataset['path'] ?? '',
      number: Number(dataset['number']),
    }));
  if (hunks.length > 0) return send({ kind: 'dropHunks', commit, hunks });
  for (const hunk of page?.querySelectorAll<HTMLDetailsElement>('.hunks') ?? []) hunk.open = true;
  boxes[0]?.focus();
}

function proof(view: ReviewView, send: Send): TemplateResult {
  const { before, after, tried, doubts, canary } = view.proof;
  const compare = (): void => send({ kind: 'act', action: 'canary' });
  return section(
    t('Proof'),
    html`
      <div class="sides">
        ${side('failed', t('Without the patch'), before)} ${side('passed', t('With the patch'), after)}
      </div>
      ${list(t('Not proven by the test'), doubts)} ${list(t('Also tried'), tried)}
      ${list(t('Under load'), canary)}
      ${view.actions.canary.offered ? html`<p><button class="link" @click=${compare}>${t('Compare the app under load')}</button></p>` : nothing}
      <h3>${t('Gates')}</h3>
      <ul class="plain gates">
        ${view.gates.map((gate) => html`<li>${gateRow(gate, send)}</li>`)}
      </ul>
    `,
  );
}

/** The test fails on one side and passes on the other, or there is no proof. */
function side(
  verdict: 'failed' | 'passed',
  title: string,
  lines: readonly string[],
): TemplateResult {
  return html`<div class="verdict-${verdict}">
    <h3><span class="mark" aria-hidden="true">${lines.length === 0 ? '' : marks[verdict]}</span>${title}</h3>
    ${lines.length === 0 ? html`<p class="quiet">${t('Nothing was run.')}</p>` : nothing}
    <ul class="plain">${lines.map((line) => html`<li>${prose(line)}</li>`)}</ul>
  </div>`;
}

const marks = { passed: '✓', failed: '✗', skipped: '–', not_configured: '·' } as const;

function gateRow(gate: GateView, send: Send): TemplateResult {
  const showLog = (): void => send({ kind: 'showGate', gate: gate.id });
  return html`<details class="gate verdict-${gate.verdict}">
    <summary>
      <span class="mark" aria-hidden="true">${marks[gate.verdict]}</span>${gate.title}
      <span class="quiet">${gate.words}</span>
      ${gate.marks.length === 0 ? nothing : html`<span class="noted">${t('{0} to look at', gate.marks.length)}</span>`}
    </summary>
    <p>${prose(gate.reason)}</p>
    ${list(t('To look at'), gate.marks)} ${list(t('Evidence'), gate.evidence)}
    <button class="link" @click=${showLog}>${t('Show the whole report of {0}', gate.title)}</button>
  </details>`;
}

function how(view: ReviewView): TemplateResult {
  const { plan, steps } = view;
  return section(
    t('How'),
    html`${definitions([
      ...plan.map(([name, text]) => [name, text && prose(text)] as const),
      [t('Branch'), html`<code>${view.branch}</code>`],
      [t('Model'), view.model],
      [t('Spent'), view.cost],
    ])}
    ${more(
      t('Transcript ({0} steps)', steps.length),
      steps,
      () => html`<ol class="plain">${steps.map((one) => html`<li>${stepRow(one)}</li>`)}</ol>`,
    )}`,
  );
}

function stepRow({ step, said, calls }: StepView): TemplateResult {
  return html`<h3>${t('Step {0}', step)}</h3>
    ${said === '' ? nothing : html`<p class="said">${prose(said)}</p>`}
    <ul class="plain">${calls.map((call) => html`<li><code>${call}</code></li>`)}</ul>`;
}

function history(view: ReviewView): TemplateResult {
  return section(
    t('History'),
    html`
      <ul class="plain">
        ${view.attempts.map(({ title, text }) => html`<li><strong>${title}</strong> ${text}</li>`)}
        ${view.comments.map((text) => html`<li><strong>${t('Reviewer')}</strong> <span class="said">${text}</span></li>`)}
        ${view.events.map(({ at, text }) => html`<li>${text} <span class="quiet">${at}</span></li>`)}
      </ul>
    `,
  );
}

const buttons: readonly (readonly [PageAction, string])[] = [
  ['approve', msg('Approve Patch')],
  ['finishEdit', msg('Finish Edit')],
  ['abandonEdit', msg('Abandon Edit…')],
  ['requestChanges', msg('Request Changes…')],
  ['undoEdit', msg('Take Back Last Change')],
  ['editPatch', msg('Edit by Hand')],
  ['reject', msg('Reject Patch…')],
  ['undoReject', msg('Take Rejection Back')],
  ['rollBack', msg('Roll Back Release…')],
];

/** What a review is for; what takes something away is not offered that loudly. */
const primary: ReadonlySet<PageAction> = new Set(['approve', 'finishEdit']);

/** By action, so that the focus never comes to stay on another one than it was on. */
function foot({ actions }: ReviewView, send: Send): TemplateResult {
  const offered = buttons.filter(([action]) => actions[action].offered);
  return html`<footer>
    <div class="row" role="toolbar" aria-label=${t('Decision')} @keydown=${alongToolbar}>
      ${repeat(
        offered,
        ([action]) => action,
        ([action, text]) =>
          html`<button class=${primary.has(action) ? 'primary' : ''} @click=${() => send({ kind: 'act', action })}>
            ${t(text)}
          </button>`,
      )}
    </div>
    ${offered.length > 0 ? nothing : html`<span class="quiet">${actions.approve.why}</span>`}
  </footer>`;
}

/** Arrows lead from button to button, as in every toolbar; tab does, too. */
function alongToolbar(event: KeyboardEvent): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const bar = event.currentTarget as Element;
  const all = [...bar.querySelectorAll('button')];
  const at = all.findIndex((button) => button === document.activeElement);
  if (step === undefined || at < 0) return;
  all.at((at + step) % all.length)?.focus();
  event.preventDefault();
}
