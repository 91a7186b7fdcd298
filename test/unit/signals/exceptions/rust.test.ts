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
      ["fatal stack overflow: thread 'main' has overflowed its stack"],
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

describe('rust in other words', () => {
  it('tells panics apart that follow each other, and from what was logged between', () => {
    const panic = (line: number, said: string) =>
      `\nthread 'main' (12) panicked at src/bin.rs:${line}:9:\n${said}\n`;
    assert.deepEqual(
      summaries(
        `${panic(3, 'bin 4 is gone')}${panic(9, 'bin 5 is gone')}2026-03-02T10:00:00Z ERROR depot: job 7 panicked\n${panic(3, 'x')}`,
      ),
      [
        'fatal panic: bin 4 is gone @ - src/bin.rs:3',
        'fatal panic: bin 5 is gone @ - src/bin.rs:9',
        'error LoggedError: depot: job 7 panicked',
        'fatal panic: x @ - src/bin.rs:3',
      ],
    );
  });

  it('takes the whole path of a full backtrace, and reads memory that was not to be had', () => {
    const [only] = eventsIn(`thread 'main' panicked at src/bin.rs:3:9:
gone
stack backtrace:
  18:     0x555e90670ec8 - depot::take::h5381b2450b572582
                               at /srv/depot/src/bin.rs:3:9
${note}`);
    assert.equal(only?.frames[0]?.file, '/srv/depot/src/bin.rs');
    assert.deepEqual(summaries('memory allocation of 922337 bytes failed\n'), [
      'fatal out of memory: memory allocation of 922337 bytes failed',
    ]);
  });

  it("reads tracing's pretty form with its place, and slog's short level", () => {
    const text = `  2026-03-02T10:00:01.123456Z ERROR depot::pay: payment failed, order: 17
    at src/pay.rs:52
    in depot::pay::checkout with cart: 4

  2026-03-02T10:00:02.123456Z  INFO depot::pay: retrying
    at src/pay.rs:60
`;
    assert.deepEqual(summaries(text), [
      'error LoggedError: payment failed, order: 17 @ - src/pay.rs:52',
    ]);
    assert.deepEqual(summaries('Mar 02 10:00:02.123 ERRO cache unreachable, retries: 3\n'), [
      'error LoggedError: cache unreachable, retries: 3',
    ]);
  });

  it('keeps the line of source that a compiler quotes', () => {
    const [only] = eventsIn(
      'error[E0308]: mismatched types\n  --> src/main.rs:11:18\n   |\n11 |     let x: u32 = "s";\n   |            ---   ^^^ expected `u32`\n',
    );
    assert.equal(only?.frames[0]?.source, 'let x: u32 = "s";');
  });

  it('names the test, or the program, that a signal ended', () => {
    const nextest = `     SIGSEGV [   0.012s] depot::ffi calls_c
────────────
     Summary [   0.020s] 3 tests run: 1 passed, 1 failed, 0 skipped
     SIGSEGV [   0.012s] depot::ffi calls_c
error: test run failed
`;
    assert.deepEqual(summaries(nextest), ['error SIGSEGV: depot::ffi calls_c']);
    assert.deepEqual(
      summaries(
        "error: test failed, to rerun pass `--lib`\n\nCaused by:\n  process didn't exit successfully: `/srv/depot-0a1b` (signal: 11, SIGSEGV: invalid memory reference)\n",
      ),
      ['error SIGSEGV: /srv/depot-0a1b: invalid memory reference'],
    );
  });
});
