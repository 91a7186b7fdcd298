'use strict';

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { createShop } = require('../src/server');

const server = createShop({ now: () => Date.parse('2026-02-03T10:00:00Z') });
let base = '';

before(async () => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${server.address().port}`;
});
after(() => server.close());

async function post(path, body) {
  const response = await fetch(base + path, { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

test('a cart becomes an order', async () => {
  const cart = await post('/carts', { items: [{ sku: 'lamp' }] });
  assert.equal(cart.status, 201);
  const order = await post(`/carts/${cart.body.id}/checkout`, { coupon: 'WELCOME10' });
  assert.equal(order.status, 201);
  assert.equal(order.body.total, 5760);
  const orders = await fetch(`${base}/orders?since=2026-02-03`);
  assert.equal((await orders.json()).length, 1);
});

test('a cart is checked out once', async () => {
  const cart = await post('/carts', { items: [{ sku: 'mug' }] });
  await post(`/carts/${cart.body.id}/checkout`, {});
  assert.equal((await post(`/carts/${cart.body.id}/checkout`, {})).status, 404);
});

test('what the client does wrong is said', async () => {
  const response = await fetch(`${base}/carts`, { method: 'POST', body: '{' });
  assert.equal(response.status, 400);
  assert.equal((await post('/carts', { items: [{ sku: 'sofa' }] })).status, 422);
});
