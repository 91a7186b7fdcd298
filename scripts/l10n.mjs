// npm run l10n: writes l10n/bundle.l10n.json, the texts that the editor, its page and the house show, from the sources.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gateTitles } from '../src/core/gate.ts';
import { houseMark } from '../src/editor/phrasebook.ts';
import { project } from '../test/host/node24.mjs';
import { houseTexts } from './houseTexts.mjs';
import { programOf } from './sources.mjs';

const rooms = ['src/editor', 'webview-ui'];
/** Its formulas and units are shown by the dashboard. */
const figures = 'src/learning/health.ts';

/** Of every key of the bundle: the file and line that names it; and texts that reach people untranslated. */
export function readTexts() {
  const texts = new Map();
  for (const [text, place] of houseTexts()) texts.set(`${text}${houseMark}`, place);
  for (const title of Object.values(gateTitles)) texts.set(title, 'src/core/gate.ts');
  for (const text of figureTexts()) texts.set(text, figures);
  const bypasses = [];
  for (const room of rooms) {
    for (const name of readdirSync(join(project, room)).filter((one) => one.endsWith('.ts'))) {
      const file = `${room}/${name}`;
      walk(programOf(file), [], file, texts, bypasses);
    }
  }
  return { texts, bypasses };
}

function figureTexts() {
  const found = [];
  const look = (node) => {
    if (!node || typeof node.type !== 'string') return;
    const name = node.type === 'VariableDeclarator' ? node.id.name : node.key?.name;
    const text = literal(node.init ?? node.value);
    if ((name === 'formula' || name === 'unit') && text !== undefined) found.push(text);
    for (const [key, child] of Object.entries(node))
      if (key !== 'loc') for (const one of [child].flat()) look(one);
  };
  look(programOf(figures));
  return found;
}

function walk(node, parents, file, texts, bypasses) {
  if (!node || typeof node.type !== 'string') return;
  if (isSkipped(node)) return;
  if (isTranslation(node)) {
    const text = literal(node.arguments[0]);
    if (text !== undefined) {
      texts.set(text, `${file}:${node.loc.start.line}`);
      for (const value of node.arguments.slice(1))
        walk(value, [...parents, node], file, texts, bypasses);
      return;
    }
  }
  for (const words of wordsOf(node, parents.at(-1)))
    bypasses.push(`${file}:${node.loc.start.line} ${words}`);
  for (const [key, child] of Object.entries(node)) {
    if (key === 'loc' || (key === 'key' && node.type.endsWith('Property') && !node.computed))
      continue;
    for (const one of Array.isArray(child) ? child : [child])
      walk(one, [...parents, node], file, texts, bypasses);
  }
}

/** Types, imports, and what is written into the log are not for people's eyes in their language. */
function isSkipped(node) {
  if (/^(TS(?!NonNull|As|Satisfies|InstantiationExpr)|Import|ExportAll)/.test(node.type))
    return true;
  return node.type === 'CallExpression' && isLog(node.callee.object);
}

function isLog(object) {
  return object?.name === 'log' || object?.property?.name === 'log';
}

/** Names, and what is counted: `plural` translates that itself. */
function isNamed(node, parent) {
  if (['Patchwright', 'Anthropic', 'VS Code', 'Blocked'].includes(node.value)) return true;
  return parent?.type === 'CallExpression' && parent.callee.name === 'plural';
}

function isTranslation({ type, callee }) {
  return type === 'CallExpression' && (callee.name === 't' || callee.name === 'msg');
}

function literal(node) {
  if (node?.type === 'StringLiteral') return node.value;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0)
    return node.quasis[0].value.cooked;
  return undefined;
}

/** Words for people that a node holds itself. */
function wordsOf(node, parent) {
  if (node.type === 'StringLiteral')
    return readable(node.value) && !isNamed(node, parent) ? [node.value] : [];
  if (node.type !== 'TemplateLiteral') return [];
  const text = node.quasis.map(({ value }) => value.cooked ?? value.raw).join('\u0000');
  const isPage =
    parent?.type === 'TaggedTemplateExpression' && /^(html|svg)$/.test(parent.tag.name);
  if (!isPage) return readable(text.replaceAll('\u0000', '0')) ? [text] : [];
  const spoken = [...text.matchAll(/(?:aria-label|title|alt|placeholder)="([^"]*)"/g)];
  const shown = text.replace(/<[^>]*>/g, '\n').split(/\n|\u0000/);
  return [...spoken.map(([, words]) => words), ...shown].filter((words) =>
    /[A-Za-z]{2}/.test(words),
  );
}

/** Several words, or one that begins as a label does. */
function readable(text) {
  if (/[<>{};]|^[\w.-]+:|^\.?\//.test(text) && !/[.!?…]$/.test(text)) return false;
  return /[A-Za-z]{2,}[,.:;]? [A-Za-z(]/.test(text) || /^[A-Z][a-z]+[.…]?$/.test(text);
}

export function written(texts) {
  const sorted = [...texts.keys()].sort((a, b) => (a < b ? -1 : 1));
  const textOf = (key) => (key.endsWith(houseMark) ? key.slice(0, -houseMark.length) : key);
  return `${JSON.stringify(Object.fromEntries(sorted.map((key) => [key, textOf(key)])), null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { texts, bypasses } = readTexts();
  writeFileSync(join(project, 'l10n/bundle.l10n.json'), written(texts));
  console.log(`${texts.size} texts`);
  for (const one of bypasses) console.log(`not translated: ${one}`);
}
