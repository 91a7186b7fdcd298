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
  "npm's package whose script failed": {
    log: `npm error code 1
npm error path /srv/till/node_modules/fees
npm error command failed
npm error command sh -c node build.js
npm error gyp info it worked if it ends with ok
npm error A complete log of this run can be found in: /root/.npm/_logs/x.log
`,
    found: ['error LoggedError: 1: command failed: sh -c node build.js'],
  },
  "npm's failure that says no more than its command": {
    log: `npm ERR! code 1
npm ERR! path /srv/till
npm ERR! command sh -c node build.js

npm ERR! A complete log of this run can be found in:
npm ERR!     /root/.npm/_logs/x.log
`,
    found: ['error LoggedError: 1: command failed: sh -c node build.js'],
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
  "asyncio's task that nobody asked": {
    log: `2026-11-02 09:14:33,123 ERROR asyncio: Task exception was never retrieved
future: <Task finished name='Task-3' coro=<settle() done, defined at /srv/till/pay.py:4> exception=KeyError('fee')>
Traceback (most recent call last):
  File "/srv/till/pay.py", line 6, in settle
    return fees['fee']
KeyError: 'fee'
`,
    found: ["error KeyError: 'fee' @ settle /srv/till/pay.py:6"],
  },
  "psycopg's details and SQLAlchemy's statement, in a chain": {
    log: `Traceback (most recent call last):
  File "/srv/venv/lib/python3.12/site-packages/sqlalchemy/engine/base.py", line 1967, in _exec
    self.dialect.do_execute(
psycopg2.errors.ForeignKeyViolation: insert on table "fees" violates foreign key constraint "fees_till"
DETAIL:  Key (till)=(4) is not present in table "tills".


The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/srv/till/store.py", line 21, in save
    session.flush()
sqlalchemy.exc.IntegrityError: (psycopg2.errors.ForeignKeyViolation) insert on table "fees" violates foreign key constraint "fees_till"
DETAIL:  Key (till)=(4) is not present in table "tills".

[SQL: INSERT INTO fees (till, cents)
VALUES (%(till)s, %(cents)s)]
[parameters: {'till': 4, 'cents': 90}]
(Background on this error at: https://sqlalche.me/e/20/gkpj)
`,
    found: [
      'error sqlalchemy.exc.IntegrityError: (psycopg2.errors.ForeignKeyViolation) insert on table "fees" violates foreign key constraint "fees_till" @ save /srv/till/store.py:21',
    ],
  },
  'a record that logging could not write': {
    log: `--- Logging error ---
Traceback (most recent call last):
  File "/usr/lib/python3.12/logging/__init__.py", line 392, in getMessage
    msg = msg % self.args
TypeError: %d format: a real number is required, not str
Call stack:
  File "/srv/till/main.py", line 2, in <module>
    settle()
  File "/srv/till/pay.py", line 9, in settle
    log.info('fee %d', fee)
Message: 'fee %d'
Arguments: ('x',)
`,
    found: [
      'error TypeError: %d format: a real number is required, not str @ settle /srv/till/pay.py:9',
    ],
  },
  "faulthandler's crash": {
    log: `Fatal Python error: Bus error

Thread 0x00007f3b2c1c4740 (most recent call first):
  File "/usr/lib/python3.12/ctypes/__init__.py", line 519 in string_at
  File "/srv/till/native.py", line 7 in poke

Extension modules: numpy.core (total: 1)
Bus error (core dumped)
`,
    found: ['fatal Fatal Python error: Bus error @ poke /srv/till/native.py:7'],
  },
  "a notebook's traceback": {
    log: `---------------------------------------------------------------------------
ValueError                                Traceback (most recent call last)
Cell In[2], line 1
----> 1 settle("x")

File /srv/till/pay.py:9, in settle(fee)
      8 def settle(fee):
----> 9     return int(fee)

ValueError: invalid literal for int() with base 10: 'x'
`,
    found: [
      "error ValueError: invalid literal for int() with base 10: 'x' @ settle /srv/till/pay.py:9",
    ],
  },
  "Django's verbose form": {
    log: 'ERROR 2026-11-02 09:14:33,123 pay 17 139872 till 4 is closed\n',
    found: ['error LoggedError: till 4 is closed'],
  },
  'an example in a docstring': {
    log: `    >>> fees['fee']
    Traceback (most recent call last):
      File "<stdin>", line 1, in <module>
    KeyError: 'fee'
`,
    found: [],
  },
  'a trace that a document quotes': {
    log: `You may see

\`\`\`text
TypeError: pay is not a function
    at settle (/srv/till/pay.js:9:3)
\`\`\`
`,
    found: [],
  },
  'an exception that a quiet line names': {
    log: '09:14:33.000 [info] ** (KeyError) key :fee not found, as it may\n',
    found: [],
  },
  'psql, of files and of the connection': {
    log: `psql:schema.sql:9: ERROR:  relation "tills" does not exist
LINE 1: SELECT fee FROM tills;
                        ^
HINT:  Create it.
psql: error: connection to server at "db" (10.0.0.3), port 5432 failed: Connection refused
`,
    found: [
      'error LoggedError: relation "tills" does not exist @ - schema.sql:9',
      'error LoggedError: connection to server at "db" (10.0.0.3), port 5432 failed: Connection refused',
    ],
  },
  'nginx that does not start': {
    log: 'nginx: [emerg] unknown directive "lisen" in /etc/nginx/conf.d/till.conf:4\n',
    found: ['fatal LoggedError: unknown directive "lisen" in /etc/nginx/conf.d/till.conf:4'],
  },
  "PHP's reports for a browser": {
    log: `<br />
<b>Fatal error</b>:  Uncaught TypeError: fee(): Argument #1 must be int in /srv/till/fee.php:9
Stack trace:
#0 /srv/till/main.php(3): fee('x')
#1 {main}
  thrown in <b>/srv/till/fee.php</b> on line <b>9</b><br />
<br />
<b>Fatal error</b>:  Maximum execution time of 30 seconds exceeded in <b>/srv/till/sync.php</b> on line <b>61</b><br />
`,
    found: [
      'fatal TypeError: fee(): Argument #1 must be int @ fee /srv/till/fee.php:9',
      'fatal FatalError: Maximum execution time of 30 seconds exceeded @ - /srv/till/sync.php:61',
    ],
  },
  "WordPress' queries": {
    log: "[02-Nov-2026 09:14:33 UTC] WordPress database error Table 'wp.tills' doesn't exist for query SELECT * FROM tills made by require('wp-blog-header.php'), fees\n",
    found: [
      "error LoggedError: WordPress database error Table 'wp.tills' doesn't exist for query SELECT * FROM tills",
    ],
  },
  "Phoenix' request": {
    log: `09:14:33.010 [error] #PID<0.512.0> running TillWeb.Endpoint (connection #PID<0.511.0>, stream id 1) terminated
Server: localhost:4000 (http)
Request: GET /fee
** (exit) an exception was raised:
    ** (KeyError) key :fee not found in: %{}
        (till 0.1.0) lib/till/fees.ex:8: Till.Fees.of/1
        (phoenix 1.7.10) lib/phoenix/router.ex:430: Phoenix.Router.__call__/5
`,
    found: ['error KeyError: key :fee not found in: %{} @ Till.Fees.of/1 lib/till/fees.ex:8'],
  },
  'a template of Rails': {
    log: `ActionView::Template::Error (undefined local variable or method 'fee'):
    1: <h1>Till</h1>
    2: <p><%= fee %></p>

app/views/tills/show.html.erb:2:in '_app_views_tills_show_html_erb__123'
app/controllers/tills_controller.rb:9:in 'show'
`,
    found: [
      "error ActionView::Template::Error: undefined local variable or method 'fee' @ _app_views_tills_show_html_erb__123 app/views/tills/show.html.erb:2",
    ],
  },
  "a CHECK of glog's": {
    log: `F1102 09:14:33.000000  4512 till.cc:44] Check failed: fee > 0 (-1 vs. 0)
*** Check failure stack trace: ***
    @     0x7f1c2a9d3b00  google::LogMessage::Fail()
    @     0x55d0c8a3b2e8  Till::settle()
Aborted (core dumped)
`,
    found: ['fatal CheckFailure: Check failed: fee > 0 (-1 vs. 0) @ - till.cc:44'],
  },
  "miette's report": {
    log: `Error: till::config

  × the fee is no number
  ╰─▶ invalid digit found in string
   ╭─[till.toml:3:7]
 2 │ [till]
 3 │ fee = "x"
   ·       ─┬─
   ╰────
  help: give a number
`,
    found: ['error till::config: the fee is no number @ - till.toml:3'],
  },
  "Linux' oops and want of memory": {
    log: `[12345.678901] BUG: kernel NULL pointer dereference, address: 0000000000000008
[12345.678902] #PF: supervisor read access in kernel mode
[12345.678903] Oops: 0000 [#1] SMP PTI
[12345.678905] RIP: 0010:till_read+0x2e/0x80 [till]
[12345.678906] Call Trace:
[12345.678908]  vfs_read+0x9d/0x1b0
[12350.000000] Out of memory: Killed process 4600 (node) total-vm:4212345kB, anon-rss:2112345kB
`,
    found: [
      'fatal kernel BUG: kernel NULL pointer dereference, address: 0000000000000008 in till_read',
      'error LoggedError: Out of memory: Killed process node',
    ],
  },
  "Clojure's syntax": {
    log: `Syntax error macroexpanding clojure.core/let at (till/core.clj:9:1).
fee - failed: even-number-of-forms? at: [:bindings]

Full report at:
/tmp/clojure-223.edn
`,
    found: [
      'error SyntaxError: fee - failed: even-number-of-forms? at: [:bindings] @ - till/core.clj:9',
    ],
  },
  'talk of errors': {
    log: `npm WARN EBADENGINE Unsupported engine
Fixed the FATAL ERROR: of yesterday
psql:seed.sql:3: NOTICE:  relation "tills" already exists, skipping
nginx: [warn] the "user" directive makes sense only if the master process runs
[    1.234567] BUG: a word of a driver
<b>Bold</b> text on line <b>4</b>
Fatal Python error: is what we looked for
W1102 09:14:33.000000       1 a.go:3] watch closed
`,
    found: [],
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
