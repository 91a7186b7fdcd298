import type * as vscode from 'vscode';
import { PatchwrightError, cancelled, errorMessage, throwIfCancelled } from '../core/errors.ts';
import type { Block, Message, Model, ModelReply, ModelRequest } from '../core/model.ts';
import { msg, t } from './l10n.ts';

/** The part of VS Code's language-model API that is used; tests put their own in its place. */
export interface LanguageModels {
  select(): Thenable<readonly ChatModel[]>;
  readonly user: MessageMaker;
  readonly assistant: MessageMaker;
  text(value: string): TextPart;
  call(id: string, name: string, input: object): CallPart;
  result(id: string, text: string): unknown;
  isText(part: unknown): part is TextPart;
  isCall(part: unknown): part is CallPart;
  cancellation(): { readonly token: unknown; cancel(): void; dispose(): void };
}

type MessageMaker = (parts: readonly unknown[]) => unknown;
type TextPart = Pick<vscode.LanguageModelTextPart, 'value'>;
type CallPart = Pick<vscode.LanguageModelToolCallPart, 'callId' | 'name' | 'input'>;

export interface ChatModel
  extends Pick<vscode.LanguageModelChat, 'id' | 'vendor' | 'family' | 'name' | 'maxInputTokens'> {
  sendRequest(
    messages: readonly unknown[],
    options: {
      readonly justification: string;
      readonly tools: readonly vscode.LanguageModelChatTool[];
    },
    token: unknown,
  ): Thenable<{ readonly stream: AsyncIterable<unknown> }>;
  countTokens(text: unknown): Thenable<number>;
}

const justification = msg('Patchwright writes the patch that you asked for.');

/**
 * A model of VS Code's. Asking it the first time shows VS Code's own question for consent, so this is only
 * called for what a person started.
 * @param name an id, a family, or `vendor/family`; empty: the first there is
 */
export async function createEditorModel(api: LanguageModels, name: string): Promise<Model> {
  const all = await api.select();
  const wanted = name.trim();
  const found =
    wanted === ''
      ? all[0]
      : all.find(({ id, vendor, family }) => [id, family, `${vendor}/${family}`].includes(wanted));
  if (!found) throw notThere(wanted, all);
  const counted = new WeakMap<Message, number>();
  return {
    name: found.id,
    contextTokens: found.maxInputTokens,
    reply: (request, onText, signal) => ask(api, found, counted, request, onText, signal),
  };
}

async function ask(
  api: LanguageModels,
  model: ChatModel,
  counted: WeakMap<Message, number>,
  request: ModelRequest,
  onText: (text: string) => void,
  signal: AbortSignal | undefined,
): Promise<ModelReply> {
  throwIfCancelled(signal);
  const cancellation = api.cancellation();
  const cancel = (): void => cancellation.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    const tools = request.tools.map((tool) => ({ ...tool, inputSchema: { ...tool.inputSchema } }));
    const sent = await model.sendRequest(
      toMessages(api, request),
      { justification, tools },
      cancellation.token,
    );
    const content = await receive(api, sent.stream, onText);
    throwIfCancelled(signal); // a stream that was cancelled just ends
    const inputTokens = await countAll(model, counted, request);
    const outputTokens = await model.countTokens(JSON.stringify(content));
    const isCalling = content.some(({ type }) => type === 'tool_use');
    return {
      content,
      stopReason: isCalling ? 'tool_use' : 'end_turn',
      usage: { inputTokens, outputTokens, cacheReadTokens: 0, cacheWriteTokens: 0 },
    };
  } catch (error) {
    if (signal?.aborted) throw cancelled();
    if (error instanceof PatchwrightError) throw error;
    if (fillsContext(error)) {
      const usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
      return { content: [], stopReason: 'context_full', usage };
    }
    throw explain(error, model);
  } finally {
    signal?.removeEventListener('abort', cancel);
    cancellation.dispose();
  }
}

/** There are no messages of the system: what it would say comes first. */
function toMessages(api: LanguageModels, { system, messages }: ModelRequest): unknown[] {
  return [
    api.user([api.text(system)]),
    ...messages.flatMap(({ role, content }) => {
      const parts = content.flatMap((block) => toPart(api, block));
      if (parts.length === 0) return []; // refused by the models behind it
      return [role === 'user' ? api.user(parts) : api.assistant(parts)];
    }),
  ];
}

function toPart(api: LanguageModels, block: Block): unknown[] {
  switch (block.type) {
    case 'text':
      return [api.text(block.text)];
    case 'tool_use': {
      const isObject = typeof block.input === 'object' && block.input !== null;
      return [api.call(block.id, block.name, isObject ? block.input : {})];
    }
    case 'tool_result':
      return [api.result(block.toolUseId, block.content)];
    default:
      return []; // another provider's own
  }
}

async function receive(
  api: LanguageModels,
  stream: AsyncIterable<unknown>,
  onText: (text: string) => void,
): Promise<Block[]> {
  const calls: Block[] = [];
  let text = '';
  for await (const part of stream) {
    if (api.isText(part)) {
      text += part.value;
      onText(part.value);
    } else if (api.isCall(part)) {
      calls.push({ type: 'tool_use', id: part.callId, name: part.name, input: part.input });
    } // other kinds may come in later versions
  }
  return [...(text === '' ? [] : [{ type: 'text' as const, text }]), ...calls];
}

/** Nobody says what was used, so it is counted: each message once. */
async function countAll(
  model: ChatModel,
  counted: WeakMap<Message, number>,
  { system, tools, messages }: ModelRequest,
): Promise<number> {
  let sum = await model.countTokens(system + JSON.stringify(tools));
  for (const message of messages) {
    const known =
      counted.get(message) ?? (await model.countTokens(JSON.stringify(message.content)));
    counted.set(message, known);
    sum += known;
  }
  return sum;
}

function saidBy(error: unknown): string {
  const cause = error instanceof Error && error.cause ? ` ${errorMessage(error.cause)}` : '';
  return `${errorMessage(error)}${cause}`.slice(0, 400);
}

function fillsContext(error: unknown): boolean {
  return /context (length|window|size)|exceeds? .{0,40}token|too many tokens|message exceeds token limit/i.test(
    saidBy(error),
  );
}

/** A `LanguageModelError` tells by its code; what the model itself said is its cause. */
function explain(error: unknown, { name }: ChatModel): PatchwrightError {
  const said = saidBy(error) || t('It gave no reason.');
  switch ((error as { code?: unknown } | null)?.code) {
    case 'NoPermissions':
      return new PatchwrightError('model_auth', {
        what: t('VS Code does not let Patchwright use {0}.', name),
        why: said,
        remedy: t(
          'Draft again and allow it, or see "Manage Language Model Access" in the accounts menu.',
        ),
      });
    case 'Blocked':
      return new PatchwrightError('model_rate_limited', {
        what: t('{0} allows no more calls for now.', name),
        why: said,
        remedy: t(
          'Wait until its quota is renewed, or choose another model; the ticket is unchanged.',
        ),
      });
    case 'NotFound':
      return new PatchwrightError('model_bad_reply', {
        what: t('{0} is no longer there.', name),
        why: said,
        remedy: t('Run "Patchwright: Set Up Model" and choose another one.'),
      });
    default:
      break;
  }
  const isLimited = /rate.?limit|quota|\b429\b/i.test(said);
  return new PatchwrightError(isLimited ? 'model_rate_limited' : 'model_unreachable', {
    what: isLimited ? t('{0} allows no more calls for now.', name) : t('{0} gave no reply.', name),
    why: said,
    remedy: t('Try again later, or choose another model; the ticket is unchanged.'),
  });
}

function notThere(name: string, all: readonly ChatModel[]): PatchwrightError {
  const names = all.slice(0, 10).map(({ vendor, family }) => `${vendor}/${family}`);
  return new PatchwrightError('model_bad_reply', {
    what: name ? t('VS Code offers no model {0}.', name) : t('VS Code offers no language model.'),
    why:
      names.length > 0
        ? t('It offers {0}.', names.join(', '))
        : t('No extension that brings one is signed in.'),
    remedy: t('Sign in to one (GitHub Copilot, for instance), or run "Patchwright: Set Up Model".'),
  });
}
