// Mocha's own dots and the files that took longest, plus the counts and the names of what failed for test/run.mjs.
const { appendFileSync } = require('node:fs');
const path = require('node:path');
const mocha = require('mocha');
const { reporters } = mocha.default ?? mocha;

module.exports = class CountingReporter extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    showSlowFiles(runner);
    const file = process.env.PATCHWRIGHT_TEST_REPORT;
    if (!file) return;
    const failures = [];
    runner.on('fail', (test, error) =>
      failures.push({ title: test.fullTitle(), message: String(error?.message ?? error) }),
    );
    runner.once('end', () => {
      const { passes, failures: failed, pending } = runner.stats;
      const counts = { passed: passes, failed, skipped: pending, failures };
      appendFileSync(file, `${JSON.stringify(counts)}\n`);
    });
  }
};

/** Time of tests and of their hooks, added up by file: where a run that grew slow has its time. */
function showSlowFiles(runner) {
  const spent = new Map();
  const count = ({ file, duration = 0 }) => spent.set(file, (spent.get(file) ?? 0) + duration);
  runner.on('test end', count);
  runner.on('hook end', count);
  runner.once('end', () => {
    const slowest = [...spent].sort(([, a], [, b]) => b - a).slice(0, 10);
    for (const [file, ms] of slowest) {
      console.log(
        `  ${(ms / 1000).toFixed(1).padStart(6)} s  ${path.relative(process.cwd(), file ?? '')}`,
      );
    }
  });
}
