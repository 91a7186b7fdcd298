/** Our request as servers of the chat completions protocol want it. */
import type { Message, ModelRequest } from '../core/model.ts';
import type { Effort } from '../core/settings.ts';
import { describeTools, flatten } from './textTools.ts';

/** What this server and model were found to take. */
export interface Dialect {
  /** Tools of the protocol's own; without, they are called in text. */
  readonly tools: boolean;
  readonly maxTokens: 'max_tokens' | 'max_completion_tokens';
  readonly usage: boolean;
  readonly effort: boolean;
}

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string | null;
  readonly tool_calls?: readonly ChatCall[];
  readonly tool_call_id?: string;
}

interface ChatCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

export function toBody(
  request: ModelRequest,
  model: string,
  dialect: Dialect,
  effort: Effort | undefined,
): Readonly<Record<string, unknown>> {
  const { tools } = request;
  const inText = !dialect.tools && tools.length > 0;
  const system = inText ? `${request.system}\n\n${describeTools(tools)}` : request.system;
  const messages = request.messages.flatMap(inText ? toText : toMessages);
  return {
    model,
    messages: [{ role: 'system', content: system }, ...messages],
    stream: true,
    [dialect.maxTokens]: request.maxOutputTokens,
    ...(dialect.usage ? { stream_options: { include_usage: true } } : {}),
    ...(effort && dialect.effort ? { reasoning_effort: effort === 'max' ? 'xhigh' : effort } : {}),
    ...(dialect.tools && tools.length > 0
      ? {
          tools: tools.map(({ name, description, inputSchema }) => ({
            type: 'function',
            function: { name, description, parameters: inputSchema },
          })),
        }
      : {}),
  };
}

function toText(message: Message): ChatMessage[] {
  const content = flatten(message);
  return content === '' ? [] : [{ role: message.role, content }];
}

/** Results are messages of their own, right behind the calls they answer. */
function toMessages({ role, content }: Message): ChatMessage[] {
  const text = content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
  if (role === 'user') {
    return [
      ...content.flatMap((block): ChatMessage[] =>
        block.type === 'tool_result'
          ? [{ role: 'tool', tool_call_id: block.toolUseId, content: block.content }]
          : [],
      ),
      ...(text === '' ? [] : [{ role, content: text }]),
    ];
  }
  const calls = content.flatMap((block): ChatCall[] =>
    block.type === 'tool_use'
      ? [
          {
            id: block.id,
            type: 'function',
            function: { name: block.name, arguments: asJson(block.input) },
          },
        ]
      : [],
  );
  if (calls.length > 0) return [{ role, content: text === '' ? null : text, tool_calls: calls }];
  return text === '' ? [] : [{ role, content: text }];
}

/** Servers parse it again, so what was no JSON must not go back as it was. */
function asJson(input: unknown): string {
  return JSON.stringify(typeof input === 'object' && input !== null ? input : {});
}
