import assert from 'node:assert/strict';
import { defaultSettings } from '../../../src/core/settings.ts';
import { assertMove, canMove, pick, score, ticketStatuses } from '../../../src/core/ticket.ts';
import { ticketOf } from '../../support/nouns.ts';

describe('ticket', () => {
  describe('selection', () => {
    it('scores (10 − priority) + risk/2 + effort/2', () => {
      const ticket = ticketOf({
        priority: { value: 'high', reason: '' },
        risk: { value: 4, reason: '' },
        effort: { value: 2, reason: '' },
      });
      assert.equal(score(ticket), 10 - 7 + 2 + 1);
    });

    it('picks the lowest score, the older one of equals', () => {
      const older = ticketOf({ id: 'a', createdAt: '2026-01-01T00:00:00.000Z' });
      const newer = ticketOf({ id: 'b', createdAt: '2026-02-01T00:00:00.000Z' });
      const urgent = ticketOf({ id: 'c', priority: { value: 'critical', reason: '' } });
      const none = () => 0;
      assert.equal(pick([newer, older], defaultSettings, none)?.id, 'a');
      assert.equal(pick([newer, older, urgent], defaultSettings, none)?.id, 'c');
    });

    it('leaves out what is too risky, not open, no bug, or has used up its attempts', () => {
      const tickets = [
        ticketOf({ id: 'risky', risk: { value: 8, reason: '' } }),
        ticketOf({ id: 'ready', status: 'ready' }),
        ticketOf({ id: 'wish', category: 'feature' }),
        ticketOf({ id: 'tried' }),
      ];
      const attempts = (id: string) => (id === 'tried' ? 3 : 0);
      assert.equal(pick(tickets, defaultSettings, attempts), undefined);
    });
  });

  it('moves only along the lifecycle', () => {
    assert.ok(canMove('open', 'in_progress'));
    assert.ok(!canMove('open', 'applied'));
    for (const status of ticketStatuses) assert.ok(!canMove('closed', status) || status === 'open');
    assert.throws(() => assertMove({ id: 'x', status: 'open' }, 'applied'), {
      code: 'illegal_move',
    });
  });
});
