import * as vscode from 'vscode';
import { PatchwrightError } from '../core/errors.ts';
import type { Handlers } from './commands.ts';
import type { Desk } from './desk.ts';
import { t } from './l10n.ts';
import { requireTrust, type Session } from './sessions.ts';

type Names =
  | 'showPreferences'
  | 'applySuggestion'
  | 'exportPreferences'
  | 'resetPreferences'
  | 'switchLearning';

export function preferenceCommands(desk: Desk): Pick<Handlers, Names> {
  const { sessions, dialogs, preferences } = desk;
  const asked = (): Promise<Session> => sessions.ready(preferences.inFront());
  return {
    showPreferences: async () => preferences.open(await asked()),
    async applySuggestion(setting) {
      requireTrust();
      await apply(desk, setting);
      await preferences.refresh();
    },
    async exportPreferences() {
      const { pipeline, backlog } = (await asked()).app;
      const all = { ...pipeline.learned(), events: backlog.learning.list(maxEvents) };
      const content = `${JSON.stringify(all, null, 2)}\n`;
      const document = await vscode.workspace.openTextDocument({ language: 'json', content });
      await vscode.window.showTextDocument(document);
    },
    async resetPreferences() {
      requireTrust();
      const { pipeline } = (await asked()).app;
      const question = t('Forget what your decisions have taught?');
      const detail = t('Decisions from now on count. What was decided stays in the history.');
      if (!(await dialogs.confirm(question, detail, t('Forget')))) return;
      await pipeline.switchLearning('reset');
      await preferences.refresh();
    },
    async switchLearning(to) {
      requireTrust();
      const { pipeline } = (await asked()).app;
      const isOn = pipeline.learned().enabled;
      const next = to === 'on' || to === 'off' ? to : isOn ? 'off' : 'on';
      if (isOn !== (next === 'on')) await pipeline.switchLearning(next);
      dialogs.mention(next === 'on' ? t('Learning is on') : t('Learning is off'));
      await preferences.refresh();
    },
  };
}

const maxEvents = 100_000;

/** The value is the one that is suggested now: whoever wrote the link says no more than which setting. */
async function apply({ sessions, dialogs, preferences }: Desk, setting: unknown): Promise<void> {
  const { app, folder } = await sessions.ready(preferences.inFront());
  const suggestion = app.pipeline.learned().settings.find((one) => one.setting === setting);
  if (!suggestion) {
    throw new PatchwrightError('not_found', {
      what: t('Nothing was changed.'),
      why: t('This setting is not suggested any more.'),
      remedy: t('Look at what is suggested now.'),
    });
  }
  const configuration = vscode.workspace.getConfiguration(undefined, folder.uri);
  const target = targetOf(configuration, suggestion.setting);
  await configuration.update(suggestion.setting, suggestion.suggested, target);
  dialogs.mention(t('Set {0} to {1}', suggestion.setting, JSON.stringify(suggestion.suggested)));
}

/** Where it is set, as the folder sees it; else what was learned here is no matter of other folders. */
function targetOf(
  configuration: vscode.WorkspaceConfiguration,
  setting: string,
): vscode.ConfigurationTarget {
  const { Global, Workspace, WorkspaceFolder } = vscode.ConfigurationTarget;
  const set = configuration.inspect(setting);
  if (set?.workspaceFolderValue !== undefined) return WorkspaceFolder;
  if (set?.workspaceValue !== undefined) return Workspace;
  return set?.globalValue === undefined ? WorkspaceFolder : Global;
}
