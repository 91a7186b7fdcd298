import assert from 'node:assert/strict';
import { summaries } from '../support/readLines.ts';

/** Ordinary texts that rules for reports once took for one. */
const innocent: readonly string[] = [
  'src/shop.erl:12:    io:format("x"),',
  '2026/11/29 10:00:01 done, 3 files written\nexit status 3',
  'listening on :8080\nexit status 1',
  'failed requests are retried (12ms)\npassed Two (1ms)',
  'cache:6379:F:db:main:0: flushed 12 keys',
  'lib/a.rb:836:      raise if !b.is_a?(Block)',
  'config.fish (line 12): sets the PATH',
  'no ERROR: all good\ngot ERROR: 5',
  '[error]: #error-events\n[fatal]: https://shop.example/fatal',
];

/** Errors that stand below, or beside, what such a rule looks for. */
const errors: Readonly<Record<string, string>> = {
  'Server: starting on port 3000\nloading config\nError: boom\n    at x (/app/a.js:1:2)':
    'error Error: boom @ x /app/a.js:1',
  '{"level":"error","code":"E18","detail":"quota is used up"}':
    'error LoggedError: quota is used up',
  '{"Timestamp":"2026-03-02T10:00:00Z","SeverityText":"ERROR","Body":"payment declined"}':
    'error LoggedError: payment declined',
  '{"severityText":"ERROR","body":{"stringValue":"payment declined"}}':
    'error LoggedError: payment declined',
};

describe('look-alikes', () => {
  for (const text of innocent)
    it(`are no errors: ${text.slice(0, 60)}`, () => assert.deepEqual(summaries(text), []));

  for (const [text, expected] of Object.entries(errors))
    it(`hide none: ${text.slice(0, 60)}`, () => assert.deepEqual(summaries(text), [expected]));
});
