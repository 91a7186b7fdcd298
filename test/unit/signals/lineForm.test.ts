import assert from 'node:assert/strict';
import { runsIn, writeForm } from '../../../src/signals/lineForm.ts';

function formOf(line: string): string | undefined {
  const bytes = Buffer.from(line, 'latin1');
  const form = Buffer.alloc(bytes.length);
  const length = writeForm(bytes, 0, bytes.length, form);
  return length < 0 ? undefined : form.toString('latin1', 0, length);
}

const runs = (line: string) => runsIn(line).map(({ from, end }) => line.slice(from, end));

describe('the form of a line', () => {
  it('is the same for numbers of any length', () => {
    assert.equal(formOf('order 7 of worker-12 lost'), formOf('order 31415 of worker-2 lost'));
    assert.equal(formOf('f(0xc000a1, 0x1)'), formOf('f(0x4f, 0xffff0000)'));
    assert.notEqual(formOf('order 7'), formOf('order x'));
    assert.notEqual(formOf('order 7'), formOf('order 7.5'));
  });

  it('keeps how long the numbers of times, versions and addresses are', () => {
    assert.equal(formOf('2026-03-02T10:11:12.123Z x'), formOf('2031-12-31T23:59:59.999Z x'));
    assert.notEqual(formOf('at 10:11:12 x'), formOf('at 9:11:12 x'));
    assert.notEqual(formOf('1.2.3'), formOf('1.22.3'));
    assert.notEqual(formOf('id 1767225600000'), formOf('id 17672256000001'));
    assert.notEqual(formOf('no 007'), formOf('no 7'));
  });

  it('is the same for hexadecimal words and UUIDs', () => {
    assert.equal(formOf('sha 3f29c1 gone'), formOf('sha abcde1 gone'));
    assert.equal(
      formOf('user 7d1e5b2a-11aa-4bcd-8eff-0123456789ab gone'),
      formOf('user abcdefab-cdef-abcd-efab-cdefabcdefab gone'),
    );
    assert.notEqual(formOf('sha 3f29c1'), formOf('sha 123456'));
    assert.notEqual(formOf('decade 3'), formOf('facade 3'));
    assert.notEqual(formOf('x3f29c1'), formOf('xabcde1'));
  });

  it('has its variables in order', () => {
    assert.deepEqual(runs('2026-01-02 f(0x1f) 3f29c1 x12y 7d1e5b2a-11aa-4bcd-8eff-0123456789ab'), [
      '2026',
      '01',
      '02',
      '0x1f',
      '3f29c1',
      '12',
      '7d1e5b2a-11aa-4bcd-8eff-0123456789ab',
    ]);
  });

  it('is none where a byte is no printable ASCII', () => {
    assert.equal(formOf('größe 1'), undefined);
    assert.equal(formOf('gr\u001b 1'), undefined);
  });

  it('takes as long again for a line twice as long', () => {
    // Each byte is written once at most: of words that begin over and over nothing is looked at again and again.
    for (const part of ['a', 'f', '1', 'ff-', '0x', '12345678-', 'abcdef1-']) {
      const line = part.repeat(4_000);
      assert.ok((formOf(line)?.length ?? Number.NaN) <= line.length);
    }
  });
});
