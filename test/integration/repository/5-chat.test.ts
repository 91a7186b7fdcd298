import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { answerChat, type ChatRequest, chatTools } from '../../../src/editor/chat.ts';
import { participantId } from '../../../src/editor/registerChat.ts';
import type { TestApi } from '../../../src/extension.ts';
import { openApi, scriptedDialogs } from '../support/api.ts';

describe('in the chat', function () {
  this.timeout(120_000);
  const dialogs = scriptedDialogs();
  let api: TestApi;
  before(async () => {
    api = await openApi();
    await api.sessions.ready();
  });

  const call = async (name: string, input: object): Promise<string> => {
    const result = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
    const [part] = result.content;
    assert.ok(part instanceof vscode.LanguageModelTextPart);
    return part.value;
  };

  it('is a participant as the manifest declares it', () => {
    const { packageJSON } = vscode.extensions.getExtension('patchwright.patchwright') ?? {};
    const [declared] = packageJSON.contributes.chatParticipants;
    assert.equal(declared.id, participantId);
    // Whether it is registered the stable API does not say; that it can be is what activation relies on.
    assert.equal(typeof vscode.chat.createChatParticipant, 'function');
  });

  it('answers what it is asked from the real backlog', async () => {
    const { app } = await api.sessions.ready();
    const ask = async (request: ChatRequest): Promise<string> => {
      let said = '';
      const stream = {
        markdown: (text: string) => {
          said += text;
        },
        progress: () => undefined,
        button: () => undefined,
      };
      await answerChat(request, async () => app, stream, new AbortController().signal);
      return said;
    };
    assert.match(await ask({ command: 'status', prompt: '' }), /Open tickets: \d+\. Waiting/);
    assert.match(await ask({ command: 'scan', prompt: '' }), /Read \d+ lines?: \d+ new tickets?/);
  });

  it('has tools that list and show tickets to other agents', async () => {
    const known = vscode.lm.tools.map(({ name }) => name);
    for (const { name } of chatTools) assert.ok(known.includes(name), `${name} is not registered`);
    const { app } = await api.sessions.ready();
    const [ticket] = app.backlog.tickets.list();
    assert.ok(ticket);
    const listed = JSON.parse(await call('patchwright_listTickets', { status: ticket.status }));
    assert.ok(listed.some((one: { id: string }) => one.id === ticket.id));
    const shown = JSON.parse(await call('patchwright_showTicket', { ticketId: ticket.id }));
    assert.equal(shown.title, ticket.title);
  });

  it('puts a patch of another agent through the gates and lands nothing', async () => {
    const { app } = await api.sessions.ready();
    const { id } = await app.pipeline.newTicket({ title: 'A note is missing', description: '' });
    const diff = ['--- /dev/null', '+++ b/note.md', '@@ -0,0 +1 @@', '+A note.', ''].join('\n');
    await assert.rejects(call('patchwright_proposePatch', { ticketId: id, diff, reasoning: 'x' }));
    const attempt = app.backlog.attempts.ofTicket(id).at(-1);
    assert.equal(attempt?.outcome, 'failed');
    // Nothing shows that it mends anything.
    assert.equal(attempt?.gates?.find((gate) => gate.id === 'reproduction')?.verdict, 'failed');
    assert.deepEqual(app.backlog.requests.list({ ticketId: id }), []);
    assert.deepEqual(dialogs.told, []);
  });
});
