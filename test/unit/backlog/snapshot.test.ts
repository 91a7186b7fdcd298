import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open, startChild, ticketChange } from '../../support/backlog.ts';
import { contentOf, filesIn, journalsIn } from '../../support/backlogFiles.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe('backlog: snapshot', () => {
  const folder = tempFolder('backlog');
  const database = () => folder.path('.patchwright', 'backlog.sqlite');
  const previous = () => folder.path('.patchwright', 'backlog.previous.sqlite');
  const sidecars = () =>
    ['backlog.sqlite.json', 'backlog.previous.sqlite.json'].map((name) =>
      folder.path('.patchwright', name),
    );

  /** Two snapshots, and a change after the last. */
  async function fill(): Promise<ReturnType<typeof contentOf>> {
    const backlog = await open(folder.path());
    await backlog.write([ticketChange('first'), counted]);
    await backlog.snapshot();
    await backlog.write([ticketChange('second'), counted]);
    await backlog.snapshot();
    await startChild('write', folder.path(), 'x', '2').ended();
    await backlog.refresh();
    const content = contentOf(backlog);
    await backlog.dispose();
    return content;
  }

  const kept = (label = 'corrupt') =>
    filesIn(folder.path()).filter((name) => name.includes(`.${label}-`));

  async function assertRebuilt(content: unknown, hint: string): Promise<void> {
    const backlog = await open(folder.path());
    assert.deepEqual(contentOf(backlog), content, hint);
    assert.match(backlog.notices.join(), /was not used/, hint);
    const todo = /Nothing needs to be done\.$|bring back \.patchwright from a backup\.$/;
    for (const notice of backlog.notices) assert.match(notice, todo, hint);
    await backlog.dispose();
  }

  it('can be read by any SQLite tool', async function () {
    await fill();
    const script =
      'import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); print(d.execute("PRAGMA integrity_check").fetchone()[0]); print(d.execute("SELECT count(*) FROM improvement_tickets").fetchone()[0])';
    const { status, stdout } = spawnSync('python3', ['-c', script, database()], {
      encoding: 'utf8',
    });
    if (status === null) {
      console.log('      there is no python3 here');
      this.skip();
    }
    assert.equal(stdout, 'ok\n4\n');
  });

  it('has the tables and columns of the specification', async function () {
    await fill();
    const { default: initSqlJs } = await import('sql.js');
    const SQL = await initSqlJs();
    const sql = new SQL.Database(readFileSync(database()));
    for (const [table, columns] of Object.entries(specified)) {
      const found = sql.exec(`PRAGMA table_info(${table})`)[0]?.values.map((row) => String(row[1]));
      for (const column of columns.split(' '))
        assert.ok(found?.includes(column), `${table}.${column}`);
    }
    assert.throws(() => sql.exec(`UPDATE audit_events SET actor = 'x'`), /append-only/);
    assert.throws(() => sql.exec('DELETE FROM audit_events'), /append-only/);
    sql.close();
  });

  it('is found damaged at every kind of cut and at flipped bits, kept aside and rebuilt', async function () {
    this.timeout(60_000);
    const content = await fill();
    const good = readFileSync(database());
    const random = randomNumbers(7);
    const cuts = [0, 1, 100, 4096, good.length - 4096, good.length - 100, good.length - 1];
    for (let i = 0; i < 25; i++) cuts.push(Math.floor(random() * good.length));
    const damages = cuts.map((length) => good.subarray(0, length));
    for (let i = 0; i < 30; i++) {
      const flipped = Buffer.from(good);
      const at = Math.floor(random() * good.length);
      flipped[at] = (flipped[at] as number) ^ (1 << Math.floor(random() * 8));
      damages.push(flipped);
    }
    const saved = [previous(), ...sidecars()].map((file) => [file, readFileSync(file)] as const);
    for (const [index, damage] of damages.entries()) {
      for (const [file, bytes] of saved) writeFileSync(file, bytes);
      writeFileSync(database(), damage);
      await assertRebuilt(content, `damage ${index}`);
      assert.equal(kept().length, index + 1, 'each is kept');
    }
    const hashes = new Set(
      kept().map((name) => hash(readFileSync(folder.path('.patchwright', name)))),
    );
    assert.deepEqual(hashes, new Set(damages.map(hash)), 'exactly as they were found');
  });

  it('is rebuilt from the journals alone when the previous one is damaged, too', async () => {
    const content = await fill();
    writeFileSync(database(), 'no database');
    writeFileSync(previous(), '');
    await assertRebuilt(content, 'both');
    assert.equal(kept().length, 2);
  });

  it('is rebuilt when it vanished, or the folder has the journals only', async () => {
    const content = await fill();
    rmSync(database());
    const fromPrevious = await open(folder.path(), { readOnly: true });
    assert.deepEqual(contentOf(fromPrevious), content);
    await fromPrevious.dispose();
    for (const file of [previous(), ...sidecars()]) rmSync(file);
    const fromJournals = await open(folder.path());
    assert.deepEqual(contentOf(fromJournals), content);
    await fromJournals.dispose();
  });

  it('is not used without its note, or with a damaged one; one good note is enough', async () => {
    const content = await fill();
    const [first = '', second = ''] = sidecars();
    writeFileSync(first, '{"snapshots": [');
    const fine = await open(folder.path(), { readOnly: true });
    assert.deepEqual(fine.notices, []);
    await fine.dispose();
    writeFileSync(second, '[]');
    await assertRebuilt(content, 'no note');
  });

  it('of a newer version is kept aside as it is, and the person told', async () => {
    const content = await fill();
    const bytes = readFileSync(database());
    for (const file of sidecars()) {
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replaceAll(/"schemaVersion": \d+/g, '"schemaVersion": 999'),
      );
    }
    const backlog = await open(folder.path());
    assert.deepEqual(contentOf(backlog), content);
    assert.match(backlog.notices.join(), /newer version/);
    await backlog.write([ticketChange('after')]);
    await backlog.dispose();
    const names = kept('newer');
    assert.ok(names.some((name) => readFileSync(folder.path('.patchwright', name)).equals(bytes)));
  });

  it('of a newer version that appears while we are open is left alone', async () => {
    const backlog = await open(folder.path());
    await backlog.write([ticketChange('a')]);
    await backlog.snapshot();
    const bytes = Buffer.concat([readFileSync(database()), Buffer.from('newer')]);
    writeFileSync(database(), bytes);
    const entry = {
      sha256: hash(bytes),
      bytes: bytes.length,
      schemaVersion: 999,
      at: '',
      covered: {},
    };
    for (const file of sidecars()) writeFileSync(file, JSON.stringify({ snapshots: [entry] }));
    await backlog.write([ticketChange('b')]);
    await backlog.snapshot();
    await backlog.dispose();
    assert.deepEqual(readFileSync(database()), bytes);
    assert.match(backlog.notices.join(), /newer version/);
  });

  it('that was damaged while we are open is kept aside before the next takes its place', async () => {
    const backlog = await open(folder.path());
    await backlog.write([ticketChange('a')]);
    await backlog.snapshot();
    writeFileSync(database(), 'damaged');
    await backlog.write([ticketChange('b')]);
    await backlog.snapshot();
    await backlog.dispose();
    const [name = ''] = kept();
    assert.equal(readFileSync(folder.path('.patchwright', name), 'utf8'), 'damaged');
    assert.match(backlog.notices.join(), /was damaged/);
    const after = await open(folder.path());
    assert.equal(after.tickets.list().length, 2);
    assert.deepEqual(after.notices, []);
    await after.dispose();
  });

  it('with foreign tables or triggers is not used, whatever its note says', async () => {
    const content = await fill();
    const { default: initSqlJs } = await import('sql.js');
    const SQL = await initSqlJs();
    const sql = new SQL.Database(readFileSync(database()));
    sql.exec(`CREATE TRIGGER evil AFTER INSERT ON improvement_tickets
      BEGIN UPDATE improvement_tickets SET status = 'closed'; END`);
    const bytes = sql.export();
    sql.close();
    const before = hash(readFileSync(database()));
    writeFileSync(database(), bytes);
    for (const file of sidecars()) {
      writeFileSync(file, readFileSync(file, 'utf8').replaceAll(before, hash(bytes)));
    }
    await assertRebuilt(content, 'trigger');
  });

  it('stays untouched, damaged or not, in a folder opened for reading only', async () => {
    const content = await fill();
    writeFileSync(database(), 'damaged');
    const names = filesIn(folder.path());
    const backlog = await open(folder.path(), { readOnly: true });
    assert.deepEqual(contentOf(backlog), content);
    assert.match(backlog.notices.join(), /left as it is/);
    await backlog.dispose();
    assert.deepEqual(filesIn(folder.path()), names);
    assert.equal(readFileSync(database(), 'utf8'), 'damaged');
  });

  it('is the same whether the crash came before or after any of its steps', async () => {
    const content = await fill();
    const good = readFileSync(database());
    const states: (() => void)[] = [
      () => copyFileSync(database(), previous()), // the old one linked, the new one not yet there
      () => rmSync(previous()),
      () =>
        writeFileSync(folder.path('.patchwright', 'backlog.sqlite.aa.tmp'), good.subarray(0, 99)),
      () => rmSync(sidecars()[1] as string),
    ];
    for (const makeState of states) {
      makeState();
      const backlog = await open(folder.path(), { readOnly: true });
      assert.deepEqual(contentOf(backlog), content);
      assert.deepEqual(backlog.notices, []);
      await backlog.dispose();
    }
  });

  it('comes by itself after changes, without being asked', async () => {
    const backlog = await open(folder.path());
    await Promise.all(
      Array.from({ length: 600 }, (_, i) => backlog.write([ticketChange(`t-${i}`)])),
    );
    while (!filesIn(folder.path()).includes('backlog.sqlite')) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await backlog.dispose();
    assert.equal(journalsIn(folder.path()).length, 1);
  });
});

const counted = {
  kind: 'group' as const,
  id: 'g',
  fingerprint: 'f',
  signal: 'exception' as const,
  count: 1,
  firstSeen: '2026-01-01',
  lastSeen: '2026-01-01',
};

const specified = {
  improvement_tickets:
    'id title description category priority status created_at updated_at evidence proposed_solution test_plan files_to_modify risk_level estimated_effort metadata',
  improvement_attempts:
    'id ticket_id attempt_number branch_name changes_summary test_results success error_message timestamp',
  patch_requests:
    'id request_id created_at target_file reasoning diff new_code_blob component improvement_type confidence status reviewed_at reviewed_by review_comment applied_at application_error feedback_ids metrics',
  feedback: 'id timestamp user_id rating text sentiment context model_used task_type ticket_id',
  performance_metrics:
    'metric_name metric_type endpoint window_start count value min_value max_value p50_value p95_value p99_value',
  learning_events: 'id timestamp event_type before_state after_state impact_score',
  deployments:
    'id request_id commit_hash branch_name backup_ref applied_at monitored_until outcome rolled_back_at rollback_reason',
  audit_events: 'id timestamp actor action subject before after',
};

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The same numbers in every run, so that a failure can be looked at. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
