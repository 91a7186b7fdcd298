import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, Figure } from './bench.ts';

/** npm run bench [name…]: prints a table; figures are measured, never asserted. */
const wanted = process.argv.slice(2);
const folder = import.meta.dirname;
const files = readdirSync(folder).filter((name) => name.endsWith('.bench.ts'));
for (const file of files.sort()) {
  if (wanted.length > 0 && !wanted.some((name) => file.startsWith(name))) continue;
  const { bench } = (await import(join(folder, file))) as { bench: Bench };
  console.log(`\n## ${bench.title}\n`);
  console.log('| what | measured | target |\n| --- | --- | --- |');
  await bench.run((figure) => console.log(row(figure)));
}

function row({ what, value, unit, target, better }: Figure): string {
  const measured =
    `${value >= 100 ? Math.round(value) : Number(value.toPrecision(3))} ${unit}`.trim();
  const bound =
    target === undefined ? '–' : `${better === 'larger' ? '≥' : '≤'} ${target} ${unit}`.trim();
  return `| ${what} | ${measured} | ${bound} |`;
}
