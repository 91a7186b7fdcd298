import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Backlog } from '../../../src/backlog/backlog.ts';
import { isProven, proofText } from '../../../src/core/audit.ts';
import { unneeded } from '../../../src/core/leftover.ts';
import { defaultSettings } from '../../../src/core/settings.ts';
import { cleanUp, leftovers } from '../../../src/pipeline/cleanUp.ts';
import type { House } from '../../../src/pipeline/house.ts';
import { createAuditSigner } from '../../../src/platform/auditKey.ts';
import { open } from '../../support/backlog.ts';
import { ticketOf } from '../../support/nouns.ts';
import { createRepository } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { Crash, crashingAt } from '../release/crashes.ts';
import { landIt, makePatch } from '../release/workspace.ts';

const dayMs = 86_400_000;
const ago = (days: number): Date => new Date(Date.now() - days * dayMs);

describe('a crash while cleaning up', function () {
  this.timeout(120_000);
  const temp = tempFolder('pw-clean-crash');

  it('leaves nothing removed without a note, and the next time ends it, at whatever step', async () => {
    const git = await createRepository(temp.path('shop'), {
      'a.txt': 'one\n',
      '.gitignore': '.patchwright\n',
    });
    const config = temp.path('config');
    const signer = createAuditSigner({ XDG_CONFIG_HOME: config, APPDATA: config });
    const transcripts = join(git.cwd, '.patchwright', 'attempts');
    const old = await open(git.cwd, { signer, clock: { now: () => ago(120) } });
    const patch = await makePatch(git, temp.path('work'), (folder) =>
      writeFileSync(join(folder, 'b.txt'), 'two\n'),
    );
    const release = { ...(await landIt(git, patch)), appliedAt: ago(120).toISOString() };
    const ticket = ticketOf({ id: patch.ticketId, status: 'applied' });
    await old.write([
      { kind: 'ticket', id: ticket.id, fields: ticket },
      { kind: 'request', id: patch.id, fields: { ...patch, status: 'APPLIED' } },
      { kind: 'release', id: release.id, fields: release },
      ...['one', 'two'].map((subject) => ({
        kind: 'audit' as const,
        entry: { actor: 'patchwright', action: 'request.applied', subject },
      })),
    ]);
    await old.dispose();
    mkdirSync(transcripts);
    writeFileSync(join(transcripts, 'old.jsonl'), '{}\n');

    /** The parts that cleaning up needs, each of which may be the one where the process dies. */
    const houseOf = (root: string, backlog: Backlog, at: () => void): House => {
      const file = join(root, '.patchwright', 'attempts', 'old.jsonl');
      const here = git.at(root);
      const parts: Partial<House> = {
        backlog: {
          ...backlog,
          write: async (changes) => {
            at();
            await backlog.write(changes);
          },
          audit: {
            ...backlog.audit,
            prune: async (before) => {
              at();
              return backlog.audit.prune(before);
            },
          },
        },
        git: crashingAt(here, at),
        clock: { now: () => new Date() },
        settings: () => defaultSettings,
        reviewer: () => Promise.resolve('user:ada'),
        transcripts: {
          list: () =>
            Promise.resolve(
              existsSync(file) ? [{ attemptId: 'old', at: ago(120).toISOString(), bytes: 3 }] : [],
            ),
          remove: async () => {
            at();
            rmSync(file);
          },
        },
      };
      return parts as House;
    };
    const never = (): void => undefined;
    const names = async (root: string, backlog: Backlog): Promise<string[]> =>
      (await leftovers(houseOf(root, backlog, never))).map(({ kind }) => kind).sort();

    for (let steps = 0; ; steps += 1) {
      const root = temp.path(`at-${steps}`);
      cpSync(git.cwd, root, { recursive: true });
      let left = steps;
      const at = (): void => {
        if (left <= 0) throw new Crash(`after ${steps} steps`);
        left -= 1;
      };
      const first = await open(root, { signer });
      assert.deepEqual(await names(root, first), ['audit', 'backup', 'branch', 'transcript']);
      const hasCrashed = await cleanUp(houseOf(root, first, at), unneeded).then(
        () => false,
        (error) => {
          if (!(error instanceof Crash)) throw error;
          return true;
        },
      );
      await first.dispose();

      const next = await open(root, { signer });
      try {
        const stays = await names(root, next);
        const noted = new Set(
          next.audit.list({ action: 'leftover.removed' }).map(({ subject }) => subject),
        );
        for (const [kind, name] of [
          ['backup', release.backupRef],
          ['branch', patch.branch],
          ['transcript', 'old'],
        ] as const) {
          assert.ok(stays.includes(kind) || noted.has(name), `${kind} went without a note`);
        }
        assert.ok(isProven(next.audit.verify()), proofText(next.audit.verify()));
        await cleanUp(houseOf(root, next, never), unneeded);
        assert.deepEqual(await names(root, next), []);
        assert.ok(isProven(next.audit.verify()), proofText(next.audit.verify()));
        assert.deepEqual(next.audit.list({ subject: 'one' }), []);
      } finally {
        await next.dispose();
      }
      rmSync(root, { recursive: true });
      if (!hasCrashed) {
        assert.ok(steps >= 8, `only ${steps} steps`);
        break;
      }
    }
  });
});
