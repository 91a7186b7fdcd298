// The sentences that the house itself writes (errors, reasons, gates, the doctor), which the editor shows translated.
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { project } from '../test/host/node24.mjs';
import { programOf } from './sources.mjs';

/** Where every text is for people. */
const spoken = [
  'src/gates/',
  'src/core/triage.ts',
  'src/core/audit.ts',
  'src/pipeline/doctor.ts',
  'src/pipeline/run/scheduleIn.ts',
  'src/pipeline/sync/state.ts',
  'src/learning/odds.ts',
  'src/learning/heldBack.ts',
  'src/learning/evidence.ts',
];
/** What a model, a terminal or another program reads. */
const unseen = /^src\/(editor|cli|server|attempt\/tools|gates\/(tests|source|secrets))\//;
/** Of what any other room says, these fields. */
const fields = new Set(
  'what why remedy reason detail fix kind evidence heldBack proposedSolution testPlan'.split(' '),
);
/** Values that are one word, as names and codes are. */
const words = {
  'src/core/triage.ts': ['once'],
  'src/pipeline/doctor.ts': ['Model', 'Settings', 'Repository', 'Schedule', 'Team', 'Sandbox'],
};
/** Nobody is shown what these are given. */
const silent = new Set(['log', 'Error', 'RegExp', 'includes', 'startsWith', 'endsWith', 'test']);

/** Of every text, with `{0}` for its first value: the file and line that names it. */
export function houseTexts() {
  const texts = new Map();
  for (const file of filesBelow(join(project, 'src'))) {
    if (unseen.test(file)) continue;
    const all = spoken.some((room) => file.startsWith(room));
    walk(programOf(file), { inField: all }, (node) => {
      const text = textOf(node);
      const isWord = words[file]?.includes(text);
      if ((isWord || isSentence(text)) && !texts.has(text))
        texts.set(text, `${file}:${node.loc.start.line}`);
    });
  }
  return texts;
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => relative(project, join(folder, name)).replaceAll('\\', '/'))
    .sort();
}

function walk(node, { inField }, found) {
  if (!node || typeof node.type !== 'string' || isSkipped(node)) return;
  if (inField && (node.type === 'StringLiteral' || node.type === 'TemplateLiteral')) found(node);
  const within = inField || fields.has(nameOf(node));
  for (const [key, child] of Object.entries(node)) {
    if (key === 'loc' || (key === 'key' && !node.computed)) continue;
    for (const one of [child].flat()) walk(one, { inField: within }, found);
  }
}

/** What a value is called, where it is given a name. */
function nameOf(node) {
  if (node.type === 'ObjectProperty') return node.key.name;
  return node.type === 'VariableDeclarator' ? node.id.name : undefined;
}

function isSkipped({ type, callee }) {
  if (/^(TS(?!NonNull|As|Satisfies)|Import|Export(All))/.test(type)) return true;
  return silent.has(callee?.name ?? callee?.property?.name);
}

function textOf(node) {
  if (node.type === 'StringLiteral') return node.value;
  return node.quasis
    .map(({ value }, index) => (index === 0 ? '' : `{${index - 1}}`) + value.cooked)
    .join('');
}

/** Several words; not a pattern, a command or a list of names. */
function isSentence(text) {
  const own = text.replace(/\{\d+\}/g, '').replace(/[^A-Za-z]/g, '');
  if (own.length < 4 || /[<>\\|^$]|\n/.test(text)) return false;
  return /[A-Za-z]{2,}[,.:;]? [A-Za-z(]/.test(text.replace(/\{\d+\}/g, 'Xx'));
}
