import type { StepView } from '../shared/protocol.ts';
import { shorten } from './text.ts';

/** What the model said and did, step by step, from the saved transcript. Pure. */
export function stepsOf(entries: readonly unknown[]): readonly StepView[] {
  return entries.flatMap((entry) => {
    const { kind, step, content } = (entry ?? {}) as Readonly<Record<string, unknown>>;
    if (kind !== 'reply' || typeof step !== 'number' || !Array.isArray(content)) return [];
    const blocks = content as readonly Readonly<Record<string, unknown>>[];
    return [
      {
        step,
        said: blocks
          .filter(({ type, text }) => type === 'text' && typeof text === 'string')
          .map(({ text }) => shorten(String(text), 2_000))
          .join('\n'),
        calls: blocks.filter(({ type }) => type === 'tool_use').map(callText),
      },
    ];
  });
}

function callText({ name, input }: Readonly<Record<string, unknown>>): string {
  return `${String(name)} ${shorten(JSON.stringify(input ?? {}), 200)}`;
}
