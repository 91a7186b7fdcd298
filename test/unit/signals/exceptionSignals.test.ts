import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
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
  /** A workspace of so many packages with a file of the same name, and how often those are looked up. */
  const packages = (count: number) => {
    const files = Array.from({ length: count }, (_, i) => `packages/p${i}/src/index.js`);
    for (const [i, file] of files.entries()) {
      mkdirSync(temp.path(dirname(file)), { recursive: true });
      writeFileSync(temp.path(file), i === 0 ? 'one();\ntwo();\n' : 'one();\n');
    }
    const located = createLocator(temp.path('.'), (name) => (name === 'index.js' ? files : []));
    let looks = 0;
    const alike = (file: string): readonly string[] => {
      looks++;
      return located.alike(file);
    };
    const locator = { ...located, alike };
    const made = createSignals(locator, createOrigins(temp.path('.'), locator));
    const at = (line: number) => event({ frames: [frame('src/index.js', 'run', line)] });
    return {
      located: (line: number) =>
        made.toSignal({ event: at(line), offset: 0 }, 'a.log', '').location?.file,
      key: (line: number) => made.keyOf(at(line)),
      looks: () => looks,
    };
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
    const made = signals();
    const events = [raisedIn('Orders', 1), raisedIn('Orders', 2), raisedIn('Stock', 1), event({})];
    const hashes = events.map(
      (one) => made.toSignal({ event: one, offset: 0 }, 'a.log', '').fingerprint,
    );
    assert.equal(new Set(hashes.map(({ hash }) => hash)).size, 4);
    assert.equal(new Set(events.map(made.keyOf)).size, 4);
  });

  it('look only once for which of several files of a name has the line', () => {
    const { located, key, looks } = packages(20);
    for (let i = 0; i < 30; i++) key(2);
    assert.equal(located(2), 'packages/p0/src/index.js');
    assert.equal(located(1), undefined);
    assert.equal(looks(), 1);
  });

  it('leave a place open that too many files would have to be read for', () => {
    assert.equal(packages(21).located(2), undefined);
  });
});
