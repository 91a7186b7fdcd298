import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { applyEdits, type Edit } from '../../../src/attempt/edit.ts';
import { furtherProbes } from '../../support/editProbes.ts';

function edited(content: string | Buffer, ...edits: Edit[]): string {
  const result = applyEdits(content, edits);
  assert.ok(result.ok, result.ok ? '' : result.error);
  return result.content.toString('utf8');
}

function refusal(content: string | Buffer, ...edits: Edit[]): string {
  const result = applyEdits(content, edits);
  assert.ok(!result.ok, 'the edit was applied');
  return result.error;
}

describe('edit engine', () => {
  describe('the twelve probes', () => {
    it('refuses two identical matches, with their number and lines', () => {
      const error = refusal('a();\nx = 1;\nb();\nx = 1;\n', { old: 'x = 1;', new: 'x = 2;' });
      assert.match(error, /found 2 times \(at lines 2, 4\)/);
      assert.match(error, /2\tx = 1;/);
    });

    it('keeps CRLF when the model sends LF', () => {
      const crlf = 'one\r\ntwo\r\nthree\r\n';
      assert.equal(
        edited(crlf, { old: 'one\ntwo', new: 'one\n1.5\ntwo' }),
        'one\r\n1.5\r\ntwo\r\nthree\r\n',
      );
    });

    it('refuses a stale block that is 88 % alike', () => {
      const now =
        'function pay(cart) {\n  const total = sum(cart.items, tax);\n  return total;\n}\n';
      const stale = 'function pay(cart) {\n  const total = sum(cart.items);\n  return total;\n}\n';
      const error = refusal(now, { old: stale, new: 'x' });
      assert.match(error, /nearest text is at lines 1–4/);
      assert.match(error, /2\t {2}const total = sum\(cart\.items, tax\);/);
    });

    it('never takes the wrong one of two functions alike', () => {
      const content = [
        'function sumOf(rows) {',
        '  return rows.length;',
        '}',
        '',
        'function totalOfOrders(orders) {',
        '  return orders.reduce((sum, order) => sum + order.price, 0);',
        '}',
        '',
      ].join('\n');
      const old =
        'function totalOfOrders(orders) {\n  return orders.reduce((sum, order) => sum + order.prices, 0);\n}';
      const error = refusal(content, { old, new: 'x' });
      assert.match(error, /nearest text is at lines 5–7 \(9\d % alike\)/);
    });

    it('refuses text that differs only by case', () => {
      const error = refusal('const userId = 1;\n', { old: 'const userID = 1;', new: 'x' });
      assert.match(error, /only in upper and lower case/);
      assert.match(error, /1\tconst userId = 1;/);
    });

    it('changes one line of a Makefile and keeps its tabs', () => {
      const makefile = 'all:\n\tcc -o a a.c\n\tstrip a\n';
      assert.equal(
        edited(makefile, { old: '\tstrip a', new: '\tstrip -s a' }),
        'all:\n\tcc -o a a.c\n\tstrip -s a\n',
      );
      assert.match(
        refusal(makefile, { old: '    strip a', new: '    strip -s a' }),
        /only in white space/,
      );
    });

    it('keeps the end of a file without a newline', () => {
      assert.equal(edited('a\nb', { old: 'b', new: 'c' }), 'a\nc');
      assert.equal(edited('a\r\nb', { old: 'a\nb', new: 'a\nc' }), 'a\r\nc');
    });

    it('refuses `  total + tax` against `subtotal + tax`', () => {
      const error = refusal('  return subtotal + tax;\n', { old: '  total + tax', new: '  total' });
      assert.match(error, /nearest text is at line 1/);
    });

    it('refuses an under-indented block', () => {
      const python = 'def f(x):\n    if x:\n        return 1\n    return 2\n';
      const error = refusal(python, { old: 'if x:\n    return 1', new: 'if x:\n    return 3' });
      assert.match(error, /lines 2–3/);
      const lost = { old: 'return 1', new: 'y = 1\nreturn y' };
      assert.match(refusal(python, lost), /after the indentation of line 3/);
      const kept = { old: 'return 1', new: 'y = 1\n        return y' };
      assert.match(edited(python, kept), /\n {8}y = 1\n {8}return y\n {4}return 2/);
    });

    it('keeps a UTF-8 byte-order mark, whether the model sends it or not', () => {
      const marked = '\uFEFFusing System;\nclass A {}\n';
      assert.equal(
        edited(marked, { old: 'using System;', new: 'using System.IO;' }),
        '\uFEFFusing System.IO;\nclass A {}\n',
      );
      assert.equal(
        edited(marked, { old: '\uFEFFusing System;', new: 'using System.IO;' }),
        '\uFEFFusing System.IO;\nclass A {}\n',
      );
    });

    it('takes `$&` and its like in the replacement literally', () => {
      const odd = "$& $1 $$ $` $' $<n> \\1";
      assert.equal(edited('a\nb\nc\n', { old: 'b', new: odd }), `a\n${odd}\nc\n`);
      assert.equal(edited('a\r\nb\r\n', { old: 'b\n', new: `$&\n$$\n` }), 'a\r\n$&\r\n$$\r\n');
    });

    it('deletes', () => {
      assert.equal(edited('a\nb\nc\n', { old: 'b\n', new: '' }), 'a\nc\n');
      assert.equal(edited('a\r\nb\r\nc\r\n', { old: 'b\n', new: '' }), 'a\r\nc\r\n');
      assert.equal(edited('all', { old: 'all', new: '' }), '');
    });
  });

  describe('further probes', () => {
    for (const { name, content, edits, expected, tells } of furtherProbes) {
      it(name, () => {
        const result = applyEdits(content, edits);
        if (expected !== undefined) return assert.equal(edited(content, ...edits), expected);
        assert.ok(!result.ok && tells, 'the edit was applied');
        assert.match(result.error, tells);
        assert.ok(result.error.length < 20_000);
      });
    }
  });

  describe('several edits', () => {
    it('applies each to the result of the one before', () => {
      assert.equal(edited('a b', { old: 'a', new: 'b b' }, { old: 'b b b', new: 'c' }), 'c');
    });

    it('applies none when one fails, and says so', () => {
      const error = refusal('a\nb\n', { old: 'a', new: 'x' }, { old: 'nothing here', new: 'y' });
      assert.match(error, /edit 2 of 2/);
      assert.match(error, /None of the 2 edits was applied/);
    });
  });

  describe('what it keeps', () => {
    it('touches no ending of a file with mixed ones but those of the lines it writes', () => {
      assert.equal(
        edited('a\r\nb\nc\r\nd\n', { old: 'a\nb\nc', new: 'a\nB\nc' }),
        'a\r\nB\nc\r\nd\n',
      );
    });

    it('keeps bytes that are not UTF-8', () => {
      const latin1 = Buffer.from('gr\xFC\xDFe\nx = 1\n', 'latin1');
      const result = applyEdits(latin1, [{ old: 'x = 1', new: 'x = "ü"' }]);
      assert.ok(result.ok);
      assert.deepEqual(
        result.content,
        Buffer.concat([Buffer.from('gr\xFC\xDFe\n', 'latin1'), Buffer.from('x = "ü"\n')]),
      );
    });

    it('keeps a lone carriage return', () => {
      assert.equal(edited('a\rb\nc\n', { old: 'c', new: 'd' }), 'a\rb\nd\n');
    });

    it('tells which lines it wrote', () => {
      const result = applyEdits('a\nb\nc\n', [{ old: 'b', new: 'x\ny' }]);
      assert.ok(result.ok);
      assert.deepEqual(result.changes, [{ from: 2, to: 3 }]);
    });

    it('gives exactly what string slicing gives, for any text, ending and place', () => {
      const line = fc.stringMatching(/^[ab$&é][ab$&\t é]{0,5}$/);
      fc.assert(
        fc.property(
          fc.array(line, { minLength: 1, maxLength: 8 }),
          fc.boolean(),
          fc.nat(),
          fc.nat(),
          fc.array(line, { minLength: 0, maxLength: 3 }),
          (lines, crlf, a, b, replacement) => {
            const text = lines.join('\n');
            const [from, to] = [a % (text.length + 1), b % (text.length + 1)].sort((x, y) => x - y);
            const old = text.slice(from, to);
            const change = replacement.join('\n');
            const native = (s: string): string => (crlf ? s.replaceAll('\n', '\r\n') : s);
            const result = applyEdits(native(text), [{ old, new: change }]);
            const unique = old !== '' && text.indexOf(old) === text.lastIndexOf(old);
            assert.equal(result.ok, unique && old !== change);
            if (!result.ok) return;
            // A file that had no line break says nothing about which kind it wants.
            const expected = text.slice(0, from) + change + text.slice(to);
            const ending = text.includes('\n') ? native : (s: string) => s;
            assert.equal(result.content.toString(), ending(expected));
          },
        ),
        { numRuns: 500 },
      );
    });
  });

  describe('what it refuses', () => {
    it('refuses files over 1 MB, before and after', () => {
      assert.match(refusal('x'.repeat(1_000_001), { old: 'x', new: 'y' }), /larger than 1 MB/);
      const big = `a${'x'.repeat(999_990)}`;
      assert.match(refusal(big, { old: 'a', new: 'y'.repeat(100) }), /over 1 MB/);
    });

    it('refuses binary and UTF-16 files', () => {
      assert.match(refusal(Buffer.from([1, 0, 2]), { old: 'x', new: 'y' }), /binary/);
      assert.match(refusal(Buffer.from('x', 'utf16le'), { old: 'x', new: 'y' }), /UTF-16/);
    });

    it('refuses generated files, and no file that only speaks of them', () => {
      assert.match(
        refusal('// Code generated by protoc. DO NOT EDIT.\nx\n', { old: 'x', new: 'y' }),
        /generated/,
      );
      assert.match(refusal('/* @generated */\nx = 1\n', { old: 'x', new: 'y' }), /generated/);
      assert.equal(
        edited('// lists generated ids\nx = 1\n', { old: 'x', new: 'y' }),
        '// lists generated ids\ny = 1\n',
      );
    });

    it('refuses an empty, an equal and an ill-formed edit, and no edit at all', () => {
      assert.match(refusal('a', { old: '', new: 'y' }), /empty/);
      assert.match(refusal('a', { old: 'a', new: 'a' }), /the same/);
      assert.match(refusal('a', { old: 'a', new: '\uD800' }), /surrogate/);
      assert.match(refusal('a'), /list of edits is empty/);
    });

    it('counts overlapping matches', () => {
      assert.match(refusal('aaa', { old: 'aa', new: 'b' }), /found 2 times/);
    });

    it('says so when nothing is alike', () => {
      assert.match(refusal('a\nb\n', { old: 'zzz qqq www', new: 'y' }), /nor anything like it/);
    });

    it('answers a hostile search in a large file', () => {
      const content = 'const value = compute(a, b);\n'.repeat(30_000);
      const old = 'const value = compute(a, c);\n'.repeat(2_000);
      assert.match(refusal(content, { old, new: '' }), /nearest text is at/);
    });
  });
});
