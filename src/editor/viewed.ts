import type * as vscode from 'vscode';
import type { PatchRequest } from '../core/patchRequest.ts';

/** Which files of waiting patches a person has looked at, kept with the workspace. */
export interface Viewed {
  has(request: PatchRequest, path: string): boolean;
  set(marks: readonly ViewedMark[], waiting: readonly PatchRequest[]): Promise<void>;
}

export interface ViewedMark {
  readonly request: PatchRequest;
  readonly path: string;
  readonly viewed: boolean;
}

const key = 'patchwright.viewed';

/** Keys are `request commit`: of an edited patch nothing has been looked at yet. */
type Stored = Readonly<Record<string, readonly string[]>>;

export function createViewed(memory: Pick<vscode.Memento, 'get' | 'update'>): Viewed {
  const stored = (): Stored => memory.get<Stored>(key) ?? {};
  return {
    has: (request, path) => stored()[nameOf(request)]?.includes(path) ?? false,
    async set(marks, waiting) {
      await memory.update(key, withMarks(stored(), marks, waiting));
    },
  };
}

/** Pure. Requests that wait no more are forgotten. */
export function withMarks(
  before: Stored,
  marks: readonly ViewedMark[],
  waiting: readonly PatchRequest[],
): Stored {
  return Object.fromEntries(
    waiting.flatMap((request) => {
      const paths = new Set(before[nameOf(request)]);
      for (const mark of marks) {
        if (mark.request.id !== request.id) continue;
        if (mark.viewed) paths.add(mark.path);
        else paths.delete(mark.path);
      }
      return paths.size > 0 ? [[nameOf(request), [...paths]] as const] : [];
    }),
  );
}

function nameOf({ id, commit }: PatchRequest): string {
  return `${id} ${commit}`;
}
