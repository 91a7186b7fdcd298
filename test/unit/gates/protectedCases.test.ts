import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createProtection } from '../../../src/core/protection.ts';
import {
  isHeld,
  judgeCase,
  type Policy,
  type ProtectedCase,
  waitsFor,
} from '../../support/protectedCases.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import * as more from './moreProtectedCases.ts';

const handed = join(import.meta.dirname, '../../../../shared/cases/protected-cases.json');

describe('protected files, case by case', function () {
  this.timeout(60_000);
  const folder = tempFolder();

  describe('cases of our own', () => {
    for (const one of more.cases) check(more.policy, one);

    it('configuration that runs, decides or instructs is refused without any list', () => {
      const protection = createProtection([]);
      const open = more.configurationPaths.filter((path) => protection.check(path).ok);
      assert.deepEqual(open, []);
    });

    it('source files of names alike are free', () => {
      const protection = createProtection([]);
      const refused = more.ordinaryPaths.filter((path) => !protection.check(path).ok);
      assert.deepEqual(refused, []);
    });
  });

  describe('cases that are handed to us', () => {
    if (!existsSync(handed)) {
      it('are not here', function () {
        console.log('      (shared/cases is not beside this project: left out)');
        this.skip();
      });
      return;
    }
    const set = JSON.parse(readFileSync(handed, 'utf8')) as Policy & { cases: ProtectedCase[] };
    for (const one of set.cases) check(set, one);
  });

  function check(policy: Policy, one: ProtectedCase): void {
    const { verdict } = one.expected;
    it(`${one.id} ${one.category}: ${one.name} → ${verdict}`, async function () {
      const reason = waitsFor(one);
      if (reason) {
        console.log(`      (${one.id} waits for ${reason})`);
        this.skip();
      }
      rmSync('/tmp/pw-flag', { force: true });
      const judged = await judgeCase(folder.path(), policy, one, true);
      rmSync('/tmp/pw-flag', { force: true });
      if (!isHeld(one)) assert.equal(judged.verdict, verdict, judged.why);
      assert.equal(judged.after, judged.before, 'main has changed');
    });
    if (verdict === 'block' && isSafeToWrite(one)) {
      it(`${one.id} is seen in the result, too, when no tool has held it up`, async () => {
        const judged = await judgeCase(folder.path(), policy, one, false);
        assert.equal(judged.verdict, 'block', 'the gate alone must see it');
        assert.equal(judged.after, judged.before, 'main has changed');
      });
    }
  }
});

/** Writes whose path stays inside of the worktree, off git's own files, and is no ignored one. */
function isSafeToWrite({ edit, setup, category }: ProtectedCase): boolean {
  if (setup.hardlinkFromMain || category === 'tests') return false;
  const writes = edit.filter(({ op }) => op === 'write' || op === 'append');
  if (writes.length === 0 || edit.some(({ op }) => op === 'symlink' || op === 'run')) return false;
  return writes.every(({ path = '' }) => {
    const names = path.split('/');
    const escapes = /^[/~]|^\$MAIN|\0/.test(path) || names.includes('..') || path === '';
    const gits = names.some((name) => name.toLowerCase() === '.git');
    const ignored = /^(node_modules|\.patchwright|\.env$|build)/.test(path);
    return !escapes && !gits && !ignored && Buffer.byteLength(path) < 250;
  });
}
