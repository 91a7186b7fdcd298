import assert from 'node:assert/strict';
import { ticketView } from '../../src/views.ts';
import { ticketText } from '../../src/cli/views.ts';
import { ticketOf } from '../support/nouns.ts';

describe('a ticket on the command line', () => {
  const suspect = {
    commit: 'c0ffee'.repeat(7).slice(0, 40),
    at: '2026-03-02T08:00:00.000Z',
    author: 'Ann',
    subject: 'Read prices from a table',
    score: 5,
    reasons: ['changed src/cart.js:7, the failing line, 2 hours before the first occurrence'],
  };
  const ticket = ticketOf({ metadata: { exceptionType: 'TypeError', suspects: [suspect] } });

  it('has the suspect commits as JSON, with their reasons', () => {
    assert.deepEqual(ticketView(ticket, undefined).suspectCommits, [suspect]);
    assert.deepEqual(ticketView(ticketOf(), undefined).suspectCommits, []);
  });

  it('says in words which commit is suspected, and why it is of its category', () => {
    const text = ticketText(ticket, undefined, [], []);
    assert.match(text, /suspect {3}c0ffeec0ff Read prices from a table \(Ann\): changed src\/cart/);
    assert.match(text, /category {2}bug_fix: TypeError is an error\./);
  });

  it('says whether it came back after a fix', () => {
    const back = ticketOf({ metadata: { regression: true } });
    assert.equal(ticketView(back, undefined).regression, true);
    assert.equal(ticketView(ticket, undefined).regression, false);
  });
});
