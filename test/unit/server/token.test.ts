import assert from 'node:assert/strict';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { keptServerToken } from '../../../src/server/token.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe("the server's token", () => {
  const temp = tempFolder('pw-token');
  const kept = (folder = '/srv/shop') =>
    keptServerToken(folder, { XDG_CONFIG_HOME: temp.path(), APPDATA: temp.path() });

  it('is made once for each folder, and kept where only the user reads it', async () => {
    const { token, file } = await kept();
    assert.match(token, /^[0-9a-f]{64}$/);
    assert.deepEqual(await kept(), { token, file });
    assert.equal(readFileSync(file, 'utf8').trim(), token);
    if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.notEqual((await kept('/srv/other')).token, token);
  });

  it('is the same for all who ask for it at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => kept()));
    assert.equal(new Set(all.map(({ token }) => token)).size, 1);
  });

  it('is not used where others can read it', async function () {
    if (process.platform === 'win32') this.skip(); // it has no such permissions
    const { file } = await kept();
    chmodSync(file, 0o644);
    await assert.rejects(kept(), /Others can read it/);
  });
});
