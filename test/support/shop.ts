import type { RecordedBlock, RecordedReply, Recording } from '../../src/models/scripted.ts';
import type { Tree } from './repository.ts';

/** A tiny real project with a real bug: a cart of an unknown article throws. */
export const shopFiles: Tree = {
  'package.json': '{ "name": "shop", "private": true, "scripts": { "test": "node --test" } }\n',
  '.gitignore': 'node_modules/\n*.log\n',
  'src/cart.js': [
    "const prices = new Map([['tea', { cents: 300 }], ['cup', { cents: 900 }]]);",
    '',
    'function total(articles) {',
    '  return articles.reduce((sum, article) => sum + prices.get(article).cents, 0);',
    '}',
    '',
    'module.exports = { total };',
    '',
  ].join('\n'),
  'test/cart.test.js': [
    "const { test } = require('node:test');",
    "const assert = require('node:assert');",
    "const { total } = require('../src/cart.js');",
    "test('adds up', () => assert.strictEqual(total(['tea', 'cup']), 1200));",
    "test('is zero for an empty cart', () => assert.strictEqual(total([]), 0));",
    '',
  ].join('\n'),
};

export const shopError = "TypeError: Cannot read properties of undefined (reading 'cents')";

/** What the service wrote when it ran in a container, `times` over. */
export function shopLog(times: number, from = 0): string {
  return Array.from({ length: times }, (_, i) =>
    [
      `2026-03-02T10:00:${String((from + i) % 60).padStart(2, '0')}.000Z ERROR request ${1000 + from + i} failed`,
      shopError,
      '    at /srv/shop/src/cart.js:4:69',
      '    at Array.reduce (<anonymous>)',
      '    at total (/srv/shop/src/cart.js:4:19)',
      '    at handle (/srv/shop/src/cart.js:9:3)',
      '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
      `2026-03-02T10:00:${String((from + i) % 60).padStart(2, '0')}.100Z INFO listening`,
      '',
    ].join('\n'),
  ).join('');
}

const reproduction = [
  "const { test } = require('node:test');",
  "const assert = require('node:assert');",
  "const { total } = require('../src/cart.js');",
  "test('counts an unknown article as nothing', () => assert.strictEqual(total(['tea', 'sock']), 300));",
  '',
].join('\n');

const usage = { input_tokens: 900, output_tokens: 80 };
const call = (name: string, input: unknown): RecordedBlock => ({ type: 'tool_use', name, input });
export const turn = (text: string, ...calls: readonly RecordedBlock[]): RecordedReply => ({
  content: [{ type: 'text', text }, ...calls],
  usage,
});

export const createTest = turn(
  'First a test that shows it.',
  call('create', { path: 'test/unknown.test.js', content: reproduction }),
);
export const runTests = turn('Now the tests.', call('run_tests', {}));
export const fix = turn(
  'Then the fix.',
  call('edit', {
    path: 'src/cart.js',
    edits: [{ old: 'prices.get(article).cents', new: '(prices.get(article)?.cents ?? 0)' }],
  }),
);
export const submit = turn(
  'Done.',
  call('submit', {
    summary: 'Count articles without a price as nothing.',
    reasoning: 'prices.get returns undefined for an article that is not in the list.',
    test_files: ['test/unknown.test.js'],
  }),
);

/** A recording whose patch is right. */
export const rightFix: Recording = {
  name: 'scripted',
  conversations: [{ replies: [createTest, runTests, fix, runTests, submit] }],
};

/** Submits a test that passes without the fix, again and again. */
export const vacuousFix: Recording = {
  name: 'scripted',
  conversations: [
    {
      replies: [
        turn(
          'A test.',
          call('create', {
            path: 'test/unknown.test.js',
            content: "require('node:test').test('nothing', () => {});\n",
          }),
        ),
        fix,
        submit,
        submit,
        submit,
      ],
    },
  ],
};

/** Tries a protected file first, then does it right. */
export const graspingFix: Recording = {
  name: 'scripted',
  conversations: [
    {
      replies: [
        turn(
          'Let me change CI.',
          call('create', { path: '.github/workflows/ci.yml', content: 'on: push\n' }),
        ),
        createTest,
        fix,
        submit,
      ],
    },
  ],
};

const createHangingTest = turn(
  'A test.',
  call('create', {
    path: 'test/unknown.test.js',
    content:
      "require('node:test').test('hangs', async () => { console.log('hanging as', process.pid); setInterval(() => {}, 1000); await new Promise(() => {}); });\n",
  }),
);

/** Writes a test that goes on for ever, and runs it. */
export const hangingTest: Recording = {
  name: 'scripted',
  conversations: [
    {
      replies: [
        createHangingTest,
        turn('It runs now.', call('run_tests', { files: ['test/unknown.test.js'] })),
      ],
    },
  ],
};

/** Submits such a test, so that it hangs in the gates. */
export const hangingSubmission: Recording = {
  name: 'scripted',
  conversations: [{ replies: [createHangingTest, fix, submit] }],
};
