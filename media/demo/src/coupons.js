'use strict';

const coupons = require('../data/coupons.json');
const { endOfDay, startOfDay } = require('./dates');
const { RequestError } = require('./errors');

/** Cents off for a coupon on these lines ({ sku, quantity, price }) at a time. */
function discount(code, lines, now) {
  const coupon = Object.hasOwn(coupons, code) ? coupons[code] : undefined;
  if (!coupon) throw new RequestError(422, `unknown coupon ${code}`);
  if (!isValid(coupon, now)) throw new RequestError(422, `coupon ${code} is not valid today`);
  const covered = lines.filter((line) => coupon.sku === undefined || coupon.sku === line.sku);
  const sum = covered.reduce((cents, line) => cents + line.quantity * line.price, 0);
  return Math.round((sum * coupon.percent) / 100);
}

function isValid(coupon, now) {
  return startOfDay(coupon.from) <= now && now <= endOfDay(coupon.until);
}

module.exports = { discount };
