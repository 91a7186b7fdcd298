import type { RecordedBlock, RecordedReply, Recording } from '../../src/models/scripted.ts';

export const wish = 'Coupons without an end';
/** What the person makes of it once they have seen the first plan. */
export const betterWish = 'A coupon without a last day must never end the checkout';

/** The demo's model as a planner: it looks, hands in a plan, and drafts by it once it is confirmed. */
export function planRecording(demo: Recording): Recording {
  const parts = (demo.conversations[0]?.replies ?? []).flatMap(({ content }) => content);
  const called = (name: string): RecordedBlock => {
    const found = parts.find((part) => part.type === 'tool_use' && part.name === name);
    return found ?? { type: 'text', text: `The demo does not call ${name}.` };
  };
  const look = reply(
    call('read', { path: 'src/coupons.js' }),
    call('search', { pattern: 'until' }),
  );
  return {
    ...demo,
    conversations: [
      {
        match: 'confirmedPlan',
        replies: [reply(test), reply(called('edit')), reply(called('submit'))],
      },
      { match: wish, replies: [look, reply(planOf('Coupons may have no last day.'))] },
      { match: betterWish, replies: [look, reply(planOf('Such a coupon is valid for ever.'))] },
    ],
  };
}

const call = (name: string, input: unknown): RecordedBlock => ({ type: 'tool_use', name, input });
const reply = (...content: readonly RecordedBlock[]): RecordedReply => ({ content });

const planOf = (summary: string): RecordedBlock =>
  call('plan', {
    summary,
    approach:
      'Whether a missing day means "no end" is a question about coupons, so isValid answers it; the functions of dates stay as they are.',
    files: [
      {
        path: 'src/coupons.js',
        from: 17,
        to: 19,
        change: 'Ask for a last day before it is parsed.',
      },
      { path: 'test/openEndedCoupons.test.js', change: 'A coupon that has only a first day.' },
    ],
    risk: 'low',
    risk_reason: 'Coupons with a last day take the same path as before.',
    complexity: 'low',
    estimated_lines: 18,
  });

/** A wish names no error, so that its test has to fail by an assertion. */
const test = call('create', {
  path: 'test/openEndedCoupons.test.js',
  content: [
    "'use strict';",
    '',
    "const assert = require('node:assert/strict');",
    "const { test } = require('node:test');",
    "const { priced } = require('../src/checkout');",
    "const { discount } = require('../src/coupons');",
    '',
    "test('a coupon without a last day does not end the checkout', () => {",
    "  const lines = priced([{ sku: 'mug', quantity: 2 }]);",
    "  const now = Date.parse('2026-02-03T10:00:00Z');",
    "  assert.doesNotThrow(() => discount('STAFF20', lines, now));",
    '});',
    '',
  ].join('\n'),
});
