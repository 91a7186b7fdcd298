import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { grammars } from '../../../src/signals/exceptions/grammars.ts';
import { findHint } from '../../../src/signals/hints.ts';

const find = (text: string, from = 0): number => {
  const bytes = Buffer.from(text);
  return findHint(bytes, from, bytes.length);
};

describe('the search for hints', () => {
  const hints = [...new Set(grammars.flatMap((grammar) => grammar.hints))];

  it('finds each hint of each grammar, wherever it stands', () => {
    for (const hint of hints) {
      for (let before = 0; before < 8; before++) {
        const noise = '~'.repeat(before);
        const at = find(`${noise}${hint}~~`);
        // A shorter hint may be a part of a longer one.
        const end = Buffer.byteLength(noise + hint);
        assert.ok(at >= before && at < end, `${JSON.stringify(hint)} behind ${before}: ${at}`);
      }
    }
  });

  it('finds a hint at the very end, and none that is cut or begins too early', () => {
    for (const hint of hints.filter((text) => text.length === Buffer.byteLength(text))) {
      assert.ok(find(hint) >= 0, hint);
      const cut = hint.slice(0, 4);
      assert.equal(find(cut), -1, cut);
    }
    assert.equal(find('panicked at ~~~~~~', 1), -1);
    assert.equal(find('errors=0 ErrorBoundary error_rate error.ts\n'), -1);
    assert.ok(find('an error: gone\n') >= 0);
  });

  it('finds where checkers name a line and a column, and stacks a line at the end of theirs, not each name of a file and each arrow', () => {
    const ordinary = [
      'INFO views.py:17 handled',
      'views.py:17: handled',
      'a.py:1 and',
      'GET /a --> 200',
    ];
    for (const line of [...ordinary, 'x.pyi:7 read', '10:00:00 a --> b']) {
      assert.equal(find(`${line}\n`), -1, line);
    }
    const places = [
      'a.py:1:20: F401 unused',
      '\t/srv/a.go:17',
      'a.pyi:3:1: F821 x',
      'a.ipynb:3:1: F821 x',
    ];
    for (const line of [
      ...places,
      'dir/a.py:123:4: B006 x',
      '  --> a.rs:14:1',
      '12Z  --> a.py:1:1',
    ]) {
      assert.ok(find(`quiet\n${line}\n`) > 0, line);
    }
    const cut = Buffer.from('a.py:1:20: F401');
    assert.equal(findHint(cut, 0, 'a.py:1:'.length), -1);
  });

  it('finds the first line of several', () => {
    const text = 'quiet line\nthread panicked at once\nquiet\nAssertion failed: x\n';
    const at = find(text);
    assert.ok(at > text.indexOf('\n') && at < text.indexOf('quiet\n'));
  });
});
