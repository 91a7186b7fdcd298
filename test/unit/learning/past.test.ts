import assert from 'node:assert/strict';
import type { Attempt } from '../../../src/core/attempt.ts';
import type { PatchRequest, Release } from '../../../src/core/patchRequest.ts';
import type { Ticket } from '../../../src/core/ticket.ts';
import { digestOf, type Past } from '../../../src/learning/digest.ts';
import { similarTo } from '../../../src/learning/similar.ts';
import { sampleAttempt } from '../../support/backlog.ts';
import { ticketOf } from '../../support/nouns.ts';
import { fileOf, gateReportOf, requestOf } from '../../support/requests.ts';

const about = placed('now', 'src/shop/cart.js', { exceptionType: 'TypeError' });

describe('lessons of earlier patches', () => {
  it('are those near the code, the nearest first, whatever happened there', () => {
    const past = pastOf({
      requests: [
        denied('far', 'lib/other.js', 'Not there.'),
        denied('folder', 'src/shop/price.js', 'Round with the helper.'),
        requestOf({ ...denied('file', 'src/shop/cart.js', ''), status: 'ROLLED_BACK' }),
      ],
      releases: [
        { requestId: 'file', rolledBackAt: '2026-03-04', rollbackReason: 'Slower.' } as Release,
      ],
      attempts: [
        failed('t-top', { error: 'It ran out of steps.' }),
        failed('t-file', {
          error: 'A gate failed.',
          gates: [{ ...gateReportOf('suite', 'failed'), reason: '2 tests fail.' }],
        }),
      ],
      tickets: [placed('t-top', 'src/mail/send.js'), placed('t-file', 'src/shop/cart.js')],
    });
    assert.deepEqual(
      digestOf(past, about).map(({ kind, text }) => [kind, text]),
      [
        ['rolled_back', 'Slower.'],
        ['failed', 'suite: 2 tests fail.'],
        ['rejected', 'Round with the helper.'],
        ['failed', 'It ran out of steps.'],
      ],
    );
  });

  it('say the same thing once, shortly, and not without end', () => {
    const requests = [
      denied('1', 'src/shop/a.js', 'Please use the money helper for rounding prices'),
      denied('2', 'src/shop/b.js', 'please use the money  helper for rounding prices!'),
      denied('3', 'src/shop/c.js', `${'long '.repeat(200)}end`),
      ...Array.from({ length: 20 }, (_, i) =>
        denied(`n${i}`, 'src/shop/d.js', `Word${i} is bad${i}`),
      ),
    ];
    const lessons = digestOf(pastOf({ requests: requests.slice(0, 3) }), about);
    assert.deepEqual(
      lessons.map(({ times }) => times).sort((a, b) => a - b),
      [1, 2],
    );
    assert.ok(lessons.every(({ text }) => text.length <= 300));
    assert.equal(digestOf(pastOf({ requests }), about).length, 6);
  });

  it('leave out what was said of the own patches, which is given whole', () => {
    const own = { ...denied('1', 'src/shop/cart.js', 'No.'), ticketId: about.id };
    assert.deepEqual(digestOf(pastOf({ requests: [own] }), about), []);
  });

  it('know files of patches by their path from the repository', () => {
    const past = pastOf({ requests: [denied('1', 'packages/x/src/shop/cart.js', 'No globals.')] });
    assert.equal(digestOf(past, about).length, 1);
  });
});

describe('similar tickets', () => {
  const twin = placed('twin', 'src/shop/cart.js', { exceptionType: 'TypeError' });
  const stranger = placed('stranger', 'lib/mail.js', { exceptionType: 'RangeError' });

  it('are told with what became of them', () => {
    const request = (fields: Partial<PatchRequest>) => requestOf({ ticketId: 'twin', ...fields });
    const outcome = (requests: PatchRequest[], attempts: Attempt[] = []) =>
      similarTo(pastOf({ tickets: [twin, stranger], requests, attempts }), about).map((one) => [
        one.id,
        one.outcome,
        one.why,
      ]);
    const landed = request({ status: 'APPLIED', reasoning: 'Guarded.' });
    const other = { ...landed, ticketId: 'stranger' };
    assert.deepEqual(outcome([landed, other]), [['twin', 'landed', 'Guarded.']]);
    const later = request({
      status: 'DENIED',
      createdAt: '2026-04-01',
      reviewComment: 'Wrong place.',
    });
    assert.deepEqual(outcome([landed, later]), [['twin', 'rejected', 'Wrong place.']]);
    assert.deepEqual(outcome([request({})]), [], 'one that waits says nothing yet');
    assert.deepEqual(outcome([], [failed('twin', { error: 'Stuck.' })]), [
      ['twin', 'failed', 'Stuck.'],
    ]);
  });

  it('are never the ticket itself', () => {
    const own = requestOf({ ticketId: about.id, status: 'APPLIED' });
    assert.deepEqual(similarTo(pastOf({ tickets: [about], requests: [own] }), about), []);
  });
});

function placed(id: string, file: string, metadata: Ticket['metadata'] = {}): Ticket {
  const location = { file, function: 'total' };
  return ticketOf({ id, filesToModify: [file], metadata: { location, ...metadata } });
}

function denied(id: string, path: string, reviewComment: string): PatchRequest {
  const files = [fileOf(path), fileOf('test/x.test.js')];
  const testFiles = ['test/x.test.js'];
  return requestOf({ id, ticketId: `t-${id}`, status: 'DENIED', files, testFiles, reviewComment });
}

function failed(ticketId: string, fields: Partial<Attempt>): Attempt {
  return { ...sampleAttempt, ticketId, outcome: 'failed', ...fields };
}

function pastOf({
  tickets = [],
  ...rows
}: Partial<Omit<Past, 'ticket'>> & { readonly tickets?: readonly Ticket[] }): Past {
  const byId = new Map(tickets.map((ticket) => [ticket.id, ticket]));
  return { attempts: [], requests: [], releases: [], ...rows, ticket: (id) => byId.get(id) };
}
