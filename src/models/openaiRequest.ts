/** Our request as servers of the chat completions protocol want it. */
import type { Message, ModelRequest } from '../core/model.ts';
import type { Effort } from '../core/settings.ts';
import type { Dialect } from './openaiDialect.ts';
import { thoughtNames } from './openaiReply.ts';
import { describeTools, flatten } from './textTools.ts';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string | null;
  readonly tool_calls?: readonly ChatCall[];
  readonly tool_call_id?: string;
  readonly reasoning_content?: string;
  readonly reasoning?: string;
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
  const messages = request.messages.flatMap(
    inText ? toText : (message) => toMessages(message, dialect.thoughts),
  );
  return {
    model,
    messages: [{ role: 'system', content: system }, ...messages],
    stream: true,
    [dialect.maxTokens]: Math.min(request.maxOutputTokens, dialect.maxOutput),
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
function toMessages({ role, content }: Message, withThoughts: boolean): ChatMessage[] {
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
  if (calls.length > 0) {
    const thoughts = withThoughts ? thoughtsIn(content) : {};
    return [{ role, content: text === '' ? null : text, ...thoughts, tool_calls: calls }];
  }
  return text === '' ? [] : [{ role, content: text }];
}

/** Models that think between calls want to go on from it, by the name the server gave it. */
function thoughtsIn(content: Message['content']): Partial<ChatMessage> {
  const raw = content.flatMap((block) => (block.type === 'opaque' ? [block.raw] : []))[0];
  return Object.fromEntries(
    thoughtNames.flatMap((name) => {
      const thought = (raw as Record<string, unknown> | undefined)?.[name];
      return typeof thought === 'string' ? [[name, thought]] : [];
    }),
  );
}

/** Servers parse it again, so what was no JSON must not go back as it was. */
function asJson(input: unknown): string {
  return JSON.stringify(typeof input === 'object' && input !== null ? input : {});
}
