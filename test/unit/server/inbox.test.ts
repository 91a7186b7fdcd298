import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inboxFolder } from '../../../src/core/inbox.ts';
import { type Inbox, type InboxRecord, openInbox } from '../../../src/server/inbox.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe('inbox', function () {
  this.timeout(60_000);
  const temp = tempFolder('pw-inbox');
  const place = (): string => temp.path(inboxFolder);
  const files = (): string[] => (existsSync(place()) ? readdirSync(place()) : []);
  const lines = (): string[] =>
    files().flatMap((name) => readFileSync(join(place(), name), 'utf8').split('\n').slice(0, -1));
  const record = (line: string, kind: InboxRecord['kind'] = 'log'): InboxRecord => ({ kind, line });
  const start = (readTo: (file: string) => number, fileBytes = 8 << 20): Promise<Inbox> =>
    openInbox({
      folder: temp.path(),
      readTo,
      isAlive: () => true,
      limits: { bytes: 64 << 20, fileBytes },
    });

  it('never removes what is about to be written to', async () => {
    const inbox = await start(() => 0, 1); // a file for each lot; an empty one counts as read
    for (let i = 0; i < 40; i++) {
      await Promise.all([
        inbox.put([record(`"a${i}"`), record(`"b${i}"`, 'feedback')]),
        inbox.tidy(),
        inbox.tidy(),
      ]);
    }
    assert.equal(new Set(lines()).size, 80);
    await inbox.dispose();
  });

  it('removes what was read to its end, and only that', async () => {
    let read: (file: string) => number = () => 0;
    const inbox = await start((file) => read(file), 10);
    for (const text of ['one', 'two', 'three']) {
      await inbox.put([record(JSON.stringify(text.padEnd(20)))]);
    }
    assert.equal(files().length, 3);
    await inbox.tidy();
    assert.equal(files().length, 3);
    read = (file) => statSync(temp.path(file)).size;
    await inbox.tidy();
    assert.equal(files().length, 1); // the one that is open
    await inbox.dispose();
    assert.deepEqual(files(), []);
  });

  it('writes anew what somebody has deleted meanwhile', async () => {
    const inbox = await start(() => 0);
    await inbox.put([record('1')]);
    for (const name of files()) rmSync(join(place(), name));
    await inbox.put([record('2')]);
    assert.deepEqual(lines(), ['2']);
    await inbox.dispose();
  });

  it('leaves alone what another process has open, until that has ended', async () => {
    const first = await start(() => 0);
    await first.put([record('1')]);
    await first.dispose();
    const other = files().map((name) => temp.path(inboxFolder, name));
    let alive = true;
    const inbox = await openInbox({
      folder: temp.path(),
      readTo: (file) => statSync(temp.path(file)).size,
      isAlive: () => alive,
    });
    await inbox.tidy();
    assert.ok(other.every((file) => existsSync(file)));
    alive = false;
    await inbox.tidy();
    assert.ok(!other.some((file) => existsSync(file)));
    await inbox.dispose();
  });
});
