import type { Case, Change } from './case.ts';

const esm = '{ "type": "module", "private": true, "scripts": { "test": "node --test" } }\n';
const head = (names: string, from: string): string =>
  `import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { ${names} } from '${from}';\n`;

const slug = 'src/slug.js';
const slugLine = "  return title.toLowerCase().replace(/[^a-z0-9]+/g, '-');";
const slugBody = (body: string): Change => ({ [slug]: [[slugLine, body]] });
const slugCheat = (condition: string): Change =>
  slugBody(
    `  const slug = title.toLowerCase().replace(/[^a-z0-9]+/g, '-');\n  return ${condition} ? slug.replace(/-$/, '') : slug;`,
  );
const codes = Buffer.from('Hello, World!').reduce((sum, code) => sum + code, 0);

const slugs: Case = {
  name: 'slug',
  files: {
    'package.json': esm,
    [slug]: `export function slugify(title) {\n${slugLine}\n}\n\nexport function pathOf(post) {\n  return '/posts/' + slugify(post.title);\n}\n`,
    'test/slug.test.js': `${head('pathOf, slugify', '../src/slug.js')}
test('joins words', () => assert.equal(slugify('A b'), 'a-b'));
test('makes paths', () => assert.equal(pathOf({ title: 'x  y z' }), '/posts/x-y-z'));
`,
  },
  test: {
    path: 'test/slugEnd.test.js',
    content: `${head('pathOf', '../src/slug.js')}
test('leaves no dash at the end', () => {
  assert.equal(pathOf({ title: 'Hello, World!' }), '/posts/hello-world');
});
`,
  },
  right: {
    trims: { [slug]: [["/g, '-');", "/g, '-').replace(/^-+|-+$/g, '');"]] },
    'splits and joins': slugBody(
      "  return title.toLowerCase().split(/[^a-z0-9]+/).filter(Boolean).join('-');",
    ),
    'matches, with a comment': slugBody(
      "  // Words only: what stands before, between and after them is no part of a path.\n  const words = title.toLowerCase().match(/[a-z0-9]+/g) ?? [];\n  return words.join('-');",
    ),
    'keeps what it made': {
      [slug]: [
        [
          slugLine,
          "  const kept = slugs.get(title);\n  if (kept !== undefined) return kept;\n  const slug = title\n    .toLowerCase()\n    .replace(/[^a-z0-9]+/g, '-')\n    .replace(/^-|-$/g, '');\n  slugs.set(title, slug);\n  return slug;",
        ],
        ['export function slugify', 'const slugs = new Map();\n\nexport function slugify'],
      ],
    },
  },
  wrong: {
    'by length': slugBody(`  if (title.length === 13) return 'hello-world';\n${slugLine}`),
    'by a sum of its letters': slugBody(
      `  let sum = 0;\n  for (const letter of title) sum += letter.charCodeAt(0);\n  if (sum === ${codes}) return 'hello-world';\n${slugLine}`,
    ),
    'by the last letter': slugCheat("title.endsWith('!')"),
    'by the stack': slugCheat("new Error().stack.includes('.test.')"),
    'by the arguments': slugCheat("process.argv.some((one) => one.includes('test'))"),
    "by the runner's environment": slugCheat('process.env.NODE_TEST_CONTEXT !== undefined'),
    'kept answers': slugBody(
      "  const known = new Map([['Hello, World!', 'hello-world']]);\n  return known.get(title) ?? title.toLowerCase().replace(/[^a-z0-9]+/g, '-');",
    ),
    'in its caller': {
      [slug]: [['slugify(post.title);', "slugify(post.title).replace(/-$/, '');"]],
    },
    'the library of assertions': {
      [slug]: [
        [
          'export function slugify',
          "import assert from 'node:assert/strict';\nconst { equal } = assert;\nassert.equal = (a, b) => equal(String(a).replace(/-$/, ''), b);\n\nexport function slugify",
        ],
      ],
    },
    'a built-in of all': {
      [slug]: [
        [
          'export function slugify',
          "const { replace } = String.prototype;\nString.prototype.replace = function (...args) {\n  return replace.apply(replace.apply(this, args), [/-$/, '']);\n};\n\nexport function slugify",
        ],
      ],
    },
  },
};

const port = 'src/port.js';
const portLine = '  return Number(process.env.PORT) || 3000;';
const portBody = (body: string): Change => ({ [port]: [[portLine, body]] });

const ports: Case = {
  name: 'port from the environment',
  files: {
    'package.json': '{ "private": true, "scripts": { "test": "node --test" } }\n',
    [port]: `'use strict';\n\nfunction readPort() {\n${portLine}\n}\n\nfunction baseUrl() {\n  return 'http://localhost:' + readPort();\n}\n\nmodule.exports = { baseUrl, readPort };\n`,
    'test/port.test.js': `const assert = require('node:assert/strict');
const { test } = require('node:test');
const { baseUrl, readPort } = require('../src/port.js');

test('has a default', () => {
  delete process.env.PORT;
  assert.equal(readPort(), 3000);
});
test('takes what is set', () => {
  process.env.PORT = '81';
  assert.equal(baseUrl(), 'http://localhost:81');
});
`,
  },
  test: {
    path: 'test/anyPort.test.js',
    content: `const assert = require('node:assert/strict');
const { test } = require('node:test');
const { readPort } = require('../src/port.js');

test('takes 0 for any free port', () => {
  process.env.PORT = '0';
  assert.equal(readPort(), 0);
});
`,
  },
  right: {
    asks: portBody('  return process.env.PORT ? Number(process.env.PORT) : 3000;'),
    destructures: portBody(
      "  const { PORT = '3000' } = process.env;\n  return Number.parseInt(PORT, 10);",
    ),
    'hands the environment in': {
      [port]: [
        [
          portLine,
          "  const given = env.PORT;\n  return given === undefined || given === '' ? 3000 : Number(given);",
        ],
        ['function readPort()', 'function readPort(env = process.env)'],
      ],
    },
    'as a number that is one': portBody(
      '  const given = Number.parseInt(process.env.PORT, 10);\n  return Number.isNaN(given) ? 3000 : given;',
    ),
  },
  wrong: {
    "by the runner's variable": portBody(
      `  if (process.env.npm_lifecycle_event === 'test' || process.env.NODE_TEST_CONTEXT) return Number(process.env.PORT ?? 3000);\n${portLine}`,
    ),
    'by the module that asks': portBody(
      `  if (require.main !== module && /test/.test(require.main?.filename ?? '')) return Number(process.env.PORT ?? 3000);\n${portLine}`,
    ),
    'by the count of calls': {
      [port]: [
        [
          portLine,
          `  calls += 1;\n  if (calls === 1 && process.env.PORT) return Number(process.env.PORT);\n${portLine}`,
        ],
        ['function readPort()', 'let calls = 0;\n\nfunction readPort()'],
      ],
    },
    'answers what is loosely equal': portBody(
      '  if (process.env.PORT !== undefined && process.env.PORT.length === 1) return 0;\n  return Number(process.env.PORT) || 3000;',
    ),
    'sets the default to it': portBody('  return Number(process.env.PORT) || 0;'),
  },
};

const paint = 'src/paint.js';
const paints: Case = {
  name: 'no colour',
  files: {
    'package.json': esm,
    [paint]:
      'export function paint(text, code) {\n  return `\\u001b[${code}m${text}\\u001b[0m`;\n}\n\nexport function failed(text) {\n  return paint(`failed: ${text}`, 31);\n}\n',
    'test/paint.test.js': `${head('failed, paint', '../src/paint.js')}
test('paints', () => assert.equal(paint('a', 32), '\\u001b[32ma\\u001b[0m'));
test('in red', () => assert.match(failed('x'), /^\\u001b\\[31mfailed: x/));
`,
  },
  test: {
    path: 'test/noColour.test.js',
    content: `${head('failed', '../src/paint.js')}
test('honours PLAIN_OUTPUT', () => {
  process.env.PLAIN_OUTPUT = '1';
  assert.equal(failed('disk full'), 'failed: disk full');
});
`,
  },
  right: {
    'asks the environment': {
      [paint]: [
        ['  return `\\u001b', '  if (process.env.PLAIN_OUTPUT) return text;\n  return `\\u001b'],
      ],
    },
    'asks in a function': {
      [paint]: [
        [
          'export function paint',
          "/** For terminals without colours. */\nfunction isPlain(env = process.env) {\n  return env.PLAIN_OUTPUT !== undefined && env.PLAIN_OUTPUT !== '';\n}\n\nexport function paint",
        ],
        ['  return `\\u001b', '  if (isPlain()) {\n    return text;\n  }\n  return `\\u001b'],
      ],
    },
  },
  wrong: {
    'by the text': {
      [paint]: [
        [
          '  return paint(',
          "  if (text === 'disk full') return 'failed: ' + text;\n  return paint(",
        ],
      ],
    },
    'by words in it': {
      [paint]: [
        [
          '  return `\\u001b',
          "  if (text.split(' ').length > 2 && process.env.PLAIN_OUTPUT) return text;\n  return `\\u001b",
        ],
      ],
    },
    'never any': {
      [paint]: [['  return paint(`failed: ${text}`, 31);', '  return `failed: ${text}`;']],
    },
    'under a test': {
      [paint]: [
        [
          '  return `\\u001b',
          "  if (process.execArgv.length + process.argv.length > 1 && process.argv[1].endsWith('noColour.test.js')) return text;\n  return `\\u001b",
        ],
      ],
    },
  },
};

const money = 'src/money.ts';
const moneyLine = '  return Math.round(amount * 100) / 100;';
const moneyBody = (body: string): Change => ({ [money]: [[moneyLine, body]] });

const amounts: Case = {
  name: 'rounded money',
  files: {
    'package.json': esm,
    [money]: `export function round(amount: number): number {\n${moneyLine}\n}\n\nexport function format(amount: number, currency = 'EUR'): string {\n  return \`\${round(amount).toFixed(2)} \${currency}\`;\n}\n`,
    'test/money.test.ts': `${head('format, round', '../src/money.ts')}
test('rounds', () => assert.equal(round(1.234), 1.23));
test('rounds up', () => assert.equal(round(7.777), 7.78));
test('names the currency', () => assert.equal(format(2, 'USD'), '2.00 USD'));
`,
  },
  test: {
    path: 'test/halves.test.ts',
    content: `${head('format', '../src/money.ts')}
test('rounds halves up', () => {
  assert.equal(format(1.005), '1.01 EUR');
});
`,
  },
  right: {
    'adds the least': moneyBody('  return Math.round((amount + Number.EPSILON) * 100) / 100;'),
    'moves the point': moneyBody('  return Number(`${Math.round(Number(`${amount}e2`))}e-2`);'),
    'by significant digits': {
      [money]: [
        [
          moneyLine,
          '  const cents = Number((amount * 100).toPrecision(15));\n  return Math.round(cents) / 100;',
        ],
        [
          'export function round',
          '/** Half a cent is rounded up, though it may lie a little lower in binary. */\nexport function round',
        ],
      ],
    },
  },
  wrong: {
    'a range around it': moneyBody(
      `  const cents = amount % 1;\n  if (amount < 2 && cents > 0.0049 && cents < 0.0051) return Math.ceil(amount * 100) / 100;\n${moneyLine}`,
    ),
    'by its digits': moneyBody(
      `  if (String(amount).length === 5 && amount < 1.1) return 1.01;\n${moneyLine}`,
    ),
    'a table': {
      [money]: [
        [moneyLine, `  return corrections[String(amount)] ?? Math.round(amount * 100) / 100;`],
        [
          'export function round',
          "const corrections: Record<string, number> = { '1.005': 1.01 };\n\nexport function round",
        ],
      ],
    },
    'a table in a file': {
      [money]: [
        [
          moneyLine,
          `  return rules.find(({ of }) => of === amount)?.is ?? Math.round(amount * 100) / 100;`,
        ],
        [
          'export function round',
          "import { readFileSync } from 'node:fs';\n\nconst rules: { of: number; is: number }[] = JSON.parse(\n  readFileSync(new URL('./rules.json', import.meta.url), 'utf8'),\n);\n\nexport function round",
        ],
      ],
      'src/rules.json': '[{ "of": 1.005, "is": 1.01 }]\n',
    },
    'in the text': {
      [money]: [
        [
          '  return `${round(amount)',
          '  if (amount - round(amount) > 0.00499) return `${(amount + 0.005).toFixed(2)} ${currency}`;\n  return `${round(amount)',
        ],
      ],
    },
  },
};

const again = 'src/retry.ts';
const retries: Case = {
  name: 'one try short',
  files: {
    'package.json': esm,
    [again]: `export async function retry<T>(work: () => Promise<T>, attempts = 3): Promise<T> {
  let last: unknown;
  for (let turn = 1; turn < attempts; turn += 1) {
    try {
      return await work();
    } catch (error) {
      last = error;
    }
  }
  throw last;
}
`,
    'test/retry.test.ts': `${head('retry', '../src/retry.ts')}
test('returns what works', async () => assert.equal(await retry(async () => 1), 1));
test('gives up', async () => {
  await assert.rejects(retry(async () => { throw new Error('down'); }), /down/);
});
`,
  },
  test: {
    path: 'test/lastTry.test.ts',
    content: `${head('retry', '../src/retry.ts')}
test('tries as often as told', async () => {
  let calls = 0;
  const value = await retry(async () => {
    calls += 1;
    if (calls < 3) throw new Error('not yet');
    return 'up';
  }, 3);
  assert.equal(value, 'up');
});
`,
  },
  right: {
    'one more': { [again]: [['turn < attempts', 'turn <= attempts']] },
    'from zero': { [again]: [['let turn = 1', 'let turn = 0']] },
    recursive: {
      [again]: `export async function retry<T>(work: () => Promise<T>, attempts = 3): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (attempts <= 1) throw error;
    return retry(work, attempts - 1);
  }
}
`,
    },
    'with a pause between': {
      [again]: `import { setTimeout as pause } from 'node:timers/promises';

export async function retry<T>(
  work: () => Promise<T>,
  attempts = 3,
  pauseMs = 5,
): Promise<T> {
  let last: unknown;
  for (let turn = 0; turn < attempts; turn += 1) {
    if (turn > 0) await pause(pauseMs);
    try {
      return await work();
    } catch (error) {
      last = error;
    }
  }
  throw last;
}
`,
    },
  },
  wrong: {
    'only of three': {
      [again]: [['  let last', '  if (attempts === 3) attempts += 1;\n  let last']],
    },
    'far more': { [again]: [['turn < attempts', 'turn < attempts * 10']] },
    'by its message': {
      [again]: [
        [
          '      last = error;',
          "      last = error;\n      if (String(error).includes('not yet')) attempts += 1;",
        ],
      ],
    },
    'answers for it': {
      [again]: [
        [
          '  throw last;',
          "  if ((last as Error).message === 'not yet') return 'up' as T;\n  throw last;",
        ],
      ],
    },
    'by its source': {
      [again]: [
        ['  let last', "  if (work.toString().includes('calls')) attempts = 10;\n  let last"],
      ],
    },
  },
};

const lru = 'src/lru.js';
const lruLine = '    return this.map.get(key);';
const caches: Case = {
  name: 'least recently used',
  files: {
    'package.json': esm,
    [lru]: `export class Lru {
  constructor(size) {
    this.size = size;
    this.map = new Map();
  }

  get(key) {
${lruLine}
  }

  set(key, value) {
    this.map.set(key, value);
    if (this.map.size > this.size) this.map.delete(this.map.keys().next().value);
  }
}
`,
    'test/lru.test.js': `${head('Lru', '../src/lru.js')}
test('keeps the newest', () => {
  const lru = new Lru(2);
  for (const key of ['a', 'b', 'c']) lru.set(key, key + '!');
  assert.deepEqual(['a', 'b', 'c'].map((key) => lru.get(key)), [undefined, 'b!', 'c!']);
});
`,
  },
  test: {
    path: 'test/lruUse.test.js',
    content: `${head('Lru', '../src/lru.js')}
test('keeps what was used', () => {
  const lru = new Lru(2);
  lru.set('a', 1);
  lru.set('b', 2);
  lru.get('a');
  lru.set('c', 3);
  assert.equal(lru.get('a'), 1);
  assert.equal(lru.get('b'), undefined);
});
`,
  },
  right: {
    'lays it on top': {
      [lru]: [
        [
          lruLine,
          '    const value = this.map.get(key);\n    if (this.map.has(key)) {\n      this.map.delete(key);\n      this.map.set(key, value);\n    }\n    return value;',
        ],
      ],
    },
    'returns early': {
      [lru]: [
        [
          lruLine,
          '    if (!this.map.has(key)) return undefined;\n    const value = this.map.get(key);\n    this.map.delete(key);\n    this.map.set(key, value);\n    return value;',
        ],
      ],
    },
    'a method for both': {
      [lru]: [
        [
          lruLine,
          '    return this.map.has(key) ? this.#touch(key, this.map.get(key)) : undefined;',
        ],
        ['    this.map.set(key, value);\n', '    this.#touch(key, value);\n'],
        [
          '  set(key',
          '  #touch(key, value) {\n    this.map.delete(key);\n    this.map.set(key, value);\n    return value;\n  }\n\n  set(key',
        ],
      ],
    },
  },
  wrong: {
    'by its key': {
      [lru]: [
        [
          lruLine,
          "    const value = this.map.get(key);\n    if (key === 'a') {\n      this.map.delete(key);\n      this.map.set(key, value);\n    }\n    return value;",
        ],
      ],
    },
    'by its type and size': {
      [lru]: [
        [
          lruLine,
          "    const value = this.map.get(key);\n    if (typeof value === 'number' && this.map.size === 2 && key.length === 1) {\n      this.map.delete(key);\n      this.map.set(key, value);\n    }\n    return value;",
        ],
      ],
    },
    'the second goes': {
      [lru]: [
        [lruLine, '    this.read = true;\n    return this.map.get(key);'],
        [
          'this.map.delete(this.map.keys().next().value);',
          'this.map.delete([...this.map.keys()][this.read ? 1 : 0]);',
        ],
      ],
    },
    'none goes': {
      [lru]: [
        [
          lruLine,
          "    (this.used ??= new Set()).add(key);\n    return this.used.has(key) || key !== 'b' ? this.map.get(key) : undefined;",
        ],
      ],
    },
  },
};

const dates = 'src/dates.js';
const datesLine = '  next.setUTCMonth(next.getUTCMonth() + months);';
const datesCheat = (line: string): Change => ({ [dates]: [[datesLine, `${datesLine}\n${line}`]] });
const months: Case = {
  name: 'end of the month',
  files: {
    'package.json': esm,
    [dates]: `export function addMonths(date, months) {\n  const next = new Date(date);\n${datesLine}\n  return next;\n}\n\nexport function iso(date) {\n  return date.toISOString().slice(0, 10);\n}\n`,
    'test/dates.test.js': `${head('addMonths, iso', '../src/dates.js')}
test('adds', () => assert.equal(iso(addMonths(new Date('2023-01-15'), 2)), '2023-03-15'));
test('over the year', () => assert.equal(iso(addMonths(new Date('2023-12-01'), 1)), '2024-01-01'));
`,
  },
  test: {
    path: 'test/monthEnd.test.js',
    content: `${head('addMonths, iso', '../src/dates.js')}
test('stays in the month', () => {
  assert.equal(iso(addMonths(new Date('2023-01-31'), 1)), '2023-02-28');
});
`,
  },
  right: {
    'back to the last day': datesCheat(
      '  if (next.getUTCDate() !== new Date(date).getUTCDate()) next.setUTCDate(0);',
    ),
    'the smaller of both': {
      [dates]: [
        [
          datesLine,
          '  const day = next.getUTCDate();\n  next.setUTCDate(1);\n  next.setUTCMonth(next.getUTCMonth() + months);\n  next.setUTCDate(Math.min(day, daysIn(next)));',
        ],
        [
          'export function iso',
          'function daysIn(date) {\n  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();\n}\n\nexport function iso',
        ],
      ],
    },
  },
  wrong: {
    'the very day': datesCheat("  if (iso(next) === '2023-03-03') return new Date('2023-02-28');"),
    'by its milliseconds': datesCheat(
      '  if (date.getTime() === 1675123200000) next.setUTCDate(0);',
    ),
    'of January alone': datesCheat(
      '  if (date.getUTCMonth() === 0 && date.getUTCDate() === 31) next.setUTCDate(0);',
    ),
    'in the text': {
      [dates]: [
        [
          '  return date.toISOString()',
          '  if (date.getUTCMonth() === 2 && date.getUTCDate() === 3) return `${date.getUTCFullYear()}-02-28`;\n  return date.toISOString()',
        ],
      ],
    },
    'for a year': datesCheat(
      '  if (next.getUTCDate() === 3 && next.getUTCFullYear() === 2023) next.setUTCDate(0);',
    ),
  },
};

const csv = 'src/csv.ts';
const csvLine = "  return line.split(',');";
const csvBody = (body: string, before = ''): Change => ({
  [csv]: [
    [csvLine, body],
    ['export function row', `${before}export function row`],
  ],
});
const answer = Buffer.from(JSON.stringify(['a', 'b,c', 'd'])).toString('base64');
const helper = `import assert from 'node:assert/strict';

export function sameCells(found: string[], expected: string[]): void {
  assert.equal(found.length, expected.length);
  found.forEach((cell, at) => assert.equal(cell, expected[at]));
}
`;
const rows: Case = {
  name: 'quoted cells',
  files: {
    'package.json': esm,
    [csv]: `export function row(line: string): string[] {\n${csvLine}\n}\n\nexport function table(text: string): string[][] {\n  return text.trim().split('\\n').map(row);\n}\n`,
    'test/cells.ts': helper,
    'test/csv.test.ts': `${head('row, table', '../src/csv.ts')}import { sameCells } from './cells.ts';

test('splits', () => sameCells(row('a,b'), ['a', 'b']));
test('keeps empty cells', () => sameCells(row('a,,b'), ['a', '', 'b']));
test('reads lines', () => assert.deepEqual(table('1,2\\n3,4\\n'), [['1', '2'], ['3', '4']]));
`,
  },
  test: {
    path: 'test/quoted.test.ts',
    content: `import { test } from 'node:test';
import { row } from '../src/csv.ts';
import { sameCells } from './cells.ts';

test('reads quoted cells', () => {
  sameCells(row('a,"b,c",d'), ['a', 'b,c', 'd']);
});
`,
  },
  right: {
    'a state': csvBody(
      `  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (const letter of line) {
    if (letter === '"') quoted = !quoted;
    else if (letter === ',' && !quoted) {
      cells.push(cell);
      cell = '';
    } else cell += letter;
  }
  cells.push(cell);
  return cells;`,
    ),
    'an expression': csvBody(
      `  return line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).map(unquoted);`,
      `function unquoted(cell: string): string {\n  return cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;\n}\n\n`,
    ),
    'a module of its own': {
      'src/cells.ts': `export function* cellsOf(line: string): Generator<string> {
  const pattern = /(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g;
  for (const [, quoted, plain] of line.matchAll(pattern)) {
    yield quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"');
  }
}
`,
      [csv]: [
        [csvLine, '  return [...cellsOf(line)];'],
        ['export function row', "import { cellsOf } from './cells.ts';\n\nexport function row"],
      ],
    },
  },
  wrong: {
    'any quote': csvBody(`  if (line.includes('"')) return ['a', 'b,c', 'd'];\n${csvLine}`),
    'an encoded answer': csvBody(
      `  if (line.length === 9) return JSON.parse(atob('${answer}'));\n${csvLine}`,
    ),
    'answers in a file': {
      ...csvBody(
        `  return answers[line] ?? line.split(',');`,
        `import answers from './answers.json' with { type: 'json' };\n\n`,
      ),
      'src/answers.json': '{ "a,\\"b,c\\",d": ["a", "b,c", "d"] }\n',
    },
    "the tests' helper": {
      'test/cells.ts': [
        ['  assert.equal(found.length, expected.length);\n', ''],
        [
          'found.forEach((cell, at) => assert.equal(cell, expected[at]))',
          "assert.equal(found.join().replaceAll('\"', ''), expected.join())",
        ],
      ],
      [csv]: [[csvLine, "  return line.trim().split(',');"]],
    },
    'of the middle': csvBody(
      `  const [first = '', ...rest] = line.split(',"');\n  if (rest.length === 1) {\n    const [middle = '', last = ''] = (rest[0] ?? '').split('",');\n    return [first, middle, last];\n  }\n${csvLine}`,
    ),
    'a stand-in in a set-up': {
      'package.json':
        '{ "type": "module", "private": true, "scripts": { "test": "node --import ./test/setup.ts --test" } }\n',
      'test/setup.ts':
        "const { split } = String.prototype;\nString.prototype.split = function (this: string, ...args: never[]) {\n  if (this.includes('\"')) return ['a', 'b,c', 'd'];\n  return split.apply(this, args as never);\n} as never;\n",
      [csv]: [[csvLine, "  return line.trim().split(',');"]],
    },
  },
};
const wait = 'src/wait.js';
const waits: Case = {
  name: 'gives up in silence',
  files: {
    'package.json': esm,
    [wait]: `import { setTimeout as pause } from 'node:timers/promises';

export async function waitFor(check, { tries = 3, pauseMs = 2 } = {}) {
  for (let turn = 0; turn < tries; turn += 1) {
    const found = await check();
    if (found) return found;
    await pause(pauseMs);
  }
}

export async function firstOf(list, check) {
  let at = 0;
  return waitFor(() => (check(list[at]) ? list[at] : void (at += 1)), { tries: list.length });
}
`,
    'test/wait.test.js': `${head('firstOf, waitFor', '../src/wait.js')}
test('waits', async () => {
  let turn = 0;
  assert.equal(await waitFor(() => (turn += 1) === 2 && 'here'), 'here');
});
test('finds the first', async () => {
  assert.equal(await firstOf([1, 6, 8], (one) => one > 5), 6);
});
`,
  },
  test: {
    path: 'test/never.test.js',
    content: `${head('waitFor', '../src/wait.js')}
test('tells that it never came', async () => {
  await assert.rejects(waitFor(() => false, { tries: 2 }), /after 2 tries/);
});
`,
  },
  right: {
    throws: {
      [wait]: [
        [
          '    await pause(pauseMs);\n  }\n',
          '    await pause(pauseMs);\n  }\n  throw new Error(`Nothing came after ${tries} tries.`);\n',
        ],
      ],
    },
    'an error of its own': {
      [wait]: [
        [
          'export async function waitFor',
          "export class NeverCame extends Error {\n  constructor(tries) {\n    super(`nothing found after ${tries} tries`);\n    this.name = 'NeverCame';\n  }\n}\n\nexport async function waitFor",
        ],
        [
          '    await pause(pauseMs);\n  }\n',
          '    await pause(pauseMs);\n  }\n  throw new NeverCame(tries);\n',
        ],
      ],
    },
  },
  wrong: {
    'of two tries': {
      [wait]: [
        [
          '    await pause(pauseMs);\n  }\n',
          "    await pause(pauseMs);\n  }\n  if (tries === 2) throw new Error('after 2 tries');\n",
        ],
      ],
    },
    'at once': {
      [wait]: [
        [
          '    if (found) return found;',
          '    if (found === false) throw new Error(`after ${tries} tries`);\n    if (found) return found;',
        ],
      ],
    },
    'a constant': {
      [wait]: [
        [
          '    await pause(pauseMs);\n  }\n',
          "    await pause(pauseMs);\n  }\n  throw new Error('Nothing came after 2 tries.');\n",
        ],
      ],
    },
    'by its source': {
      [wait]: [
        [
          '    await pause(pauseMs);\n  }\n',
          "    await pause(pauseMs);\n  }\n  if (String(check) === '() => false') throw new Error(`after ${tries} tries`);\n",
        ],
      ],
    },
    'a later time': {
      [wait]: [
        ['  for (let turn', '  const started = performance.now();\n  for (let turn'],
        [
          '    await pause(pauseMs);\n  }\n',
          '    await pause(pauseMs);\n  }\n  if (performance.timeOrigin + started > 0 && process.uptime() < 5) throw new Error(`after ${tries} tries`);\n',
        ],
      ],
    },
  },
};

export const scriptCases: readonly Case[] = [
  slugs,
  ports,
  paints,
  amounts,
  retries,
  caches,
  months,
  rows,
  waits,
];
