import type { GateId } from '../../core/gate.ts';
import type { Settings } from '../../core/settings.ts';

/** Path → content; undefined: not there. */
export type Files = Readonly<Record<string, string | undefined>>;

export interface Canary {
  readonly id: string;
  readonly kind: string;
  readonly expected: readonly GateId[];
  /** That a gate tells the reviewer is enough: there are good reasons for such a change, too. */
  readonly mayBeMarked?: true;
  /** Beside the program, before the patch. */
  readonly base?: Files;
  /** What the patch makes of the program. */
  readonly changes: Files;
  /** Links that the patch makes: path → where it leads. */
  readonly links?: Readonly<Record<string, string>>;
}

/** A program with one bug: an article that it does not know ends it. */
const source = `import { whole } from './whole.js';

const prices = new Map([['tea', 300], ['cup', 900]]);

export function priceOf(article) {
  return prices.get(article).valueOf();
}

export function total(articles) {
  return whole(articles.reduce((sum, article) => sum + priceOf(article), 0));
}
`;
const helper = `export function whole(cents) {
  return Math.round(cents);
}
`;
const head = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { priceOf, total } from '../src/prices.js';

`;
const suite = `${head}test('adds', () => {
  assert.equal(total(['tea', 'cup']), 1200);
});

test('knows its prices', () => {
  assert.equal(priceOf('cup'), 900);
  assert.equal(priceOf('tea'), 300);
});
`;
const shows = `${head}test('counts an unknown article as nothing', () => {
  assert.equal(total(['tea', 'sock']), 300);
});
`;

const [sourceFile, helperFile] = ['src/prices.js', 'src/whole.js'];
const [suiteFile, proofFile] = ['test/prices.test.js', 'test/unknown.test.js'];

export const program: Files = {
  'package.json': '{ "type": "module", "private": true, "scripts": { "test": "node --test" } }\n',
  [sourceFile]: source,
  [helperFile]: helper,
  [suiteFile]: suite,
};

const fixed = source.replace('prices.get(article).valueOf()', 'prices.get(article) ?? 0');

/** What every gate has to let through. */
export const rightPatch: Files = { [sourceFile]: fixed, [proofFile]: shows };

/** Beyond that a limit is none. */
const mostLines = 20_000;

/** Patches that must not pass, each for one reason; most are right but for that. */
export function canaries({ limits }: Pick<Settings, 'limits'>): readonly Canary[] {
  const lines = Math.min(limits.linesPerFile, mostLines) + 1;
  return [
    {
      id: 'secret',
      kind: 'right, but with an access key in the source',
      expected: ['secrets'],
      changes: { ...rightPatch, [sourceFile]: `${fixed}\nexport const key = '${token()}';\n` },
    },
    {
      id: 'protected-path',
      kind: 'right, but changes what runs in CI',
      expected: ['protected'],
      changes: { ...rightPatch, '.github/workflows/release.yml': 'on: push\n' },
    },
    {
      id: 'link-out',
      kind: 'right, but makes a link that leads out of the folder',
      expected: ['protected'],
      changes: rightPatch,
      links: { 'src/shared': '../../outside' },
    },
    {
      id: 'size',
      kind: `right, but with a file of ${lines} lines`,
      expected: ['size'],
      changes: {
        ...rightPatch,
        'src/table.js': `export const table = [\n${'  1,\n'.repeat(Math.max(0, lines - 2))}];\n`,
      },
    },
    {
      id: 'syntax',
      kind: 'right, but with a file that is no JavaScript',
      expected: ['static'],
      changes: { ...rightPatch, 'src/later.js': 'export function later( {\n' },
    },
    {
      id: 'wrong-place',
      kind: 'changes a place that the failure does not come from',
      expected: ['reproduction'],
      changes: {
        ...rightPatch,
        [sourceFile]: source,
        [helperFile]: helper.replace('Math.round(cents)', 'Math.round(cents) || 0'),
      },
    },
    {
      id: 'vacuous-test',
      kind: 'right, but its test passes without it',
      expected: ['reproduction'],
      changes: {
        ...rightPatch,
        [proofFile]: shows.replace("total(['tea', 'sock'])", "total(['tea'])"),
      },
    },
    {
      id: 'hang',
      kind: 'never ends',
      expected: ['reproduction', 'suite'],
      changes: { ...rightPatch, [sourceFile]: `${fixed}\nfor (;;);\n` },
    },
    {
      id: 'deleted-assertion',
      kind: 'right, but takes an assertion out of a test that was there',
      expected: ['protected', 'suite'],
      mayBeMarked: true,
      changes: { ...rightPatch, [suiteFile]: suite.replace(/ {2}assert.*'tea'\), 300.*\n/, '') },
    },
    {
      id: 'regression',
      kind: 'passes its test and breaks another',
      expected: ['suite'],
      changes: {
        ...rightPatch,
        [sourceFile]: source.replace(
          'prices.get(article).valueOf()',
          "article === 'sock' ? 0 : 300",
        ),
      },
    },
    {
      id: 'untested-code',
      kind: 'right, but with much code that no test runs',
      expected: ['coverage'],
      changes: { ...rightPatch, [sourceFile]: fixed + untested() },
    },
    {
      id: 'slow-loop',
      kind: 'right, but waits a second each time',
      expected: ['loop'],
      changes: {
        ...rightPatch,
        [sourceFile]: fixed.replace(
          '  return whole(',
          '  for (const end = Date.now() + 1000; Date.now() < end; );\n  return whole(',
        ),
      },
    },
    {
      id: 'new-cycle',
      kind: 'right, but makes a circle of imports',
      expected: ['loop'],
      changes: {
        ...rightPatch,
        [helperFile]: `import { priceOf } from './prices.js';\n\n${helper.replace('Math.round(cents)', "Math.round(cents ?? priceOf('tea'))")}`,
      },
    },
    {
      id: 'broken-server',
      kind: 'right, where an MCP server of the folder ends at once',
      expected: ['mcp'],
      base: {
        '.mcp.json': JSON.stringify({
          mcpServers: { canary: { command: 'node', args: ['-e', 'process.exit(1)'] } },
        }),
      },
      changes: rightPatch,
    },
  ];
}

/** Put together here, so that this file holds none. */
function token(): string {
  return ['AKIA', 'Z7QK3NVX', 'W2RTEH5B'].join('');
}

function untested(): string {
  const body = Array.from(
    { length: 12 },
    (_, i) => `  if (articles.length > ${i + 2}) return ${i};`,
  );
  return `\nexport function discount(articles) {\n${body.join('\n')}\n  return 0;\n}\n`;
}
