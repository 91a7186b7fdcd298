'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { priced, totals } = require('../src/checkout');

const now = Date.parse('2026-02-03T10:00:00Z');

test('a small order pays for shipping', () => {
  const lines = priced([{ sku: 'notebook', quantity: 2 }]);
  const expected = { subtotal: 1900, discount: 0, shipping: 490, total: 2390 };
  assert.deepEqual(totals(lines, undefined, now), expected);
});

test('a large one does not, unless the coupon makes it small', () => {
  const lines = priced([{ sku: 'tote', quantity: 2 }, { sku: 'notebook' }]);
  assert.equal(totals(lines, undefined, now).shipping, 0);
  assert.equal(totals(lines, 'WELCOME10', now).shipping, 490);
});

test('only what is in stock can be sold', () => {
  assert.throws(() => priced([{ sku: 'lamp', quantity: 36 }]), { status: 422 });
  assert.throws(() => priced([{ sku: 'sofa' }]), { status: 422 });
  assert.throws(() => priced([]), { status: 422 });
});
