import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type MochaType from 'mocha';

/** What VS Code's extension host calls: runs every test file beside this one. */
export async function run(): Promise<void> {
  // Where `require` of an ES module gives its namespace, the class is its default export.
  const module = require('mocha') as typeof MochaType & { readonly default?: typeof MochaType };
  const Mocha = module.default ?? module;
  const mocha = new Mocha({ ui: 'bdd', timeout: 180_000, forbidOnly: true, reporter: 'spec' });
  for (const name of readdirSync(__dirname).sort())
    if (name.endsWith('.test.cjs')) mocha.addFile(join(__dirname, name));
  const failures = await new Promise<number>((done) => {
    const runner = mocha.run(done);
    runner.once('end', () => count(runner.stats));
  });
  if (failures > 0) throw new Error(`${failures} test(s) failed`);
}

function count(stats: MochaType.Stats | undefined): void {
  const file = process.env.PATCHWRIGHT_TEST_REPORT;
  if (!file || !stats) return;
  const { passes, failures, pending } = stats;
  appendFileSync(
    file,
    `${JSON.stringify({ passed: passes, failed: failures, skipped: pending })}\n`,
  );
}
