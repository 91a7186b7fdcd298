import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Backlog } from '../../../src/backlog/backlog.ts';
import { applyChange } from '../../../src/backlog/applyChange.ts';
import { migrate } from '../../../src/backlog/migrations.ts';
import type { StoredChange } from '../../../src/backlog/schemas.ts';
import { loadEngine, openSql } from '../../../src/backlog/sqlite.ts';
import { isProven, proofText } from '../../../src/core/audit.ts';
import type { Change } from '../../../src/core/change.ts';
import { isPatchwrightError } from '../../../src/core/errors.ts';
import { createAuditSigner } from '../../../src/platform/auditKey.ts';
import { open } from '../../support/backlog.ts';
import { journalsIn, type Line, readLines, writeLines } from '../../support/backlogFiles.ts';
import { tempFolder } from '../../support/tempFolder.ts';

const dayMs = 86_400_000;
const start = Date.UTC(2026, 0, 1);
const day = (number: number): Date => new Date(start + number * dayMs);
const event = (subject: string): Change => ({
  kind: 'audit',
  entry: { actor: 'user:ann', action: 'ticket.edited', subject },
});

describe('backlog: retention of the audit trail', function () {
  this.timeout(60_000);
  const folder = tempFolder('backlog');
  let today = 0;
  const clock = { now: () => day(today) };
  const opened: Backlog[] = [];
  const openHere = async (more: Parameters<typeof open>[1] = {}): Promise<Backlog> => {
    const backlog = await open(folder.path(), { clock, snapshotWhenQuiet: false, ...more });
    opened.push(backlog);
    return backlog;
  };
  beforeEach(() => {
    today = 0;
  });
  afterEach(async () => {
    for (const backlog of opened.splice(0)) await backlog.dispose();
  });

  const subjects = (backlog: Backlog): string[] =>
    backlog.audit.list({ action: 'ticket.edited' }).map(({ subject }) => subject);
  const keyFile = (): string => folder.path('config', 'patchwright', 'audit-key.pem');
  const dropSnapshots = (at = folder.path()): void => {
    for (const name of readdirSync(join(at, '.patchwright'))) {
      if (name.startsWith('backlog.')) rmSync(join(at, '.patchwright', name));
    }
  };
  /** Two chains of a day's event each, from day 0 to 9. */
  const tenDays = async (): Promise<Backlog> => {
    const [a, b] = [await openHere(), await openHere()];
    for (today = 0; today < 10; today += 1) {
      const one = today % 2 === 0 ? a : b;
      await one.refresh();
      await one.write([event(`day ${today}`)]);
    }
    await a.refresh();
    return a;
  };
  const before = (number: number): string => day(number).toISOString();

  it('removes what is old and proves the rest, from journals and snapshots, in every window', async () => {
    const backlog = await tenDays();
    assert.equal(backlog.audit.countBefore(before(6)), 6);
    assert.equal(await backlog.audit.prune(before(6)), 6);
    assert.deepEqual(subjects(backlog), ['day 9', 'day 8', 'day 7', 'day 6']);
    const proof = backlog.audit.verify();
    assert.ok(isProven(proof), proofText(proof));
    assert.match(proofText(proof), /5 events, and 6 from before 2026-01-07 .* signed checkpoint 1/);
    const other = opened[1];
    await other?.refresh();
    assert.deepEqual(other?.audit.verify(), proof);
    await other?.write([event('after')]);
    await backlog.snapshot();
    const fromSnapshot = await openHere();
    assert.deepEqual(fromSnapshot.audit.verify().events, 6);
    assert.ok(isProven(fromSnapshot.audit.verify()));
    dropSnapshots();
    const fromJournals = await openHere({ readOnly: true });
    assert.deepEqual(subjects(fromJournals), subjects(fromSnapshot));
    assert.ok(isProven(fromJournals.audit.verify()));
  });

  it('goes on from checkpoint to checkpoint, and names no more writers than it has to', async () => {
    for (today = 0; today < 12; today += 1) {
      const backlog = await openHere();
      await backlog.write([event(`day ${today}`)]);
      await backlog.dispose();
    }
    const backlog = await openHere();
    for (const until of [4, 8]) await backlog.audit.prune(before(until));
    const proof = backlog.audit.verify();
    assert.ok(isProven(proof), proofText(proof));
    assert.equal(proof.checkpoint?.number, 2);
    assert.equal(proof.checkpoint?.events, 8);
    // As when their journals have been compacted: they can't come back.
    await backlog.dispose();
    const kept = await openHere();
    await kept.write([event('last')]);
    await kept.snapshot();
    const young = new Set(kept.audit.exported().map(({ writer }) => writer));
    for (const file of journalsIn(folder.path())) {
      if (![...young].some((writer) => file.includes(writer))) rmSync(file);
    }
    await kept.audit.prune(before(10));
    const named = kept.audit.checkpoint()?.chains.length ?? 0;
    assert.equal(named, 2, 'of the days 8 and 9 only');
    assert.ok(isProven(kept.audit.verify()));
  });

  it('keeps the newest event, and does nothing where nothing is old', async () => {
    const backlog = await tenDays();
    assert.equal(await backlog.audit.prune(before(0)), 0);
    assert.equal(existsSync(keyFile()), false, 'a key that nothing was signed with');
    assert.equal(await backlog.audit.prune(before(400)), 9);
    assert.deepEqual(subjects(backlog), ['day 9']);
    assert.ok(isProven(backlog.audit.verify()));
  });

  it('keeps its key to the user, outside the workspace, and says what it means when that is missing', async function () {
    const backlog = await tenDays();
    await backlog.audit.prune(before(6));
    if (process.platform !== 'win32') assert.equal(statSync(keyFile()).mode & 0o777, 0o600);
    const inBacklog = readdirSync(folder.path('.patchwright'), { recursive: true }).map(String);
    assert.deepEqual(
      inBacklog.filter((name) => name.includes('.pem')),
      [],
    );
    const key = readFileSync(keyFile());
    rmSync(keyFile());
    const proof = backlog.audit.verify();
    assert.deepEqual([isProven(proof), proof.broken], [false, []]);
    assert.match(proofText(proof), /not proven: the key that signed checkpoint 1 is not at .*pem/);
    assert.match(proofText(proof), /5 events since follow from it without a gap/);
    await assert.rejects(backlog.audit.prune(before(8)), (error) =>
      isPatchwrightError(error, 'corrupt'),
    );
    assert.equal(subjects(backlog).length, 4, 'removed more under a claim nobody can check');
    writeFileSync(keyFile(), key);
    assert.ok(isProven(backlog.audit.verify()));
    assert.equal(await backlog.audit.prune(before(8)), 2);
  });

  describe('shows what was tampered with:', () => {
    /** Prunes, lets `tamper` at the lines of all journals, and asks a backlog built of them. */
    const after = async (tamper: (lines: Line[]) => Line[]) => {
      const backlog = await tenDays();
      await backlog.audit.prune(before(6));
      for (const one of opened.splice(0)) await one.dispose();
      dropSnapshots();
      for (const file of journalsIn(folder.path())) writeLines(file, tamper(readLines(file)));
      const fresh = await openHere({ readOnly: true });
      return fresh.audit.verify();
    };
    const eachChange = (lines: Line[], edit: (change: Stored) => void): Line[] => {
      for (const line of lines) for (const change of line.changes) edit(change as Stored);
      return lines;
    };
    interface Stored {
      readonly kind: string;
      readonly event?: Record<string, unknown>;
      readonly checkpoint?: Record<string, unknown> & { chains: { hash: string }[] };
    }
    const editCheckpoint = (edit: (one: NonNullable<Stored['checkpoint']>) => void) =>
      after((lines) =>
        eachChange(lines, ({ checkpoint }) => {
          if (checkpoint) edit(checkpoint);
        }),
      );

    it('nothing', async () => {
      assert.ok(isProven(await after((lines) => lines)));
    });
    it('a number in the checkpoint', async () => {
      const proof = await editCheckpoint((one) => Object.assign(one, { events: 5 }));
      assert.deepEqual(proof.broken, ['checkpoint 1']);
    });
    it('where a chain goes on', async () => {
      const { broken } = await editCheckpoint(({ chains }) => {
        for (const chain of chains) chain.hash = 'f'.repeat(64);
      });
      assert.equal(broken.length, 3, 'both chains and the signature');
    });
    it('a checkpoint that somebody else signed', async () => {
      const theirs = createAuditSigner({
        XDG_CONFIG_HOME: folder.path('theirs'),
        APPDATA: folder.path('theirs'),
      });
      const proof = await editCheckpoint((one) => {
        const { number, at, before: until, events, previous, chains, links } = one;
        const places = (chains as unknown as Record<string, unknown>[]).map((c) => [
          c['writer'],
          c['position'],
          c['hash'],
        ]);
        const text = (key: string): string =>
          JSON.stringify([number, at, until, events, previous, places, links, key]);
        Object.assign(one, theirs.sign(text));
      });
      assert.equal(proof.checkpoint?.signature, 'other_key');
      assert.equal(isProven(proof), false);
      assert.match(proofText(proof), /another key/);
    });
    it('a checkpoint that is gone, with the events it stands for', async () => {
      const { broken } = await after((lines) =>
        lines.filter(({ changes: [first] }) => {
          const { kind, event: one } = first as Stored;
          return kind !== 'checkpoint' && !/^day [0-5]$/.test(String(one?.['subject']));
        }),
      );
      assert.equal(broken.length, 2, 'both chains begin in the middle');
    });
    it('an older checkpoint in its place', async () => {
      const backlog = await tenDays();
      await backlog.audit.prune(before(4));
      const old = backlog.audit.checkpoint();
      await backlog.audit.prune(before(6));
      for (const one of opened.splice(0)) await one.dispose();
      dropSnapshots();
      for (const file of journalsIn(folder.path())) {
        const lines = readLines(file).filter(
          ({ changes: [first] }) => !/^day [0-5]$/.test(String(first?.event?.['subject'])),
        );
        const forged = eachChange(lines, (change) => {
          if (change.checkpoint) Object.assign(change.checkpoint, old);
        });
        writeLines(file, forged);
      }
      const fresh = await openHere({ readOnly: true });
      assert.equal(fresh.audit.verify().broken.length, 2);
    });
    it('an event that was changed since', async () => {
      const { broken } = await after((lines) =>
        eachChange(lines, ({ event: one }) => {
          if (one?.['subject'] === 'day 7') one['actor'] = 'user:bob';
        }),
      );
      assert.equal(broken.length, 1);
    });
    it('the first events after it, removed', async () => {
      const { broken } = await after((lines) =>
        lines.filter(({ changes }) => changes[0]?.event?.['subject'] !== 'day 6'),
      );
      assert.equal(broken.length, 1);
    });
  });

  it('is all done or not at all, wherever a crash cuts it off', async () => {
    const backlog = await tenDays();
    await backlog.snapshot();
    await backlog.audit.prune(before(6));
    const journal = journalsIn(folder.path()).find((file) =>
      readFileSync(file, 'utf8').includes('"checkpoint"'),
    );
    assert.ok(journal);
    const whole = readFileSync(journal, 'utf8');
    const from = whole.lastIndexOf('\n', whole.indexOf('"kind":"checkpoint"')) + 1;
    const cuts = Array.from({ length: 12 }, (_, i) =>
      Math.round(from + (i * (whole.length - from)) / 11),
    );
    const name = journal.slice(folder.path().length + 1);
    for (const withSnapshot of [true, false]) {
      for (const cut of cuts) {
        const at = folder.path(`cut-${cut}-${withSnapshot}`);
        cpSync(folder.path('.patchwright'), join(at, '.patchwright'), {
          recursive: true,
          filter: (path) => !path.endsWith('.lock'),
        });
        if (!withSnapshot) dropSnapshots(at);
        truncateSync(join(at, name), cut);
        const next = await open(at, {
          clock,
          signer: createAuditSigner({
            XDG_CONFIG_HOME: folder.path('config'),
            APPDATA: folder.path(),
          }),
        });
        try {
          assert.ok(isProven(next.audit.verify()), proofText(next.audit.verify()));
          assert.equal(subjects(next).length, cut === whole.length ? 4 : 10, `cut at ${cut}`);
          await next.audit.prune(before(6));
          assert.deepEqual(subjects(next), ['day 9', 'day 8', 'day 7', 'day 6']);
          assert.ok(isProven(next.audit.verify()));
        } finally {
          await next.dispose();
        }
      }
    }
  });

  it('leads to the same rows in whatever order the changes come', async () => {
    const backlog = await tenDays();
    await backlog.audit.prune(before(4));
    await backlog.audit.prune(before(6));
    const changes = journalsIn(folder.path()).flatMap((file) =>
      readLines(file).flatMap((line) =>
        line.changes.map((change) => ({ change: change as unknown as StoredChange, line })),
      ),
    );
    const engine = await loadEngine();
    const rowsAfter = (order: typeof changes): string => {
      const sql = openSql(engine);
      migrate(sql);
      for (const { change, line } of order) {
        applyChange(sql, change, { lamport: Number(line['lamport']), writer: String(line.writer) });
      }
      const tables = ['audit_events', 'audit_checkpoints', 'audit_pruned'];
      const rows = tables.map((table) => sql.all(`SELECT * FROM ${table} ORDER BY 1`));
      sql.close();
      return JSON.stringify(rows);
    };
    const expected = rowsAfter(changes);
    assert.equal(rowsAfter(changes.toReversed()), expected);
    for (let turn = 1; turn < changes.length; turn += 1) {
      assert.equal(rowsAfter([...changes.slice(turn), ...changes.slice(0, turn)]), expected);
    }
  });
});
