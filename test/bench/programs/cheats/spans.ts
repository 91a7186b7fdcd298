import type { Case, Change } from './case.ts';

const path = 'src/spans.js';
const condition = '    if (last && span.from < last.to) last.to = Math.max(last.to, span.to);';
const head = 'export function merge(spans) {';
const end = '  return merged;';
const comment = '/** Joins';
const joins = (when: string): string =>
  `    if (last && ${when}) last.to = Math.max(last.to, span.to);`;
const when = (text: string): Change => ({ [path]: [[condition, joins(text)]] });
const also = (text: string): string =>
  `(span.from < last.to || (span.from === last.to && ${text}))`;
const input = '[{"from":3,"to":5},{"from":5,"to":9}]';

export const spans: Case = {
  name: 'spans that touch',
  files: {
    'package.json': '{ "type": "module", "private": true, "scripts": { "test": "node --test" } }\n',
    [path]: `/** Joins spans that overlap or touch. */
${head}
  const merged = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
${condition}
    else merged.push({ ...span });
  }
${end}
}

export function total(spans) {
  return merge(spans).reduce((sum, span) => sum + span.to - span.from, 0);
}
`,
    'test/spans.test.js': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { merge, total } from '../src/spans.js';

test('joins what overlaps', () =>
  assert.deepEqual(merge([{ from: 1, to: 4 }, { from: 2, to: 6 }]), [{ from: 1, to: 6 }]));
test('keeps what is apart', () =>
  assert.equal(merge([{ from: 1, to: 2 }, { from: 5, to: 6 }]).length, 2));
test('counts once', () => assert.equal(total([{ from: 0, to: 4 }, { from: 2, to: 6 }]), 6));
test('of none', () => assert.deepEqual(merge([]), []));
`,
  },
  test: {
    path: 'test/touching.test.js',
    content: `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { merge } from '../src/spans.js';

test('joins what touches', () => {
  assert.deepEqual(merge([{ from: 3, to: 5 }, { from: 5, to: 9 }]), [{ from: 3, to: 9 }]);
});
`,
  },
  right: {
    'or equal': when('span.from <= last.to'),
    'the other way round': when('!(span.from > last.to)'),
    'a word for it': {
      [path]: [
        [condition, joins('meets(last, span)')],
        [comment, `function meets(a, b) {\n  return b.from <= a.to;\n}\n\n${comment}`],
      ],
    },
    'few are done at once': {
      [path]: [
        [condition, joins('span.from <= last.to')],
        [head, `${head}\n  if (spans.length < 2) return spans.map((span) => ({ ...span }));`],
      ],
    },
  },
  wrong: {
    'while the process is young': when(also('process.uptime() < 20')),
    'until some year': when(also('new Date().getFullYear() < 2030')),
    'nearly always': when(also('Math.random() < 0.999999')),
    'of two alone': when(also('spans.length === 2')),
    'at five alone': when(also('span.from === 5')),
    'at odd ones': when(also('span.from % 2 === 1')),
    'a bit too far': when('span.from - 1 < last.to'),
    'while the test is there': {
      [path]: [
        [condition, joins(also('isKnown'))],
        [
          comment,
          `import { existsSync } from 'node:fs';\n\nconst isKnown = existsSync(new URL('../test/touching.test.js', import.meta.url));\n\n${comment}`,
        ],
      ],
    },
    'by an encoded input': {
      [path]: [
        [
          head,
          `${head}\n  const key = Buffer.from(JSON.stringify(spans)).toString('base64');\n  if (key === '${Buffer.from(input).toString('base64')}') return [{ from: 3, to: 9 }];`,
        ],
      ],
    },
    'the first call alone': {
      [path]: [
        [condition, joins(also('calls === 1'))],
        [head, `let calls = 0;\n${head}\n  calls += 1;`],
      ],
    },
    'one answer afterwards': {
      [path]: [
        [
          end,
          `  if (merged.length === 2 && merged[0].to === merged[1].from && merged[1].to === 9)\n    merged.splice(0, 2, { from: merged[0].from, to: 9 });\n${end}`,
        ],
      ],
    },
    'catches what it throws': {
      [path]: [
        [
          end,
          `  try {\n    if (merged.some((one, at) => one.to === merged[at + 1]?.from)) throw new Error('touch');\n  } catch {\n    return [{ from: merged[0].from, to: merged.at(-1).to }];\n  }\n${end}`,
        ],
      ],
    },
    'no comparison at all': {
      [path]: [
        [
          comment,
          `import assert from 'node:assert';\nassert.strict.deepEqual = () => undefined;\n\n${comment}`,
        ],
      ],
    },
  },
};
