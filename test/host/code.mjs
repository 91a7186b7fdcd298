#!/usr/bin/env node
// The command line of the desktop executable, on a browser-hosted VS Code: `runTests` of
// @vscode/test-electron takes it as its `vscodeExecutablePath`.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { browser, open, start } from './host.mjs';

const options = parse(process.argv.slice(2));
const work = mkdtempSync(join(tmpdir(), 'vsr-'));
const job = {
  tests: absolute(options.extensionTestsPath),
  output: join(work, 'out'),
  result: join(work, 'result'),
};
writeFileSync(job.output, '');

let settle;
const outcome = new Promise((done) => {
  settle = done;
});
const limitSeconds = Number(process.env.VSCODE_HOST_TIMEOUT ?? 600);
setTimeout(() => settle({ code: 124, why: 'timed out' }), 1000 * limitSeconds).unref();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => settle({ code: 130, why: signal }));
process.stdout.on('error', () => settle({ code: 141 }));

let server;
let chrome;
let result;
try {
  server = await start({
    version: process.env.VSCODE_HOST_VERSION,
    dev: true,
    // runTests always disables trust; --enable-workspace-trust takes that back.
    trust: !options['disable-workspace-trust'] || Boolean(options['enable-workspace-trust']),
    userData: absolute(options['user-data-dir']),
    extensions: absolute(options['extensions-dir']),
    env: { VSCODE_HOST_JOB: JSON.stringify(job) },
    settings: {
      'patchwright.schedule.enabled': false, // no test may depend on the time of the day
      ...JSON.parse(process.env.VSCODE_HOST_SETTINGS ?? '{}'),
    },
    // Nothing stays behind even if this process is killed.
    extra: ['--enable-remote-auto-shutdown', '--remote-auto-shutdown-without-delay'],
    onLine: (line) => {
      if (!/Extension Host Process exited with code/.test(line)) return;
      setTimeout(judge, 1500, `the extension host ended early: ${line}`);
    },
  });
  chrome = await browser();
  await open(server, chrome, {
    folder: options.rest[0],
    dev: options.dev[0],
    tests: fileURLToPath(new URL('bootstrap.cjs', import.meta.url)),
    payload: options['disable-extensions'] ? [['disableExtensions', 'true']] : [],
    expose: { codeAutomationExit: (code) => judge(`exit ${code} before the tests ended`) },
  });
  const timer = setInterval(pump, 100);
  result = await outcome;
  clearInterval(timer);
} catch (error) {
  result = { code: 2, why: error.stack };
}
pump();
if (result.why) console.error(result.why);
await chrome?.close().catch((error) => console.error(error.message));
await server?.stop();
rmSync(work, { recursive: true, force: true });
process.exit(result.code);

function parse(args) {
  const parsed = { dev: [], rest: [] };
  for (const arg of args) {
    const option = /^--([^=]+)(?:=(.*))?$/s.exec(arg);
    if (!option) parsed.rest.push(arg);
    else if (option[1] === 'extensionDevelopmentPath') parsed.dev.push(option[2]);
    else parsed[option[1]] = option[2] ?? true;
  }
  return parsed;
}

function absolute(path) {
  return path && resolve(path);
}

function pump() {
  const bytes = readFileSync(job.output);
  if (bytes.length <= (pump.seen ?? 0)) return;
  process.stdout.write(bytes.subarray(pump.seen ?? 0));
  pump.seen = bytes.length;
}

/** Only the outcome's file counts: the exit is also reported, with code 0, when the host was killed. */
function judge(why) {
  const written = existsSync(job.result) && JSON.parse(readFileSync(job.result, 'utf8'));
  if (!written) settle({ code: 2, why });
  else settle(written.ok ? { code: 0 } : { code: 1, why: written.error });
}
