import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

const note = 'note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n';

describe('rust grammar', () => {
  it('reads a panic whose message is on the line below, with and without the thread’s id', () => {
    for (const thread of ["thread 'main'", "thread 'worker-1' (7922)", 'thread <unnamed>']) {
      assert.deepEqual(summaries(`\n${thread} panicked at src/bins.rs:7:5:\nno bin 12\n${note}`), [
        'fatal panic: no bin 12 @ - src/bins.rs:7',
      ]);
    }
  });

  it('reads the form of older compilers', () => {
    assert.deepEqual(
      summaries(`thread 'main' panicked at 'it''s gone', src/bins.rs:7:5\n${note}`),
      ["fatal panic: it''s gone @ - src/bins.rs:7"],
    );
    const [lines] = eventsIn(`thread 'main' panicked at 'two\nlines', src/bins.rs:7:5\n${note}`);
    assert.equal(lines?.message, 'two\nlines');
  });

  it('keeps its backtrace where a word that could be a thrown name stands above', () => {
    const text = `FAILED
test depot::takes ...\u0020
thread 'depot::takes' (5969) panicked at src/lib.rs:27:9:
no bin 12
stack backtrace:
   0: core::panicking::panic_fmt
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/panicking.rs:80:14
   1: depot::take
             at ./src/lib.rs:27:9
${note}`;
    assert.deepEqual(summaries(text), ['error panic: no bin 12 @ - src/lib.rs:27']);
  });

  it('keeps the callers of a backtrace, without the library and the start-up code', () => {
    const [event] = eventsIn(`thread 'main' (1) panicked at src/bins.rs:7:5:
index out of bounds: the len is 3 but the index is 7
stack backtrace:
   0: __rustc::rust_begin_unwind
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/std/src/panicking.rs:689:5
   1: core::panicking::panic_fmt
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/panicking.rs:80:14
   2: depot::take
             at ./src/bins.rs:7:5
   3: depot::main::hbf8730539f2cc1aa
             at ./src/main.rs:22:13
   4: 0x55e63ca4682e - serde::de
             at /home/ann/.cargo/registry/src/index-6f17d22bba15001f/serde-1.0.1/src/de.rs:2:1
note: Some details are omitted, run with \`RUST_BACKTRACE=full\` for a verbose backtrace.
`);
    assert.deepEqual(
      event?.frames.filter(({ inApp }) => inApp).map(({ file, line }) => `${file}:${line}`),
      ['src/bins.rs:7', './src/main.rs:22'],
    );
    assert.equal(event?.frames.find(({ line }) => line === 22)?.function, 'depot::main');
  });

  it('keeps the indented lines of a message, and nothing of what the program writes next', () => {
    const text =
      "thread 'main' panicked at src/a.rs:1:1:\nassertion `left == right` failed\n  left: 1\n right: 2\nserving on 8080\n";
    assert.equal(
      eventsIn(text)[0]?.message,
      'assertion `left == right` failed\n  left: 1\n right: 2',
    );
  });

  it('reads the chain of an error that main returned', () => {
    const [event] = eventsIn(
      'Error: bin 17 could not be read\n\nCaused by:\n    0: failed to open /data/17.bin\n    1: No such file\n       or directory\n',
    );
    assert.equal(event?.message, 'bin 17 could not be read');
    assert.deepEqual(
      event?.causes.map(({ message }) => message),
      ['failed to open /data/17.bin', 'No such file\nor directory'],
    );
    assert.equal(
      eventsIn('Error: outer\n\nCaused by:\n    inner\n')[0]?.causes[0]?.message,
      'inner',
    );
  });

  it('reads values printed by Debug, and what other crates print', () => {
    assert.deepEqual(
      summaries('Error: ParseIntError { kind: InvalidDigit }\nError: "no such port"\n'),
      ['fatal Error: ParseIntError { kind: InvalidDigit }', 'fatal Error: no such port'],
    );
    assert.deepEqual(
      summaries('Error: \n   0: outer\n   1: inner\n\nLocation:\n   src/main.rs:12\n\n'),
      ['fatal Error: outer @ - src/main.rs:12'],
    );
    assert.deepEqual(
      summaries(
        "\nthread 'main' (5) has overflowed its stack\nfatal runtime error: stack overflow, aborting\n",
      ),
      ['fatal stack overflow: thread has overflowed its stack'],
    );
  });

  it("leaves JavaScript's errors to JavaScript, and a sentence to nobody", () => {
    assert.deepEqual(summaries('Error: gone\n    at f (/srv/a.js:1:2)\n'), [
      'error Error: gone @ f /srv/a.js:1',
    ]);
    assert.deepEqual(summaries('Error: could not do it\nnext line\n'), []);
  });

  it("counts a test's panic once and as a failed test", () => {
    const events = eventsIn(`
running 2 tests
test tests::ok ... ok
test it_adds ... FAILED

failures:

---- it_adds stdout ----

thread 'it_adds' (9) panicked at tests/it.rs:5:3:
assertion failed: false
${note}
failures:
    it_adds

test result: FAILED. 1 passed; 1 failed; 0 ignored

error: test failed, to rerun pass \`--test it\`
`);
    assert.deepEqual(
      events.map(({ kind, message, severity }) => ({ kind, message, severity })),
      [{ kind: 'test', message: 'assertion failed: false', severity: 'error' }],
    );
  });
});
