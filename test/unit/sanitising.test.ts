import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ScriptedModel, startScriptedModel } from '../../src/models/scripted.ts';
import { type CliResult, cli } from '../support/cli.ts';
import { type Case, type Planted, plantedCases } from '../support/plantedSecrets.ts';
import { createRepository } from '../support/repository.ts';
import { createTest, fix, runTests, shopError, shopFiles, submit, turn } from '../support/shop.ts';
import { tempFolder } from '../support/tempFolder.ts';

/** Addresses of no one in particular, other ones in each place. */
function addresses(place: string): { readonly v4: string; readonly v6: string } {
  const digits = createHash('sha256').update(place).digest('hex');
  const [a, b, c, d] = [0, 2, 4, 6].map(
    (at) => 100 + (parseInt(digits.slice(at, at + 2), 16) % 100),
  );
  const groups = [8, 12, 16].map((at) => `a${digits.slice(at, at + 3)}`);
  return { v4: `${a}.${b}.${c}.${d}`, v6: `2a02:${groups.join(':')}::7` };
}

/** One person per place, so that a leak tells where it came from. */
const person = (place: string): readonly Planted[] => {
  const name = `zo${place}qx`;
  const { v4, v6 } = addresses(place);
  return [
    {
      kind: `e-mail in ${place}`,
      value: `${name}.mail@corp-${name}.example`,
      needles: [`${name}.mail`],
    },
    { kind: `home in ${place}`, value: `/home/${name}home/app/x.js`, needles: [`${name}home`] },
    { kind: `Mac home in ${place}`, value: `/Users/${name}mac/app/x.js`, needles: [`${name}mac`] },
    {
      kind: `Windows home in ${place}`,
      value: `C:\\Users\\${name}win\\app\\x.js`,
      needles: [`${name}win`],
    },
    { kind: `user name in ${place}`, value: `user=${name}user`, needles: [`${name}user`] },
    { kind: `quoted user in ${place}`, value: `for user '${name}quot'`, needles: [`${name}quot`] },
    { kind: `IPv4 in ${place}`, value: `${v4}:5432`, needles: [v4] },
    { kind: `IPv4 in a URL in ${place}`, value: `http://${v4}/a`, needles: [v4] },
    { kind: `IPv6 in ${place}`, value: `[${v6}]:443`, needles: [v6] },
  ];
};

const at = (index: number): string => new Date(Date.UTC(2026, 2, 2) + index * 1000).toISOString();
const said = (planted: readonly Planted[]): string => planted.map(({ value }) => value).join(' ; ');

/** Every secret in an exception of its own, so that each makes a ticket with its own evidence. */
function plainLog(cases: readonly Case[]): string {
  return cases
    .map(({ text }, i) =>
      [
        `${at(i)} ERROR request ${i} failed`,
        `Failure${i}Error: ${text}`,
        `    at handle${i} (/srv/shop/src/part${i}.js:4:19)`,
        '',
      ].join('\n'),
    )
    .join('');
}

function jsonLog(cases: readonly Case[]): string {
  return cases
    .map(({ text }, i) =>
      JSON.stringify({
        level: 'error',
        time: at(i),
        msg: `job ${i} failed: ${text}`,
        input: text,
        err: {
          type: `Job${i}Error`,
          message: text,
          stack: `Job${i}Error: ${text}\n    at run${i} (/srv/shop/src/job${i}.js:7:3)`,
        },
      }),
    )
    .join('\n');
}

function peopleLog(): string {
  return [
    `${at(1)} ERROR ${said(person('line'))}`,
    `${at(2)} ERROR failed`,
    `PeopleError: ${said(person('message'))}`,
    ...person('frame')
      .filter(({ value }) => !value.includes(' '))
      .map(({ value }, i) => `    at f${i} (${value.replace(/ /g, '_')}:${i + 1}:1)`),
    `    at main (/srv/shop/src/people.js:1:1)`,
    '  [cause]: CauseError: ' + said(person('cause')),
    '      at inner (/srv/shop/src/inner.js:1:1)',
    `${at(3)} INFO done`,
    'Traceback (most recent call last):',
    ...person('traceback').flatMap(({ value }) => [
      `  File "/srv/shop/people.py", line 3, in run`,
      `    raise ValueError("${value}")`,
    ]),
    `ValueError: ${said(person('raised'))}`,
    '',
  ].join('\n');
}

const feedback = (cases: readonly Case[]): string =>
  [
    ...cases.map(({ text, value }, i) => ({
      timestamp: at(i),
      rating: 'down',
      user: `zoraterqxuser${i}`,
      text: `case ${i} does not work: ${text}`,
      context: { page: '/cart', note: text },
      detail: { nested: [text], password: value.slice(0, 200) },
    })),
    {
      timestamp: at(1),
      rating: 'down',
      id: said(person('id')),
      user: said(person('user')),
      text: `please call ${said(person('text'))}`,
      component: said(person('component')),
      context: { note: said(person('context')), username: 'zonamedqx', login: 'zologinqx' },
      reporter: said(person('metadata')),
      user_name: 'zoreporterqx',
      full_name: 'Zofull Zofullqx',
    },
  ]
    .map((record) => JSON.stringify(record))
    .join('\n');

const interactions = (cases: readonly Case[]): string =>
  cases
    .map(({ text }, i) =>
      JSON.stringify({
        id: i === 0 ? said(person('exchange')) : `x${i}`,
        timestamp: at(i),
        customer_id: said(person('customer')),
        message: `what is ${text}?`,
        response: `sorry, I can't help with ${text} ${said(person('answer'))}`,
        outcome: 'unresolved',
      }),
    )
    .join('\n');

/** A linter quotes the code, and a rule of one's own may be named after anything. */
const lint = (cases: readonly Case[]): string =>
  JSON.stringify([
    {
      filePath: 'src/cart.js',
      messages: cases.map(({ text }, i) => ({
        ruleId: i % 2 === 0 ? `no-secret ${text}` : `rule-${i}`,
        severity: 2,
        line: i + 1,
        message: `Unexpected ${text} by ${said(person('lint'))}`,
      })),
    },
  ]);

const metrics = (cases: readonly Case[]): string =>
  cases
    .map(({ text }, i) =>
      JSON.stringify({
        timestamp: at(i),
        metric: 'response_time',
        value: 5000,
        unit: 'ms',
        endpoint: `/v1/items?q=${text}&for=${said(person('endpoint'))}`,
      }),
    )
    .join('\n');

const everyone = [
  'line',
  'message',
  'frame',
  'cause',
  'traceback',
  'raised',
  'id',
  'user',
  'text',
  'component',
  'context',
  'metadata',
  'exchange',
  'customer',
  'answer',
  'endpoint',
  'shop',
  'manual',
  'printed',
  'lint',
].flatMap(person);
const named: readonly Planted[] = [
  'zonamedqx',
  'zologinqx',
  'zoreporterqx',
  'Zofullqx',
  'zoraterqxuser',
].map((value) => ({ kind: 'named field', value, needles: [value] }));

/** What the model is led to see: the error's own message, a manual text, a file, what tests print. */
const shopWithSecrets = (cases: readonly Case[]) => ({
  ...shopFiles,
  'src/settings.js': cases.map(({ text }, i) => `// ${i}\n${text}\n`).join(''),
  'test/noise.test.js': [
    `const lines = ${JSON.stringify([...cases.map(({ text }) => text), said(person('printed'))])};`,
    "require('node:test').test('prints', () => { for (const line of lines) console.log(line); });",
    '',
  ].join('\n'),
  '.vscode/settings.json': JSON.stringify({
    'patchwright.thresholds.exceptionOccurrences': 1,
    'patchwright.thresholds.feedbackItems': 1,
    'patchwright.thresholds.featureRequests': 1,
    'patchwright.thresholds.sameComplaintUsers': 1,
    'patchwright.sources.enabled.codeAnalysis': true,
  }),
});

const conversation = [
  turn(
    'First a look.',
    { type: 'tool_use', name: 'read', input: { path: 'src/settings.js', from: 1, to: 900 } },
    { type: 'tool_use', name: 'search', input: { pattern: 'a' } },
  ),
  createTest,
  runTests,
  fix,
  submit,
];

/** Every file below, byte by byte. */
function everyFile(folder: string): readonly (readonly [string, string])[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'latin1')] as const);
}

const gram = 8;
const hashBits = 22;

/** Looks for all needles in one pass: thousands of them in megabytes, by their first eight bytes. */
function createSearch(planted: readonly Planted[]): (name: string, text: string) => string[] {
  const starts = new Map<string, { kind: string; needle: string }[]>();
  const maybe = new Uint8Array(1 << hashBits);
  for (const { kind, needles } of planted) {
    for (const needle of needles.map((one) => Buffer.from(one).toString('latin1'))) {
      assert.ok(needle.length >= gram, needle);
      const start = needle.slice(0, gram);
      starts.set(start, [...(starts.get(start) ?? []), { kind, needle }]);
      maybe[hashAt(start, 0)] = 1;
    }
  }
  return (name, text) => {
    const leaks = new Map<string, string>();
    for (let at = 0; at + gram <= text.length; at++) {
      if (maybe[hashAt(text, at)] === 0) continue;
      for (const { kind, needle } of starts.get(text.slice(at, at + gram)) ?? []) {
        if (!text.startsWith(needle, at)) continue;
        leaks.set(kind, `${name}: ${kind}: …${text.slice(Math.max(0, at - 60), at + 40)}…`);
      }
    }
    return [...leaks.values()];
  };
}

function hashAt(text: string, at: number): number {
  let hash = 0;
  for (let index = at; index < at + gram; index++) {
    hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  }
  return Math.imul(hash, 0x9e37_79b1) >>> (32 - hashBits);
}

describe('sanitising', function () {
  this.timeout(120_000);
  const temp = tempFolder('pw-sanitising');
  let model: ScriptedModel | undefined;
  let folder = '';
  afterEach(() => model?.dispose());

  const put = (path: string, content: string): void => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  };

  it('leaves no secret and no person in what is stored, sent or printed', async () => {
    const cases = plantedCases(21);
    const few = plantedCases(22).filter((_, i) => i % 9 === 0);
    folder = temp.path('shop');
    await createRepository(folder, shopWithSecrets(few));
    model = await startScriptedModel({
      name: 'scripted',
      conversations: [{ replies: conversation }],
    });
    const env = {
      PATCHWRIGHT_CACHE: temp.path('cache'),
      ANTHROPIC_API_KEY: model.apiKey,
      ANTHROPIC_BASE_URL: model.baseUrl,
    };
    const run = (...args: string[]): Promise<CliResult> => cli([...args, '--folder', folder], env);
    const shop = person('shop');
    put('logs/plain.log', plainLog(cases));
    put('logs/lines.log', jsonLog(cases.filter((_, i) => i % 2 === 0)));
    put('logs/people.log', peopleLog());
    put(
      'logs/shop.log',
      `${shopError}\n${few
        .slice(0, 40)
        .map(({ text }) => text.replaceAll('\n', ' '))
        .join('\n')}\n${said(shop)}\n    at total (/srv/shop/src/cart.js:4:19)\n`,
    );
    put('feedback.jsonl', feedback(few));
    put('interactions.jsonl', interactions([...few, ...few]));
    put('metrics.jsonl', metrics(few));
    put('eslint-report.json', lint(few));

    const scanned = await run('scan', '--json', '--verbose');
    assert.equal(scanned.code, 0, scanned.stderr);
    const { created, analysis } = JSON.parse(scanned.stdout) as {
      created: readonly string[];
      analysis?: { readonly reports: number };
    };
    assert.equal(analysis?.reports, 1);
    assert.ok(
      created.length > cases.length,
      `${created.length} tickets of ${cases.length} secrets`,
    );
    const text = `${few
      .slice(0, 40)
      .map((one) => one.text)
      .join('\n')}\n${said(person('manual'))}`;
    const manual = await run(
      'new',
      '--title',
      'The cart fails',
      '-m',
      text,
      'src/cart.js',
      '--json',
    );
    assert.equal(manual.code, 0, manual.stderr);
    const { id } = JSON.parse(manual.stdout) as { id: string };
    const drafted = await run('draft', id, '--json', '--verbose');
    assert.ok(model.requests.length >= conversation.length, drafted.stderr);
    const tickets = await run('tickets', '--json', '--limit', '2000');

    const search = createSearch([...cases, ...few, ...everyone, ...named]);
    const sent = model.requests.map(({ body }) => body.toString('latin1')).join('\n');
    const files = everyFile(join(folder, '.patchwright'));
    assert.ok(files.some(([name]) => name.endsWith('backlog.sqlite')));
    assert.ok(files.some(([name]) => name.startsWith('journal')));
    assert.ok(files.some(([name]) => name.startsWith('attempts')));
    const leaks = [
      ...files.flatMap(([name, content]) => search(name, content)),
      ...search('the model', sent),
      ...[scanned, drafted, tickets].flatMap(({ stdout, stderr }) =>
        search('the screen', stdout + stderr),
      ),
    ];
    assert.equal(leaks.length, 0, `${leaks.length} leaks\n${leaks.slice(0, 60).join('\n')}`);
  });
});
