'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { discount } = require('../src/coupons');

const lines = [
  { sku: 'mug', quantity: 2, price: 1200 },
  { sku: 'poster', quantity: 1, price: 1850 },
];
const at = (time) => Date.parse(time);

test('a coupon takes its percentage off', () => {
  assert.equal(discount('WELCOME10', lines, at('2026-02-03T10:00:00Z')), 425);
});

test('a coupon for one product takes nothing off the others', () => {
  assert.equal(discount('POSTER5', lines, at('2026-02-03T10:00:00Z')), 93);
});

test('a coupon is valid on its first and its last day, and not outside', () => {
  assert.equal(discount('SUMMER15', lines, at('2025-06-01T00:00:00Z')), 638);
  assert.equal(discount('SUMMER15', lines, at('2025-08-31T23:59:59Z')), 638);
  assert.throws(() => discount('SUMMER15', lines, at('2025-05-31T23:59:59Z')), { status: 422 });
  assert.throws(() => discount('SUMMER15', lines, at('2025-09-01T00:00:00Z')), { status: 422 });
});

test('an unknown coupon is refused', () => {
  assert.throws(() => discount('toString', lines, at('2026-02-03T10:00:00Z')), { status: 422 });
});
