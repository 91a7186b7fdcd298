import assert from 'node:assert/strict';
import type { Feedback } from '../../../src/core/signal.ts';
import { relatedFeedback } from '../../../src/learning/relatedFeedback.ts';
import { ticketOf } from '../../support/nouns.ts';

let hour = 0;
const said = (text: string, context?: unknown): Feedback => ({
  id: text,
  timestamp: `2026-03-02T${String((hour += 1) % 24).padStart(2, '0')}:00:00.000Z`,
  text,
  sentiment: 'negative',
  metadata: {},
  ...(context === undefined ? {} : { context }),
});

describe('feedback that is related to a ticket', () => {
  const ticket = ticketOf({
    title: "TypeError: Cannot read properties of undefined (reading 'cents')",
    description: 'Seen 6 times.',
    filesToModify: ['src/shoppingCart.js'],
    metadata: {
      location: { file: 'src/shoppingCart.js', line: 4, function: 'totalOf' },
      endpoint: '/api/checkout',
    },
  });

  it('is found by words that it shares with file, function and route', () => {
    const all = [
      said('My shopping carts are empty after I log in'),
      said('Nothing happens', { url: '/api/checkout' }),
      said('The total is wrong'),
      said('The search is slow'),
      said('Dark mode hurts my eyes'),
      said('Cannot export my data as CSV'),
      said('The newsletter comes twice'),
    ];
    const found = relatedFeedback(ticket, all, 3).map(({ text }) => text);
    assert.deepEqual(
      found.toSorted(),
      [all[0], all[1], all[2]].map((one) => one?.text ?? '').toSorted(),
    );
    assert.equal(relatedFeedback(ticket, all, 5).length, 5);
  });

  it('counts a word less that everybody uses', () => {
    const all = [
      ...Array.from({ length: 8 }, (_, i) => said(`checkout checkout number ${i} is bad`)),
      said('the cart forgets things'),
    ];
    assert.equal(relatedFeedback(ticket, all, 1)[0]?.text, 'the cart forgets things');
  });

  it('is the newest where nothing is shared', () => {
    const all = [said('aaaa'), said('bbbb'), said('cccc')];
    assert.deepEqual(
      relatedFeedback(ticket, all, 2).map(({ text }) => text),
      ['cccc', 'bbbb'],
    );
  });
});
