import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { SqlJsStatic, SqlValue, Statement } from 'sql.js';

export type Value = SqlValue;
export type Row = Record<string, Value>;
export type Engine = SqlJsStatic;

/** A database in memory. Statements are prepared once each; all values are bound, never pasted. */
export interface Sql {
  run(sql: string, values?: readonly Value[]): void;
  get(sql: string, values?: readonly Value[]): Row | undefined;
  all(sql: string, values?: readonly Value[]): Row[];
  /** Several statements without values. */
  script(sql: string): void;
  /** All of `work` or nothing; may be nested. */
  atomically<T>(work: () => T): T;
  export(): Uint8Array;
  close(): void;
}

const engines = new Map<string, Promise<Engine>>();

/** Loads sql.js and its WebAssembly, once a process. */
export function loadEngine(wasmFile = defaultWasmFile()): Promise<Engine> {
  const known = engines.get(wasmFile);
  if (known) return known;
  const loading = initialise(wasmFile);
  engines.set(wasmFile, loading);
  loading.catch(() => engines.delete(wasmFile));
  return loading;
}

async function initialise(wasmFile: string): Promise<Engine> {
  const [{ default: initSqlJs }, bytes] = await Promise.all([import('sql.js'), readFile(wasmFile)]);
  return initSqlJs({ wasmBinary: new Uint8Array(bytes).buffer });
}

/** Beside the bundle where there is one, else in node_modules. */
function defaultWasmFile(): string {
  const beside = fileURLToPath(new URL('./sql-wasm.wasm', import.meta.url));
  return existsSync(beside)
    ? beside
    : createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');
}

function toRow(names: readonly string[], values: readonly Value[]): Row {
  const row: Row = {};
  for (const [index, name] of names.entries()) row[name] = values[index] ?? null;
  return row;
}

/** Throws when the bytes are no database; much of a damaged one is found only by later queries. */
export function openSql(engine: Engine, bytes?: Uint8Array): Sql {
  const database = new engine.Database(bytes);
  const statements = new Map<string, Statement>();
  let depth = 0;

  function prepared(sql: string): Statement {
    const known = statements.get(sql);
    if (known) return known;
    const statement = database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  }

  function rows(sql: string, values: readonly Value[], limit: number): Row[] {
    const statement = prepared(sql);
    try {
      statement.bind([...values]);
      const found: Row[] = [];
      let names: string[] | undefined; // getAsObject would ask for them with each row
      while (found.length < limit && statement.step()) {
        names ??= statement.getColumnNames();
        found.push(toRow(names, statement.get()));
      }
      return found;
    } finally {
      statement.reset();
    }
  }

  // It lives in memory only; what makes it durable is the journal.
  database.exec(
    'PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY',
  );

  return {
    run: (sql, values = []) => prepared(sql).run([...values]),
    get: (sql, values = []) => rows(sql, values, 1)[0],
    all: (sql, values = []) => rows(sql, values, Number.POSITIVE_INFINITY),
    script: (sql) => void database.exec(sql),
    atomically(work) {
      const name = `level_${depth++}`;
      database.exec(`SAVEPOINT ${name}`);
      try {
        const result = work();
        database.exec(`RELEASE ${name}`);
        return result;
      } catch (error) {
        database.exec(`ROLLBACK TO ${name}; RELEASE ${name}`);
        throw error;
      } finally {
        depth--;
      }
    },
    export: () => database.export(),
    close: () => database.close(),
  };
}
