import { html, nothing, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import type {
  FileView,
  GateView,
  HunkView,
  PageAction,
  Place,
  Reasoned,
  ReviewView,
} from '../src/shared/protocol.ts';
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
        <summary>Confidence ${confidence.value.toFixed(2)}</summary>
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
    'Why',
    html`
      <p>${view.reasoning}</p>
      ${definitions([
        ['Ticket', ticket.id],
        ['Seen', ticket.seen],
        ['Priority', reasoned(ticket.priority)],
        ['Risk', reasoned(ticket.risk)],
        ['Effort', reasoned(ticket.effort)],
      ])}
      ${
        ticket.stack.length === 0
          ? nothing
          : html`<h3>Stack</h3>
            <ol class="plain">${ticket.stack.map((place) => html`<li>${link(place, send)}</li>`)}</ol>`
      }
      ${list('Suspect commits', ticket.suspects)}
      ${
        view.evidence.length === 0
          ? nothing
          : html`<details>
            <summary>Evidence (${view.evidence.length})</summary>
            ${view.evidence.map(
              ({ at, file, text }) =>
                html`<p>${link({ path: file, label: file }, send)}, ${at}</p>
                  <pre tabindex="0" aria-label="Evidence of ${at}">${text}</pre>`,
            )}
          </details>`
      }
      ${
        ticket.groupedBy.length === 0
          ? nothing
          : html`<details>
            <summary>Why these events are one ticket</summary>
            ${definitions(ticket.groupedBy.map(({ label, value }) => [label, value]))}
          </details>`
      }
    `,
  );
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
    'What',
    html`
      <ul class="plain">
        ${keyed(
          view.commit, // a tick must not stay for another hunk of an edited patch
          view.files.map(
            (file) => html`<li>${fileRow(file, send)} ${hunkRows(file, canDrop)}</li>`,
          ),
        )}
      </ul>
      <button @click=${openAll}>Open Diff</button>
      ${canDrop ? html`<button @click=${(event: Event) => drop(event, view, send)}>Drop Ticked Hunks…</button>` : nothing}
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
    <summary>${hunks.length === 1 ? '1 hunk' : `${hunks.length} hunks`}<span class="unseen"> of ${path}</span></summary>
    ${hunks.map(
      (hunk) =>
        html`${canDrop ? dropBox(path, hunk) : html`<p>${hunk.label}</p>`}
          <pre tabindex="0" aria-label="${hunk.label} of ${path}">${hunk.lines.map(diffLine)}</pre>`,
    )}
  </details>`;
}

function dropBox(path: string, { number, label, words }: HunkView): TemplateResult {
  return html`<label>
    <input type="checkbox" name="hunk" data-path=${path} data-number=${number} />
    Drop ${label.toLowerCase()} <span class="quiet">${words}</span>
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
  else page?.querySelector<HTMLElement>('.hunks summary')?.focus();
}

function proof(view: ReviewView, send: Send): TemplateResult {
  const { before, after } = view.proof;
  return section(
    'Proof',
    html`
      <div class="sides">
        ${side('Before the patch', before)} ${side('With the patch', after)}
      </div>
      ${list('Not proven by the test', view.proof.doubts)}
      <h3>Gates</h3>
      <ul class="plain gates">
        ${view.gates.map((gate) => html`<li>${gateRow(gate, send)}</li>`)}
      </ul>
    `,
  );
}

function side(title: string, lines: readonly string[]): TemplateResult {
  return html`<div>
    <h3>${title}</h3>
    ${lines.length === 0 ? html`<p class="quiet">Nothing was run.</p>` : nothing}
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
      ${gate.marks.length === 0 ? nothing : html`<span class="noted">${gate.marks.length} to look at</span>`}
    </summary>
    <p>${gate.reason}</p>
    ${list('To look at', gate.marks)} ${list('Evidence', gate.evidence)}
    <button class="link" @click=${showLog}>Show the whole report of ${gate.title}</button>
  </details>`;
}

function how(view: ReviewView): TemplateResult {
  return section(
    'How',
    html`${definitions([...view.plan, ['Spent', view.cost]])}
    <details>
      <summary>Transcript (${view.steps.length} steps)</summary>
      <ol class="plain">
        ${view.steps.map(
          ({ step, said, calls }) =>
            html`<li>
              <h4>Step ${step}</h4>
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
    'History',
    html`
      <ul>
        ${view.attempts.map(({ title, text }) => html`<li><strong>${title}</strong> ${text}</li>`)}
        ${view.comments.map((text) => html`<li><strong>Reviewer</strong> <span class="said">${text}</span></li>`)}
        ${view.events.map(({ at, text }) => html`<li>${text} <span class="quiet">${at}</span></li>`)}
      </ul>
    `,
  );
}

const buttons: readonly (readonly [PageAction, string])[] = [
  ['approve', 'Approve Patch'],
  ['finishEdit', 'Finish Edit'],
  ['abandonEdit', 'Abandon Edit…'],
  ['requestChanges', 'Request Changes…'],
  ['editPatch', 'Edit by Hand'],
  ['reject', 'Reject Patch…'],
  ['undoReject', 'Take Rejection Back'],
  ['rollBack', 'Roll Back Release…'],
];

function foot({ actions }: ReviewView, send: Send): TemplateResult {
  const offered = buttons.filter(([action]) => actions[action].offered);
  const why = actions.approve.why;
  return html`<footer role="toolbar" aria-label="Decision">
    ${offered.map(
      ([action, text], i) =>
        html`<button class=${i === 0 ? 'primary' : ''} @click=${() => send({ kind: 'act', action })}>
          ${text}
        </button>`,
    )}
    ${why === undefined ? nothing : html`<span class="quiet">${why}</span>`}
  </footer>`;
}
