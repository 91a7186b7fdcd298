import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Moment } from '../src/shared/protocol.ts';

/** Parts of a page that more than one uses. */

export type Text = string | TemplateResult;

export function section(title: string, body: TemplateResult): TemplateResult {
  return html`<details class="section" open>
    <summary><h2>${title}</h2></summary>
    ${body}
  </details>`;
}

/** What can be opened to see more; left out where there is no more. */
export function more(title: Text, items: readonly unknown[], body: () => unknown) {
  if (items.length === 0) return nothing;
  return html`<details class="more"><summary>${title}</summary>${body()}</details>`;
}

export function list(title: string, lines: readonly string[]): TemplateResult | typeof nothing {
  if (lines.length === 0) return nothing;
  return html`<h3>${title}</h3>
    <ul>${lines.map((line) => html`<li>${prose(line)}</li>`)}</ul>`;
}

/** Rows without a text are left out. */
export function definitions(
  rows: readonly (readonly [name: string, text: Text])[],
): TemplateResult {
  return html`<dl>
    ${rows
      .filter(([, text]) => text !== '')
      .map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}
  </dl>`;
}

/** Words between backticks are code, as those who wrote the text mean it. */
export function prose(text: string): TemplateResult {
  const parts = text.split(/`([^`\n]+)`/);
  return html`${parts.map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}

export function when({ words, exact }: Moment): TemplateResult {
  return html`<time class="quiet" title=${exact}>${words}</time>`;
}

/** How much of a whole, beside the number that says it. */
export function bar(share: number): TemplateResult {
  const width = 100 * Math.min(1, Math.max(0, share));
  return html`<svg class="meter" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
    ${svg`<rect class="track" width="100" height="8" /><rect class="fill" width=${width} height="8" />`}
  </svg>`;
}
