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

/** Replaces all tool results but those of the last `keep` messages that have any by one line each. */
export function compact(messages: readonly Message[], keep: number): readonly Message[] {
  const withResults = messages.filter((message) => message.content.some(isToolResult));
  const old = new Set(withResults.slice(0, Math.max(0, withResults.length - keep)));
  const calls = new Map(
    messages.flatMap(({ content }) => toolCalls(content).map((call) => [call.id, call] as const)),
  );
  const shorten = (block: Block): Block => (isToolResult(block) ? summarise(block, calls) : block);
  return messages.map((message) =>
    old.has(message) ? { ...message, content: message.content.map(shorten) } : message,
  );
}

function isToolResult(block: Block): block is ToolResultBlock {
  return block.type === 'tool_result';
}

const maxInputChars = 120;
const maxHeadChars = 160;
const leftOut = '[left out to save room: ';

/** What it began with, and the call that gets it again. */
function summarise(block: ToolResultBlock, calls: ReadonlyMap<string, ToolCall>): Block {
  if (block.content.startsWith(leftOut)) return block;
  const call = calls.get(block.toolUseId);
  const input = JSON.stringify(call?.input ?? {}).slice(0, maxInputChars);
  const [head = ''] = block.content.split('\n');
  const content = `${leftOut}${block.content.length} characters that began "${head.slice(0, maxHeadChars)}"; call ${call?.name ?? 'the tool'} ${input} again if you need them]`;
  return content.length < block.content.length ? { ...block, content } : block;
}
