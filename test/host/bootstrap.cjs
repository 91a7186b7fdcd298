// Loaded by the extension host before the tests. VS Code freezes console.* and stdout.write (assignments
// are ignored), so whole objects are replaced; the outcome goes to a file because the exit code can lie.
const fs = require('node:fs');
const path = require('node:path');
const { Writable } = require('node:stream');
const { Console } = require('node:console');

exports.run = async () => {
  const job = JSON.parse(process.env.VSCODE_HOST_JOB);
  const out = fs.openSync(job.output, 'a');
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      fs.writeSync(out, chunk);
      done();
    },
  });
  for (const name of ['stdout', 'stderr'])
    Object.defineProperty(process, name, { configurable: true, get: () => stdout });
  globalThis.console = new Console({ stdout, stderr: stdout });
  const finish = (result) => {
    fs.writeFileSync(`${job.result}.tmp`, JSON.stringify(result));
    fs.renameSync(`${job.result}.tmp`, job.result);
  };
  try {
    const module = require(job.tests);
    await runTests(module.run || module.default.run, path.dirname(job.tests));
    finish({ ok: true });
  } catch (error) {
    finish({ ok: false, error: String((error && error.stack) || error) });
    throw error;
  }
};

function runTests(run, folder) {
  if (run.length < 2) return run();
  return new Promise((resolve, reject) => {
    run(folder, (error, failures) =>
      error || failures ? reject(error || new Error(`${failures} test(s) failed`)) : resolve(),
    );
  });
}
