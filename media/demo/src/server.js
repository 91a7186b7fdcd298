'use strict';

const http = require('node:http');
const { priced, totals } = require('./checkout');
const { dayOf } = require('./dates');
const { RequestError } = require('./errors');
const log = require('./log');

const maxBodyBytes = 64 * 1024;

/** The service, not yet listening. Carts and orders live as long as it does. */
function createShop({ now = Date.now } = {}) {
  const carts = new Map();
  const orders = [];
  let lastId = 1000;

  function addCart({ items }) {
    const cart = { id: `c-${++lastId}`, lines: priced(items) };
    carts.set(cart.id, cart);
    return cart;
  }

  function checkOut(id, { coupon }) {
    const cart = carts.get(id);
    if (!cart) throw new RequestError(404, `no cart ${id}`);
    const time = now();
    const order = { id: `o-${++lastId}`, day: dayOf(time), ...totals(cart.lines, coupon, time) };
    carts.delete(id);
    orders.push(order);
    return order;
  }

  function ordersSince(since) {
    const day = since === null ? '' : dayOf(Date.parse(since));
    return orders.filter((order) => order.day >= day);
  }

  async function answer(request) {
    const url = new URL(request.url, 'http://shop');
    const route = `${request.method} ${url.pathname}`;
    const checkout = /^POST \/carts\/([\w-]+)\/checkout$/.exec(route);
    if (checkout) return [201, checkOut(checkout[1], await readBody(request))];
    if (route === 'POST /carts') return [201, addCart(await readBody(request))];
    if (route === 'GET /orders') return [200, ordersSince(url.searchParams.get('since'))];
    if (route === 'GET /health') return [200, { ok: true }];
    throw new RequestError(404, `no ${route}`);
  }

  return http.createServer(async (request, response) => {
    const started = performance.now();
    const [status, body] = await answer(request).catch((error) => failure(request, error));
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
    const took = Math.round(performance.now() - started);
    log.info(`${request.method} ${request.url} ${status} ${took}ms`);
  });
}

function failure(request, error) {
  if (error instanceof RequestError) return [error.status, { error: error.message }];
  log.error(`${request.method} ${request.url} failed`, error);
  return [500, { error: 'internal error' }];
}

async function readBody(request) {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) {
    text += piece;
    if (text.length > maxBodyBytes) throw new RequestError(413, 'too much');
  }
  try {
    return Object(text === '' ? {} : JSON.parse(text));
  } catch {
    throw new RequestError(400, 'not JSON');
  }
}

module.exports = { createShop };
