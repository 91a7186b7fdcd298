import { askThread } from './askThread.ts';
import type { Findings } from './groups.ts';

export interface GroupsRequest {
  readonly files: readonly string[];
  readonly folder: string;
}

/** `findGroups` in a thread of its own: the memory of this one would grow with what a log holds. */
export function readGroups(request: GroupsRequest, signal?: AbortSignal): Promise<Findings> {
  return askThread(
    {
      script: 'groupsWorker',
      from: import.meta.url,
      request,
      maxHeapMiB: 192,
      maxYoungMiB: 6,
    },
    signal,
  );
}
