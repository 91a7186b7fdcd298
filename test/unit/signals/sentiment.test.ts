import assert from 'node:assert/strict';
import { wordSentiment } from '../../../src/signals/sentiment/words.ts';

const said = {
  positive: `便利 / 悪くない / 問題ありません / 不満はない / エラーが出ない / エラーが出なくなった / 落ちなくなった /
    重くなくて快適 / エラーは出ませんでした / 悪いところがない / 役に立った / 動くようになった / 解決しました / 文句なし /
    文句のつけようがない / 申し分ない / バグがなくなった / 速くなった / 使いにくくない / not bad / never fails /
    works without any issues / I have no complaints / can't complain / could not be happier / it isn't the worst /
    no longer crashes / less buggy / nothing but praise / not only fast but also reliable /
    👍👍 / it never lets me down / I can't live without it / the update fixed all my crashes / worth every penny /
    I had problems before, but they are all solved now / keeps getting better / バグが直って安心しました / 期待以上でした /
    困ったことは一度もない / 迷わず設定できました / 手放せません / 品質が高い / 扱いやすいです`,
  negative: `便利ではない / 便利じゃない / 良くない / 使いやすくない / 好きじゃない / 満足していません / エラーが消えない /
    バグが直らない / まったく動かない / 動かなくなった / 良いとは言えない / 最高とは思えない / 解決しない / 解決していない /
    役に立たない / 全然ダメ / いまいち / 物足りない / 残念ながら使えません / もう使いたくない / 遅くなった /
    もっと速くしてほしい / 簡単ではありません / not great / hardly useful / far from perfect / anything but good /
    used to be good / nothing works / it doesn't work / lack of docs / less useful than before /
    😡 / I can't log in since Monday / the search doesn't find anything / buttons don't respond / I never received a reply /
    far too many ads / it keeps asking for my password / charged twice / the reset mail never arrives / not worth the price /
    写真が遅すぎる / 返事が来ない / 検索しても何も出てこない / 意味が分からない / 欲しい機能がない / 値段が高い / つながりにくい /
    すぐ落ちやすい / 電池の減りが早い / 途中で止まってしまう`,
  neutral: `ダークモードがあると嬉しい / いいえ / 設定を変更した / 解決策を探す / good luck finding the setting /
    I opened the settings / where is my order /
    how do I cancel my plan? / I don't use it at work / can't we have tabs? / it runs on my phone too and on my tablet /
    the crash needs to be fixed and the docs are good / まだ使っていません / 変わらないかもしれない / 特にありません /
    追加していただけませんか / 便利だけど高い`,
} as const;

describe('sentiment by words', () => {
  for (const [expected, texts] of Object.entries(said)) {
    for (const text of texts.split('/').map((one) => one.replace(/\s+/g, ' ').trim())) {
      it(`${text}: ${expected}`, () => assert.equal(wordSentiment(text), expected));
    }
  }
});
