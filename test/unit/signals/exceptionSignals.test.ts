import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { ExceptionEvent } from '../../../src/core/signal.ts';
import { createSignals } from '../../../src/signals/exceptionSignals.ts';
import { createLocator } from '../../../src/signals/location.ts';
import { createOrigins } from '../../../src/signals/origins.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe('signals of exceptions', () => {
  const temp = tempFolder();
  const signals = () => {
    const locator = createLocator(temp.path('.'));
    return createSignals(locator, createOrigins(temp.path('.'), locator));
  };
  const frame = (file: string, name: string, line: number) => ({
    file,
    function: name,
    line,
    inApp: true,
  });
  const failed = { type: 'java.lang.IllegalStateException', message: 'not ready' };
  const event = (fields: Partial<ExceptionEvent>): ExceptionEvent => ({
    kind: 'exception',
    language: 'java',
    ...failed,
    frames: [frame('Handler.java', 'wrap', 10), frame('Main.java', 'main', 3)],
    causes: [],
    severity: 'error',
    raw: '',
    ...fields,
  });
  const raisedIn = (name: string, line: number) =>
    event({ causes: [{ ...failed, frames: [frame(`src/${name}.js`, '<anonymous>', line)] }] });

  it('have as many keys as fingerprints, where one handler raises again what others raised', () => {
    mkdirSync(temp.path('src'), { recursive: true });
    writeFileSync(temp.path('src/Orders.js'), 'load();\nsave();\n');
    writeFileSync(temp.path('src/Stock.js'), 'count();\n');
    const { keyOf, toSignal } = signals();
    const events = [raisedIn('Orders', 1), raisedIn('Orders', 2), raisedIn('Stock', 1), event({})];
    const hashes = events.map(
      (one) => toSignal({ event: one, offset: 0 }, 'a.log', '').fingerprint,
    );
    assert.equal(new Set(hashes.map(({ hash }) => hash)).size, 4);
    assert.equal(new Set(events.map(keyOf)).size, 4);
  });
});
