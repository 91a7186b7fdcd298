import assert from 'node:assert/strict';
import { createLogReader } from '../../../../src/signals/logReader.ts';
import { summaryOf } from '../support/readLines.ts';

/** What runtimes, frameworks and their tools print in forms of their own, and what a person would read in it. */
interface Case {
  readonly log: string;
  readonly found: readonly string[];
}

const cases: Readonly<Record<string, Case>> = {
  "Bun's error, its message alone": {
    log: `11 | function settle(till) {
12 |   if (!till.open)
13 |     throw new Error("till 4 is closed");
               ^
error: till 4 is closed
      at settle (/srv/till/pay.ts:13:11)
      at /srv/till/main.ts:2:1

Bun v1.1.30 (Linux x64)
`,
    found: ['error Error: till 4 is closed @ settle /srv/till/pay.ts:13'],
  },
  'frames that belong to nothing': {
    log: 'served\n    at settle (/srv/till/pay.js:9:3)\n    at main (/srv/till/main.js:2:1)\n',
    found: [],
  },
  "Deno's rejection, with the line of code": {
    log: `error: Uncaught (in promise) AddrInUse: Address already in use (os error 98)
  const server = Deno.listen({ port: 80 });
                      ^
    at listen (ext:deno_net/01_net.js:612:35)
    at open (file:///srv/till/server.ts:7:23)
`,
    found: ['error AddrInUse: Address already in use (os error 98) @ open /srv/till/server.ts:7'],
  },
  'a file that Vite cannot transform': {
    log: `9:14:33 AM [vite] Internal server error: Failed to resolve import "./fee" from "src/Till.tsx". Does the file exist?
  Plugin: vite:import-analysis
  File: /srv/till/src/Till.tsx:4:19
  2  |  import { useState } from "react";
  3  |  import { fee } from "./fee";
     |                       ^
      at TransformPluginContext._formatError (file:///srv/till/node_modules/vite/dist/node/chunks/dep.js:49258:41)
`,
    found: [
      'error Error: Failed to resolve import "./fee" from "src/Till.tsx". Does the file exist? @ - /srv/till/src/Till.tsx:4',
    ],
  },
  'a rejection behind a word of the handler': {
    log: `2026-11-02T09:14:33.000Z - error: unhandledRejection TypeError: Converting circular structure to JSON
    at JSON.stringify (<anonymous>)
    at save (/srv/till/store.js:8:21)
`,
    found: ['error TypeError: Converting circular structure to JSON @ save /srv/till/store.js:8'],
  },
  'Node out of memory': {
    log: `<--- JS stacktrace --->

FATAL ERROR: Ineffective mark-compacts near heap limit Allocation failed - JavaScript heap out of memory
 1: 0xb95be0 node::Abort() [node]
 2: 0xa9a7f8  [node]
Aborted (core dumped)
`,
    found: [
      'fatal FATAL ERROR: Ineffective mark-compacts near heap limit Allocation failed - JavaScript heap out of memory',
    ],
  },
  "npm's script that failed": {
    log: `npm error code ENOENT
npm error syscall open
npm error path /srv/till/package.json
npm error errno -2
npm error enoent Could not read package.json: Error: ENOENT: no such file or directory
npm error A complete log of this run can be found in: /root/.npm/_logs/x.log
`,
    found: [
      'error LoggedError: ENOENT: enoent Could not read package.json: Error: ENOENT: no such file or directory',
    ],
  },
  "Metro's console of React Native": {
    log: ` LOG  Running "till"
 ERROR  ReferenceError: Property 'fee' doesn't exist, js engine: hermes
 WARN  slow
`,
    found: ["error ReferenceError: Property 'fee' doesn't exist"],
  },
  'NestJS without a stack': {
    log: `[Nest] 17  - 11/02/2026, 9:14:33 AM     LOG [NestFactory] Starting Nest application...
[Nest] 17  - 11/02/2026, 9:14:34 AM   ERROR [TypeOrmModule] Unable to connect to the database. Retrying (1)...
`,
    found: ['error LoggedError: Unable to connect to the database. Retrying (1)...'],
  },
};

function foundIn(log: string): string[] {
  const reader = createLogReader(0, 'bytes');
  reader.feed(Buffer.from(log), 0, 'final');
  reader.end();
  return reader.take().map(({ event }) => summaryOf(event));
}

describe('exceptions of runtimes and tools', () => {
  for (const [name, { log, found }] of Object.entries(cases)) {
    it(`reads ${name}`, () => assert.deepEqual(foundIn(log), found));
  }
});
