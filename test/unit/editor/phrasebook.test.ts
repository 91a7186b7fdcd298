import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createPhrasebook } from '../../../src/editor/phrasebook.ts';

const bundle = {
  'Set {0} to {1}': '{0} を {1} に設定しました',
  'Seen {0}./house': '{0}見られました。',
  '{0} times/house': '{0} 回',
  'It came back after a fix./house': '修正後に再発しました。',
  '{0} proves nothing: {1}./house': '{0} は何も証明しません: {1}。',
  'The test of {0}/house': '{0} のテスト',
  'it passes without the patch/house': 'パッチなしでも成功します',
  'Could not write {0}./house': '{0} に書き込めませんでした。',
  'Only {0} of {1} gates passed/house': '{1} 個中 {0} 個のゲートに合格',
  '{0}: {1}/house': '{0} は {1}',
  '{0} event{1}/house': '{0} 件のイベント{1}',
};

describe('a phrasebook', () => {
  const told = createPhrasebook(bundle);

  it('says a finished sentence in the other language, its values in place', () => {
    assert.equal(told('Could not write /tmp/a b.txt.'), '/tmp/a b.txt に書き込めませんでした。');
    assert.equal(told('Only 3 of 8 gates passed'), '8 個中 3 個のゲートに合格');
  });

  it('translates values that are phrases themselves', () => {
    assert.equal(told('Seen 12 times.'), '12 回見られました。');
    assert.equal(told('6 events'), '6 件のイベント');
    assert.equal(told('1 event'), '1 件のイベント');
    assert.equal(
      told('The test of a.js proves nothing: it passes without the patch.'),
      'a.js のテスト は何も証明しません: パッチなしでも成功します。',
    );
  });

  it('takes several sentences one by one, and leaves those that it does not know', () => {
    assert.equal(
      told('It came back after a fix. Nobody knows why. Seen 2 times.'),
      '修正後に再発しました。Nobody knows why. 2 回見られました。',
    );
  });

  it('leaves what no phrase fits, and takes no value for more than one sentence', () => {
    assert.equal(told('TypeError: x is not a function'), 'TypeError: x is not a function');
    assert.equal(told('Seen'), 'Seen');
    assert.equal(told('Could not write a. Then b.'), 'a に書き込めませんでした。Then b.');
  });

  it('leaves what only reads like a text of the editor', () => {
    const plan = 'Set the retry limit to 5';
    assert.equal(told(plan), plan);
  });

  it('leaves text that is too long for a sentence of the house', () => {
    const long = `Could not write ${'x'.repeat(5_000)}.`;
    assert.equal(told(long), long);
  });

  it('knows each sentence of the house in Japanese', () => {
    const file = resolve(import.meta.dirname, '../../../l10n/bundle.l10n.ja.json');
    const japanese = createPhrasebook(JSON.parse(readFileSync(file, 'utf8')));
    for (const sentence of [
      'The test proves nothing: it passes without the patch.',
      'It ended the program; seen 3 times.',
      'The folder is trusted.',
      'Make a first commit and try again.',
    ])
      assert.match(japanese(sentence), /[\u3040-\u30ff]/, sentence);
  });
});
