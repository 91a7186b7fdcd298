import assert from 'node:assert/strict';
import { once } from 'node:events';
import { EventEmitter } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { watchSources } from '../../../src/signals/watch.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { logSettings } from './support/scanFolder.ts';

describe('watching', () => {
  const folder = tempFolder();
  const heard = new EventEmitter();
  let watching: { dispose(): void | Promise<void> } | undefined;
  let calls = 0;

  const start = (): void => {
    calls = 0;
    watching = watchSources(
      { folder: folder.path(), settings: logSettings(), log: (line) => assert.fail(line) },
      () => {
        calls++;
        heard.emit('growth');
      },
    );
  };
  /** Resolves with the next call after `change`, whenever the system tells. */
  const growthAfter = async (change: () => void): Promise<void> => {
    const next = once(heard, 'growth');
    change();
    await next;
  };

  afterEach(async () => {
    await watching?.dispose();
    watching = undefined;
  });

  it('tells once there is something, when it grows, is rotated, and comes in a new folder', async () => {
    writeFileSync(folder.path('app.log'), 'a\n');
    await growthAfter(start);
    await growthAfter(() => appendFileSync(folder.path('app.log'), 'b\n'));
    await growthAfter(() => {
      renameSync(folder.path('app.log'), folder.path('app.log.1'));
      writeFileSync(folder.path('app.log'), 'c\n');
    });
    await growthAfter(() => appendFileSync(folder.path('app.log'), 'd\n'));
    await growthAfter(() => {
      mkdirSync(folder.path('new/deep'), { recursive: true });
      writeFileSync(folder.path('new/deep/other.log'), 'e\n');
    });
  });

  it('tells of what the system tells nothing of: a switched link, a folder too many to be watched', async () => {
    writeFileSync(folder.path('run-1.txt'), 'a\n');
    writeFileSync(folder.path('run-2.txt'), 'other\n');
    symlinkSync('run-1.txt', folder.path('current.log'));
    for (let i = 0; i < 230; i++) mkdirSync(folder.path(`many/${i}`), { recursive: true });
    const last = readdirSync(folder.path('many')).at(-1) ?? '';
    writeFileSync(folder.path('many', last, 'deep.log'), 'a\n');
    await growthAfter(start);
    await growthAfter(() => appendFileSync(folder.path('many', last, 'deep.log'), 'b\n'));
    await growthAfter(() => appendFileSync(folder.path('run-1.txt'), 'b\n'));
    await growthAfter(() => {
      rmSync(folder.path('current.log'));
      symlinkSync('run-2.txt', folder.path('current.log'));
    });
    await growthAfter(() => appendFileSync(folder.path('run-2.txt'), 'b\n'));
  });

  it('tells nothing after it was disposed', async () => {
    writeFileSync(folder.path('app.log'), 'a\n');
    await growthAfter(start);
    await watching?.dispose();
    const before = calls;
    const other = watchSources(
      { folder: folder.path(), settings: logSettings(), log: () => undefined, keepAlive: true },
      () => heard.emit('other'),
    );
    const next = once(heard, 'other');
    appendFileSync(folder.path('app.log'), 'b\n');
    await next;
    await other.dispose();
    assert.equal(calls, before);
  });
});
