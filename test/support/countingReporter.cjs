// Mocha's own dot-free output, plus the counts for test/run.mjs.
const { appendFileSync } = require('node:fs');
const mocha = require('mocha');
const { reporters } = mocha.default ?? mocha;

module.exports = class CountingReporter extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes, failures, pending } = runner.stats;
      const file = process.env.PATCHWRIGHT_TEST_REPORT;
      if (file) {
        appendFileSync(
          file,
          `${JSON.stringify({ passed: passes, failed: failures, skipped: pending })}\n`,
        );
      }
    });
  }
};
