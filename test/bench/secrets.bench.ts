import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findSecrets } from '../../src/gates/secrets/scanner.ts';
import { hostileTexts } from '../support/hostileTexts.ts';
import { type Sample, secretSamples } from '../support/secretSamples.ts';
import type { Bench, Figure } from './bench.ts';

const root = join(import.meta.dirname, '../..');
const seeds = process.env['PATCHWRIGHT_BENCH_QUICK'] ? [901] : [901, 902, 903, 904, 905];
const maxBytes = process.env['PATCHWRIGHT_BENCH_QUICK'] ? 8e6 : 64e6;

/** Precision and recall on labelled samples of seeds that no test uses, and how it fares on real code. */
export const bench: Bench = {
  title: 'Finding secrets',
  async run(report) {
    await quality(report);
    await realCode(report);
    report({
      what: 'slowest of the hostile texts of 200 kB',
      value: await slowest(),
      unit: 'ms',
      target: 500,
    });
  },
};

type Report = (figure: Figure) => void;
type Tally = Map<string, { found: number; of: number }>;

async function quality(report: Report): Promise<void> {
  let [right, wrong, innocents] = [0, 0, 0];
  const byGroup: Tally = new Map();
  const samples = seeds.flatMap(secretSamples);
  for (const sample of samples) {
    const isFound = (await findSecrets({ name: 'sample', text: sample.text })).length > 0;
    if (sample.isSecret && isFound) right += 1;
    if (!sample.isSecret && isFound) wrong += 1;
    if (!sample.isSecret) innocents += 1;
    else for (const group of groupsOf(sample)) count(byGroup, group, isFound);
  }
  const secrets = samples.length - innocents;
  const share = (what: string, value: number, target?: number): void =>
    report({ what, value, unit: '', better: 'larger', ...(target ? { target } : {}) });
  share(`precision, ${samples.length} samples`, right / (right + wrong), 0.98);
  share(`recall, ${secrets} secrets`, right / secrets, 0.95);
  report({
    what: 'innocent texts taken for secrets, of 263',
    value: (wrong / innocents) * 263,
    unit: '',
    target: 2,
  });
  for (const [group, { found, of }] of byGroup) {
    // Of a hundred issuers only those that are missed now and then.
    if (found < of || !group.startsWith('of ')) share(`recall, ${group}`, found / of);
  }
}

function groupsOf({ kind, context }: Sample): string[] {
  return context === 'generic' ? ['other secrets'] : [`in ${context}`, `of ${kind}`];
}

function count(tally: Tally, group: string, isFound: boolean): void {
  const one = tally.get(group) ?? { found: 0, of: 0 };
  tally.set(group, { found: one.found + Number(isFound), of: one.of + 1 });
}

async function realCode(report: Report): Promise<void> {
  let [bytes, ms, findings] = [0, 0, 0];
  const cpu = process.cpuUsage();
  for (const file of codeBelow(root)) {
    if (bytes > maxBytes) break;
    const text = readFileSync(file, 'utf8');
    const started = performance.now();
    findings += (await findSecrets({ name: file, text })).length;
    ms += performance.now() - started;
    bytes += text.length;
  }
  const { user, system } = process.cpuUsage(cpu);
  const megabytes = bytes / 1e6;
  report({
    what: `findings per MB of code, ${Math.round(megabytes)} MB`,
    value: findings / megabytes,
    unit: '',
    target: 1,
  });
  report({
    what: 'throughput',
    value: (megabytes * 1000) / ms,
    unit: 'MB/s',
    target: 8,
    better: 'larger',
  });
  report({
    what: 'the same by CPU time, files read too',
    value: (megabytes * 1e6) / (user + system),
    unit: 'MB/s',
    better: 'larger',
  });
}

/** Our own code first, then that of all dependencies. */
function* codeBelow(folder: string): Generator<string> {
  const names = readdirSync(folder).toSorted(
    (a, b) => Number(a === 'node_modules') - Number(b === 'node_modules'),
  );
  for (const name of names) {
    const path = join(folder, name);
    const info = statSync(path, { throwIfNoEntry: false });
    if (info?.isDirectory() && !/^(?:\.|dist$)/.test(name)) yield* codeBelow(path);
    else if (info?.isFile() && /\.(?:m?[cj]s|tsx?|json|py|md|ya?ml|css|html|sh)$/.test(name))
      yield path;
  }
}

async function slowest(): Promise<number> {
  const times: number[] = [];
  for (const text of hostileTexts(200_000)) {
    const started = performance.now();
    await findSecrets({ name: 'hostile', text });
    times.push(performance.now() - started);
  }
  return Math.max(...times);
}
