import assert from 'node:assert/strict';
import type { ExceptionEvent } from '../../../src/core/signal.ts';
import { createLineMemory, shapeOf } from '../../../src/signals/lineMemory.ts';
import { createLogReader } from '../../../src/signals/logReader.ts';
import { numberedTraces } from './support/numberedTraces.ts';

function eventsOf(text: string): readonly ExceptionEvent[] {
  const reader = createLogReader(0, 'bytes');
  reader.feed(Buffer.from(text), 0, 'final');
  reader.end();
  return reader.take().map(({ event }) => event);
}

describe('what is remembered of lines', () => {
  for (const [name, trace] of Object.entries(numberedTraces)) {
    it(`changes nothing of what is found: ${name}`, () => {
      const numbers = Array.from({ length: 60 }, (_, i) => (i * 37) % 90);
      const end = '\n2026-03-02T10:11:12.000Z INFO done\n';
      const alone = numbers.flatMap((n) => eventsOf(trace(n) + end));
      assert.ok(alone.length > 0);
      assert.deepEqual(eventsOf(numbers.map((n) => trace(n) + end).join('')), alone);
    });
  }

  it('gives each line as it is, however alike they are', () => {
    const memory = createLineMemory();
    const lines = [
      'a 1',
      'a 2',
      'a 1',
      'a 1 ',
      '0x1',
      '9x1',
      'größe 1',
      'größe 2',
      '',
      '\tat x',
      'a 1',
    ];
    for (let round = 0; round < 3; round++) {
      for (const line of lines) {
        for (const ending of ['\n', '\r\n', '']) {
          // A pool's buffer does not begin at its memory's first byte.
          const bytes = Buffer.from(`x\n${line}${ending}`);
          assert.equal(memory.read(bytes, 2, bytes.length, 'bytes').text, line);
        }
      }
    }
  });

  it('tells lines apart that differ in more than digits', () => {
    const memory = createLineMemory();
    const shapeIn = (line: string) =>
      shapeOf(memory.read(Buffer.from(line), 0, line.length, 'bytes'));
    assert.equal(shapeIn('order 17 of 2'), shapeIn('order 99 of 3'));
    assert.notEqual(shapeIn('order 17 of 2'), shapeIn('order 7 of 22'));
    assert.notEqual(shapeIn('at 0x12'), shapeIn('at 9x12'));
    assert.equal(shapeIn('f(0xc000a1, 0x1)'), shapeIn('f(0x4f1e22, 0x9)'));
    assert.notEqual(shapeIn('f(0xc000a1)'), shapeIn('f(0xc000a11)'));
    assert.equal(shapeIn('gr\u001b 1'), undefined);
  });
});
