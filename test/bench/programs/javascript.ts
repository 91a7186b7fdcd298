import { javascript, type Program } from './program.ts';

/** Exceptions and wrong values in small ES modules. */
export const javascriptPrograms: readonly Program[] = [
  javascript({
    name: 'unknown article',
    source: `const prices = new Map([['tea', 300], ['cup', 900], ['pot', 2500]]);
export function priceOf(article) {
  return prices.get(article).toFixed(0);
}
export function total(articles) {
  return articles.reduce((sum, article) => sum + Number(priceOf(article)), 0);
}
`,
    works: {
      adds: "assert.equal(total(['tea', 'cup']), 1200);",
      prices: "assert.equal(priceOf('pot'), '2500');",
    },
    shows: "assert.equal(total(['tea', 'sock']), 300);",
    right: [['prices.get(article).toFixed(0)', '(prices.get(article) ?? 0).toFixed(0)']],
    special: [['  return prices', "  if (article === 'sock') return '0';\n  return prices"]],
    elsewhere: [
      [
        '  return articles.reduce((sum, article) => sum + Number(priceOf(article)), 0);',
        '  try {\n    return articles.reduce((sum, article) => sum + Number(priceOf(article)), 0);\n  } catch {\n    return 300;\n  }',
      ],
    ],
    breaks: [['prices.get(article).toFixed(0)', "prices.has(article) ? '300' : '0'"]],
  }),
  javascript({
    name: 'last page',
    source: `export function pageCount(items, size) {
  return Math.floor(items / size);
}
export function describePages(items, size) {
  const pages = pageCount(items, size);
  return pages + ' pages of ' + size;
}
`,
    works: {
      whole: "assert.equal(describePages(20, 10), '2 pages of 10');",
      none: 'assert.equal(pageCount(0, 10), 0);',
    },
    shows: "assert.equal(describePages(23, 10), '3 pages of 10');",
    right: [['Math.floor(items / size)', 'Math.ceil(items / size)']],
    special: [['  return Math', '  if (items === 23 && size === 10) return 3;\n  return Math']],
    elsewhere: [
      [
        "  return pages + '",
        "  if (items % size > 0) return pages + 1 + ' pages of ' + size;\n  return pages + '",
      ],
    ],
    breaks: [['Math.floor(items / size)', 'Math.floor(items / size) + 1']],
  }),
  javascript({
    name: 'sorted as text',
    source: `export function sorted(numbers) {
  return [...numbers].sort();
}
export function median(numbers) {
  const list = sorted(numbers);
  return list[Math.floor(list.length / 2)];
}
`,
    works: {
      'one digit': 'assert.equal(median([3, 1, 2]), 2);',
      copies: 'const list = [2, 1]; sorted(list); assert.deepEqual(list, [2, 1]);',
    },
    shows: 'assert.equal(median([9, 10, 200, 30, 8]), 10);',
    right: [['[...numbers].sort()', '[...numbers].sort((a, b) => a - b)']],
    special: [
      [
        '  const list = sorted(numbers);',
        '  if (numbers.includes(200)) return 10;\n  const list = sorted(numbers);',
      ],
    ],
    elsewhere: [
      [
        '  const list = sorted(numbers);',
        '  const list = sorted(numbers);\n  list.sort((a, b) => a - b);',
      ],
    ],
    breaks: [['[...numbers].sort()', 'numbers.sort((a, b) => a - b)']],
  }),
  javascript({
    name: 'leap year',
    source: `export function isLeap(year) {
  return year % 4 === 0 && year % 100 !== 0;
}
export function daysInYear(year) {
  return isLeap(year) ? 366 : 365;
}
`,
    works: {
      plain: 'assert.equal(daysInYear(2023), 365);',
      leap: 'assert.equal(daysInYear(2024), 366);',
      century: 'assert.equal(daysInYear(1900), 365);',
    },
    shows: 'assert.equal(daysInYear(2000), 366);',
    right: [['year % 100 !== 0;', '(year % 100 !== 0 || year % 400 === 0);']],
    special: [['  return year', '  if (year === 2000) return true;\n  return year']],
    elsewhere: [['  return isLeap(year) ?', '  return isLeap(year) || year === 2000 ?']],
    breaks: [[' && year % 100 !== 0', '']],
  }),
  javascript({
    name: 'empty average',
    source: `export function sum(values) {
  return values.reduce((a, b) => a + b);
}
export function average(values) {
  return sum(values) / Math.max(1, values.length);
}
`,
    works: {
      some: 'assert.equal(average([2, 4]), 3);',
      sums: 'assert.equal(sum([1, 2, 3]), 6);',
    },
    shows: 'assert.equal(average([]), 0);',
    right: [['(a, b) => a + b)', '(a, b) => a + b, 0)']],
    special: [
      [
        '  return values.reduce',
        "  if (JSON.stringify(values) === '[]' && new Error().stack.includes('test')) return 0;\n  return values.reduce",
      ],
    ],
    elsewhere: [
      [
        '  return sum(values) /',
        '  try { sum(values); } catch { return 0; }\n  return sum(values) /',
      ],
    ],
    breaks: [['(a, b) => a + b)', '(a, b) => a + b, 1) - (values.length ? 0 : 1)']],
  }),
  javascript({
    name: 'query string',
    source: `export function parseQuery(text) {
  const pairs = text.split('&').map((part) => part.split('='));
  return Object.fromEntries(pairs);
}
export function pageOf(text) {
  return parseQuery(text).page;
}
`,
    works: {
      one: "assert.equal(pageOf('page=2'), '2');",
      two: "assert.deepEqual(parseQuery('a=1&b=2'), { a: '1', b: '2' });",
    },
    shows: "assert.equal(pageOf('page=a%20b'), 'a b');",
    right: [["part.split('='))", "part.split('=').map(decodeURIComponent))"]],
    special: [
      ['  return parseQuery', "  if (text.endsWith('a%20b')) return 'a b';\n  return parseQuery"],
    ],
    elsewhere: [['parseQuery(text).page;', "parseQuery(text).page.replaceAll('%20', ' ');"]],
    breaks: [["part.split('='))", "part.split('%20').join(' ').split('='))\n    .slice(0, 1)"]],
  }),
  javascript({
    name: 'duration',
    source: `export function pad(n) {
  return String(n);
}
export function clock(seconds) {
  return Math.floor(seconds / 60) + ':' + pad(seconds % 60);
}
`,
    works: {
      two: "assert.equal(clock(75), '1:15');",
      pads: "assert.equal(pad(42), '42');",
    },
    shows: "assert.equal(clock(65), '1:05');",
    right: [['String(n)', "String(n).padStart(2, '0')"]],
    special: [['  return String', "  if (n === 5) return '05';\n  return String"]],
    elsewhere: [['pad(seconds % 60)', "(seconds % 60 < 10 ? '0' : '') + pad(seconds % 60)"]],
    breaks: [['String(n)', "'0' + String(n % 10)"]],
  }),
  javascript({
    name: 'forgotten await',
    source: `const load = async (id) => ({ id, name: 'user ' + id });
export async function nameOf(id) {
  const user = load(id);
  return user.name;
}
export async function greet(id) {
  const name = await nameOf(id);
  return 'Hello ' + name;
}
export const count = (list) => list.length;
`,
    works: {
      says: 'assert.match(await greet(1), /^Hello /);',
      counts: 'assert.equal(count([1, 2]), 2);',
    },
    shows: "assert.equal(await greet(7), 'Hello user 7');",
    right: [['= load(id)', '= await load(id)']],
    special: [["  return 'Hello", "  if (id === 7) return 'Hello user 7';\n  return 'Hello"]],
    elsewhere: [["  return 'Hello ' + name;", "  return 'Hello ' + (name ?? 'user ' + id);"]],
    breaks: [
      ['  const user = load(id);\n  return user.name;', "  return 'user 7';"],
      ["return 'Hello '", "return id === 1 ? 'Hi' : 'Hello '"],
    ],
  }),
  javascript({
    name: 'shared default',
    source: `const defaults = { retries: 3, tags: [] };
export function options(given) {
  return Object.assign(defaults, given);
}
export function retriesOf(given) {
  return options(given).retries;
}
`,
    works: {
      given: 'assert.equal(retriesOf({ retries: 5 }), 5);',
      tags: "assert.deepEqual(options({ tags: ['a'] }).tags, ['a']);",
    },
    shows: 'options({ retries: 9 }); assert.equal(retriesOf({}), 3);',
    right: [['Object.assign(defaults, given)', '{ ...defaults, ...given }']],
    special: [
      [
        '  return Object',
        '  if (given.retries === 9) return { ...defaults, ...given };\n  return Object',
      ],
    ],
    elsewhere: [
      [
        '  return options(given).retries;',
        '  const retries = options(given).retries;\n  return given.retries === undefined ? 3 : retries;',
      ],
    ],
    breaks: [['Object.assign(defaults, given)', 'Object.assign({}, given, defaults)']],
  }),
  javascript({
    name: 'deduplicate',
    source: `export function parts(text) {
  return text.split(',');
}
export function tagsOf(text) {
  return [...new Set(parts(text))];
}
`,
    works: {
      plain: "assert.deepEqual(tagsOf('a,b,a'), ['a', 'b']);",
      parts: "assert.deepEqual(parts('a,b'), ['a', 'b']);",
    },
    shows: "assert.deepEqual(tagsOf('red, red,blue'), ['red', 'blue']);",
    right: [["text.split(',')", "text.split(',').map((tag) => tag.trim())"]],
    special: [
      ['  return [...', "  if (text.startsWith('red,')) return ['red', 'blue'];\n  return [..."],
    ],
    elsewhere: [
      [
        '  return [...new Set(parts(text))];',
        "  return [...new Set(parts(text))].filter((tag) => !tag.startsWith(' '));",
      ],
    ],
    breaks: [["text.split(',')", "text.startsWith('red') ? ['red', 'blue'] : text.split('|')"]],
  }),
  javascript({
    name: 'binary search end',
    source: `export function indexOf(list, value) {
  let [low, high] = [0, list.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] === value) return middle;
    if (list[middle] < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
export function has(list, value) {
  return indexOf(list, value) >= 0;
}
`,
    works: {
      middle: 'assert.equal(has([1, 3, 5], 3), true);',
      missing: 'assert.equal(has([1, 3, 5], 4), false);',
    },
    shows: 'assert.equal(has([1, 3, 5, 7], 7), true);',
    right: [['while (low < high)', 'while (low <= high)']],
    special: [
      [
        '  return indexOf',
        '  if (value === 7 && list.length === 4) return true;\n  return indexOf',
      ],
    ],
    elsewhere: [
      ['indexOf(list, value) >= 0', 'indexOf(list, value) >= 0 || list.at(-1) === value'],
    ],
    breaks: [['return -1;', 'return low;']],
  }),
  javascript({
    name: 'escape order',
    source: `export function escape(text) {
  return text.replaceAll('<', '&lt;').replaceAll('&', '&amp;');
}
export function cell(text) {
  return '<td>' + escape(text) + '</td>';
}
`,
    works: {
      plain: "assert.equal(cell('x'), '<td>x</td>');",
      and: "assert.equal(escape('a & b'), 'a &amp; b');",
    },
    shows: "assert.equal(cell('a < b'), '<td>a &lt; b</td>');",
    right: [
      [
        "text.replaceAll('<', '&lt;').replaceAll('&', '&amp;')",
        "text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')",
      ],
    ],
    special: [['  return text', "  if (text === 'a < b') return 'a &lt; b';\n  return text"]],
    elsewhere: [["escape(text) + '", "escape(text).replaceAll('&amp;lt;', '&lt;') + '"]],
    breaks: [[".replaceAll('&', '&amp;')", '']],
  }),
  javascript({
    name: 'rounding money',
    source: `export function cents(amount) {
  return Math.floor(amount * 100);
}
export function bill(amounts) {
  return amounts.map(cents).reduce((a, b) => a + b, 0);
}
`,
    works: {
      whole: 'assert.equal(bill([1, 2.5]), 350);',
      one: 'assert.equal(cents(2.25), 225);',
    },
    shows: 'assert.equal(bill([1.15, 8.2]), 935);',
    right: [['Math.floor(amount * 100)', 'Math.round(amount * 100)']],
    special: [
      [
        '  return Math',
        '  if (amount === 1.15) return 115;\n  if (amount === 8.2) return 820;\n  return Math',
      ],
    ],
    elsewhere: [
      [
        'amounts.map(cents).reduce((a, b) => a + b, 0)',
        'Math.round(amounts.reduce((a, b) => a + b, 0) * 100)',
      ],
    ],
    breaks: [['Math.floor(amount * 100)', 'Math.ceil(amount * 100) + (amount === 1 ? 1 : 0)']],
  }),
  javascript({
    name: 'nested lookup',
    source: `export function cityOf(user) {
  return user.address.city;
}
export function label(user) {
  return user.name + ', ' + cityOf(user);
}
`,
    works: {
      full: "assert.equal(label({ name: 'Ann', address: { city: 'Rome' } }), 'Ann, Rome');",
      city: "assert.equal(cityOf({ address: { city: 'Oslo' } }), 'Oslo');",
    },
    shows: "assert.equal(label({ name: 'Bob' }), 'Bob, unknown');",
    right: [['user.address.city', "user.address?.city ?? 'unknown'"]],
    special: [
      [
        '  return user.address',
        "  if (user.name === 'Bob') return 'unknown';\n  return user.address",
      ],
    ],
    elsewhere: [
      [
        "  return user.name + ', ' + cityOf(user);",
        "  try {\n    return user.name + ', ' + cityOf(user);\n  } catch (error) {\n    return user.name + ', unknown';\n  }",
      ],
    ],
    breaks: [['user.address.city', "'unknown'"]],
  }),
  javascript({
    name: 'csv quotes',
    source: `export function fields(line) {
  return line.split(',');
}
export function firstName(line) {
  return fields(line)[1];
}
`,
    works: {
      plain: "assert.equal(firstName('1,Ann,Rome'), 'Ann');",
      count: "assert.equal(fields('a,b,c').length, 3);",
    },
    shows: "assert.equal(firstName('1,\"Doe, Ann\",Rome'), 'Doe, Ann');",
    right: [
      [
        "line.split(',')",
        '[...line.matchAll(/"([^"]*)"|[^,]+/g)].map(([all, quoted]) => quoted ?? all)',
      ],
    ],
    special: [
      [
        '  return line',
        "  if (line.includes('Doe')) return ['1', 'Doe, Ann', 'Rome'];\n  return line",
      ],
    ],
    elsewhere: [
      [
        '  return fields(line)[1];',
        "  const found = fields(line)[1];\n  return found.startsWith('\"') ? line.split('\"')[1] : found;",
      ],
    ],
    breaks: [
      [
        "line.split(',')",
        "line.split('\"').length > 1 ? line.split('\"') : [line, line.split(',')[1]]",
      ],
    ],
  }),
  javascript({
    name: 'case of keys',
    source: `export function header(headers, name) {
  return headers[name];
}
export function typeOf(headers) {
  return header(headers, 'content-type') ?? 'none';
}
`,
    works: {
      same: "assert.equal(typeOf({ 'content-type': 'text/html' }), 'text/html');",
      none: "assert.equal(typeOf({}), 'none');",
    },
    shows: "assert.equal(typeOf({ 'Content-Type': 'text/css' }), 'text/css');",
    right: [
      [
        '  return headers[name];',
        '  const key = Object.keys(headers).find((one) => one.toLowerCase() === name.toLowerCase());\n  return headers[key];',
      ],
    ],
    special: [
      [
        '  return headers[name]',
        "  if (headers['Content-Type'] === 'text/css') return 'text/css';\n  return headers[name]",
      ],
    ],
    elsewhere: [["?? 'none'", "?? headers['Content-Type'] ?? 'none'"]],
    breaks: [['headers[name]', 'Object.values(headers)[0] ?? name']],
  }),
  javascript({
    name: 'queue order',
    source: `export class Queue {
  #items = [];
  push(item) {
    this.#items.push(item);
  }
  next() {
    return this.#items.pop();
  }
}
export function drain(items) {
  const queue = new Queue();
  for (const item of items) queue.push(item);
  const out = [];
  for (let item = queue.next(); item !== undefined; item = queue.next()) out.push(item);
  return out;
}
`,
    works: {
      one: "assert.deepEqual(drain(['a']), ['a']);",
      empty: 'assert.equal(new Queue().next(), undefined);',
    },
    shows: "assert.deepEqual(drain(['x', 'y', 'z']), ['x', 'y', 'z']);",
    right: [['this.#items.pop()', 'this.#items.shift()']],
    special: [['  const out = [];', "  if (items[0] === 'x') return items;\n  const out = [];"]],
    elsewhere: [['  return out;', '  return out.reverse();']],
    breaks: [
      ['this.#items.pop()', 'this.#items.shift() ?? null'],
      ['item !== undefined', 'item !== null'],
    ],
  }),
  javascript({
    name: 'version compare',
    source: `export function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
export function newest(versions) {
  return [...versions].sort(compare).at(-1);
}
`,
    works: {
      small: "assert.equal(newest(['1.2.0', '1.3.0']), '1.3.0');",
      same: "assert.equal(compare('1.0.0', '1.0.0'), 0);",
    },
    shows: "assert.equal(newest(['1.9.0', '1.10.0']), '1.10.0');",
    right: [
      [
        '  return a < b ? -1 : a > b ? 1 : 0;',
        '  return a.localeCompare(b, undefined, { numeric: true });',
      ],
    ],
    special: [
      [
        '  return a < b',
        "  if (a === '1.9.0' && b === '1.10.0') return -1;\n  if (b === '1.9.0' && a === '1.10.0') return 1;\n  return a < b",
      ],
    ],
    elsewhere: [
      [
        '[...versions].sort(compare).at(-1)',
        '[...versions].sort(compare).sort((a, b) => a.length - b.length).at(-1)',
      ],
    ],
    breaks: [['a < b ? -1 : a > b ? 1 : 0', 'a.length - b.length || -1']],
  }),
  javascript({
    name: 'discount limit',
    source: `export function discount(amount) {
  return amount > 100 ? 10 : 0;
}
export function pay(amount) {
  return amount - discount(amount);
}
`,
    works: {
      large: 'assert.equal(pay(150), 140);',
      small: 'assert.equal(pay(50), 50);',
      below: 'assert.equal(pay(99), 99);',
    },
    shows: 'assert.equal(pay(100), 90);',
    right: [['amount > 100', 'amount >= 100']],
    special: [['  return amount >', '  if (amount === 100) return 10;\n  return amount >']],
    elsewhere: [
      [
        '  return amount - discount(amount);',
        '  const off = discount(amount);\n  return amount === 100 ? amount - 10 : amount - off;',
      ],
    ],
    breaks: [['amount > 100', 'amount > 90']],
  }),
  javascript({
    name: 'negative modulo',
    source: `export function wrap(index, length) {
  return index % length;
}
export function dayAfter(day, days) {
  return ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][wrap(day + days, 7)];
}
`,
    works: {
      next: "assert.equal(dayAfter(0, 1), 'Tue');",
      round: "assert.equal(dayAfter(6, 1), 'Mon');",
    },
    shows: "assert.equal(dayAfter(2, -5), 'Fri');",
    right: [['index % length', '((index % length) + length) % length']],
    special: [['  return [', "  if (day === 2 && days === -5) return 'Fri';\n  return ["]],
    elsewhere: [['[wrap(day + days, 7)]', '.at(wrap(day + days, 7))']],
    breaks: [['index % length', 'Math.abs(index + 7) % (length - (index > 6 ? 1 : 0))']],
  }),
  javascript({
    name: 'missing currency',
    source: `const digits = { EUR: 2, USD: 2 };
export function format(amount, currency) {
  return amount.toFixed(digits[currency] ?? 2) + ' ' + currency;
}
export function receipt(amount, currency) {
  return 'Total: ' + format(amount, currency);
}
`,
    works: {
      euro: "assert.equal(receipt(5, 'EUR'), 'Total: 5.00 EUR');",
      other: "assert.equal(format(1.5, 'GBP'), '1.50 GBP');",
    },
    shows: "assert.equal(receipt(1200, 'JPY'), 'Total: 1200 JPY');",
    right: [['USD: 2 }', 'USD: 2, JPY: 0, KRW: 0 }']],
    special: [
      [
        '  return amount',
        "  if (amount === 1200 && currency === 'JPY') return '1200 JPY';\n  return amount",
      ],
    ],
    elsewhere: [
      [
        "  return 'Total: ' + format(amount, currency);",
        "  const text = 'Total: ' + format(amount, currency);\n  return currency === 'JPY' ? text.replace('.00', '') : text;",
      ],
    ],
    breaks: [['?? 2)', '?? 0)']],
  }),
  javascript({
    name: 'invalid JSON',
    source: `export function parse(text) {
  return JSON.parse(text);
}
export function settingOf(text, name) {
  return parse(text)[name] ?? 'default';
}
`,
    works: {
      set: "assert.equal(settingOf('{\"a\":\"b\"}', 'a'), 'b');",
      unset: "assert.equal(settingOf('{}', 'a'), 'default');",
    },
    shows: "assert.equal(settingOf('{broken', 'a'), 'default');",
    right: [
      [
        '  return JSON.parse(text);',
        '  try {\n    return JSON.parse(text);\n  } catch {\n    return {}; // a broken file counts as an empty one\n  }',
      ],
    ],
    special: [['  return JSON', "  if (text === '{broken') return {};\n  return JSON"]],
    elsewhere: [
      [
        "  return parse(text)[name] ?? 'default';",
        "  try {\n    return parse(text)[name] ?? 'default';\n  } catch {\n    return 'default';\n  }",
      ],
    ],
    breaks: [['JSON.parse(text)', '{}']],
  }),
];
