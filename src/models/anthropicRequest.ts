/** Our request as the Messages API wants it. */
import type Anthropic from '@anthropic-ai/sdk';
import type { Block, Message, ModelRequest } from '../core/model.ts';
import type { Effort } from '../core/settings.ts';

export interface ModelTraits {
  readonly name: string;
  /** undefined: not known. */
  readonly maxOutputTokens: number | undefined;
  readonly thinksAdaptively: boolean;
  /** undefined: not known. */
  readonly contextTokens: number | undefined;
  /** What may be asked for; empty where it is not known. */
  readonly efforts: readonly Effort[];
}

type Params = Anthropic.MessageCreateParamsStreaming;
type Content = Anthropic.ContentBlockParam;

const cached = { cache_control: { type: 'ephemeral' as const } };

/**
 * Marked for the cache are the end of the system prompt (with the tools before it, the same for every
 * attempt), the last block, so that the next step reads all of this one from the cache, and the end of the
 * message that was last the time before: a mark is looked for only so many blocks back. Nothing is stored on the server, and no parameter is sent that the model is not known to take.
 */
export function toParams(request: ModelRequest, traits: ModelTraits, effort?: Effort): Params {
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
    ...(effort && traits.efforts.includes(effort) ? { output_config: { effort } } : {}),
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
  const ours = messages.filter(({ role }) => role === 'user');
  for (const { content } of ours.slice(-2)) {
    const block = content.at(-1);
    if (block?.type === 'text' || block?.type === 'tool_result') {
      content[content.length - 1] = { ...block, ...cached };
    }
  }
  return messages;
}
