import * as vscode from 'vscode';
import { type Grouping, toGrouping } from './grouping.ts';
import { type SortOrder, toSortOrder } from './sortOrder.ts';

const orderKey = 'patchwright.sort';
const groupKey = 'patchwright.groupBy';

/** How the Backlog view is arranged; all but the filter is remembered with the workspace. */
export interface Sorting {
  current(): SortOrder;
  use(order: SortOrder): Promise<void>;
  grouping(): Grouping;
  groupBy(by: Grouping): Promise<void>;
  /** Empty: all are shown. */
  filter(): string;
  showOnly(filter: string): void;
  readonly onDidChange: vscode.Event<void>;
  dispose(): void;
}

export function createSorting(memory: vscode.Memento): Sorting {
  const changed = new vscode.EventEmitter<void>();
  let filter = '';
  const remember = async (key: string, value: string): Promise<void> => {
    await memory.update(key, value);
    changed.fire();
  };
  return {
    current: () => toSortOrder(memory.get(orderKey)),
    use: (order) => remember(orderKey, order),
    grouping: () => toGrouping(memory.get(groupKey)),
    groupBy: (by) => remember(groupKey, by),
    filter: () => filter,
    showOnly(text) {
      filter = text.trim();
      changed.fire();
    },
    onDidChange: changed.event,
    dispose: () => changed.dispose(),
  };
}
