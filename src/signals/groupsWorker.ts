/** Runs in a thread of its own, whose memory has a bound: groups what logs tell of, for `readGroups.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { findGroups } from './groups.ts';
import type { GroupsRequest } from './readGroups.ts';

const { files, folder } = workerData as GroupsRequest;
// What it throws reaches whoever started it as the thread's error.
void findGroups(files, folder).then((found) => parentPort?.postMessage(found, []));
