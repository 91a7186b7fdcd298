import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { cli } from '../support/cli.ts';
import { shopLog } from '../support/shop.ts';
import { tempFolder } from '../support/tempFolder.ts';

describe('command line: signals', function () {
  this.timeout(60_000);
  const temp = tempFolder('pw-cli-signals');

  it('prints the groups of each file by the name it was given, and leaves nothing behind', async () => {
    const [log, quiet] = [temp.path('service.log'), temp.path('quiet.log')];
    writeFileSync(log, shopLog(3));
    writeFileSync(quiet, '2026-03-02T10:00:00Z INFO all is well\n');
    const before = readdirSync(temp.path());
    const result = await cli(['signals', log, quiet, '--json', '--folder', temp.path()]);
    assert.equal(result.code, 0, result.stderr);
    const found = JSON.parse(result.stdout);
    assert.deepEqual(Object.keys(found), [log, quiet]);
    assert.deepEqual(found[quiet], []);
    assert.equal(found[log].length, 1);
    const [group] = found[log];
    assert.equal(group.kind, 'exception');
    assert.equal(group.language, 'javascript');
    assert.equal(group.type, 'TypeError');
    assert.equal(group.count, 3);
    assert.match(group.fingerprint, /^[0-9a-f]{64}$/);
    assert.deepEqual(readdirSync(temp.path()), before);
  });

  it('prints text for people, and exits with 3 when there is nothing', async () => {
    const log = temp.path('service.log');
    writeFileSync(log, shopLog(3));
    const found = await cli(['signals', log, '--folder', temp.path()]);
    assert.equal(found.code, 0, found.stderr);
    assert.match(found.stdout, /1 group\n +3× error exception \(javascript\) {2}TypeError: /);
    writeFileSync(log, 'nothing here\n');
    const none = await cli(['signals', log, '--folder', temp.path()]);
    assert.equal(none.code, 3);
    assert.match(none.stdout, /nothing found/);
  });

  it('says which file it could not read, and asks for one', async () => {
    const missing = await cli(['signals', temp.path('none.log'), '--folder', temp.path()]);
    assert.equal(missing.code, 3);
    assert.match(missing.stderr, /none\.log/);
    assert.equal((await cli(['signals', '--folder', temp.path()])).code, 2);
  });
});

describe('command line: templates', function () {
  this.timeout(60_000);
  const temp = tempFolder('pw-cli-templates');

  it('prints the group of every line, and each template with its count', async () => {
    const log = temp.path('app.log');
    const lines = [
      '2026-03-02T10:00:00Z INFO shop: order 17 paid',
      '2026-03-02T10:00:01Z INFO shop: cache is cold',
      '2026-03-02T10:00:02Z INFO shop: order 18 paid',
    ];
    writeFileSync(log, `${lines.join('\n')}\n`);
    const result = await cli(['templates', log, '--json']);
    assert.equal(result.code, 0, result.stderr);
    assert.deepEqual(JSON.parse(result.stdout), {
      groups: [
        { id: 1, template: 'order <*> paid', count: 2 },
        { id: 2, template: 'cache is cold', count: 1 },
      ],
      lines: [1, 2, 1],
    });
    const text = await cli(['templates', log]);
    assert.match(text.stdout, /^ +2× order <\*> paid\n +1× cache is cold\n$/);
  });

  it('takes lines as they are with --content, blank ones and a last one without end included', async () => {
    const log = temp.path('content.log');
    writeFileSync(log, 'ERROR: disk 1 full\r\n\r\ndisk 2 full');
    const result = await cli(['templates', log, '--content', '--json']);
    assert.deepEqual(JSON.parse(result.stdout).lines, [1, 2, 3]);
    const cut = await cli(['templates', log, '--json']);
    assert.deepEqual(JSON.parse(cut.stdout).lines, [1, 2, 1]);
    writeFileSync(log, `${'x'.repeat(3_000_000)}\ndisk 2 full\n`);
    const long = await cli(['templates', log, '--json']);
    assert.deepEqual(JSON.parse(long.stdout).lines, [1, 2]);
  });
});
