import { html, nothing, svg, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import type {
  FileView,
  GateView,
  HunkView,
  PageAction,
  Place,
  Reasoned,
  ReviewView,
  TrendView,
} from '../src/shared/protocol.ts';
import { msg, t } from './l10n.ts';
import type { Send } from './page.ts';
import { definitions, list, section } from './parts.ts';

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
  const { confidence } = view;
  return html`
    <header>
      <h1>${view.title}</h1>
      <p class="facts">
        <span class="state state-${view.status.id.toLowerCase()}" role="status">${view.status.words}</span>
        <span>${view.branch}</span>
        <span>${view.model}</span>
        <span>${view.cost}</span>
        <span>${view.created}</span>
        ${view.edits === '' ? nothing : html`<span class="noted">${view.edits}</span>`}
      </p>
      <details class="inline">
        <summary>${t('Confidence {0}', confidence.value.toFixed(2))}</summary>
        ${definitions(
          confidence.parts.map(({ label, value }) => [
            label,
            (value < 0 ? '−' : '+') + Math.abs(value).toFixed(2),
          ]),
        )}
      </details>
    </header>
  `;
}

function why(view: ReviewView, send: Send): TemplateResult {
  const { ticket } = view;
  return section(
    t('Why'),
    html`
      <p>${view.reasoning}</p>
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
            <ol class="plain">${ticket.stack.map((place) => html`<li>${link(place, send)}</li>`)}</ol>`
      }
      ${list(t('Suspect commits'), ticket.suspects)}
      ${list(t('Also in other folders'), ticket.links)}
      ${
        view.evidence.length === 0
          ? nothing
          : html`<details>
            <summary>${t('Evidence ({0})', view.evidence.length)}</summary>
            ${view.evidence.map(
              ({ at, file, text }) =>
                html`<p>${link({ path: file, label: file }, send)}, ${at}</p>
                  <pre tabindex="0" aria-label=${t('Evidence of {0}', at)}>${text}</pre>`,
            )}
          </details>`
      }
      ${
        ticket.groupedBy.length === 0
          ? nothing
          : html`<details>
            <summary>${t('Why these events are one ticket')}</summary>
            ${definitions(ticket.groupedBy.map(({ label, value }) => [label, value]))}
          </details>`
      }
    `,
  );
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
  return section(
    t('What'),
    html`
      <ul class="plain">
        ${keyed(
          view.commit, // a tick must not stay for another hunk of an edited patch
          view.files.map(
            (file) => html`<li>${fileRow(file, send)} ${hunkRows(file, canDrop)}</li>`,
          ),
        )}
      </ul>
      <button @click=${openAll}>${t('Open Diff')}</button>
      ${canDrop ? html`<button @click=${(event: Event) => drop(event, view, send)}>${t('Drop Ticked Hunks…')}</button>` : nothing}
    `,
  );
}

function fileRow(file: FileView, send: Send): TemplateResult {
  const open = (): void => send({ kind: 'openDiff', path: file.path });
  return html`<button class="link" @click=${open}>${file.path}</button>
    <span class="quiet">${file.words}</span>`;
}

function hunkRows({ path, hunks }: FileView, canDrop: boolean): TemplateResult | typeof nothing {
  if (hunks.length === 0) return nothing;
  return html`<details class="hunks">
    <summary>${t('Hunks ({0})', hunks.length)}<span class="unseen"> ${path}</span></summary>
    ${hunks.map(
      (hunk) =>
        html`${canDrop ? dropBox(path, hunk) : html`<p>${hunk.label}</p>`}
          <pre tabindex="0" aria-label="${path}, ${hunk.label}">${hunk.lines.map(diffLine)}</pre>`,
    )}
  </details>`;
}

function dropBox(path: string, { number, label, words }: HunkView): TemplateResult {
  return html`<label>
    <input type="checkbox" name="hunk" data-path=${path} data-number=${number} />
    ${t('Drop: {0}', label)} <span class="quiet">${words}</span>
  </label>`;
}

function diffLine(line: string): TemplateResult {
  const kind = line.startsWith('+') ? 'added' : line.startsWith('-') ? 'removed' : 'same';
  return html`<span class="line-${kind}">${line || ' '}</span>`;
}

/** The boxes themselves hold what is ticked. */
function drop(event: Event, { commit }: ReviewView, send: Send): void {
  const page = (event.target as Element).closest('main');
  const ticked = [...(page?.querySelectorAll<HTMLInputElement>('input[name=hunk]:checked') ?? [])];
  const hunks = ticked.map(({ dataset }) => ({
    path: dataset['path'] ?? '',
    number: Number(dataset['number']),
  }));
  if (hunks.length > 0) send({ kind: 'dropHunks', commit, hunks });
  else page?.querySelector<HTMLElement>('.hunks > summary')?.focus();
}

function proof(view: ReviewView, send: Send): TemplateResult {
  const { before, after } = view.proof;
  return section(
    t('Proof'),
    html`
      <div class="sides">
        ${side(t('Before the patch'), before)} ${side(t('With the patch'), after)}
      </div>
      ${list(t('Not proven by the test'), view.proof.doubts)}
      ${list(t('Under load'), view.proof.canary)}
      ${view.actions.canary.offered ? html`<button class="link" @click=${() => send({ kind: 'act', action: 'canary' })}>${t('Compare the app under load')}</button>` : nothing}
      <h3>${t('Gates')}</h3>
      <ul class="plain gates">
        ${view.gates.map((gate) => html`<li>${gateRow(gate, send)}</li>`)}
      </ul>
    `,
  );
}

function side(title: string, lines: readonly string[]): TemplateResult {
  return html`<div>
    <h3>${title}</h3>
    ${lines.length === 0 ? html`<p class="quiet">${t('Nothing was run.')}</p>` : nothing}
    <ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>
  </div>`;
}

const marks = { passed: '✓', failed: '✗', skipped: '–', not_configured: '·' } as const;

function gateRow(gate: GateView, send: Send): TemplateResult {
  const showLog = (): void => send({ kind: 'showGate', gate: gate.id });
  return html`<details class="gate gate-${gate.verdict}">
    <summary>
      <span class="mark" aria-hidden="true">${marks[gate.verdict]}</span> ${gate.title}
      <span class="quiet">${gate.words}</span>
      ${gate.marks.length === 0 ? nothing : html`<span class="noted">${t('{0} to look at', gate.marks.length)}</span>`}
    </summary>
    <p>${gate.reason}</p>
    ${list(t('To look at'), gate.marks)} ${list(t('Evidence'), gate.evidence)}
    <button class="link" @click=${showLog}>${t('Show the whole report of {0}', gate.title)}</button>
  </details>`;
}

function how(view: ReviewView): TemplateResult {
  return section(
    t('How'),
    html`${definitions([...view.plan, [t('Spent'), view.cost]])}
    <details>
      <summary>${t('Transcript ({0} steps)', view.steps.length)}</summary>
      <ol class="plain">
        ${view.steps.map(
          ({ step, said, calls }) =>
            html`<li>
              <h4>${t('Step {0}', step)}</h4>
              <p class="said">${said}</p>
              <ul>${calls.map((call) => html`<li><code>${call}</code></li>`)}</ul>
            </li>`,
        )}
      </ol>
    </details>`,
  );
}

function history(view: ReviewView): TemplateResult {
  return section(
    t('History'),
    html`
      <ul>
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

function foot({ actions }: ReviewView, send: Send): TemplateResult {
  const offered = buttons.filter(([action]) => actions[action].offered);
  const why = actions.approve.why;
  return html`<footer role="toolbar" aria-label=${t('Decision')}>
    ${offered.map(
      ([action, text], i) =>
        html`<button class=${i === 0 ? 'primary' : ''} @click=${() => send({ kind: 'act', action })}>
          ${t(text)}
        </button>`,
    )}
    ${why === undefined ? nothing : html`<span class="quiet">${why}</span>`}
  </footer>`;
}
