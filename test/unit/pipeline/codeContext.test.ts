import assert from 'node:assert/strict';
import { symlinkSync, writeFileSync } from 'node:fs';
import type { Git } from '../../../src/core/ports.ts';
import type { Location } from '../../../src/core/ticket.ts';
import { codeContext } from '../../../src/pipeline/codeContext.ts';
import { createRepository } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe('the code around a failure', () => {
  const temp = tempFolder('context');
  let git: Git;

  beforeEach(async () => {
    const lines = Array.from({ length: 100 }, (_, i) => `line ${i + 1}`).join('\n');
    git = await createRepository(temp.path('tree'), {
      'app/src/a.js': lines,
      'app/src/b.js': 'one\r\ntwo\r\n',
      'app/.env': 'A=1\n',
      'app/x.bin': 'a\0b',
    });
    writeFileSync(temp.path('outside.txt'), 'outside\n');
    symlinkSync('../../../outside.txt', temp.path('tree/app/src/link.js'));
    await git.run(['add', '-A']);
    await git.run(['commit', '-q', '-m', 'Link']);
    writeFileSync(temp.path('tree/app/src/b.js'), 'one\r\n2\r\n');
    await git.run(['commit', '-qam', 'Change b']);
  });

  const at = async (location: Location, stack: readonly Location[] = []) =>
    await codeContext(
      { git, base: await git.run(['rev-parse', 'HEAD']), prefix: 'app/' },
      { metadata: { location, stack } },
      new AbortController().signal,
    );

  it('is that of the failing place, then of its callers, each file once, with its latest commits', async () => {
    const stack = [
      { file: 'src/a.js', line: 50 },
      { file: 'src/a.js', line: 90 },
      { file: 'src/b.js', line: 2 },
    ];
    const { code, recentCommits } = await at({ file: 'src/a.js', line: 50 }, stack);
    assert.deepEqual(
      code.map(({ file, from, lines }) => [file, from, lines.length, lines.at(-1)]),
      [
        ['src/a.js', 30, 41, 'line 70'],
        ['src/b.js', 1, 2, '2'],
      ],
    );
    assert.deepEqual(recentCommits.map(({ subject, file }) => `${subject}: ${file}`).sort(), [
      'Change b: src/b.js',
      'base: src/b.js',
    ]);
    for (const { commit, at: day } of recentCommits) {
      assert.match(`${commit} ${day}`, /^[0-9a-f]{7,} \d{4}-\d\d-\d\d$/);
    }
  });

  it('is nothing of what is private, elsewhere, binary or not of the commit', async () => {
    writeFileSync(temp.path('tree/app/src/new.js'), 'new\n');
    const files = [
      '.env',
      '/etc/passwd',
      '../app/src/a.js',
      '-p',
      'C:\\x',
      'x.bin',
      'src/new.js',
      'src',
    ];
    for (const file of files) {
      assert.deepEqual(
        (await at({ file, line: 1 })).code.filter(({ lines }) => lines.join('') !== ''),
        [],
        file,
      );
    }
  });

  it('never follows a link', async () => {
    const { code } = await at({ file: 'src/link.js', line: 1 });
    assert.ok(!JSON.stringify(code).includes('outside\\n'));
  });
});
