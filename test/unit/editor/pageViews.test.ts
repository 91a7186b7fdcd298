import assert from 'node:assert/strict';
import { type ReviewSource, reviewViewOf } from '../../../src/editor/reviewView.ts';
import { ticketOf } from '../../support/nouns.ts';
import { gateReportOf, requestOf } from '../../support/requests.ts';

describe('the review panel', () => {
  const viewOf = (evidence: readonly string[], more: Partial<ReviewSource> = {}) =>
    reviewViewOf({
      request: requestOf({ gates: [{ ...gateReportOf('reproduction'), evidence }] }),
      ticket: ticketOf(),
      group: undefined,
      trend: undefined,
      attempts: [],
      requests: [],
      release: undefined,
      heard: [],
      steps: [],
      trusted: true,
      editing: false,
      now: new Date('2026-03-02T09:12:00.000Z'),
      ...more,
    });

  it('tells what a run showed beside the side that was run, and what else was tried apart', () => {
    const { proof } = viewOf([
      'base + test, first run: 1 passed, 1 failed',
      'totals an empty cart fails with TypeError',
      'patch, first run: 2 passed',
      'Loaded from the patch: src/cart.js.',
      'base + test, second run: 1 passed, 1 failed',
      'Of 5 small changes 4 are noticed.',
    ]);
    assert.deepEqual(proof.before, [
      'base + test, first run: 1 passed, 1 failed',
      'totals an empty cart fails with TypeError',
      'base + test, second run: 1 passed, 1 failed',
    ]);
    assert.deepEqual(proof.after, [
      'patch, first run: 2 passed',
      'Loaded from the patch: src/cart.js.',
    ]);
    assert.deepEqual(proof.tried, ['Of 5 small changes 4 are noticed.']);
  });

  it('shows no side of a proof where nothing was run', () => {
    const { proof } = viewOf([]);
    assert.deepEqual([proof.before, proof.after, proof.tried], [[], [], []]);
  });

  it('names who has said yes so far, here and at other clones, each once', () => {
    const [counted, decided] = ['user:ada', 'user:cleo'].map((by) => ({
      by,
      at: '2026-03-02T09:10:00.000Z',
    }));
    assert.ok(counted && decided);
    const approved = { reviewedBy: decided.by, reviewedAt: decided.at, status: 'APPLIED' } as const;
    const request = requestOf({ approvals: [counted, decided], ...approved });
    const heard = [{ by: 'user:bob', at: '2026-03-02T09:11:00.000Z', comment: 'Reads\nwell.' }];
    assert.deepEqual(
      viewOf([], { request, requests: [request], heard }).events.map(({ text }) => text),
      ['Yes of ada', 'Approved by cleo', 'Yes of bob · Reads well.'],
    );
  });

  it('says in its head what a reviewer asks first', () => {
    const view = viewOf([]);
    assert.equal(view.size, '2 files +2 −0');
    assert.equal(view.gatesPassed, '1/1 gates');
    assert.deepEqual(view.created, { words: '2 min ago', exact: '2026-03-02 09:10:00 UTC' });
  });
});
