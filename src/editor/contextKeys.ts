import * as vscode from 'vscode';
import type { ApiKey } from './apiKey.ts';
import { contextKeys } from './commands.ts';
import { createDisposableStore } from './disposables.ts';
import { planUri, reviewAddresses } from './documents.ts';
import { throttled } from './refresh.ts';
import { waitingRequests } from './reviewTree.ts';
import type { Session, Sessions } from './sessions.ts';
import { currentProvider } from './settings.ts';
import type { Sorting } from './sorting.ts';
import { waitingPlans } from './waitingPlans.ts';

/** All but what a command sets. */
type Values = Readonly<Record<Exclude<keyof typeof contextKeys, 'guided'>, unknown>>;

/** Keeps the context keys that the manifest's when-clauses use in step with what there is. */
export function registerContextKeys(
  sessions: Sessions,
  apiKey: ApiKey,
  sorting: Sorting,
): { values(): Partial<Values>; dispose(): void } {
  const store = createDisposableStore();
  const set = new Map<string, string>();
  let hasKey = false;
  let values: Partial<Values> = {};
  const update = throttled(() => {
    values = {
      ...valuesOf(sessions, hasKey),
      sort: sorting.current(),
      filtered: sorting.filter() !== '',
    };
    for (const [name, value] of Object.entries(values)) {
      const id = contextKeys[name as keyof typeof contextKeys];
      const text = JSON.stringify(value);
      if (set.get(id) === text) continue;
      set.set(id, text);
      void vscode.commands.executeCommand('setContext', id, value);
    }
  });
  const readKey = async (): Promise<void> => {
    const provider = currentProvider();
    hasKey = provider !== 'anthropic' || (await apiKey.get(provider)) !== undefined;
    update();
  };
  store.add(update);
  store.add(sessions.onDidChange(update));
  store.add(sorting.onDidChange(update));
  store.add(apiKey.onDidChange(() => void readKey()));
  store.add(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('patchwright.model.provider')) void readKey();
    }),
  );
  void readKey();
  return { values: () => values, dispose: () => store.dispose() };
}

function valuesOf(sessions: Sessions, hasKey: boolean): Omit<Values, 'sort' | 'filtered'> {
  const all = sessions.all();
  return {
    state: sessions.state().kind,
    hasKey: hasKey || all.some(({ hasRecordedModel }) => hasRecordedModel),
    ...insideOf(all),
  };
}

type Inside = Omit<Values, 'state' | 'hasKey' | 'sort' | 'filtered'>;

function insideOf(all: readonly Session[]): Inside {
  const waiting = all.flatMap(({ app }) => waitingRequests(app.backlog));
  return {
    hasTickets: all.some(({ app }) => hasAny(app.backlog.tickets.countByStatus())),
    hasRequests: waiting.length > 0,
    hasReleases: all.some(({ app }) =>
      app.backlog.releases.list().some((release) => !release.rolledBackAt),
    ),
    drafting: all.some(({ activity }) => activity().works.size > 0),
    editing: all.some(({ app }) => app.pipeline.editing.open().length > 0),
    pending: waiting.flatMap(reviewAddresses),
    plans: all.flatMap(({ app }) =>
      waitingPlans(app.backlog).map((plan) => planUri(plan).toString()),
    ),
  };
}

function hasAny(counts: Readonly<Record<string, number>>): boolean {
  return Object.values(counts).some((count) => count > 0);
}
