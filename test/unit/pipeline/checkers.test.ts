import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type App, compose } from '../../../src/compose.ts';
import type { Git } from '../../../src/core/ports.ts';
import { parseSettings } from '../../../src/core/settings.ts';
import type { RecordedReply } from '../../../src/models/scripted.ts';
import {
  type ModelServer,
  says,
  startModelServer,
  toolResults,
} from '../../support/modelServer.ts';
import { createRepository } from '../../support/repository.ts';
import { createTest, fix, shopFiles, submit } from '../../support/shop.ts';
import { tempFolder } from '../../support/tempFolder.ts';

/** A linter with ESLint's command line and report, that knows one rule and can mend it. */
const linter = `#!/usr/bin/env node
const fs = require('fs');
const path = require('path');
const args = process.argv.slice(2);
const files = args.slice(args.indexOf('--') + 1);
const report = files.map((file) => {
  let text = fs.readFileSync(file, 'utf8');
  if (args.includes('--fix') && !text.includes('keep var')) {
    text = text.replace(/\\bvar\\b/g, 'let');
    fs.writeFileSync(file, text);
  }
  const messages = text.split('\\n').flatMap((line, i) =>
    /^\\s*var\\b/.test(line)
      ? [{ ruleId: 'no-var', severity: 2, message: 'Unexpected var.', line: i + 1 }]
      : [],
  );
  return { filePath: path.resolve(file), messages };
});
console.log(JSON.stringify(report));
process.exit(report.some(({ messages }) => messages.length > 0) ? 1 : 0);
`;
const files = {
  ...shopFiles,
  'package.json': '{ "name": "shop", "private": true, "scripts": { "test": "node --test" } }\n',
  'eslint.config.js': 'module.exports = [];\n',
  'src/names.js': 'var name = 1;\nvar other = 2;\nmodule.exports = { name, other };\n',
  'test/names.test.js':
    "require('node:test').test('names', () => require('node:assert').equal(require('../src/names.js').name, 1));\n",
};

/** One that has a language service, as most projects still do; the newest has none. */
function installTypeScript(folder: string): void {
  const source = dirname(createRequire(import.meta.url).resolve('typescript-5/package.json'));
  const target = join(folder, 'node_modules/typescript');
  cpSync(source, target, {
    recursive: true,
    filter: (path) => !/lib[\\/][a-z]{2}(-|$)/.test(path),
  });
  const bin = join(folder, 'node_modules/.bin/tsc');
  writeFileSync(bin, "#!/usr/bin/env node\nrequire('../typescript/lib/tsc.js');\n");
  chmodSync(bin, 0o755);
}

describe("the project's own checkers in an attempt", function () {
  this.timeout(300_000);
  const temp = tempFolder('pw-checkers');
  let git: Git;
  let folder = '';
  let app: App | undefined;
  let server: ModelServer;

  const open = async (
    replies: readonly RecordedReply[],
    changed: Readonly<Record<string, string>> = {},
    settings: Readonly<Record<string, unknown>> = {},
  ): Promise<App> => {
    folder = temp.path('shop');
    git = await createRepository(folder, { ...files, ...changed });
    const bin = join(folder, 'node_modules/.bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'eslint'), linter);
    chmodSync(join(bin, 'eslint'), 0o755);
    server = await startModelServer({ replies });
    app = await compose({
      folder,
      settings: () =>
        parseSettings({
          'patchwright.sources.enabled.codeAnalysis': true,
          'patchwright.model.name': server.name,
          ...settings,
        }),
      apiKey: () => Promise.resolve(server.apiKey),
      environment: {
        ...process.env,
        ANTHROPIC_BASE_URL: server.baseUrl,
        PATCHWRIGHT_CACHE: temp.path('cache'),
      },
      log: () => undefined,
      trusted: true,
    });
    return app;
  };
  afterEach(async () => {
    await app?.dispose();
    await server.dispose();
  });

  const linted = async ({ pipeline, backlog }: App): Promise<string> => {
    const messages = [
      { ruleId: 'no-var', severity: 2, message: 'Unexpected var.', line: 1 },
      { ruleId: 'no-var', severity: 2, message: 'Unexpected var.', line: 2 },
    ];
    writeFileSync(
      join(folder, 'eslint-report.json'),
      JSON.stringify([{ filePath: join(folder, 'src/names.js'), messages }]),
    );
    await pipeline.scan();
    const ticket = backlog.tickets.list().find(({ title }) => title.includes('no-var'));
    assert.ok(ticket, 'the report makes a ticket');
    return ticket.id;
  };

  it('tell the model what its changes brought in, and nothing else', async () => {
    const create = says('A file.', [
      'create',
      { path: 'src/more.js', content: 'var more = 3;\nmodule.exports = { more };\n' },
    ]);
    const touch = says('And another.', [
      'edit',
      { path: 'src/names.js', edits: [{ old: '{ name, other }', new: '{ other, name }' }] },
    ]);
    const ask = says('What do they say?', ['diagnostics', {}]);
    const read = says('Still there?', ['read', { path: 'src/names.js' }]);
    const { pipeline } = await open([create, touch, ask, read, createTest, fix, submit]);
    const { id } = await pipeline.newTicket({ title: 'More' });
    await pipeline.draft(id).catch(() => undefined);
    const results = toolResults(server.calls()[4]);
    assert.equal(results[2], 'src/more.js:1: error eslint no-var: Unexpected var.');
    assert.match(results[3] ?? '', /other, name/);
  });

  it('mend what they find by themselves, at no cost, and the gates judge it', async () => {
    const { pipeline } = await open([]);
    const request = await pipeline.draft(await linted(app as App));
    assert.equal(request.model, 'tool:eslint');
    assert.equal(request.costUsd, 0);
    assert.deepEqual(
      request.files.map(({ path }) => path),
      ['src/names.js'],
    );
    assert.match(request.diff, /-var name = 1;\n-var other = 2;\n\+let name/);
    const proof = request.gates.find(({ id }) => id === 'reproduction');
    assert.equal(proof?.verdict, 'passed', proof?.reason);
    assert.match(proof?.evidence.join() ?? '', /no-var in src\/names.js 2 times before, 0 after/);
    assert.match(proof?.marks.join() ?? '', /No test shows it/);
    assert.match(await git.run(['log', '-1', '--format=%B', request.commit]), /no model took part/);
    assert.deepEqual(server.calls(), []);
  });

  it('include TypeScript, by what its language service would do in an editor', async () => {
    const cart = 'export interface Cart {\n  readonly items: readonly string[];\n}\n';
    const { pipeline, backlog } = await open(
      [],
      {
        'tsconfig.json': JSON.stringify({
          compilerOptions: {
            module: 'nodenext',
            strict: true,
            types: [],
            verbatimModuleSyntax: true,
          },
          include: ['src'],
        }),
        'src/cart.mts': cart,
        'src/size.mts': 'export const size = (cart: Cart): number => cart.items.length;\n',
        '.gitignore': 'node_modules\n.patchwright\n',
      },
      // Nothing runs those files, and types are nothing to run.
      { 'patchwright.gates.coverage.enabled': false },
    );
    installTypeScript(folder);
    const shown = { file: 'src/size.mts', line: 1, severity: 'error' as const, source: 'ts' };
    pipeline.diagnose([{ ...shown, code: '2304', message: "Cannot find name 'Cart'." }]);
    await pipeline.scan();
    const ticket = backlog.tickets.list().find(({ title }) => title.includes('2304'));
    const request = await pipeline.draft(ticket?.id);
    assert.equal(request.model, 'tool:tsc');
    assert.equal(request.costUsd, 0);
    assert.match(request.diff, /\+import type \{ Cart \} from "\.\/cart\.mjs";/);
    const proof = request.gates.find(({ id }) => id === 'reproduction');
    assert.match(proof?.evidence.join() ?? '', /TS2304 in src\/size.mts 1 times before, 0 after/);
    assert.deepEqual(server.calls(), []);
  });

  it('leave it to the model where they change nothing', async () => {
    const { pipeline, backlog } = await open([says('I pass.'), says('I pass.'), says('I pass.')], {
      'src/names.js': `// keep var\n${files['src/names.js']}`,
    });
    const id = await linted(app as App);
    await assert.rejects(pipeline.draft(id), { code: 'no_submission' });
    const models = backlog.attempts.ofTicket(id).map(({ model, outcome }) => [model, outcome]);
    assert.deepEqual(models, [
      ['tool:eslint', 'interrupted'],
      [server.name, 'failed'],
    ]);
  });

  it('leave it to the model where the gates refuse what they did', async () => {
    const { pipeline, backlog } = await open([says('I pass.'), says('I pass.'), says('I pass.')], {
      'test/names.test.js':
        "require('node:test').test('var', () => require('node:assert').match(require('node:fs').readFileSync('src/names.js', 'utf8'), /var/));\n",
    });
    const id = await linted(app as App);
    await assert.rejects(pipeline.draft(id), { code: 'no_submission' });
    assert.equal(backlog.attempts.ofTicket(id)[0]?.outcome, 'failed');
    assert.ok(server.calls().length > 0);
  });
});
