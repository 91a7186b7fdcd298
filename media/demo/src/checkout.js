'use strict';

const products = require('../data/products.json');
const { discount } = require('./coupons');
const { RequestError } = require('./errors');

const freeShippingFrom = 5000;
const shippingCents = 490;

/** Looks the products up: [{ sku, quantity }] becomes [{ sku, quantity, price }]. */
function priced(items) {
  if (!Array.isArray(items) || items.length === 0) throw new RequestError(422, 'no items');
  return items.map(({ sku, quantity = 1 }) => {
    if (!Object.hasOwn(products, sku)) throw new RequestError(422, `unknown product ${sku}`);
    if (!Number.isInteger(quantity) || quantity < 1 || quantity > products[sku].stock) {
      throw new RequestError(422, `cannot sell ${quantity} of ${sku}`);
    }
    return { sku, quantity, price: products[sku].price };
  });
}

/** What an order costs, in cents. */
function totals(lines, coupon, now) {
  const subtotal = lines.reduce((cents, line) => cents + line.quantity * line.price, 0);
  const off = coupon === undefined ? 0 : discount(coupon, lines, now);
  const shipping = subtotal - off >= freeShippingFrom ? 0 : shippingCents;
  return { subtotal, discount: off, shipping, total: subtotal - off + shipping };
}

module.exports = { priced, totals };
