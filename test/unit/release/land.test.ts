import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type ErrorCode, isPatchwrightError, PatchwrightError } from '../../../src/core/errors.ts';
import type { PatchRequest } from '../../../src/core/patchRequest.ts';
import type { Git } from '../../../src/core/ports.ts';
import type { Merged } from '../../../src/release/land.ts';
import { gitLocks } from '../../../src/release/locks.ts';
import { endBrokenMove, isMoving } from '../../../src/release/move.ts';
import { createRepository, writeTree } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { landIt, makePatch, rollItBack, stateOf } from './workspace.ts';

const base = {
  'src/sum.js': 'export const sum = (a, b) => a - b;\n',
  'src/other.js': 'export const other = 1;\n',
  'notes.txt': 'one\ntwo\nthree\n',
  '.gitignore': 'build/\n*.local\n',
};

describe('land', () => {
  const temp = tempFolder('pw-land');
  let git: Git;
  const at = (path: string): string => temp.path('repo', path);
  const write = (path: string, text: string): void => writeFileSync(at(path), text);
  const read = (path: string): string => readFileSync(at(path), 'utf8');
  const commitAll = async (message: string): Promise<void> => {
    await git.run(['add', '-A']);
    await git.run(['commit', '-q', '-m', message]);
  };
  const patch = (files: Record<string, string>): Promise<PatchRequest> =>
    makePatch(git, temp.path('wt'), (folder) => writeTree(folder, files));
  const fix = (): Promise<PatchRequest> =>
    patch({
      'src/sum.js': 'export const sum = (a, b) => a + b;\n',
      'test/sum.test.js': "import '../src/sum.js';\n",
    });

  /** The error, and that nothing at all has changed. */
  async function refused(work: () => Promise<unknown>, code: ErrorCode): Promise<PatchwrightError> {
    const before = await stateOf(git);
    const error: unknown = await work().then(
      () => assert.fail('it went through'),
      (thrown: unknown) => thrown,
    );
    assert.ok(isPatchwrightError(error), String(error));
    assert.equal(error.code, code, error.message);
    assert.ok(error.what !== '' && (error.remedy !== '' || code === 'cancelled'));
    assert.deepEqual(await stateOf(git), before);
    return error;
  }

  beforeEach(async () => {
    git = await createRepository(temp.path('repo'), base);
  });

  it('merges exactly the approved commit, with both parents and the trailers', async () => {
    const head = await git.run(['rev-parse', 'HEAD']);
    const request = await fix();
    const release = await landIt(git, request, { comment: 'Looks right.\n\nApproved-by: Eve' });

    assert.equal(await git.run(['rev-parse', 'HEAD']), release.commit);
    assert.equal(await git.run(['log', '-1', '--format=%P']), `${head} ${request.commit}`);
    assert.equal(read('src/sum.js'), 'export const sum = (a, b) => a + b;\n');
    assert.ok(existsSync(at('test/sum.test.js')));
    assert.equal(await git.run(['status', '--porcelain']), '');
    assert.equal(
      await git.run(['log', '-1', '--format=%(trailers)']),
      `Patchwright-Ticket: ${request.ticketId}\nPatchwright-Request: ${request.id}\nApproved-by: Ada\n`,
    );
    assert.match(
      await git.run(['log', '-1', '--format=%B']),
      /^Merge patch for .*: Sums go wrong\n/,
    );
    assert.equal(release.backupRef, `refs/patchwright/backup/${request.ticketId}/1`);
    assert.equal(await git.run(['rev-parse', release.backupRef]), head);
    assert.equal(release.branch, 'work');
    assert.equal(release.appliedAt, '2026-11-20T08:00:00.000Z');
  });

  it('numbers the backups of one ticket', async () => {
    await landIt(git, await fix());
    const second = await landIt(git, await patch({ 'src/sum.js': 'export const sum = 3;\n' }));
    assert.match(second.backupRef, /\/2$/);
  });

  it('does not let a title forge a trailer', async () => {
    const request = await fix();
    await landIt(git, request, { ticketTitle: 'x\n\nApproved-by: Eve\n', reviewer: 'Ada\nB: c' });
    const trailers = await git.run(['log', '-1', '--format=%(trailers:key=Approved-by)']);
    assert.equal(trailers, 'Approved-by: Ada B: c\n');
  });

  it('merges on top of newer commits', async () => {
    const request = await fix();
    write('notes.txt', 'one\ntwo\nthree\nfour\n');
    await commitAll('mine');
    await landIt(git, request);
    assert.equal(read('notes.txt'), 'one\ntwo\nthree\nfour\n');
    assert.match(read('src/sum.js'), /a \+ b/);
  });

  it('asks about the merged result where the branch moved on, and only there', async () => {
    const asked: string[] = [];
    const judgeMerged = async ({ commit, onto }: Merged): Promise<void> => {
      assert.equal(await git.run(['rev-parse', `${commit}^1`]), onto);
      asked.push(onto);
    };
    await landIt(git, await fix(), {}, undefined, { judgeMerged });
    assert.deepEqual(asked, []);
    const other = await patch({ 'src/other.js': 'export const other = 2;\n' });
    write('notes.txt', 'one\ntwo\nthree\nfour\n');
    await commitAll('newer');
    const head = await git.run(['rev-parse', 'HEAD']);
    await landIt(git, other, {}, undefined, { judgeMerged });
    assert.deepEqual(asked, [head]);
  });

  it('changes nothing when the merged result is refused, or the branch moves meanwhile', async () => {
    const request = await fix();
    write('notes.txt', 'one\ntwo\nthree\nfour\n');
    await commitAll('newer');
    const no = () =>
      Promise.reject(
        new PatchwrightError('gates_failed', { what: 'No.', why: 'No.', remedy: 'None.' }),
      );
    await refused(() => landIt(git, request, {}, undefined, { judgeMerged: no }), 'gates_failed');
    let head = '';
    const meanwhile = async (): Promise<void> => {
      write('notes.txt', 'five\n');
      await commitAll('newest');
      head = await git.run(['rev-parse', 'HEAD']);
    };
    await assert.rejects(landIt(git, request, {}, undefined, { judgeMerged: meanwhile }), (error) =>
      isPatchwrightError(error, 'stale'),
    );
    assert.equal(await git.run(['rev-parse', 'HEAD']), head);
  });

  it('lands the commit that was approved although its branch has moved', async () => {
    const request = await fix();
    const other = await git.run(['commit-tree', 'HEAD^{tree}', '-p', request.commit, '-m', 'evil']);
    await git.run(['update-ref', `refs/heads/${request.branch}`, other]);
    await landIt(git, request);
    assert.equal(await git.run(['rev-parse', 'HEAD^2']), request.commit);
    assert.match(read('src/sum.js'), /a \+ b/);
  });

  it('lands the object itself, whatever a replacement ref shows in its place', async () => {
    const request = await fix();
    const evil = await git.run(['commit-tree', 'HEAD^{tree}', '-p', request.base, '-m', 'evil']);
    await git.run(['replace', request.commit, evil]);
    await landIt(git, request);
    assert.match(read('src/sum.js'), /a \+ b/);
  });

  it('lands from a subfolder of the repository', async () => {
    const request = await fix();
    await landIt(git.at(at('src')), request);
    assert.match(read('src/sum.js'), /a \+ b/);
  });

  it('lands and takes back in a repository of SHA-256 ids', async () => {
    await git.run(['init', '-q', '-b', 'work', '--object-format=sha256', temp.path('long')]);
    git = git.at(temp.path('long'));
    for (const [name, value] of [
      ['user.name', 'Tester'],
      ['user.email', 'tester@example.com'],
    ] as const) {
      await git.run(['config', name, value]);
    }
    writeTree(git.cwd, base);
    await commitAll('base');
    const request = await fix();
    writeTree(git.cwd, { 'src/other.js': 'export const other = 2;\n' });
    await commitAll('newer');
    const before = await git.run(['rev-parse', 'HEAD^{tree}']);
    const release = await landIt(git, request);
    assert.equal(release.commit.length, 64);
    await rollItBack(git, release);
    assert.equal(await git.run(['rev-parse', 'HEAD^{tree}']), before);
  });

  it('lands in a linked worktree of the user’s, and only there', async () => {
    const request = await fix();
    await git.run(['worktree', 'add', '-q', '-b', 'second', temp.path('second')]);
    const release = await landIt(git.at(temp.path('second')), request);
    assert.equal(release.branch, 'second');
    assert.match(readFileSync(temp.path('second/src/sum.js'), 'utf8'), /a \+ b/);
    assert.match(read('src/sum.js'), /a - b/);
  });

  it('leaves unrelated work of every kind byte-identical', async () => {
    const request = await fix();
    write('notes.txt', 'staged\n');
    await git.run(['add', 'notes.txt']);
    write('notes.txt', 'staged, then edited\r\n');
    rmSync(at('src/other.js'));
    mkdirSync(at('build'));
    write('build/out.bin', '\0\x01');
    write('untracked.txt', 'u');
    await git.run(['stash', 'store', '-m', 'kept', await git.run(['stash', 'create'])]);
    const stash = await git.run(['stash', 'list']);
    await landIt(git, request);

    assert.equal(read('notes.txt'), 'staged, then edited\r\n');
    assert.equal(await git.run(['show', ':notes.txt']), 'staged');
    assert.equal(existsSync(at('src/other.js')), false);
    assert.equal(read('build/out.bin'), '\0\x01');
    assert.equal(read('untracked.txt'), 'u');
    assert.equal(await git.run(['stash', 'list']), stash);
    assert.match(read('src/sum.js'), /a \+ b/);
    assert.equal(
      await git.run(['status', '--porcelain']),
      'MM notes.txt\n D src/other.js\n?? untracked.txt',
    );
  });

  describe('refuses to overwrite', () => {
    const ways: Record<string, { path: string; make: () => void | Promise<void> }> = {
      'an unstaged edit': {
        path: 'src/sum.js',
        make: () => appendFileSync(at('src/sum.js'), '// mine\n'),
      },
      'a staged edit': {
        path: 'src/sum.js',
        make: async () => {
          appendFileSync(at('src/sum.js'), '// mine\n');
          await git.run(['add', 'src/sum.js']);
        },
      },
      'a staged edit that is no longer in the file': {
        path: 'src/sum.js',
        make: async () => {
          const old = read('src/sum.js');
          write('src/sum.js', 'staged only\n');
          await git.run(['add', 'src/sum.js']);
          write('src/sum.js', old);
        },
      },
      'a deletion': { path: 'src/sum.js', make: () => rmSync(at('src/sum.js')) },
      'an untracked file': {
        path: 'test/sum.test.js',
        make: () => {
          mkdirSync(at('test'));
          write('test/sum.test.js', 'mine\n');
        },
      },
      'an intent to add': {
        path: 'test/sum.test.js',
        make: async () => {
          mkdirSync(at('test'));
          write('test/sum.test.js', '');
          await git.run(['add', '-N', 'test/sum.test.js']);
        },
      },
      'an ignored file': {
        path: 'test/sum.test.js',
        make: () => {
          appendFileSync(at('.git/info/exclude'), 'test/\n');
          mkdirSync(at('test'));
          write('test/sum.test.js', 'ignored and mine\n');
        },
      },
      'an untracked file where a folder must go': {
        path: 'test',
        make: () => write('test', 'mine'),
      },
      'an untracked link where a folder must go': {
        path: 'test',
        make: () => symlinkSync(temp.path(), at('test')),
      },
      'an ignored file below a folder where a file must go': {
        path: 'test/sum.test.js/deep/a.local',
        make: () => {
          mkdirSync(at('test/sum.test.js/deep'), { recursive: true });
          write('test/sum.test.js/deep/a.local', 'mine');
        },
      },
      'an edit behind assume-unchanged': {
        path: 'src/sum.js',
        make: async () => {
          await git.run(['update-index', '--assume-unchanged', 'src/sum.js']);
          appendFileSync(at('src/sum.js'), '// mine\n');
        },
      },
      'an edit behind skip-worktree': {
        path: 'src/sum.js',
        make: async () => {
          await git.run(['update-index', '--skip-worktree', 'src/sum.js']);
          appendFileSync(at('src/sum.js'), '// mine\n');
        },
      },
    };
    for (const [name, { path, make }] of Object.entries(ways)) {
      it(name, async () => {
        const request = await fix();
        await make();
        const error = await refused(() => landIt(git, request), 'would_overwrite');
        assert.ok(error.why.includes(path), error.why);
      });
    }

    it('a mode change of a touched file', async () => {
      const request = await fix();
      chmodSync(at('src/sum.js'), 0o755);
      await refused(() => landIt(git, request), 'would_overwrite');
    });

    it('an edit to a file that the patch deletes or renames away', async () => {
      const request = await makePatch(git, temp.path('wt'), (folder) => {
        rmSync(join(folder, 'src/other.js'));
        renameSync(join(folder, 'notes.txt'), join(folder, 'notes.md'));
      });
      appendFileSync(at('notes.txt'), 'mine\n');
      appendFileSync(at('src/other.js'), 'mine\n');
      const error = await refused(() => landIt(git, request), 'would_overwrite');
      assert.match(error.why, /notes\.txt, src\/other\.js/);
    });
  });

  it('names the files of a conflict', async () => {
    const request = await fix();
    write('src/sum.js', 'export const sum = (a, b) => Number(a) - b;\n');
    await commitAll('mine');
    const error = await refused(() => landIt(git, request), 'conflict');
    assert.match(error.why, /src\/sum\.js/);
  });

  describe('refuses the state', () => {
    it('of a protected branch, until it is confirmed', async () => {
      const request = await fix();
      const globs = { protectedBranches: ['main', 'wor*'] };
      const error = await refused(() => landIt(git, request, globs), 'protected_branch');
      assert.match(error.why, /work/);
      await landIt(git, request, { ...globs, confirmedProtectedBranch: true });
      assert.match(read('src/sum.js'), /a \+ b/);
    });

    it('of a detached HEAD', async () => {
      const request = await fix();
      await git.run(['checkout', '-q', '--detach']);
      await refused(() => landIt(git, request), 'detached_head');
    });

    it('of a branch without a commit', async () => {
      const request = await fix();
      await git.run(['symbolic-ref', 'HEAD', 'refs/heads/empty']);
      await refused(() => landIt(git, request), 'unborn_branch');
    });

    it('of no repository', async () => {
      const request = await fix();
      mkdirSync(temp.path('plain'));
      await assert.rejects(landIt(git.at(temp.path('plain')), request), { code: 'no_git' });
    });

    const operations: Record<string, readonly string[]> = {
      merge: ['merge', 'theirs'],
      rebase: ['rebase', 'theirs'],
      'cherry-pick': ['cherry-pick', 'theirs'],
      revert: ['revert', '--no-edit', 'HEAD~1'],
    };
    for (const [name, args] of Object.entries(operations)) {
      it(`of a ${name} in progress`, async () => {
        const request = await fix();
        await git.run(['checkout', '-q', '-b', 'theirs']);
        write('notes.txt', 'theirs\n');
        await commitAll('theirs');
        await git.run(['checkout', '-q', 'work']);
        for (const text of ['mine\n', 'mine again\n']) {
          write('notes.txt', text);
          await commitAll(text);
        }
        await git.run(args, { okCodes: [1] });
        const error = await refused(() => landIt(git, request), 'operation_in_progress');
        assert.match(error.why, new RegExp(name));
      });
    }

    it('of a bisect in progress', async () => {
      const request = await fix();
      await git.run(['bisect', 'start']);
      const error = await refused(() => landIt(git, request), 'operation_in_progress');
      assert.match(error.why, /bisect/);
    });

    it('of a stash that was popped into conflicts', async () => {
      const request = await fix();
      write('notes.txt', 'stashed\n');
      await git.run(['stash', '-q']);
      write('notes.txt', 'committed\n');
      await commitAll('mine');
      await git.run(['stash', 'pop', '-q'], { okCodes: [1] });
      const error = await refused(() => landIt(git, request), 'operation_in_progress');
      assert.match(error.why, /notes\.txt/);
    });

    it('of an index that another git command has locked', async () => {
      const request = await fix();
      write('.git/index.lock', '');
      await refused(() => landIt(git, request), 'busy');
    });

    it('of a branch that another git command has locked', async () => {
      const request = await fix();
      write('notes.txt', 'mine\n');
      write('.git/refs/heads/work.lock', '');
      const { why, remedy } = await refused(() => landIt(git, request), 'busy');
      assert.match(`${why} ${remedy}`, /refs\/heads\/work\.lock.*patchwright cleanup/);
    });

    it('but not of packed refs once the branch has moved', async () => {
      const request = await fix();
      write('.git/packed-refs.lock', '');
      const { commit } = await landIt(git, request);
      assert.equal(await git.run(['rev-parse', 'HEAD']), commit);
      rmSync(at('.git/packed-refs.lock'));
      assert.equal(await endBrokenMove({ git }), false);
      assert.equal(await isMoving({ git }), false);
    });

    it('of backups that a git that died has locked', async () => {
      const request = await fix();
      const { backupRef } = await landIt(git, await patch({ 'notes.txt': 'four\n' }));
      write(`.git/${backupRef.replace(/1$/, '2')}.lock`, '');
      await refused(() => landIt(git, request), 'busy');
    });

    it('of patches that are being applied (git am)', async () => {
      const request = await fix();
      write('notes.txt', 'mine\n');
      await commitAll('mine');
      const mail = await git.run(['format-patch', '-1', '--stdout']);
      await git.run(['reset', '-q', '--hard', 'HEAD~1']);
      write('notes.txt', 'another\n');
      await commitAll('another');
      await git.run(['am', '-q'], { input: `${mail}\n`, okCodes: [128] });
      const { why, remedy } = await refused(() => landIt(git, request), 'operation_in_progress');
      assert.match(`${why} ${remedy}`, /git am is in progress.*git am --continue/);
    });
  });

  describe('refuses the request', () => {
    it('whose commit is gone', async () => {
      const request = await fix();
      await refused(() => landIt(git, { ...request, commit: 'f'.repeat(40) }), 'not_found');
      await refused(() => landIt(git, { ...request, commit: request.branch }), 'not_found');
      await refused(() => landIt(git, { ...request, commit: '--help' }), 'not_found');
    });

    it('whose object is no commit', async () => {
      const request = await fix();
      const commit = await git.run(['rev-parse', `${request.commit}^{tree}`]);
      await refused(() => landIt(git, { ...request, commit }), 'not_found');
    });

    it('whose commit is not what was judged', async () => {
      const request = await fix();
      const other = await patch({ 'src/other.js': 'export const other = 2;\n' });
      await refused(() => landIt(git, { ...request, commit: other.commit }), 'stale');
    });

    it('whose commit does not descend from its base', async () => {
      const request = await fix();
      write('notes.txt', 'newer\n');
      await commitAll('newer');
      const base = await git.run(['rev-parse', 'HEAD']);
      await refused(() => landIt(git, { ...request, base }), 'stale');
    });

    it('that was made on commits of another branch', async () => {
      await git.run(['checkout', '-q', '-b', 'feature']);
      write('notes.txt', 'not reviewed here\n');
      await commitAll('feature work');
      const request = await fix();
      await git.run(['checkout', '-q', 'work']);
      const error = await refused(() => landIt(git, request), 'stale');
      assert.match(error.why, /not part of work/);
    });

    it('that has landed already', async () => {
      const request = await fix();
      await landIt(git, request);
      await refused(() => landIt(git, request), 'nothing_to_do');
    });

    it('whose change is already there', async () => {
      const request = await fix();
      await git.run(['cherry-pick', request.commit]);
      write('notes.txt', 'and more\n');
      await commitAll('more');
      await refused(() => landIt(git, request), 'nothing_to_do');
    });
  });

  it('gives up, without a trace, when the branch moves while it works', async () => {
    const request = await fix();
    let raced = '';
    const racing = beforeCommand(git, 'commit-tree', async () => {
      write('notes.txt', 'committed meanwhile\n');
      await commitAll('meanwhile');
      raced = await git.run(['rev-parse', 'HEAD']);
    });
    await assert.rejects(landIt(racing, request), { code: 'stale' });
    assert.equal(await git.run(['rev-parse', 'HEAD']), raced);
    assert.equal(await git.run(['for-each-ref', 'refs/patchwright', 'refs/worktree']), '');
    assert.equal(await git.run(['status', '--porcelain']), '');
  });

  it('gives up when another branch is checked out while it works', async () => {
    await git.run(['branch', 'behind']);
    write('notes.txt', 'only on work\n');
    await commitAll('ahead');
    const behind = await git.run(['rev-parse', 'behind']);
    const request = await fix();
    const racing = beforeCommand(git, 'commit-tree', () =>
      git.run(['checkout', '-q', 'behind']).then(() => undefined),
    );
    await assert.rejects(landIt(racing, request), { code: 'stale' });
    assert.equal(await git.run(['rev-parse', 'behind']), behind);
    assert.equal(await git.run(['status', '--porcelain']), '');
  });

  it('gives up when the user saves a touched file at the last moment', async () => {
    const request = await fix();
    const racing = beforeCommand(git, 'merge', () => {
      appendFileSync(at('src/sum.js'), '// saved just now\n');
    });
    await assert.rejects(landIt(racing, request), { code: 'would_overwrite' });
    assert.match(read('src/sum.js'), /a - b[^]*saved just now/);
    assert.equal(existsSync(at('test')), false);
    assert.equal(await git.run(['for-each-ref', 'refs/patchwright', 'refs/worktree']), '');
  });

  it('changes nothing once cancelled', async () => {
    const request = await fix();
    await refused(() => landIt(git, request, {}, AbortSignal.abort()), 'cancelled');
  });

  describe('every kind of change', () => {
    it('renames, modes, links, binary and CRLF files', async () => {
      writeTree(at(''), { 'bin/run.sh': 'echo 1\n', 'crlf.txt': 'a\r\nb\r\n' });
      symlinkSync('notes.txt', at('link'));
      writeFileSync(at('image.bin'), Buffer.from([0, 255, 10, 13, 0]));
      await commitAll('more kinds');
      const bytes = Buffer.from([1, 0, 254, 13, 10, 13]);
      const request = await makePatch(git, temp.path('wt'), (folder) => {
        renameSync(join(folder, 'notes.txt'), join(folder, 'näme with space.txt'));
        chmodSync(join(folder, 'bin/run.sh'), 0o755);
        rmSync(join(folder, 'link'));
        symlinkSync('näme with space.txt', join(folder, 'link'));
        writeFileSync(join(folder, 'image.bin'), bytes);
        writeFileSync(join(folder, 'crlf.txt'), 'a\r\nB\r\n');
      });
      await landIt(git, request);

      assert.equal(existsSync(at('notes.txt')), false);
      assert.equal(read('näme with space.txt'), base['notes.txt']);
      assert.equal(statSync(at('bin/run.sh')).mode & 0o111, 0o111);
      assert.equal(readlinkSync(at('link')), 'näme with space.txt');
      assert.deepEqual(readFileSync(at('image.bin')), bytes);
      assert.equal(read('crlf.txt'), 'a\r\nB\r\n');
      assert.equal(await git.run(['status', '--porcelain']), '');
    });

    it('a file that becomes a folder, and a folder that becomes a file', async () => {
      const request = await makePatch(git, temp.path('wt'), (folder) => {
        rmSync(join(folder, 'notes.txt'));
        rmSync(join(folder, 'src'), { recursive: true });
        writeTree(folder, { 'notes.txt/a.txt': 'a\n', src: 'flat\n' });
      });
      await landIt(git, request);
      assert.equal(read('notes.txt/a.txt'), 'a\n');
      assert.equal(read('src'), 'flat\n');
    });

    it('keeps the line endings of a checkout with core.autocrlf', async () => {
      await git.run(['config', 'core.autocrlf', 'true']);
      rmSync(at('src/sum.js'));
      await git.run(['checkout', '--', 'src/sum.js']);
      assert.match(read('src/sum.js'), /\r\n$/);
      await landIt(git, await fix());
      assert.equal(read('src/sum.js'), 'export const sum = (a, b) => a + b;\r\n');
    });

    it('in a sparse checkout, outside of its cone', async () => {
      const request = await fix();
      await git.run(['sparse-checkout', 'set', 'docs']);
      await landIt(git, request);
      assert.equal(existsSync(at('src')), false);
      assert.match(await git.run(['show', 'HEAD:src/sum.js']), /a \+ b/);
      assert.equal(await git.run(['status', '--porcelain']), '');
    });

    it('beside a submodule with work in it', async () => {
      const inner = await createRepository(temp.path('inner'), { 'lib.js': '1\n' });
      const allow = ['-c', 'protocol.file.allow=always'];
      await git.run([...allow, 'submodule', '--quiet', 'add', inner.cwd, 'vendor']);
      await git.run(['commit', '-q', '-m', 'submodule']);
      const request = await fix();
      appendFileSync(at('vendor/lib.js'), 'mine\n');
      await landIt(git, request);
      assert.equal(read('vendor/lib.js'), '1\nmine\n');
    });

    it('but not a submodule that would move', async () => {
      const request = await makePatch(git, temp.path('wt'), async (_folder, own) => {
        const entry = `160000,${'1'.repeat(40)},vendor`;
        await own.run(['update-index', '--add', '--cacheinfo', entry]);
        mkdirSync(join(own.cwd, 'vendor'));
      });
      assert.equal(request.files[0]?.newMode, '160000');
      const error = await refused(() => landIt(git, request), 'would_overwrite');
      assert.match(error.why, /vendor/);
    });
  });

  describe('what the user has configured', () => {
    const hook = (name: string, body: string): void => {
      mkdirSync(at('.git/hooks'), { recursive: true });
      writeFileSync(at(`.git/hooks/${name}`), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    };

    it('runs the post-merge hook; its failure undoes nothing', async () => {
      const request = await fix();
      hook('post-merge', 'echo ran > hook.local; exit 1');
      const release = await landIt(git, request);
      assert.equal(read('hook.local'), 'ran\n');
      assert.equal(await git.run(['rev-parse', 'HEAD']), release.commit);
    });

    describe('and hangs', () => {
      /** Cancels once it is told what is waited for. */
      const untilTold = () => {
        const controller = new AbortController();
        const said: string[] = [];
        const say = (text: string): void => {
          said.push(text);
          controller.abort();
        };
        return { said, say, signal: controller.signal };
      };

      it('a post-merge hook is named, and can be ended: what has landed has landed', async () => {
        const request = await fix();
        hook('post-merge', 'exec sleep 600');
        const { said, say, signal } = untilTold();
        const release = await landIt(git, request, {}, signal, { say });
        assert.match(said[0] ?? '', /has moved.*post-merge hook/);
        assert.match(said[1] ?? '', /hook was ended.*stays/);
        assert.equal(await git.run(['rev-parse', 'HEAD']), release.commit);
        assert.equal(await git.run(['status', '--porcelain']), '');
        assert.equal(await isMoving({ git }), false);
        assert.deepEqual(await gitLocks({ git }), []);
        hook('post-merge', 'exit 0');
        await rollItBack(git, release);
      });

      it('a reference-transaction hook can be ended, and everything is put back', async () => {
        const request = await fix();
        hook(
          'reference-transaction',
          'test "$1" = prepared && grep -q refs/heads/ && exec sleep 600; exit 0',
        );
        const { said, say, signal } = untilTold();
        await refused(() => landIt(git, request, {}, signal, { say }), 'cancelled');
        assert.match(said.join(), /moving the branch.*Cancelling puts everything back/);
        assert.deepEqual(await gitLocks({ git }), []);
      });

      for (const [what, setUp] of [
        [
          'the index',
          async (script: string) => {
            await git.run(['config', 'filter.slow.smudge', script]);
            mkdirSync(at('.git/info'), { recursive: true });
            write('.git/info/attributes', 'sum.js filter=slow\n');
          },
        ],
        [
          'the branch',
          (script: string) =>
            hook(
              'reference-transaction',
              `test "$1" = prepared && grep -q refs/heads/ || exit 0; ${script}`,
            ),
        ],
      ] as const) {
        it(`a git that is ended by force leaves no lock of ${what} behind`, async () => {
          const request = await fix();
          await setUp('echo $PPID > "$(git rev-parse --absolute-git-dir)/pid"; exec sleep 600');
          const { say, signal } = untilTold();
          const force = (text: string): void => {
            process.kill(Number(read('.git/pid')), 'SIGKILL'); // what taskkill does on Windows
            say(text);
          };
          await refused(() => landIt(git, request, {}, signal, { say: force }), 'cancelled');
          assert.deepEqual(await gitLocks({ git }), []);
          assert.equal(await git.run(['status', '--porcelain']), '');
        });
      }

      it('a commit-msg hook can be ended, and nothing has changed', async () => {
        const request = await fix();
        hook('commit-msg', 'exec sleep 600');
        const { said, say, signal } = untilTold();
        await refused(() => landIt(git, request, {}, signal, { say }), 'cancelled');
        assert.match(said.join(), /commit-msg/);
      });
    });

    it('gives the message to the commit-msg hook, which may change or refuse it', async () => {
      const request = await fix();
      const hook = (script: string): void =>
        writeFileSync(at('.git/hooks/commit-msg'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      hook('echo "Say why." >&2; exit 1');
      const { why } = await refused(() => landIt(git, request), 'git_failed');
      assert.match(why, /Say why/);
      hook('printf "Change-Id: I1\\n" >> "$1"');
      const release = await landIt(git, request);
      const trailers = await git.run(['log', '-1', '--format=%(trailers)']);
      assert.match(trailers, /Approved-by: Ada\nChange-Id: I1/);
      hook('exit 1');
      await rollItBack(git, release); // git asks no commit-msg hook about a revert
    });

    it('obeys a hook that refuses the ref, and puts the files back', async () => {
      const request = await fix();
      write('untracked.txt', 'mine');
      hook(
        'reference-transaction',
        'test "$1" = prepared && grep -q refs/heads/ && exit 1; exit 0',
      );
      // Its own bookkeeping runs without hooks; only moving the user's branch asks them.
      await refused(() => landIt(git, request), 'git_failed');
    });

    it('puts the files back when a filter fails half-way', async () => {
      write('.gitattributes', '*.flt filter=flt\n');
      write('z.flt', 'old\n');
      await commitAll('filtered');
      const request = await patch({
        'a/new.txt': 'new\n',
        'src/sum.js': 'export const sum = 0;\n',
        'z.flt': 'changed\n',
      });
      await git.run(['config', 'filter.flt.clean', 'cat']);
      await git.run(['config', 'filter.flt.smudge', 'false']);
      await git.run(['config', 'filter.flt.required', 'true']);
      await refused(() => landIt(git, request), 'git_failed');
    });

    it('works against merge settings that would do something else', async () => {
      const request = await fix();
      await git.run(['config', 'merge.ff', 'false']);
      await git.run(['config', 'branch.work.mergeOptions', '--squash --no-commit']);
      await git.run(['config', 'merge.autoStash', 'true']);
      write('notes.txt', 'dirty\n');
      const release = await landIt(git, request);
      assert.equal(await git.run(['rev-parse', 'HEAD']), release.commit);
      assert.equal(read('notes.txt'), 'dirty\n');
      assert.equal(await git.run(['stash', 'list']), '');
    });

    it('lands and takes back whatever the index, and the settings for merging, are like', async () => {
      const settings = [
        ['feature.manyFiles', 'true'],
        ['core.splitIndex', 'true'],
        ['core.ignoreCase', 'true'],
        ['core.fsmonitor', 'true'],
        ['extensions.worktreeConfig', 'true'],
        ['rerere.enabled', 'true'],
        ['merge.ff', 'only'],
        ['pull.rebase', 'true'],
        ['diff.noprefix', 'true'],
        ['submodule.recurse', 'true'],
      ] as const;
      for (const [name, value] of settings) await git.run(['config', name, value]);
      await git.run(['update-index', '--split-index', '--index-version', '4']);
      const before = await git.run(['rev-parse', 'HEAD^{tree}']);
      const release = await landIt(git, await fix());
      assert.equal(await git.run(['status', '--porcelain']), '');
      await rollItBack(git, release);
      assert.equal(await git.run(['status', '--porcelain']), '');
      assert.equal(await git.run(['rev-parse', 'HEAD^{tree}']), before);
    });

    it('commits under an identity of its own where the user has none', async () => {
      const request = await fix();
      await git.run(['config', '--unset', 'user.name']);
      await git.run(['config', '--unset', 'user.email']);
      const nobody = withHome(git, temp.path('home'));
      await landIt(nobody, request);
      const who = await git.run(['log', '-1', '--format=%an <%ae> %cn']);
      assert.equal(who, 'Patchwright <patchwright@localhost> Patchwright');
    });

    it('signs where commit.gpgSign says so, and says so when that fails', async () => {
      const request = await fix();
      await git.run(['config', 'commit.gpgSign', 'true']);
      await git.run(['config', 'gpg.program', 'false']);
      const error = await refused(() => landIt(git, request), 'git_failed');
      assert.match(error.what, /could not be signed/);
      assert.match(error.why, /commit\.gpgSign is on/);

      writeFileSync(temp.path('sign'), signer, { mode: 0o755 });
      await git.run(['config', 'gpg.program', temp.path('sign')]);
      await landIt(git, request);
      assert.match(await git.run(['cat-file', 'commit', 'HEAD']), /BEGIN PGP SIGNATURE/);
    });
  });
});

/** What git needs to see of a signing program: a status line and a signature. */
const signer = `#!/bin/sh
cat > /dev/null
echo "[GNUPG:] SIG_CREATED D 1 8 00 0 0" >&2
printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nAAAA\\n-----END PGP SIGNATURE-----\\n'
`;

/** Real git, with something happening in the repository just before the first `command`. */
function beforeCommand(git: Git, command: string, happen: () => void | Promise<void>): Git {
  let waiting = true;
  const step = async (args: readonly string[]): Promise<void> => {
    if (!waiting || !args.includes(command)) return;
    waiting = false;
    await happen();
  };
  const wrap = (inner: Git): Git => ({
    cwd: inner.cwd,
    run: async (args, options) => step(args).then(() => inner.run(args, options)),
    bytes: async (args, options) => step(args).then(() => inner.bytes(args, options)),
    code: async (args, options) => step(args).then(() => inner.code(args, options)),
    at: (cwd) => wrap(inner.at(cwd)),
    withHooks: () => wrap(inner.withHooks()),
  });
  return wrap(git);
}

/** git as a user with an empty home sees it. */
function withHome(git: Git, home: string): Git {
  const env = { HOME: home, XDG_CONFIG_HOME: home, GIT_CONFIG_NOSYSTEM: '1' };
  const wrap = (inner: Git): Git => ({
    cwd: inner.cwd,
    run: (args, o) => inner.run(args, { ...o, extraEnv: { ...env, ...o?.extraEnv } }),
    bytes: (args, o) => inner.bytes(args, { ...o, extraEnv: { ...env, ...o?.extraEnv } }),
    code: (args, o) => inner.code(args, { ...o, extraEnv: { ...env, ...o?.extraEnv } }),
    at: (cwd) => wrap(inner.at(cwd)),
    withHooks: () => wrap(inner.withHooks()),
  });
  return wrap(git);
}
