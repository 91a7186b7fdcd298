import { html, nothing, type TemplateResult } from 'lit';

/** Parts of a page that more than one uses. */

export function section(title: string, body: TemplateResult): TemplateResult {
  return html`<details class="section" open>
    <summary><h2>${title}</h2></summary>
    ${body}
  </details>`;
}

export function list(title: string, lines: readonly string[]): TemplateResult | typeof nothing {
  if (lines.length === 0) return nothing;
  return html`<h3>${title}</h3>
    <ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`;
}

/** Rows without a text are left out. */
export function definitions(
  rows: readonly (readonly [name: string, text: string | TemplateResult])[],
): TemplateResult {
  return html`<dl>
    ${rows
      .filter(([, text]) => text !== '')
      .map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}
  </dl>`;
}
