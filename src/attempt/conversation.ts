/** Messages between us and the model: pure functions of what was said. */
import type { Block, Message } from '../core/model.ts';

export type ToolCall = Extract<Block, { type: 'tool_use' }>;
type ToolResultBlock = Extract<Block, { type: 'tool_result' }>;

export function userText(text: string): Message {
  return { role: 'user', content: [{ type: 'text', text }] };
}

export function toolCalls(content: readonly Block[]): readonly ToolCall[] {
  return content.filter((block): block is ToolCall => block.type === 'tool_use');
}

export function spokenText(content: readonly Block[]): string {
  return content
    .flatMap((block) => (block.type === 'text' ? [block.text] : []))
    .join('\n')
    .trim();
}

export function toolResult(call: ToolCall, text: string, isError: boolean): ToolResultBlock {
  return { type: 'tool_result', toolUseId: call.id, content: text, isError };
}

const emptied = '[left out to save room; call the tool again if you need it]';

/** Empties all tool results but those of the last `keep` messages that have any. */
export function compact(messages: readonly Message[], keep: number): readonly Message[] {
  const withResults = messages.filter((message) => message.content.some(isToolResult));
  const old = new Set(withResults.slice(0, Math.max(0, withResults.length - keep)));
  return messages.map((message) =>
    old.has(message) ? { ...message, content: message.content.map(empty) } : message,
  );
}

function isToolResult(block: Block): block is ToolResultBlock {
  return block.type === 'tool_result';
}

function empty(block: Block): Block {
  if (!isToolResult(block) || block.content.length <= emptied.length) return block;
  return { ...block, content: emptied };
}
