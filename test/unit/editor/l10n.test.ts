import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readTexts, written } from '../../../scripts/l10n.mjs';
import { t, useTranslations } from '../../../src/editor/l10n.ts';
import { plural } from '../../../src/editor/text.ts';

const root = resolve(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const readStrings = (file: string) => JSON.parse(read(file)) as Readonly<Record<string, string>>;

describe('texts in the language of the user', () => {
  let found: ReturnType<typeof readTexts>;
  before(function () {
    this.timeout(60_000); // it parses all sources
    found = readTexts();
  });

  it('all go through the translation', () => {
    assert.deepEqual(found.bypasses, [], 'wrap them in t(), or in msg() where a table is made');
  });

  it('are exported as they are in the sources', () => {
    assert.equal(read('l10n/bundle.l10n.json'), written(found.texts), 'run npm run l10n');
  });

  it('come from the bundle at activation, and stay English without one', () => {
    assert.equal(t('Gates of {0}, attempt {1}', 'x', 2), 'Gates of x, attempt 2');
    try {
      useTranslations((message, ...values) => `[${message}|${values.join()}]`);
      assert.equal(plural(2, 'file'), '[{0} files|2]');
    } finally {
      useTranslations((message, ...values) =>
        message.replace(/\{(\d+)\}/g, (_, index: string) => String(values[Number(index)])),
      );
    }
  });

  const pairs: readonly (readonly [string, string])[] = [
    ['package.nls.json', 'package.nls.ja.json'],
    ['l10n/bundle.l10n.json', 'l10n/bundle.l10n.ja.json'],
  ];
  for (const [source, translation] of pairs) {
    const english = readStrings(source);
    const japanese = readStrings(translation);

    it(`${translation} has every text and none that is gone`, () => {
      assert.deepEqual(Object.keys(japanese), Object.keys(english));
    });

    it(`${translation} keeps values, commands, settings and code of each`, () => {
      for (const [key, text] of Object.entries(english))
        assert.deepEqual(fixedParts(japanese[key] ?? ''), fixedParts(text), key);
    });

    it(`${translation} is in Japanese`, () => {
      for (const [key, text] of Object.entries(english)) {
        const words = text.replace(/\{\w+\}/g, '').replace(/[^A-Za-z]/g, '');
        if (words.length < 3 || symbols.has(text)) continue;
        assert.match(japanese[key] ?? '', /[\u3040-\u30ff\u4e00-\u9fff]/, key);
      }
    });
  }
});

/** Nothing to translate. */
const symbols = new Set(['of 100', 'go vet', 'cargo clippy', 'cargo check']);

/** What must be the same in every language, in any order. */
function fixedParts(text: string): readonly string[] {
  return [...text.matchAll(/\{\w+\}|\(command:[^)]+\)|`[^`]+`|https?:\/\/[\w:/-]+/g)]
    .map(([part]) => part)
    .sort();
}
