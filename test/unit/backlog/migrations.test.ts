import assert from 'node:assert/strict';
import { createMemory } from '../../../src/backlog/memory.ts';
import {
  type Migration,
  migrate,
  migrations,
  schemaOf,
  schemaVersion,
  versionOf,
} from '../../../src/backlog/migrations.ts';
import { type Engine, loadEngine, openSql } from '../../../src/backlog/sqlite.ts';

describe('backlog: migrations', () => {
  let engine: Engine;
  before(async () => {
    engine = await loadEngine();
  });

  it('are numbered without a gap', () => {
    assert.deepEqual(
      migrations.map(({ version }) => version),
      migrations.map((_, index) => index + 1),
    );
  });

  for (const { version } of migrations) {
    it(`bring a database of version ${version} to the newest, with its rows`, () => {
      const old = openSql(engine);
      migrate(old, migrations.slice(0, version));
      old.run(
        `INSERT INTO improvement_tickets (id, title, status, field_clocks, complete)
         VALUES ('t', 'kept', 'open', '{}', 1)`,
      );
      const memory = createMemory(engine, old.export());
      assert.equal(versionOf(memory.sql), schemaVersion);
      assert.equal(memory.sql.get(`SELECT title FROM improvement_tickets`)?.title, 'kept');
      const fresh = createMemory(engine);
      assert.equal(schemaOf(memory.sql), schemaOf(fresh.sql));
      for (const sql of [old, memory.sql, fresh.sql]) sql.close();
    });
  }

  const second: Migration = {
    version: schemaVersion + 1,
    sql: 'ALTER TABLE feedback ADD COLUMN language TEXT;',
  };
  const broken: Migration = {
    version: schemaVersion + 2,
    sql: 'CREATE TABLE half (x); CREATE TABLE meta (x);',
  };

  it('run only what is missing', () => {
    const sql = openSql(engine);
    migrate(sql);
    sql.run(`INSERT INTO meta (key, value) VALUES ('kept', 'yes')`);
    migrate(sql, [...migrations, second]);
    migrate(sql, [...migrations, second]);
    assert.equal(versionOf(sql), schemaVersion + 1);
    assert.equal(sql.get(`SELECT value FROM meta WHERE key = 'kept'`)?.value, 'yes');
    sql.close();
  });

  it('leave a step out whole when it fails', () => {
    const sql = openSql(engine);
    assert.throws(() => migrate(sql, [...migrations, second, broken]), /already exists/);
    assert.equal(versionOf(sql), schemaVersion + 1);
    assert.equal(sql.get(`SELECT 1 FROM sqlite_master WHERE name = 'half'`), undefined);
    sql.close();
  });

  it('refuse a database that is newer, or none of ours', () => {
    const newer = openSql(engine);
    migrate(newer, [...migrations, second]);
    assert.throws(() => migrate(newer), /newer version/);
    newer.close();
    const foreign = openSql(engine);
    foreign.script('CREATE TABLE meta (key, value)');
    assert.throws(() => createMemory(engine, foreign.export()), /schema version/);
    foreign.close();
  });

  it('would be noticed by the check of a snapshot if sql.js lost rows on export', () => {
    // Before 1.15.2 export() closed statements, reset pragmas and discarded an open transaction.
    const sql = openSql(engine);
    migrate(sql);
    const insert = `INSERT INTO meta (key, value) VALUES (?, 'x')`;
    sql.run(insert, ['a']);
    assert.throws(
      () => sql.atomically(() => (sql.run(insert, ['b']), sql.export())),
      /busy|locked/,
    );
    sql.export();
    sql.run(insert, ['c']);
    const rows = sql.all(`SELECT key FROM meta WHERE value = 'x' ORDER BY key`);
    assert.deepEqual(
      rows.map(({ key }) => key),
      ['a', 'c'],
    );
    sql.close();
  });
});
