import * as vscode from 'vscode';
import { PatchwrightError } from '../core/errors.ts';
import type { Input } from '../pipeline/agentTools.ts';
import { answerChat, chatTools, type ChatStream, type ChatTool } from './chat.ts';
import { commandId } from './commands.ts';
import { createDisposableStore } from './disposables.ts';
import { t } from './l10n.ts';
import { requireTrust, type Session, type Sessions } from './sessions.ts';

export const participantId = 'patchwright.chat';

/** Where the editor has a chat; elsewhere nothing is registered and nothing is missing. */
export function registerChat(sessions: Sessions): { dispose(): void } {
  const store = createDisposableStore();
  const house = async () => {
    requireTrust();
    return (await sessions.ready()).app;
  };
  /** A tool asks nobody: it is about the folder that it names, those that have its ticket, or all. */
  const houses = async ({ ticketId, folder: name }: Input): Promise<readonly Session[]> => {
    requireTrust();
    const all = (await sessions.readyAll()).filter(
      ({ folder }) => typeof name !== 'string' || name === '' || folder.name === name,
    );
    const having = all.filter(({ app }) => app.backlog.tickets.get(String(ticketId)));
    return having.length > 0 ? having : all;
  };
  // Forks of VS Code leave these out, or have them without what is behind them.
  const { chat, lm } = vscode as Partial<typeof vscode>;
  if (chat?.createChatParticipant) {
    store.add(
      chat.createChatParticipant(participantId, ({ command, prompt }, _, stream, token) =>
        withSignal(token, (signal) =>
          answerChat({ command, prompt }, house, streamOf(stream), signal),
        ),
      ),
    );
  }
  if (lm?.registerTool) {
    for (const tool of chatTools) {
      store.add(
        lm.registerTool<Input>(tool.name, {
          prepareInvocation: ({ input }) => {
            const confirmationMessages = tool.question?.(input);
            return {
              invocationMessage: tool.doing(input),
              ...(confirmationMessages ? { confirmationMessages } : {}),
            };
          },
          invoke: async ({ input }, token) => {
            const asked = await houses(input);
            const text = await withSignal(token, (signal) => runIn(asked, tool, input, signal));
            return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
          },
        }),
      );
    }
  }
  return store;
}

/** What changes something is done in one folder; what only reads answers for each by its name. */
async function runIn(
  [first, ...others]: readonly Session[],
  tool: ChatTool,
  input: Input,
  signal: AbortSignal,
): Promise<string> {
  if (!first) throw noFolder();
  if (others.length === 0) return tool.run(input, first.app, signal);
  if (tool.question) throw whichFolder([first, ...others]);
  const answers = [first, ...others].map(
    async ({ app, folder }) => `# ${folder.name}\n\n${await tool.run(input, app, signal)}`,
  );
  return (await Promise.all(answers)).join('\n\n');
}

function noFolder(): PatchwrightError {
  return new PatchwrightError('no_folder', {
    what: t('Nothing was done.'),
    why: t('No folder of that name is open.'),
    remedy: '',
  });
}

function whichFolder(sessions: readonly Session[]): PatchwrightError {
  const names = sessions.map(({ folder }) => folder.name).join(', ');
  return new PatchwrightError('usage', {
    what: t('Nothing was done.'),
    why: t('Several folders are open that it may be meant for: {0}.', names),
    remedy: t('Name one of them as `folder`.'),
  });
}

function streamOf(stream: vscode.ChatResponseStream): ChatStream {
  return {
    markdown: (text) => stream.markdown(text), // a plain string: no command link in it is trusted
    progress: (text) => stream.progress(text),
    button: (title, command, id) =>
      stream.button({ title, command: commandId(command), arguments: [id] }),
  };
}

async function withSignal<T>(
  token: vscode.CancellationToken,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const listening = token.onCancellationRequested(() => controller.abort());
  try {
    return await work(controller.signal);
  } finally {
    listening.dispose();
  }
}
