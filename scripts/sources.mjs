import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@babel/parser';
import { project } from '../test/host/node24.mjs';

/** The syntax tree of a file of ours. */
export function programOf(file) {
  const text = readFileSync(join(project, file), 'utf8');
  return parse(text, { sourceType: 'module', plugins: ['typescript'] }).program;
}
