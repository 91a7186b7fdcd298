import { html, LitElement, nothing, type PropertyValues } from 'lit';
import type { FromPage, PageState, ToPage } from '../src/shared/protocol.ts';
import { dashboard } from './dashboard.ts';
import { useWords } from './l10n.ts';
import { review } from './review.ts';

interface Editor {
  postMessage(message: FromPage): void;
  getState(): PageState | undefined;
  setState(state: PageState): void;
}
declare function acquireVsCodeApi(): Editor;

export type Send = (message: FromPage) => void;

/** The whole page: shows the last message of the editor. Data reaches the document as text only. */
class Page extends LitElement {
  static override properties = { message: { state: true } };
  declare message: Exclude<ToPage, { kind: 'words' }> | undefined;
  private readonly editor = acquireVsCodeApi();
  private readonly send: Send = (message) => this.editor.postMessage(message);

  /** In the document itself, so that one style sheet serves and a screen reader meets no boundaries. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('message', this.onMessage);
    this.send({ kind: 'ready' });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('message', this.onMessage);
  }

  private readonly onMessage = ({ data }: MessageEvent<ToPage>): void => {
    if (data.kind === 'words') {
      useWords(data.words);
      return;
    }
    this.message = data;
    if (data.kind === 'review') {
      this.editor.setState({ kind: 'review', requestId: data.view.requestId });
    } else if (data.kind === 'dashboard') {
      const { days, folders } = data.view;
      this.editor.setState({
        kind: 'dashboard',
        days,
        ...(folders ? { folder: folders.chosen } : {}),
      });
    }
  };

  /** What had the focus may be gone with what it could do: then the heading takes it. */
  protected override update(changed: PropertyValues): void {
    const focused = document.activeElement;
    super.update(changed);
    if (focused && !focused.isConnected) this.querySelector('h1')?.focus();
  }

  override render() {
    switch (this.message?.kind) {
      case 'review':
        return review(this.message.view, this.send);
      case 'dashboard':
        return dashboard(this.message.view, this.send);
      case 'gone':
        return html`<main><p role="status">${this.message.text}</p></main>`;
      case undefined:
        return nothing;
    }
  }
}

customElements.define('patchwright-page', Page);
