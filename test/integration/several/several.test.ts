import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ReviewNode } from '../../../src/editor/reviewTree.ts';
import type { TicketNode } from '../../../src/editor/ticketTree.ts';
import type { TestApi } from '../../../src/extension.ts';
import { ticketOf } from '../../support/nouns.ts';
import { requestOf } from '../../support/requests.ts';
import {
  command,
  drawn,
  eventually as within,
  labelOf,
  openApi,
  rows,
  scriptedDialogs,
} from '../support/api.ts';
import { createMemoryApp, type MemoryApp } from '../support/memoryApp.ts';

/** This window opens more than others do, on machines that may be busy. */
const eventually = <T>(look: () => T | Promise<T>) => within(look, 60_000);

describe('a window with several folders', () => {
  const dialogs = scriptedDialogs();
  let api: TestApi;

  before(async () => {
    api = await openApi();
    await api.sessions.readyAll();
  });

  const names = (): string[] => api.sessions.all().map(({ folder }) => folder.name);
  const session = (name: string) => {
    const found = api.sessions.all().find(({ folder }) => folder.name === name);
    assert.ok(found, name);
    return found;
  };
  const titles = (name: string): string[] =>
    session(name)
      .app.backlog.tickets.list()
      .map(({ title }) => title);
  const firstTicket = async (name: string): Promise<TicketNode> => {
    const roots = (await api.backlogView.tree.getChildren()) ?? [];
    const root = roots.find((node) => node.kind === 'folder' && node.session === session(name).id);
    const [group] = (await api.backlogView.tree.getChildren(root)) ?? [];
    const [ticket] = (await api.backlogView.tree.getChildren(group)) ?? [];
    assert.ok(ticket);
    return ticket;
  };

  it('opens each that is a repository of its own, and says of the others why not', async () => {
    assert.deepEqual(names(), ['api', 'web']);
    assert.deepEqual(api.sessions.unopened(), [
      { name: 'notes', why: 'not a git repository' },
      { name: 'fix', why: 'a worktree of api, which has its tickets' },
    ]);
    await eventually(() => /notes: not a git repository/.test(api.statusBar.shown().tooltip));
  });

  it('scans them all, and shows the tickets of each under it', async () => {
    await command('scan');
    const roots = await eventually(async () => {
      const all = await rows(api.backlogView.tree);
      return all.length === 2 && all.every(({ children }) => children.length > 0) ? all : undefined;
    });
    assert.deepEqual(
      roots.map(({ item }) => labelOf(item)),
      ['api', 'web'],
    );
    const ids = roots.flatMap(({ children }) => children.flatMap((group) => group.children));
    assert.equal(new Set(ids.map(({ item }) => item.id)).size, ids.length);
    const [ofApi, ofWeb] = roots.map(({ children }) => drawn(children));
    assert.deepEqual(
      ofApi?.map((row) => row.replace('also in web', 'also in api')),
      ofWeb,
    );
    const [row] = ids;
    assert.match(String(row?.item.description), /· also in web$/);
    const tooltip = row?.item.tooltip;
    assert.ok(typeof tooltip === 'string');
    assert.match(
      tooltip,
      /^Also in other folders\n {2}web, exception-\w+ \(Open\): the same error in the same place, /m,
    );
  });

  it('acts on the folder of the row', async () => {
    dialogs.answers.input = 'not here';
    await command('closeTicket', await firstTicket('web'));
    const closed = (name: string) =>
      session(name).app.backlog.tickets.list({ statuses: ['closed'] }).length;
    assert.deepEqual([closed('api'), closed('web')], [0, 1]);
    assert.match(dialogs.mentioned.at(-1) ?? '', /^Closed in this folder only: also in api/);
  });

  it('acts on the folder of the editor in front, and asks where there is none', async () => {
    const file = vscode.Uri.joinPath(session('web').folder.uri, 'package.json');
    await vscode.window.showTextDocument(file);
    dialogs.answers.input = 'Of the file in front';
    await command('newTicket');
    assert.ok(titles('web').includes('Of the file in front'));
    assert.ok(!titles('api').includes('Of the file in front'));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');

    await command('newTicket'); // nothing is chosen
    assert.deepEqual(dialogs.asked.filter((title) => title === 'Which folder?').length, 1);
    dialogs.answers.choose = (items) => items.find(({ label }) => label === 'api');
    dialogs.answers.input = 'Of the chosen one';
    await command('newTicket');
    assert.ok(titles('api').includes('Of the chosen one'));
    assert.ok(!titles('web').includes('Of the chosen one'));
  });

  describe('of houses in memory', () => {
    const memories = new Map<string, MemoryApp>();
    const memory = (name: string): MemoryApp => {
      const known = memories.get(name) ?? createMemoryApp();
      memories.set(name, known);
      return known;
    };

    before(async () => {
      memory('api').tickets = [ticketOf({ id: 'a', title: 'in api', status: 'ready' })];
      memory('api').requests = [requestOf({ id: 'r1', ticketId: 'a' })];
      memory('web').tickets = [ticketOf({ id: 'a', title: 'in web', status: 'ready' })];
      memory('web').requests = ['r2', 'r3'].map((id) => requestOf({ id, ticketId: 'a' }));
      await api.use((options) => {
        const name = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(options.folder))?.name;
        return memory(name ?? '').compose(options);
      });
      await api.sessions.readyAll();
    });

    it('adds up what waits', async () => {
      await eventually(() => api.reviewView.badge() === 3);
      assert.match(api.statusBar.shown().text, /3 to review$/);
      assert.match(api.statusBar.shown().tooltip, /^ {2}api: 1\n {2}web: 2$/m);
      const roots = await rows<ReviewNode>(api.reviewView.tree);
      assert.deepEqual(
        roots.map(({ item, children }) => [
          labelOf(item),
          children.map((one) => labelOf(one.item)),
        ]),
        [
          ['api', ['in api']],
          ['web', ['in web', 'in web']],
        ],
      );
    });

    it('lets the doctor examine each', async () => {
      await command('doctor');
      const text = vscode.window.activeTextEditor?.document.getText() ?? '';
      assert.deepEqual(text.match(/^(?:## .*|- ✓ \w+: \w+)/gm), [
        '## ✗ notes',
        '## ✗ fix',
        '## What works',
        '- ✓ api: git',
        '- ✓ web: git',
      ]);
      assert.match(text, /^## ✗ notes\n\nnot a git repository$/m);
    });

    it('finds the folder of a request by its id', async () => {
      dialogs.answers.input = 'no';
      await command('reject', 'r2');
      assert.deepEqual(
        [memory('api').asked, memory('web').asked],
        [['recover'], ['recover', 'reject r2 no']],
      );
    });

    it('has the text of a tab that was open when the window reloads, and asks nobody whose', async () => {
      const uri = vscode.Uri.from({
        scheme: 'patchwright-preferences',
        path: '/Patchwright Preferences.md',
      });
      const document = await vscode.workspace.openTextDocument(uri);
      assert.match(document.getText(), /what your decisions have taught/);
      await vscode.window.showTextDocument(document);
      await command('switchLearning', 'off');
      assert.deepEqual(dialogs.asked, []);
      assert.equal(memory('api').asked.at(-1), 'learning off'); // the folder that it shows
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    });

    it('closes a folder that is removed, lets the others go on, and opens it again', async () => {
      const kept = session('api');
      const web = session('web').folder;
      vscode.workspace.updateWorkspaceFolders(web.index, 1);
      await eventually(() => names().join() === 'api');
      assert.equal(memory('web').asked.at(-1), 'dispose');
      assert.equal(session('api'), kept);
      await eventually(() => api.reviewView.badge() === 1);
      const [row] = await rows<ReviewNode>(api.reviewView.tree);
      assert.equal(row && labelOf(row.item), 'in api'); // as where there has been only one
      vscode.workspace.updateWorkspaceFolders(1, 0, { uri: web.uri });
      await eventually(() => names().join() === 'api,web');
    });
  });
});
