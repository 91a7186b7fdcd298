import * as vscode from 'vscode';
import { type SortOrder, toSortOrder } from './sortOrder.ts';

const key = 'patchwright.sort';

/** The order of the Backlog view, remembered with the workspace. */
export interface Sorting {
  current(): SortOrder;
  use(order: SortOrder): Promise<void>;
  readonly onDidChange: vscode.Event<void>;
  dispose(): void;
}

export function createSorting(memory: vscode.Memento): Sorting {
  const changed = new vscode.EventEmitter<void>();
  return {
    current: () => toSortOrder(memory.get(key)),
    async use(order) {
      await memory.update(key, order);
      changed.fire();
    },
    onDidChange: changed.event,
    dispose: () => changed.dispose(),
  };
}
