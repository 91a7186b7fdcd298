// Mocha's own dots, plus the counts and the names of what failed for test/run.mjs.
const { appendFileSync } = require('node:fs');
const mocha = require('mocha');
const { reporters } = mocha.default ?? mocha;

module.exports = class CountingReporter extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
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
