import * as vscode from 'vscode';
import { reportName, runTypes, type RunReport, type RunType } from '../pipeline/run/report.ts';
import { cancellable } from './cancellable.ts';
import type { Handlers } from './commands.ts';
import type { Desk } from './desk.ts';
import { msg, t } from './l10n.ts';
import { requireTrust, type Session } from './sessions.ts';
import { ago, exactly } from './text.ts';

/** What the schedule does by itself, at once; and the reports of what it did. */
export function scheduleCommands({
  sessions,
  dialogs,
}: Desk): Pick<Handlers, 'runNow' | 'showReports'> {
  return {
    async runNow(argument) {
      requireTrust();
      const session = await sessions.ready();
      const items = runTypes.map((type) => ({ ...itemOf(type), type }));
      const named = runTypes.find((type) => type === argument);
      const type = named ?? (await dialogs.choose(items, { title: t('Run Now') }))?.type;
      if (!type) return;
      const report = await running(session, type);
      dialogs.mention(countsOf(report));
      await openReport(vscode.Uri.joinPath(reportsOf(session), `${reportName(report)}.md`));
    },
    async showReports() {
      const folder = reportsOf(await sessions.ready());
      const reports = await reportsIn(folder);
      if (reports.length === 0) return dialogs.mention(t('There is no report yet'));
      const chosen = await dialogs.choose(reports, { title: t('Reports') });
      if (chosen) await openReport(vscode.Uri.joinPath(folder, chosen.name));
    },
  };
}

const titles: Readonly<Record<RunType, string>> = {
  hourly: msg('Hourly'),
  daily: msg('Daily'),
  weekly: msg('Weekly'),
  monthly: msg('Monthly'),
  full: msg('Everything'),
};
const contents: Readonly<Record<RunType, string>> = {
  hourly: msg('Scan, sync and, where the settings say so, draft the next ticket'),
  daily: msg('Analyse the last days'),
  weekly: msg('Draft specifications of wishes, propose the tickets that are worth most'),
  monthly: msg('Suggest refactorings'),
  full: msg('All of these'),
};

function itemOf(type: RunType): vscode.QuickPickItem {
  return { label: t(titles[type]), description: t(contents[type]) };
}

function running({ app, settings }: Session, type: RunType): Thenable<RunReport> {
  const autoExecute = settings()?.schedule.autoExecute ?? false;
  return cancellable(t('Patchwright runs: {0}', t(titles[type])), (signal) =>
    app.pipeline.run(type, { dryRun: false, autoExecute }, signal),
  );
}

function countsOf({ found, done, skipped, failed }: RunReport): string {
  const counts = [found, done, skipped, failed].map(({ length }) => length);
  return t('Found {0}, done {1}, skipped {2}, failed {3}', ...counts);
}

function reportsOf({ folder }: Session): vscode.Uri {
  return vscode.Uri.joinPath(folder.uri, '.patchwright', 'reports');
}

/** The newest first. */
async function reportsIn(folder: vscode.Uri): Promise<readonly (vscode.QuickPickItem & Named)[]> {
  const entries = await vscode.workspace.fs.readDirectory(folder).then(
    (all) => all,
    () => [], // none was ever written
  );
  return entries
    .flatMap(([name]) => named(name) ?? [])
    .sort((a, b) => (a.name < b.name ? 1 : -1))
    .map(({ name, at, type }) => ({
      name,
      label: t(titles[type]),
      description: `${exactly(at)}, ${ago(at, new Date())}`,
    }));
}

interface Named {
  readonly name: string;
}

/** Of `2026-03-05T080000.123Z-hourly.md`, in earlier ones without the fraction; its JSON is for programs. */
function named(
  name: string,
): (Named & { readonly at: string; readonly type: RunType }) | undefined {
  const [, day, h, m, s, kind] =
    /^(\d{4}-\d\d-\d\d)T(\d\d)(\d\d)(\d\d)(?:\.\d{3})?Z-(\w+)\.md$/.exec(name) ?? [];
  const type = runTypes.find((one) => one === kind);
  return type && { name, at: `${day}T${h}:${m}:${s}.000Z`, type };
}

/** As a page; where nothing draws Markdown, as text. */
async function openReport(uri: vscode.Uri): Promise<void> {
  try {
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  } catch {
    await vscode.window.showTextDocument(uri, { preview: true });
  }
}
