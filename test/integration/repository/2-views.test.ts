import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { type Attempt, noUsage } from '../../../src/core/attempt.ts';
import { PatchwrightError } from '../../../src/core/errors.ts';
import type { TestApi } from '../../../src/extension.ts';
import { ticketOf } from '../../support/nouns.ts';
import { weekdays } from '../../../src/core/habit.ts';
import { gateReportOf, requestOf } from '../../support/requests.ts';
import {
  command,
  drawn,
  eventually,
  labelOf,
  openApi,
  rows,
  scriptedDialogs,
} from '../support/api.ts';
import { createMemoryApp, type MemoryApp } from '../support/memoryApp.ts';

describe('views and commands, of a house in memory', () => {
  const dialogs = scriptedDialogs();
  let api: TestApi;
  let memory: MemoryApp;

  beforeEach(async () => {
    api = await openApi();
    memory = createMemoryApp();
    await api.use(memory.compose);
  });

  after(() => api.use());

  it('groups tickets by status, sorted by score, and hides empty groups', async () => {
    memory.tickets = [
      ticketOf({ id: 'b', title: 'hard', effort: { value: 9, reason: '' } }),
      ticketOf({ id: 'a', title: 'easy' }),
      ticketOf({ id: 'c', title: 'done', status: 'applied' }),
    ];
    const labels = drawn(await rows(api.backlogView.tree)).map((line) => line.split(' | ')[0]);
    assert.deepEqual(labels, ['Open', '  easy', '  hard', 'Applied', '  done']);
  });

  it('explains a ticket in plain text, whatever its title says', async () => {
    memory.tickets = [ticketOf({ title: '[x](command:evil) <img src=x> $(error)' })];
    const [group] = await rows(api.backlogView.tree);
    const item = group?.children[0]?.item;
    assert.equal(typeof item?.tooltip, 'string');
    assert.match(item?.tooltip as string, /Priority: medium\. Seen 6 times/);
    assert.match(item?.accessibilityInformation?.label ?? '', /^Bug, priority medium: /);
  });

  it('draws the rows of a request anew when it changed, and no others', async () => {
    const [kept, edited] = [requestOf({ id: 'kept' }), requestOf({ id: 'edited' })];
    const { tree } = api.reviewView;
    const drawnAnew: unknown[] = [];
    const listening = tree.onDidChangeTreeData?.((all) => drawnAnew.push(...[all].flat()));
    const nodes = async () => (await tree.getChildren()) ?? [];
    memory.requests = [kept, edited];
    memory.changed();
    try {
      let edits = 0;
      // The window draws its rows, too: what it has just drawn is not to be drawn anew.
      await eventually(async () => {
        const [, node] = await nodes();
        edits += 1;
        memory.requests = [kept, { ...edited, commit: String(edits).padStart(40, 'c') }];
        memory.changed();
        return node !== undefined && drawnAnew.includes(node);
      });
      const [ofKept, ofEdited] = await nodes();
      assert.ok(!drawnAnew.includes(ofKept));
      assert.match(ofEdited?.kind === 'request' ? ofEdited.request.commit : '', /^c+\d+$/);
    } finally {
      listening?.dispose();
    }
  });

  it('counts what waits on the badge, in the context and in the status bar', async () => {
    memory.requests = [requestOf()];
    memory.changed();
    await eventually(() => api.reviewView.badge() === 1);
    await eventually(() => api.contextKeys.values().hasRequests === true);
    await eventually(() => api.statusBar.shown().text === '$(shield) 2/2 gates · 1 to review');
    memory.requests = [];
    memory.changed();
    await eventually(() => api.reviewView.badge() === 0);
  });

  it('shows a request with its files, the test first, and its gates', async () => {
    memory.requests = [requestOf({ gates: [gateReportOf('protected'), gateReportOf('suite')] })];
    assert.deepEqual(drawn(await rows(api.reviewView.tree)), [
      'exception-abababab | 2 files +2 −0 · 2/2 gates · 0.91',
      '  cart.test.js | +1 −0 · test · reproduction test · added',
      '  cart.js | +1 −0 · src',
      '  Protected files | passed · 5 ms',
      '  Test suite | passed · 5 ms',
    ]);
  });

  it('spins while an attempt runs and offers to cancel it', async () => {
    memory.tickets = [ticketOf({ status: 'in_progress' })];
    const ticketId = 'exception-abababab';
    memory.progress({ kind: 'attempt_started', ticketId, attemptId: 'a', branch: 'b' });
    await eventually(() => api.contextKeys.values().drafting === true);
    await eventually(() => api.statusBar.shown().text.startsWith('$(sync~spin) exception'));
    const [group] = await rows(api.backlogView.tree);
    assert.equal(group?.children[0]?.item.contextValue, 'ticket.running');
    await command('cancel');
    assert.equal(memory.asked.at(-1), `cancel ${ticketId}`);
    memory.progress({ kind: 'attempt_ended', ticketId, ok: true, message: '' });
    await eventually(() => api.contextKeys.values().drafting === false);
  });

  it('shows what runs, what has landed and what was decided', async () => {
    memory.tickets = [ticketOf({ title: 'an error' })];
    const ticketId = ticketOf().id;
    const soon = new Date(Date.now() + 60_000).toISOString();
    const release = {
      id: 'landed',
      requestId: requestOf().id,
      ticketId,
      commit: 'c'.repeat(40),
      branch: 'main',
      backupRef: 'refs/patchwright/backup/landed',
      appliedAt: '2026-01-01T00:00:00.000Z',
    };
    const look = { minutes: 5, at: soon, verdict: 'better', sentence: 'Fewer errors.' } as const;
    memory.releases = [
      { ...release, monitoredUntil: soon, looks: [look] },
      { ...release, id: 'over', monitoredUntil: '2026-01-01T00:00:00.000Z' },
    ];
    memory.progress({ kind: 'attempt_started', ticketId, attemptId: 'a', branch: 'b' });
    await eventually(() => api.contextKeys.values().drafting === true);
    assert.deepEqual(drawn(await rows(api.activityView.tree)).slice(0, 5), [
      'Running | 1',
      '  an error | starting',
      'Landed, under watch | 1',
      '  an error | Fewer errors.',
      '    Fewer errors. | just now',
    ]);
    memory.progress({ kind: 'attempt_ended', ticketId, ok: true, message: '' });
  });

  it('rolls back the release of the row, whatever has landed for its ticket since', async () => {
    const ticketId = ticketOf().id;
    const soon = new Date(Date.now() + 60_000).toISOString();
    const release = {
      id: 'earlier',
      requestId: requestOf().id,
      ticketId,
      commit: 'c'.repeat(40),
      branch: 'main',
      backupRef: 'refs/patchwright/backup/earlier',
      appliedAt: '2026-01-01T00:00:00.000Z',
      monitoredUntil: soon,
    };
    memory.releases = [release, { ...release, id: 'later', appliedAt: '2026-01-02T00:00:00.000Z' }];
    const parts = (await api.activityView.tree.getChildren()) ?? [];
    const watched = parts.find((node) => node.kind === 'part' && node.part === 'watched');
    const [row] = (await api.activityView.tree.getChildren(watched)) ?? [];
    dialogs.answers.input = 'It is slow.';
    await command('rollBack', row);
    assert.equal(memory.asked.at(-1), 'rollBack earlier It is slow.');
  });

  it('asks a second time before it merges into a protected branch', async () => {
    memory.requests = [requestOf()];
    const protectedBranch = new PatchwrightError('protected_branch', {
      what: 'main is a protected branch.',
      why: 'It needs a second yes.',
      remedy: 'Say yes.',
    });
    memory.failure = protectedBranch;
    await command('approve');
    assert.deepEqual(dialogs.asked, ['main is a protected branch.']);
    assert.equal(memory.asked.filter((verb) => verb.startsWith('approve')).length, 1);

    memory.failure = protectedBranch;
    dialogs.answers.confirm = true;
    await command('approve');
    assert.equal(memory.asked.at(-1), `approve ${requestOf().id} true`);
  });

  it('rejects with a comment, and not without', async () => {
    memory.requests = [requestOf()];
    dialogs.answers.input = '  ';
    await command('reject');
    assert.ok(!memory.asked.some((verb) => verb.startsWith('reject')));
    dialogs.answers.input = 'Handle null as well';
    await command('reject');
    assert.equal(memory.asked.at(-1), `reject ${requestOf().id} Handle null as well`);
  });

  it('asks which request, when there are several', async () => {
    const second = requestOf({ id: '2', ticketId: 'exception-cdcdcdcd' });
    memory.requests = [requestOf(), second];
    dialogs.answers.choose = (items) => items.find((item) => item.detail === second.ticketId);
    dialogs.answers.input = 'No';
    await command('reject');
    assert.deepEqual(dialogs.asked, ['Patch Request', 'Reject Patch']);
    assert.equal(memory.asked.at(-1), 'reject 2 No');
  });

  it('shows an error once, with the remedy as a button and no link that acts', async () => {
    memory.failure = new PatchwrightError('missing_key', {
      what: 'No key.',
      why: 'See [here](command:evil).',
      remedy: 'Set one.',
    });
    memory.tickets = [ticketOf()];
    await command('draftNext');
    assert.deepEqual(
      dialogs.told.map(({ buttons }) => buttons),
      [['Set API Key…']],
    );
  });

  it('says what a scan has read, and how many records it could make nothing of', async () => {
    await command('scan');
    assert.deepEqual(dialogs.mentioned, [
      'Read 10 lines: 1 new ticket. 2 malformed records skipped, see the log',
    ]);
  });

  it('says nothing of what was cancelled', async () => {
    memory.failure = new PatchwrightError('cancelled', { what: 'Cancelled.', why: '', remedy: '' });
    await command('scan');
    assert.deepEqual(dialogs.told, []);
  });

  it('makes a ticket of what is typed', async () => {
    memory.tickets = [ticketOf()];
    dialogs.answers.input = 'Faster search';
    await command('newTicket');
    assert.equal(memory.asked.at(-1), 'newTicket Faster search Faster search');
  });

  it('opens the list of gates, then the report of one', async () => {
    memory.requests = [requestOf({ gates: [gateReportOf('size')] })];
    dialogs.answers.choose = (items) => items[0];
    await command('showGates');
    const shown = vscode.window.activeTextEditor?.document;
    assert.equal(shown?.uri.scheme, 'patchwright');
    assert.equal(shown?.getText(), 'Patch size: passed · 5 ms\nIts reason.\n');
  });

  it('shows the attempts below a ticket, and the gates of one that failed', async () => {
    memory.tickets = [ticketOf({ status: 'failed' })];
    memory.attempts = [failedAttempt];
    const lines = drawn(await rows(api.backlogView.tree));
    assert.match(lines[2] ?? '', /^ {4}Attempt 2: failed \| 12 steps · \$0\.08 · /);
    dialogs.answers.choose = (items) => items[0];
    await command('showGates', { kind: 'attempt', attempt: failedAttempt });
    assert.deepEqual(dialogs.asked, ['Gates of exception-abababab, attempt 2']);
    const text = vscode.window.activeTextEditor?.document.getText();
    assert.equal(text, 'Test suite: failed · 5 ms\nIts reason.\n');
  });

  it('leads from a ticket to its place, but never out of the folder', async () => {
    const at = async (file: string) => {
      memory.tickets = [ticketOf({ metadata: { location: { file, line: 7 } } })];
      return (await rows(api.backlogView.tree))[0]?.children[0]?.item.command;
    };
    const [uri, options] = (await at('src/dates.js'))?.arguments ?? [];
    assert.match((uri as vscode.Uri).path, /\/shop\/src\/dates\.js$/);
    assert.equal((options as vscode.TextDocumentShowOptions).selection?.start.line, 6);
    assert.equal(await at('../../etc/passwd'), undefined);
  });

  it('shows the attempts of a ticket that is open again, and no twistie without any', async () => {
    memory.tickets = [ticketOf(), ticketOf({ id: 'new', effort: { value: 9, reason: '' } })];
    memory.attempts = [failedAttempt];
    const [group] = await rows(api.backlogView.tree);
    const states = group?.children.map(({ item }) => item.collapsibleState);
    const { Collapsed, None } = vscode.TreeItemCollapsibleState;
    assert.deepEqual(states, [Collapsed, None]);
  });

  it('tells the place in the queue among the tickets that are drafted on their own', async () => {
    memory.tickets = [
      ticketOf({ id: 'wish', category: 'feature', effort: { value: 1, reason: '' } }),
      ticketOf(),
    ];
    const [group] = await rows(api.backlogView.tree);
    const [wish, bug] = group?.children.map(({ item }) => item.tooltip as string) ?? [];
    assert.match(wish ?? '', /a person has to start it/);
    assert.match(bug ?? '', /Number 1 of 1 in the queue/);
  });

  it('is sorted as the person likes, and remembers it', async () => {
    memory.tickets = [
      ticketOf({ id: 'old', title: 'old', updatedAt: '2026-01-01T00:00:00.000Z' }),
      ticketOf({ id: 'new', title: 'new', effort: { value: 9, reason: '' } }),
    ];
    const labels = async () =>
      (await rows(api.backlogView.tree))[0]?.children.map(({ item }) => labelOf(item));
    assert.deepEqual(await labels(), ['old', 'new']);
    await command('sortByLastSeen');
    try {
      assert.deepEqual(await labels(), ['new', 'old']);
      assert.equal(api.backlogView.sortedBy(), 'by last seen');
      await eventually(() => api.contextKeys.values().sort === 'lastSeen');
    } finally {
      await command('sortByScore');
    }
    assert.equal(api.backlogView.sortedBy(), undefined);
  });

  it('says when another process works on the ticket that is to be cancelled', async () => {
    memory.tickets = [ticketOf({ status: 'in_progress' })];
    memory.attempts = [{ ...failedAttempt, outcome: 'running' }];
    await command('cancel', 'exception-abababab');
    assert.match(dialogs.told[0]?.message ?? '', /Process 1 on here does/);
    assert.ok(!memory.asked.some((verb) => verb.startsWith('cancel')));
  });

  it('ends spinning when a scan fails in the background, and says it once', async () => {
    const activity = () => api.sessions.all()[0]?.activity();
    const message = `The disk is full (${String(process.hrtime.bigint())}).`;
    for (let times = 0; times < 2; times += 1) {
      memory.progress({ kind: 'scanning' });
      assert.equal(activity()?.scanning, true);
      memory.progress({ kind: 'scan_failed', message });
      assert.equal(activity()?.scanning, false);
    }
    assert.equal(dialogs.told.length, 1);
    assert.ok(dialogs.told[0]?.message.includes(message));
  });

  it('says once that a scan failed which somebody asked for', async () => {
    memory.failure = new Error('The log is locked.');
    await command('scan');
    assert.equal(dialogs.told.length, 1);
  });

  it('counts no problem where something works without it', async () => {
    memory.checks = [{ title: 'Sandbox', ok: false, optional: true, detail: 'None.' }];
    await command('doctor');
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.match(text, /no problems/);
    assert.match(text, /^## – Sandbox$/m);
  });

  it('shows what was learned, and applies what is suggested when a person says so', async () => {
    const [setting, evidence] = ['patchwright.selection.maxRisk', 'Of 9 patches 0 stayed.'];
    const suggestion = { setting, now: 7, suggested: 4, evidence };
    memory.learned = { ...memory.learned, settings: [suggestion] };
    const configuration = () => vscode.workspace.getConfiguration();
    const { Global } = vscode.ConfigurationTarget;
    await configuration().update(setting, 7, Global); // it is changed where it is set
    const valueOf = () => configuration().inspect(setting)?.globalValue;
    await command('showPreferences');
    const document = vscode.window.activeTextEditor?.document;
    assert.match(document?.getText() ?? '', /maxRisk: 4 instead of 7\nOf 9 patches 0 stayed\./);
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      'vscode.executeLinkProvider',
      document?.uri,
    );
    const ours = links.filter(({ target }) => target?.path === 'patchwright.applySuggestion');
    assert.deepEqual(
      ours.map(({ target }) => target?.query),
      [JSON.stringify([setting])],
    );
    assert.equal(valueOf(), 7);
    try {
      await command('applySuggestion', setting);
      assert.equal(valueOf(), 4);
      await command('applySuggestion', 'patchwright.sandbox.allowWithout');
      assert.match(dialogs.told[0]?.message ?? '', /not suggested any more/);
    } finally {
      await configuration().update(setting, undefined, Global);
    }
  });

  it('forgets what was learned after a question, and switches learning off', async () => {
    await command('resetPreferences');
    dialogs.answers.confirm = true;
    await command('resetPreferences');
    await command('switchLearning');
    await command('switchLearning', 'on');
    assert.deepEqual(memory.asked, ['recover', 'learning reset', 'learning off']);
  });

  it('asks for what a command on a ticket needs, and does nothing without it', async () => {
    memory.tickets = [ticketOf(), ticketOf({ id: 'other', title: 'Other' })];
    const id = 'exception-abababab';
    for (const name of ['editTicket', 'mergeTicket', 'snoozeTicket', 'closeTicket'])
      await command(name, id);
    assert.deepEqual(memory.asked, ['recover']);
    dialogs.answers.choose = (items) =>
      items.find(({ label }) => ['Priority', 'high', 'Other'].includes(label));
    dialogs.answers.input = 'Nobody uses it';
    for (const name of ['editTicket', 'mergeTicket', 'closeTicket']) await command(name, id);
    assert.deepEqual(memory.asked.slice(1), [
      `edit ${id} {"priority":"high"}`,
      `merge ${id} other`,
      `close ${id} Nobody uses it`,
    ]);
  });

  it('splits a ticket by what its events differ in, and says so when they do not', async () => {
    memory.tickets = [ticketOf()];
    const id = 'exception-abababab';
    await command('splitByPart', id);
    assert.match(dialogs.told[0]?.message ?? '', /differ in nothing/);
    const seen = { count: 2, firstSeen: '', lastSeen: '' };
    memory.variants = ['disk full', 'no route'].map((value) => ({
      traits: [{ label: 'message', value }],
      ...seen,
    }));
    dialogs.answers.choose = (items) => items.find(({ label }) => label === 'no route');
    await command('splitByPart', id);
    assert.deepEqual(memory.asked.slice(1), [`split ${id} by message=no route`]);
  });

  it('tells once that many users report the same, and shows the ticket when asked to', async () => {
    memory.tickets = [ticketOf({ id: 'feedback-abababab', title: 'Exports crash' })];
    memory.changed();
    dialogs.answers.tell = 'Show Ticket';
    const ticketId = 'feedback-abababab';
    const reason = '10 users report the same.';
    for (let times = 0; times < 2; times += 1) {
      memory.progress({ kind: 'preview_wanted', ticketId, title: 'Exports crash', reason });
    }
    await eventually(() => dialogs.told.length > 0);
    assert.deepEqual(
      dialogs.told.map(({ message, buttons }) => [message, ...buttons]),
      [['10 users report the same. Exports crash', 'Show Ticket', "Don't Show Again"]],
    );
    await eventually(() => api.backlogView.selected().includes(ticketId));
  });

  it('tells of an urgent patch at once, and of others when the person usually reviews', async () => {
    const notToday = weekdays[(new Date().getDay() + 3) % 7] ?? 'Sun';
    const reviews = {
      ...memory.learned.reviews,
      habit: { part: 'morning', days: [notToday] },
    } as const;
    memory.learned = { ...memory.learned, reviews };
    const urgent = ticketOf({
      id: 'exception-cdcdcdcd',
      title: 'It burns',
      priority: { value: 'critical', reason: '' },
    });
    const confidence = { value: 0.99, parts: [] };
    memory.tickets = [ticketOf(), urgent];
    memory.requests = [
      requestOf({ confidence }),
      requestOf({ id: '2', ticketId: urgent.id, confidence }),
    ];
    memory.changed();
    await eventually(() => dialogs.told.length > 0);
    assert.deepEqual(
      dialogs.told.map(({ message }) => message),
      ['A patch is ready to review (confidence 0.99): It burns'],
    );
  });

  it('snoozes until the date that is typed', async () => {
    memory.tickets = [ticketOf()];
    dialogs.answers.choose = (items) => items.at(-1);
    dialogs.answers.input = '2999-01-31 14:30';
    await command('snoozeTicket', 'exception-abababab');
    const until = new Date(2999, 0, 31, 14, 30).toISOString();
    assert.equal(memory.asked.at(-1), `snooze exception-abababab ${until}`);
  });

  it('opens again after an opening that failed in any way', async () => {
    await api.use(async () => {
      throw Object.create(null) as Error;
    });
    assert.equal(api.sessions.state().kind, 'failed');
    await api.use(memory.compose);
    assert.equal(api.sessions.state().kind, 'ready');
  });

  it('closes what it opened when it opens anew', async () => {
    await api.use(createMemoryApp().compose);
    assert.equal(memory.asked.at(-1), 'dispose');
  });
});

const failedAttempt: Attempt = {
  id: 'a2',
  ticketId: 'exception-abababab',
  number: 2,
  branch: 'improvement/exception-abababab',
  base: 'a'.repeat(40),
  outcome: 'failed',
  startedAt: '2026-03-02T09:10:00.000Z',
  runner: { pid: 1, host: 'here', started: '' },
  model: 'recorded',
  steps: 12,
  usage: noUsage,
  costUsd: 0.08,
  error: 'A gate failed.',
  gates: [gateReportOf('suite', 'failed')],
};
