import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { parse as parseJsonc } from 'jsonc-parser';
import type { Place } from './framework.ts';
import { parseJson, record } from './outcome.ts';
import { plainWords, type Segment, withoutFlags } from './scriptLine.ts';

/** In mocha's own order. */
const configNames = ['cjs', 'js', 'mjs', 'yaml', 'yml', 'jsonc', 'json'].map(
  (extension) => `.mocharc.${extension}`,
);

/**
 * Mocha adds the files of its configuration's `spec` to those on the command line, so running one file
 * takes a copy of the configuration without it.
 */
export function mochaConfigFlags(flags: Segment, { root, temp }: Place): Segment {
  const at = flags.findIndex((word) => /^--config(=|$)/.test(word.text));
  const named = at < 0 ? undefined : (flags[at]?.text.split('=')[1] ?? flags[at + 1]?.text);
  const config = named ?? configNames.find((name) => existsSync(join(root, name)));
  const copy = config && copyOf(isAbsolute(config) ? config : join(root, config), temp);
  const kept = copy ? withoutFlags(flags, ['--config'], new Set(['--config'])) : flags;
  const manifest = manifestWithoutSpec(root, temp);
  return [
    ...kept,
    ...(copy ? plainWords('--config', copy) : []),
    ...(manifest ? plainWords('--package', manifest) : []),
  ];
}

function copyOf(config: string, temp: string): string | undefined {
  const source = readText(config);
  if (!/\bspec\b/.test(source)) return undefined;
  if (/\.ya?ml$/.test(config)) return write(temp, 'mocharc.yml', yamlWithoutSpec(source));
  if (/\.jsonc?$/.test(config) || !/\.[cm]?js$/.test(config)) {
    const { spec: _, ...rest } = record(parseJsonc(source)) ?? {};
    return write(temp, 'mocharc.json', JSON.stringify(rest));
  }
  if (config.endsWith('.mjs')) return undefined; // loaded by import only; its `spec` runs along
  const from = JSON.stringify(config);
  const code = `const c = require(${from}); const { spec, ...rest } = c.default ?? c; module.exports = rest;\n`;
  return write(temp, 'mocharc.cjs', code);
}

/** Drops the top-level key and the lines that belong to it. */
function yamlWithoutSpec(source: string): string {
  let inSpec = false;
  return source
    .split('\n')
    .filter((line) => {
      if (/^["']?spec["']?\s*:/.test(line)) inSpec = true;
      else if (/^[^\s#-]/.test(line)) inSpec = false;
      return !inSpec;
    })
    .join('\n');
}

function manifestWithoutSpec(root: string, temp: string): string | undefined {
  const manifest = record(parseJson(readText(join(root, 'package.json'))));
  const options = record(manifest?.['mocha']);
  if (!options || !('spec' in options)) return undefined;
  const { spec: _, ...mocha } = options;
  return write(temp, 'package.json', JSON.stringify({ ...manifest, mocha }));
}

function write(folder: string, name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // not there, or not readable: mocha will say so itself
  }
}
