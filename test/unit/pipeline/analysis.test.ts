import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type App, compose } from '../../../src/compose.ts';
import type { EditorDiagnostic } from '../../../src/core/quality.ts';
import { parseSettings } from '../../../src/core/settings.ts';
import type { Ticket } from '../../../src/core/ticket.ts';
import { startAnalysis } from '../../../src/signals/quality/startAnalysis.ts';
import { createRepository } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';

const maze = (name: string, ways: number) =>
  `/** Says. */\nexport function ${name}(a) {\n${Array.from({ length: ways }, (_, i) => `  if (a === ${i}) return '${name}${i}';`).join('\n')}\n}\n`;
const files = {
  'src/maze.js': maze('maze', 30),
  'src/plain.js': '/** Says. */\nexport const one = 1;\n',
  'src/half.js': `${'run();\n'.repeat(40)}`,
  'test/maze.test.js': maze('inTest', 90),
};

describe('the code analysis of a scan', function () {
  this.timeout(60_000);
  const temp = tempFolder('pw-analysis');
  let folder = '';
  let settings: Record<string, unknown>;
  let app: App;

  beforeEach(async () => {
    clock = Date.now();
    folder = temp.path('shop');
    await createRepository(folder, files);
    settings = { 'patchwright.sources.enabled.codeAnalysis': true };
    app = await compose({
      folder,
      settings: () => parseSettings(settings),
      apiKey: () => Promise.resolve(undefined),
      environment: {},
      log: () => undefined,
      trusted: true,
    });
  });
  afterEach(() => app.dispose());

  /** A moment later each time, so that a report is newer than what was decided before. */
  let clock = 0;
  const put = (path: string, content: unknown): void => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    clock += 60_000;
    utimesSync(file, clock / 1000, clock / 1000);
  };
  const scan = () => app.pipeline.scan();
  const ticket = (title: RegExp): Ticket | undefined =>
    app.backlog.tickets.list().find((one) => title.test(one.title));
  const titles = () =>
    app.backlog.tickets
      .list({ statuses: ['open'] })
      .map(({ title }) => title)
      .sort();
  const lcov = (missed: number) =>
    `SF:${folder}/src/half.js\n${Array.from({ length: 40 }, (_, i) => `DA:${i + 1},${i < missed ? 0 : 1}\n`).join('')}end_of_record\n`;
  const eslint = (file: string, messages: readonly unknown[]) => [{ filePath: file, messages }];
  const undef = { ruleId: 'no-undef', severity: 2, message: "'x' is not defined", line: 3 };

  it('is off unless it is switched on', async () => {
    settings = {};
    put('coverage/lcov.info', lcov(30));
    const report = await scan();
    assert.deepEqual(titles(), []);
    assert.equal(report.analysis, undefined);
  });

  it('makes one ticket for each file and matter, with reasons, and none of tests', async () => {
    put('coverage/lcov.info', lcov(30));
    put(
      'eslint-report.json',
      eslint(join(folder, 'src/plain.js'), [
        undef,
        { ...undef, line: 9 },
        { ruleId: 'no-var', severity: 1, message: 'no var', line: 1 },
      ]),
    );
    const report = await scan();
    assert.deepEqual(titles(), [
      'ESLint: no-undef in src/plain.js',
      'ESLint: no-var in src/plain.js',
      'Tests leave much of src/half.js out',
      'Too many ways lead through src/maze.js',
    ]);
    assert.deepEqual(report.problems, []);
    assert.deepEqual(report.analysis, { reports: 2, files: 3, left: 0 });
    const error = ticket(/no-undef/);
    assert.match(error?.id ?? '', /^quality-[0-9a-f]{8}$/);
    assert.deepEqual(
      [error?.category, error?.priority.value, error?.metadata.location],
      ['bug_fix', 'medium', { file: 'src/plain.js', line: 3 }],
    );
    assert.match(error?.description ?? '', /line 9/);
    for (const one of app.backlog.tickets.list()) {
      assert.ok(one.priority.reason && one.risk.reason && one.effort.reason);
      if (one !== error && one.id !== error?.id) assert.equal(one.category, 'refactor');
    }
    assert.match(ticket(/half/)?.description ?? '', /25 % .*30 of 40 lines.*\n- lines 1–30/s);
    assert.match(ticket(/maze/)?.description ?? '', /31 ways lead through maze/);
  });

  it('says nothing twice, closes what is gone, opens again what is back', async () => {
    put('coverage/lcov.info', lcov(30));
    await scan();
    const id = ticket(/half/)?.id ?? '';
    const again = await scan();
    assert.deepEqual([again.created, again.updated], [[], []]);
    assert.equal(app.backlog.groups.get(id)?.count, 30);

    put('coverage/lcov.info', lcov(35));
    assert.deepEqual((await scan()).updated, [id]);
    assert.match(ticket(/half/)?.evidence[0]?.text ?? '', /35 of 40/);

    put('coverage/lcov.info', lcov(2));
    assert.deepEqual((await scan()).updated, [id]);
    assert.equal(ticket(/half/)?.status, 'closed');
    assert.match(ticket(/half/)?.metadata.closedReason ?? '', /no longer finds/);

    put('coverage/lcov.info', lcov(30));
    await scan();
    assert.equal(ticket(/half/)?.status, 'open');

    rmSync(join(folder, 'coverage'), { recursive: true });
    await scan();
    assert.equal(ticket(/half/)?.status, 'open', 'without a report nothing is known to be gone');
  });

  it('closes by each report on its own: neither a broken nor a missing one speaks for the others', async () => {
    const found = (file: string, rule: string) =>
      eslint(join(folder, file), [{ ...undef, ruleId: rule }]);
    const open = () => titles().filter((title) => /ESLint|half/.test(title));
    put('coverage/lcov.info', lcov(30));
    put('a/eslint-report.json', found('src/plain.js', 'of-a'));
    put('b/eslint-report.json', found('src/half.js', 'of-b'));
    await scan();
    assert.deepEqual(open(), [
      'ESLint: of-a in src/plain.js',
      'ESLint: of-b in src/half.js',
      'Tests leave much of src/half.js out',
    ]);

    rmSync(join(folder, 'b/eslint-report.json'));
    put('c/broken.sarif', '{"runs":');
    put('coverage/lcov.info', lcov(2));
    await scan();
    assert.deepEqual(open(), ['ESLint: of-a in src/plain.js', 'ESLint: of-b in src/half.js']);

    put('a/eslint-report.json', eslint(join(folder, 'src/plain.js'), []));
    put('b/eslint-report.json', '[{"filePath"');
    await scan();
    assert.deepEqual(open(), ['ESLint: of-b in src/half.js']);

    put('b/eslint-report.json', eslint(join(folder, 'src/half.js'), []));
    await scan();
    assert.deepEqual(open(), []);
  });

  it('closes what the newest report no longer has, whatever each run calls its report', async () => {
    const found = (...rules: string[]) =>
      eslint(
        join(folder, 'src/plain.js'),
        rules.map((ruleId) => ({ ...undef, ruleId })),
      );
    const open = () => titles().filter((title) => title.startsWith('ESLint'));
    const [first, second, third] = ['no-undef', 'no-eval', 'eqeqeq'] as const;
    settings['patchwright.sources.reports'] = ['{reports,ci}/**/*.json'];
    const said = (rule: string) => `ESLint: ${rule} in src/plain.js`;

    put('reports/eslint-report-2026-11-27T10-11-12.json', found(first, second, third));
    await scan();
    assert.deepEqual(open(), [said(third), said(second), said(first)]);

    put('reports/eslint-report-2026-11-28T09-00-00.json', found(first, third));
    await scan();
    assert.deepEqual(open(), [said(third), said(first)], 'both lie there: the newer one counts');
    const closed = app.backlog.tickets.list().find(({ title }) => title === said(second));
    assert.equal(closed?.metadata.closedReason, 'The code analysis no longer finds it.');

    rmSync(join(folder, 'reports'), { recursive: true });
    await scan();
    assert.deepEqual(open(), [said(third), said(first)], 'no report, no verdict');

    put('reports/lint.json', found(first));
    await scan();
    assert.deepEqual(open(), [said(first)], 'of its tool, in its folder');

    rmSync(join(folder, 'reports'), { recursive: true });
    put('ci/run-41/eslint.json', found(first, second));
    await scan();
    assert.deepEqual(open(), [said(second), said(first)]);
    put('ci/run-42/eslint.json', found(first));
    await scan();
    assert.deepEqual(open(), [said(first)]);
  });

  it('leaves closed what a person closed', async () => {
    put('coverage/lcov.info', lcov(30));
    await scan();
    await app.pipeline.close(ticket(/half/)?.id ?? '', 'not worth it');
    put('coverage/lcov.info', lcov(40));
    await scan();
    assert.equal(ticket(/half/)?.status, 'closed');
  });

  it('opens no more tickets of a kind than a person can look at, the worst first', async () => {
    const messages = Array.from({ length: 3_000 }, (_, i) => ({
      ruleId: `rule-${i}`,
      severity: i < 1_500 ? 2 : 1,
      message: 'm',
      line: i + 1,
    }));
    put('eslint-report.json', eslint(join(folder, 'src/plain.js'), messages));
    const report = await scan();
    const lint = titles().filter((title) => title.startsWith('ESLint'));
    assert.equal(lint.length, 30);
    assert.equal(report.analysis?.left, 2_970);
    await scan();
    assert.equal(titles().filter((title) => title.startsWith('ESLint')).length, 30);
  });

  it('counts in what the editor shows, and the same of a report once', async () => {
    const shown: EditorDiagnostic = {
      file: 'src/plain.js',
      line: 3,
      severity: 'error',
      source: 'eslint',
      code: 'no-undef',
      message: "'x' is not defined",
    };
    app.pipeline.diagnose([
      shown,
      { ...shown, file: '../../etc/passwd' },
      { ...shown, source: 'ts', code: '2304', message: 'Cannot find name' },
      { ...shown, source: 'ts', code: '6133', severity: 'hint' },
    ]);
    put('eslint-report.json', eslint(join(folder, 'src/plain.js'), [undef]));
    await scan();
    assert.deepEqual(
      titles().filter((title) => /plain|passwd/.test(title)),
      ['ESLint: no-undef in src/plain.js', 'ts: 2304 in src/plain.js'],
    );
    assert.equal(app.backlog.groups.get(ticket(/no-undef/)?.id ?? '')?.count, 1);
  });

  it('bears reports that are hostile, broken or too large, and says which', async () => {
    const secret = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';
    writeFileSync(temp.path('outside.sarif'), '{"runs":[]}');
    symlinkSync(temp.path('outside.sarif'), join(folder, 'link.sarif'));
    put('broken.sarif', '{"runs":');
    put('cobertura.xml', '<!DOCTYPE x [<!ENTITY a "b">]><coverage/>');
    put('coverage.json', ' '.repeat(33 << 20));
    put(
      'eslint-report.json',
      eslint(join(folder, 'src/plain.js'), [
        { ...undef, message: `token ${secret}\u202e\nof a@b.example` },
        { ...undef, ruleId: '__proto__' },
      ]).concat(eslint('/etc/passwd', [undef]), eslint('../up.js', [undef])),
    );
    const report = await scan();
    assert.deepEqual(report.problems.map(({ file }) => file).sort(), [
      'broken.sarif',
      'cobertura.xml',
      'coverage.json',
      'link.sarif',
    ]);
    assert.deepEqual(titles(), [
      'ESLint: __proto__ in src/plain.js',
      'ESLint: no-undef in src/plain.js',
      'Too many ways lead through src/maze.js',
    ]);
    const stored = JSON.stringify(app.backlog.tickets.list());
    assert.ok(!stored.includes(secret) && !stored.includes('a@b') && !stored.includes('\u202e'));
  });

  it('gives the same ids in another checkout', async () => {
    await scan();
    const other = temp.path('elsewhere/checkout');
    await createRepository(other, files);
    const id = ticket(/maze/)?.id;
    await app.dispose();
    folder = other;
    app = await compose({
      folder,
      settings: () => parseSettings(settings),
      apiKey: () => Promise.resolve(undefined),
      environment: {},
      log: () => undefined,
      trusted: true,
    });
    await scan();
    assert.equal(ticket(/maze/)?.id, id);
  });

  it('is cancelled at once, and ends with the time it has', async () => {
    const request = {
      folder,
      reports: [],
      ignore: [],
      tracked: Object.keys(files),
      diagnostics: undefined,
      now: new Date().toISOString(),
      maxMs: 60_000,
    };
    const controller = new AbortController();
    const running = startAnalysis(request, controller.signal);
    controller.abort();
    await assert.rejects(running, { code: 'cancelled' });
    const cut = await startAnalysis({ ...request, maxMs: -1 });
    assert.deepEqual([cut.files, cut.judged], [0, []]);
    assert.match(cut.problems[0]?.reason ?? '', /0 of 3 source files/);
  });
});
