import type { Sql } from './sqlite.ts';

export interface Migration {
  /** 1, 2, 3, … without a gap. One that was released is never edited. */
  readonly version: number;
  readonly sql: string;
}

/** The tables and columns of the data specification, plus our own columns after them. */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    sql: `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE journals (
  writer TEXT PRIMARY KEY, bytes INTEGER NOT NULL, seq INTEGER NOT NULL, bad INTEGER NOT NULL,
  seen_at TEXT NOT NULL);

CREATE TABLE improvement_tickets (
  id TEXT PRIMARY KEY, title TEXT, description TEXT, category TEXT, priority TEXT, status TEXT,
  created_at TEXT, updated_at TEXT, evidence TEXT, proposed_solution TEXT, test_plan TEXT,
  files_to_modify TEXT, risk_level INTEGER, estimated_effort INTEGER, metadata TEXT,
  priority_reason TEXT, risk_reason TEXT, effort_reason TEXT,
  field_clocks TEXT NOT NULL, complete INTEGER NOT NULL);
CREATE INDEX tickets_by_status ON improvement_tickets (complete, status, created_at);
CREATE INDEX tickets_by_age ON improvement_tickets (complete, created_at, id);

CREATE TABLE improvement_attempts (
  id INTEGER PRIMARY KEY, ticket_id TEXT, attempt_number INTEGER, branch_name TEXT,
  changes_summary TEXT, test_results TEXT, success INTEGER, error_message TEXT, timestamp TEXT,
  attempt_id TEXT NOT NULL UNIQUE, base_commit TEXT, outcome TEXT, ended_at TEXT, runner TEXT,
  model TEXT, steps INTEGER, usage TEXT, cost_usd REAL,
  field_clocks TEXT NOT NULL, complete INTEGER NOT NULL);
CREATE INDEX attempts_by_ticket ON improvement_attempts (ticket_id, attempt_number);
CREATE INDEX attempts_by_outcome ON improvement_attempts (outcome);

CREATE TABLE patch_requests (
  id INTEGER PRIMARY KEY, request_id TEXT NOT NULL UNIQUE, created_at TEXT, target_file TEXT,
  reasoning TEXT, diff TEXT, new_code_blob TEXT, component TEXT, improvement_type TEXT,
  confidence REAL, status TEXT, reviewed_at TEXT, reviewed_by TEXT, review_comment TEXT,
  applied_at TEXT, application_error TEXT, feedback_ids TEXT, metrics TEXT DEFAULT '{}',
  ticket_id TEXT, attempt_id TEXT, branch_name TEXT, base_commit TEXT, commit_hash TEXT, files TEXT,
  test_files TEXT, confidence_parts TEXT, gates TEXT, model TEXT, cost_usd REAL,
  field_clocks TEXT NOT NULL, complete INTEGER NOT NULL);
CREATE INDEX requests_by_status ON patch_requests (status, created_at);
CREATE INDEX requests_by_component ON patch_requests (component, status);
CREATE INDEX requests_by_ticket ON patch_requests (ticket_id, created_at);

CREATE TABLE patch_files (
  request_id TEXT NOT NULL, position INTEGER NOT NULL, path TEXT NOT NULL, old_path TEXT,
  status TEXT NOT NULL, added INTEGER NOT NULL, removed INTEGER NOT NULL,
  PRIMARY KEY (request_id, position));
CREATE INDEX patch_files_by_path ON patch_files (path);

CREATE TABLE feedback (
  id TEXT PRIMARY KEY, timestamp TEXT, user_id TEXT, rating REAL, text TEXT, sentiment TEXT,
  context TEXT, model_used TEXT, task_type TEXT, ticket_id TEXT, metadata TEXT,
  lamport INTEGER NOT NULL, writer TEXT NOT NULL);
CREATE INDEX feedback_by_sentiment ON feedback (sentiment, timestamp);

CREATE TABLE performance_metrics (
  metric_name TEXT, metric_type TEXT, endpoint TEXT, window_start TEXT, count INTEGER, value REAL,
  min_value REAL, max_value REAL, p50_value REAL, p95_value REAL, p99_value REAL);
CREATE INDEX metrics_by_window ON performance_metrics (metric_name, endpoint, window_start);

CREATE TABLE learning_events (
  id TEXT PRIMARY KEY, timestamp TEXT, event_type TEXT, before_state TEXT, after_state TEXT,
  impact_score REAL);

CREATE TABLE deployments (
  id TEXT PRIMARY KEY, request_id TEXT, commit_hash TEXT, branch_name TEXT, backup_ref TEXT,
  applied_at TEXT, monitored_until TEXT, outcome TEXT, rolled_back_at TEXT, rollback_reason TEXT,
  ticket_id TEXT, rollback_commit TEXT, field_clocks TEXT NOT NULL, complete INTEGER NOT NULL);
CREATE INDEX deployments_by_age ON deployments (applied_at);

CREATE TABLE audit_events (
  id TEXT PRIMARY KEY, timestamp TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
  subject TEXT NOT NULL, before TEXT, after TEXT,
  previous_hash TEXT NOT NULL, hash TEXT NOT NULL, writer TEXT NOT NULL, position INTEGER NOT NULL,
  lamport INTEGER NOT NULL);
CREATE INDEX audit_by_subject ON audit_events (subject, lamport);
CREATE INDEX audit_by_lamport ON audit_events (lamport, writer, position);
CREATE TRIGGER audit_events_stay BEFORE UPDATE ON audit_events
BEGIN SELECT RAISE(ABORT, 'audit events are append-only'); END;
CREATE TRIGGER audit_events_last BEFORE DELETE ON audit_events
BEGIN SELECT RAISE(ABORT, 'audit events are append-only'); END;

CREATE TABLE signal_groups (
  id TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, kind TEXT NOT NULL, count INTEGER NOT NULL,
  first_seen TEXT NOT NULL, last_seen TEXT NOT NULL);

CREATE TABLE file_positions (
  file TEXT PRIMARY KEY, offset INTEGER NOT NULL, inode TEXT NOT NULL, head_hash TEXT NOT NULL,
  head_bytes INTEGER NOT NULL, tail_hash TEXT NOT NULL,
  lamport INTEGER NOT NULL, writer TEXT NOT NULL);
`,
  },
  {
    version: 2,
    // Nothing wrote performance_metrics before, so that its rows can be told apart by a unique index.
    sql: `
ALTER TABLE performance_metrics ADD COLUMN unit TEXT;
ALTER TABLE performance_metrics ADD COLUMN sum TEXT;
ALTER TABLE performance_metrics ADD COLUMN sketch TEXT;
ALTER TABLE performance_metrics ADD COLUMN threshold REAL;
ALTER TABLE performance_metrics ADD COLUMN file TEXT;
CREATE UNIQUE INDEX metrics_by_series
  ON performance_metrics (metric_name, metric_type, endpoint, window_start);
CREATE INDEX feedback_by_ticket ON feedback (ticket_id, timestamp);
CREATE TABLE interactions (
  id TEXT PRIMARY KEY, timestamp TEXT NOT NULL, customer_id TEXT, interaction_type TEXT,
  message TEXT NOT NULL, response TEXT NOT NULL, sentiment_score REAL, outcome TEXT,
  lamport INTEGER NOT NULL, writer TEXT NOT NULL);
CREATE INDEX interactions_by_age ON interactions (timestamp, id);
`,
  },
  {
    version: 3,
    sql: `
ALTER TABLE patch_requests ADD COLUMN requested_by TEXT;
ALTER TABLE patch_requests ADD COLUMN approvals TEXT;
`,
  },
  {
    version: 4,
    sql: `
CREATE TABLE group_variants (
  group_id TEXT NOT NULL, variant TEXT NOT NULL, traits TEXT NOT NULL, count INTEGER NOT NULL,
  first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
  PRIMARY KEY (group_id, variant)) WITHOUT ROWID;
ALTER TABLE improvement_tickets ADD COLUMN archived TEXT;
CREATE INDEX tickets_by_archive ON improvement_tickets (archived) WHERE archived IS NOT NULL;
`,
  },
  {
    version: 5,
    sql: `
ALTER TABLE patch_requests ADD COLUMN edits TEXT;
`,
  },
  {
    version: 6,
    sql: 'ALTER TABLE improvement_attempts ADD COLUMN preview TEXT;',
  },
  {
    version: 7,
    sql: `
ALTER TABLE patch_requests ADD COLUMN pull_request TEXT;
ALTER TABLE deployments ADD COLUMN baseline TEXT;
ALTER TABLE deployments ADD COLUMN looks TEXT;
`,
  },
  {
    version: 8,
    sql: `
CREATE TABLE team_chains (
  chain TEXT PRIMARY KEY, name TEXT NOT NULL, seq INTEGER NOT NULL, hash TEXT NOT NULL,
  own INTEGER NOT NULL);
CREATE TABLE team_facts (
  chain TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL,
  body TEXT NOT NULL, PRIMARY KEY (chain, kind, id)) WITHOUT ROWID;
CREATE INDEX team_facts_by_id ON team_facts (kind, id);
`,
  },
  {
    version: 9,
    // Events go only under a checkpoint.
    sql: `
CREATE TABLE audit_checkpoints (
  number INTEGER PRIMARY KEY, checkpoint TEXT NOT NULL, lamport INTEGER NOT NULL,
  writer TEXT NOT NULL);
CREATE TABLE audit_pruned (writer TEXT PRIMARY KEY, position INTEGER NOT NULL);
DROP TRIGGER audit_events_last;
CREATE TRIGGER audit_events_last BEFORE DELETE ON audit_events
WHEN NOT EXISTS (
  SELECT 1 FROM audit_pruned WHERE writer = OLD.writer AND position >= OLD.position)
BEGIN SELECT RAISE(ABORT, 'audit events are append-only'); END;
`,
  },
  {
    version: 10,
    sql: 'ALTER TABLE patch_requests ADD COLUMN canary TEXT;',
  },
  {
    version: 11,
    sql: `
ALTER TABLE patch_requests ADD COLUMN archive_file TEXT;
ALTER TABLE improvement_attempts ADD COLUMN archive_file TEXT;
`,
  },
  {
    version: 12,
    sql: `
CREATE INDEX tickets_by_merge ON improvement_tickets (json_extract(metadata, '$.mergedInto'))
  WHERE json_extract(metadata, '$.mergedInto') IS NOT NULL;
`,
  },
];

export const schemaVersion = migrations.length;

/** 0 for an empty database. Throws when it is none of ours. */
export function versionOf(sql: Sql): number {
  if (!sql.get(`SELECT 1 FROM sqlite_master WHERE name = 'meta'`)) return 0;
  const row = sql.get(`SELECT value FROM meta WHERE key = 'schema_version'`);
  const version = Number(row?.value);
  if (!Number.isInteger(version) || version < 1) throw new Error('it names no schema version');
  return version;
}

/** Runs what is missing, each step whole or not at all. Throws on a database newer than the list. */
export function migrate(sql: Sql, list: readonly Migration[] = migrations): void {
  const version = versionOf(sql);
  if (version > list.length) throw new Error('it was written by a newer version of Patchwright');
  for (const step of list.slice(version)) {
    sql.atomically(() => {
      sql.script(step.sql);
      sql.run(`INSERT OR REPLACE INTO meta (key, value) VALUES ('schema_version', ?)`, [
        String(step.version),
      ]);
    });
  }
}

/** Every table, index, trigger and view with its text: a database with others in it is not ours. */
export function schemaOf(sql: Sql): string {
  const rows = sql.all(
    `SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name`,
  );
  return JSON.stringify(rows);
}
