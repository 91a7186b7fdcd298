/** Our request as the Messages API wants it. */
import type Anthropic from '@anthropic-ai/sdk';
import type { Block, Message, ModelRequest } from '../core/model.ts';

export interface ModelTraits {
  readonly name: string;
  /** undefined: not known. */
  readonly maxOutputTokens: number | undefined;
  readonly thinksAdaptively: boolean;
}

type Params = Anthropic.MessageCreateParamsStreaming;
type Content = Anthropic.ContentBlockParam;

const cached = { cache_control: { type: 'ephemeral' as const } };

/**
 * Two places are marked for the cache: the end of the system prompt (with the tools before it, the same
 * for every attempt) and the last block, so that the next step reads all of this one from the cache.
 * Nothing is stored on the server, and no parameter is sent that the model is not known to take.
 */
export function toParams(request: ModelRequest, traits: ModelTraits): Params {
  return {
    model: traits.name,
    max_tokens: Math.min(
      request.maxOutputTokens,
      traits.maxOutputTokens ?? Number.MAX_SAFE_INTEGER,
    ),
    stream: true,
    system: [{ type: 'text', text: request.system, ...cached }],
    tools: request.tools.map(({ name, description, inputSchema }) => ({
      name,
      description,
      input_schema: inputSchema as Anthropic.Tool.InputSchema,
    })),
    messages: markLast(request.messages.map(toMessage)),
    ...(traits.thinksAdaptively ? { thinking: { type: 'adaptive' as const } } : {}),
  };
}

function toMessage({ role, content }: Message): { role: Message['role']; content: Content[] } {
  return { role, content: content.map(toBlock) };
}

function toBlock(block: Block): Content {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.text };
    case 'tool_use':
      return { type: 'tool_use', id: block.id, name: block.name, input: asObject(block.input) };
    case 'tool_result':
      return {
        type: 'tool_result',
        tool_use_id: block.toolUseId,
        content: block.content,
        is_error: block.isError,
      };
    default:
      return block.raw as Content;
  }
}

/** Input that was no JSON came to us as its text; the API takes objects only. */
function asObject(input: unknown): object {
  return typeof input === 'object' && input !== null && !Array.isArray(input) ? input : {};
}

function markLast(messages: { role: Message['role']; content: Content[] }[]) {
  const last = messages.at(-1)?.content;
  const block = last?.at(-1);
  if (last && (block?.type === 'text' || block?.type === 'tool_result')) {
    last[last.length - 1] = { ...block, ...cached };
  }
  return messages;
}
