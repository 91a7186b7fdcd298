// The test command: every stage, its counts added up, one closing line `N passed, N failed`.
// node test/run.mjs [all | check | lint | unit | integration | e2e]
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBubblewrap } from './host/bubblewrap.mjs';
import { project } from './host/node24.mjs';

const reports = mkdtempSync(join(tmpdir(), 'pw-report-'));
const bin = (name) => join(project, 'node_modules', name);
const node = process.execPath;

/** Stages without a report file of their own count as one test: passed when they exit with 0. */
const stages = {
  format: [[node, bin('@biomejs/biome/bin/biome'), 'format', '.']],
  lint: [[node, bin('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings']],
  types: ['.', 'webview-ui'].map((at) => [node, bin('typescript/bin/tsc'), '-p', at]),
  build: [[node, 'esbuild.js']],
  unit: [[node, bin('mocha/bin/mocha.js'), '--reporter', 'test/support/countingReporter.cjs']],
  integration: [[node, 'test/integration/run.mjs']],
  e2e: [[node, 'test/e2e/run.mjs']],
};
const sets = {
  all: ['format', 'lint', 'types', 'build', 'unit', 'integration', 'e2e'],
  check: ['format', 'lint', 'types'],
  lint: ['format', 'lint'],
  unit: ['build', 'unit'],
  integration: ['build', 'integration'],
  e2e: ['build', 'e2e'],
};

const names = sets[process.argv[2] ?? 'all'];
if (!names) {
  console.error(`There is no set ${process.argv[2]}; there are ${Object.keys(sets).join(', ')}.`);
  process.exit(2);
}
if (names.some((name) => ['unit', 'integration', 'e2e'].includes(name))) bringSandbox();
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
for (const name of names) {
  for (const [index, command] of stages[name].entries()) {
    const started = Date.now();
    console.log(`\n— ${name}`);
    const file = join(reports, `${name}-${index}.jsonl`);
    const code = await run(command, file);
    const counts = countsOf(file);
    if (counts.length === 0)
      counts.push(code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
    for (const count of counts) {
      for (const key of Object.keys(total)) total[key] += count[key] ?? 0;
      failures.push(...(count.failures ?? []));
    }
    // A stage that breaks after its tests have been counted has failed all the same.
    if (code !== 0 && !counts.some((count) => count.failed > 0)) total.failed += 1;
    console.log(
      `— ${name}: ${code === 0 ? 'ok' : `failed (${code})`}, ${Math.round((Date.now() - started) / 1000)} s`,
    );
  }
}
rmSync(reports, { recursive: true, force: true });
// Once more at the end: a log of CI may be cut anywhere but there.
for (const { title, message } of failures) {
  console.log(`\nfailed: ${title}\n  ${message.slice(0, 500).replaceAll('\n', '\n  ')}`);
}
console.log(
  `\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
);
process.exit(total.failed > 0 ? 1 : 0);

/** Without it the tests of the sandbox are left out, and the others run without one. */
function bringSandbox() {
  try {
    ensureBubblewrap();
  } catch (error) {
    console.error(error.message);
    process.env.PATCHWRIGHT_ALLOW_WITHOUT_SANDBOX = '1';
  }
}

function run([file, ...args], report) {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: project,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, PATCHWRIGHT_TEST_REPORT: report },
    });
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

function countsOf(file) {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
