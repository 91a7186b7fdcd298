import assert from 'node:assert/strict';
import { cancelled } from '../../../src/core/errors.ts';
import type { GateReport } from '../../../src/core/gate.ts';
import { confidenceOf } from '../../../src/gates/confidence.ts';
import type { Gate, GateContext } from '../../../src/gates/context.ts';
import { failed, passed } from '../../../src/gates/finding.ts';
import { allGates, runGates } from '../../../src/gates/gate.ts';
import { size } from '../../../src/gates/size.ts';
import { createProject } from '../../support/patches.ts';
import { tempFolder } from '../../support/tempFolder.ts';

const silent = { started: () => undefined, ended: () => undefined };
const lines = (count: number): string => 'line\n'.repeat(count);

describe('running gates', () => {
  const context = {} as GateContext;
  const gate = (id: Gate['id'], runsCode: boolean, run: Gate['run']): Gate => ({
    id,
    runsCode,
    run,
  });

  it('runs those that only read side by side, then the others one after another', async () => {
    const order: string[] = [];
    let release = (): void => undefined;
    const waiting = new Promise<void>((resolve) => {
      release = resolve;
    });
    const gates = [
      gate('protected', false, async () => {
        await waiting;
        return passed('a');
      }),
      gate('size', false, async () => {
        release(); // would never happen if the first had to end before
        return passed('b');
      }),
      gate('reproduction', true, async () => passed('c')),
      gate('suite', true, async () => passed('d')),
    ];
    const reports = await runGates(gates, context, {
      started: (id) => void order.push(`+${id}`),
      ended: ({ id }) => void order.push(`-${id}`),
    });
    assert.deepEqual(
      reports.map(({ id, verdict }) => [id, verdict]),
      gates.map(({ id }) => [id, 'passed']),
    );
    assert.deepEqual(order.slice(4), ['+reproduction', '-reproduction', '+suite', '-suite']);
    assert.deepEqual(
      allGates.map(({ id }) => id),
      [
        'protected',
        'size',
        'secrets',
        'static',
        'reproduction',
        'suite',
        'coverage',
        'loop',
        'mcp',
      ],
    );
  });

  it('executes nothing of a patch that a reading gate refused', async () => {
    const gates = [
      gate('protected', false, async () => failed('no')),
      gate('suite', true, async () => assert.fail('must not run')),
    ];
    const reports = await runGates(gates, context, silent);
    assert.equal(reports[1]?.verdict, 'skipped');
    assert.match(reports[1]?.reason ?? '', /'protected' failed/);
  });

  it('takes a crash for a failure, and goes on', async () => {
    const gates = [
      gate('reproduction', true, async () => Promise.reject(new Error('boom'))),
      gate('suite', true, async () => passed('fine')),
    ];
    const reports = await runGates(gates, context, silent);
    assert.deepEqual(
      reports.map(({ verdict }) => verdict),
      ['failed', 'passed'],
    );
    assert.match(reports[0]?.reason ?? '', /boom/);
  });

  it('passes a cancel on', async () => {
    const gates = [gate('suite', true, async () => Promise.reject(cancelled()))];
    await assert.rejects(runGates(gates, context, silent), { code: 'cancelled' });
    await assert.rejects(
      runGates([], context, silent).then(() =>
        runGates(gates, context, silent, { signal: AbortSignal.abort() }),
      ),
      {
        code: 'cancelled',
      },
    );
  });

  it('shows nothing that could harm a terminal or tell a secret', () => {
    const key = ['sk', 'ant', 'api03', 'x'.repeat(40)].join('-');
    const finding = failed(`a\u001b[2Jb\u202e ${key}`, {
      output: `\u001b]0;t\u0007${key}\nnext`,
      evidence: ['x\ny'],
    });
    assert.ok(!/[^\P{Cc}\n]|\p{Cf}/u.test(Object.values(finding).flat().join()));
    assert.ok(!JSON.stringify(finding).includes(key));
    assert.deepEqual(finding.evidence, ['x y']);
    assert.match(finding.output, /\nnext$/);
  });
});

describe('the size gate', () => {
  const folder = tempFolder();
  async function judge(write: Record<string, string | Buffer>, limits = {}) {
    const project = await createProject(folder.path(), {
      'a.ts': lines(3),
      'package-lock.json': '{}\n',
    });
    return size.run(await project.patch({ write: write as Record<string, string>, limits }));
  }

  it('counts files and changed lines', async () => {
    const finding = await judge({ 'a.ts': lines(5), 'b.ts': lines(2) });
    assert.equal(finding.verdict, 'passed');
    assert.equal(finding.reason, '2 files, 4 changed lines.');
  });

  it('refuses too many files', async () => {
    const finding = await judge(
      { 'b.ts': 'b\n', 'c.ts': 'c\n', 'd.ts': 'd\n' },
      { filesPerPatch: 2 },
    );
    assert.equal(finding.verdict, 'failed');
    assert.match(finding.reason, /3 files, of 2 at most/);
  });

  it('refuses too many changed lines in one file', async () => {
    const finding = await judge({ 'b.ts': lines(501) });
    assert.equal(finding.verdict, 'failed');
    assert.match(finding.reason, /b\.ts: 501 lines, of 500 at most/);
  });

  it('counts what is removed too', async () => {
    const finding = await judge({ 'a.ts': 'x\n'.repeat(3) }, { linesPerFile: 5 });
    assert.match(finding.reason, /a\.ts: 6 lines, of 5 at most/);
  });

  it('names lock files and generated files apart', async () => {
    const finding = await judge({ 'package-lock.json': lines(900), 'b.ts': 'b\n' });
    assert.equal(finding.verdict, 'passed', finding.reason);
    assert.deepEqual(finding.marks, ['generated: package-lock.json']);
  });

  it('lets no source file hide behind a generated name or marker', async () => {
    const hidden = await judge(
      { 'src/a.min.js': lines(900), 'src/__generated__/b.ts': `// @generated\n${lines(900)}` },
      { linesPerFile: 500 },
    );
    assert.equal(hidden.verdict, 'failed');
    assert.deepEqual(hidden.marks, []);
  });

  it('counts apart what a tool wrote before, by its marker or by the attributes of the base', async () => {
    const project = await createProject(folder.path('generated'), {
      'api_pb2.py': `# Generated by the compiler. DO NOT EDIT!\n${lines(3)}`,
      'data/table.ts': lines(3),
      '.gitattributes': 'data/*.ts linguist-generated=true\n',
    });
    const write = { 'api_pb2.py': lines(900), 'data/table.ts': lines(900), 'a.ts': 'a\n' };
    const finding = await size.run(await project.patch({ write }));
    assert.equal(finding.verdict, 'passed', finding.reason);
    assert.equal(finding.evidence[0], '1 file, 1 changed line.');
    assert.deepEqual(finding.marks, ['generated: api_pb2.py', 'generated: data/table.ts']);
  });

  it('marks binary files, and refuses what is too large to look at', async () => {
    const binary = await judge({ 'a.bin': 'a\0b', 'big.ts': 'x'.repeat((1 << 20) + 1) });
    assert.equal(binary.verdict, 'failed');
    assert.deepEqual(binary.marks, ['binary: a.bin']);
    assert.match(binary.reason, /big\.ts: larger than 1 MiB/);
  });

  it('refuses a patch that changes nothing', async () => {
    assert.equal((await judge({})).verdict, 'failed');
  });
});

describe('confidence', () => {
  const report = (id: GateReport['id'], part: Partial<GateReport> = {}): GateReport => ({
    id,
    verdict: 'passed',
    reason: '',
    durationMs: 1,
    evidence: [],
    output: '',
    marks: [],
    ...part,
  });
  const reports = (tests: number): GateReport[] => [
    report('protected'),
    report('size'),
    report('reproduction'),
    report('suite', { evidence: [`patch: ${tests} passed, 0 failed, 0 skipped (1.0 s)`] }),
  ];
  const patch = (added: number) => ({
    files: [
      { path: 'a', status: 'modified', oldMode: '', newMode: '', added, removed: 0 } as const,
    ],
  });
  const of = (tests: number, added: number, submissions: number, all = reports(tests)): number =>
    confidenceOf({ patch: patch(added), reports: all, submissions }).value;

  /** As the gate of that name reports it. */
  const covered = (reason: string): GateReport => ({
    ...report('suite', { reason }),
    id: 'coverage',
  });

  it('falls with changed lines that no test runs, and with patches of the kind that were refused', () => {
    const input = { patch: patch(5), submissions: 1 };
    const withCoverage = (reason: string): number =>
      confidenceOf({ ...input, reports: [...reports(80), covered(reason)] }).value;
    const [all, half] = ['2 of 2', '1 of 2'].map((part) =>
      withCoverage(`${part} changed lines covered.`),
    );
    assert.equal(((all ?? 0) - (half ?? 0)).toFixed(3), '0.050');
    assert.equal(withCoverage('Not measured.'), of(80, 5, 1));
    const withHistory = (landed: number, refused: number): number =>
      confidenceOf({ ...input, reports: reports(80), history: { landed, refused } }).value;
    assert.ok(withHistory(5, 0) > withHistory(3, 2));
    assert.ok(withHistory(3, 2) > withHistory(0, 5));
    assert.equal(withHistory(0, 0), of(80, 5, 1));
  });

  it("is lowered by the model's own estimate, never raised", () => {
    const estimated = (estimate: number) =>
      confidenceOf({ patch: patch(5), reports: reports(80), submissions: 1, estimate });
    assert.equal(estimated(0.3).value, 0.3);
    assert.match(estimated(0.3).parts.at(-1)?.label ?? '', /own estimate/);
    assert.equal(estimated(1).value, of(80, 5, 1));
    assert.equal(estimated(Number.NaN).value, of(80, 5, 1));
    assert.equal(estimated(-1).value, 0);
  });

  it('is 1 for a small patch with a large suite at the first try, and the sum of its parts', () => {
    const { value, parts } = confidenceOf({
      patch: patch(5),
      reports: [...reports(80), covered('12 of 12 changed lines covered (100.0 %).')],
      submissions: 1,
      history: { landed: 6, refused: 0 },
    });
    assert.equal(value, 1);
    assert.equal(Math.round(parts.reduce((sum, part) => sum + part.value, 0) * 1000), 1000);
    assert.ok(parts.some(({ label }) => label === 'suite of 80 tests'));
  });

  it('falls with a smaller suite, a larger patch, more tries and findings', () => {
    const best = of(80, 5, 1);
    assert.ok(of(3, 5, 1) < best);
    assert.ok(of(80, 200, 1) < best);
    assert.ok(of(80, 5, 2) < best);
    assert.ok(
      of(80, 5, 1, [...reports(80).slice(1), report('protected', { marks: ['x'] })]) < best,
    );
  });

  it('is 0 when a gate failed or was left out', () => {
    assert.equal(of(80, 5, 1, [...reports(80), report('size', { verdict: 'failed' })]), 0);
    assert.equal(of(80, 5, 1, [report('suite', { verdict: 'skipped' })]), 0);
    assert.equal(of(80, 5, 1, []), 0);
  });
});
