import type { Sentiment } from '../core/signal.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const positive = words(`
  good great excellent love loved loves like liked likes awesome amazing nice perfect perfectly helpful useful
  fast faster works wonderful fantastic best better thanks thank easy easier happy clean smooth smoothly reliable
  brilliant correct impressive impressed pleased enjoy enjoyed enjoying intuitive beautiful solid superb delightful
  recommend stable quick quickly satisfied glad appreciate favorite favourite convenient responsive fixed resolved
  excited elegant polished handy pleasant flawless happier praise`);
const negative = words(`
  bad terrible awful hate hated hates slow slower sluggish broken breaks broke crash crashes crashed crashing bug bugs
  buggy wrong error errors fail fails failed failing failure useless confusing confused annoying annoyed worst worse
  poor poorly horrible problem problems issue issues missing stuck hang hangs hung freezes freeze freezing frozen laggy
  lag lags unusable unreliable disappointed disappointing disappointment frustrating frustrated incorrect lost lose
  losing hard difficult garbage complain complaint complaints complains lack lacks lacking clunky ugly unstable unresponsive painful pain glitch glitchy
  glitches regret waste wasted ridiculous unacceptable angry impossible inaccurate outdated cumbersome tedious
  expensive refund cancel cancelled worthless rubbish sucks timeout timeouts`);
/** Says nothing by itself, much when turned around: it does not work. */
const onlyTurned = words(
  'work working load loading open opening respond responding start starting save saving help',
);
const negations = words(`
  not no never none nothing nobody don't dont doesn't doesnt didn't didnt isn't isnt aren't arent wasn't wasnt weren't
  werent can't cant cannot couldn't couldnt won't wont wouldn't wouldnt shouldn't hasn't hasnt haven't havent hardly
  barely neither nor without ain't stopped stops less`);
/** Other words for "not"; what could not be better is good, and who used to like it does no more. */
const otherWords: readonly (readonly [RegExp, string])[] = [
  [/\bcould(?:n't| not) be (?:better|happier|easier|more \w{2,20})\b/g, ' great '],
  [/\b(?:anything but|far from|used to be|no longer)\b/g, ' not '],
  [/\bnothing but\b|\bgood luck\b/g, ' '],
];
/** A wish is no praise, and "not only" turns nothing around. */
const notMeant =
  /\bnot only\b|\bwould be (?:really |very |so )?(?:great|nice|good|helpful|awesome|useful|amazing|perfect)\b/g;
const turnedWords = 3;
const maxChars = 20_000;
const maxTokens = 2_000;

/** What plain words say where nobody said it better: a small lexicon of English and Japanese, with negation. */
export function wordSentiment(text: string): Sentiment {
  const plain = text.slice(0, maxChars).toLowerCase().replaceAll('’', "'");
  const score = englishScore(plain) + japaneseScore(plain);
  return score > 0 ? 'positive' : score < 0 ? 'negative' : 'neutral';
}

/** A negation turns the next three words around, as far as the clause goes; so does a wish for better. */
function englishScore(text: string): number {
  const tokens = otherWords
    .reduce((plain, [pattern, word]) => plain.replace(pattern, word), text)
    .replace(notMeant, ' ')
    .replace(/[a-z0-9]\.(?=[a-z0-9])/g, '')
    .match(/[a-z][a-z']{0,39}|[.,;:!?\n]/g);
  let score = 0;
  let turned = 0;
  let before = '';
  for (const token of (tokens ?? []).slice(0, maxTokens)) {
    if (/^[.,;:!?\n]$/.test(token) || token === 'but') turned = 0;
    else if (negations.has(token)) turned = turnedWords + 1;
    else score += wordScore(token, turned > 0, before);
    turned--;
    before = token;
  }
  return score;
}

function wordScore(word: string, isTurned: boolean, before: string): number {
  if (onlyTurned.has(word)) return isTurned ? -1 : 0;
  // "could be better", "should be faster"
  if (before === 'be' && /^(?:better|faster|easier)$/.test(word)) return -1;
  // "would like", "I'd like" and "looks like" are no praise
  if (
    word === 'like' &&
    !isTurned &&
    !/^(?:i|we|really|they|users|also|still|people)$/.test(before)
  )
    return 0;
  const value = positive.has(word) ? 1 : negative.has(word) ? -1 : 0;
  return isTurned ? -value : value;
}

const japanesePositive =
  /良[いくかさ]|よかった|いいです|便利|最高|素晴らし|すばらし|好き|助か[るりっ]|(?:使い|見|分かり|わかり|読み)やす[いくか]|嬉し[いくか]|うれし[いくか]|満足|快適|速[いくか]|早[いくか]|ありがと|感謝|綺麗|きれい|簡単|気に入|楽し[いくか]|完璧|(?<!不)安定|スムーズ|おすすめ|優れ|役に立[たちっつ]|(?:動く|使える|できる|見える|開ける)ようにな[っり]|解決(?=し(?:た|まし|てい|な|ませ)|でき|済)|文句な[いし]|文句のつけよう|申し分な[いく]|改善(?=し(?:た|まし)|され)/g;
const japaneseNegative =
  /悪[いくか]|ひど[いくか]|酷[いくか]|遅[いくか]|重[いくか]|(?:使い|見|分かり|わかり|読み)(?:にく|づら)[いくか]|不便|最悪|嫌い|壊れ|エラー|バグ|不具合|落ち(?:[るてま]|(?=な[いくか]))|クラッシュ|失敗|困[るりっ]|不満|面倒|残念(?!ながら)|[だダ][めメ](?=です|だ|でし|。|、|！|!|$)|駄目|[いイ][まマ][いイ][ちチ]|物足りな|使いたくな|二度と|役立たず|うんざり|固ま[るりっ]|フリーズ|ストレス|間違|おかし[いくか]|イライラ|がっかり|問題|消え[るてた]|遅延|不安定|(?:動|開|繋が|つなが|使え|でき|見え|読め|表示され|保存され|ログインでき|反応し)(?:か|ら)?(?:ない|ません|なかった|なく)/g;
/** Behind a word and within its clause: 便利ではない, 良くない, 問題ありません. */
const japaneseNegation = /^[^、。！？!?\n]{0,6}?(?:ない|なかった|なく|ません|ず(?:に|、))/;

/** Their negation is part of them. */
const neverTurned = /な[いしく]$|文句|二度と|物足り|たくな/;
/** Of a fault that does not go away: エラーが消えない. */
const staysAway =
  /^[^、。！？!?\n]{0,4}?(?:消え|直ら|治ら|な(?:くな)?ら|無くなら|減ら|収まら|止まら|解消|解決|改善)/;
/** もっと速くしてほしい, 速ければいいのに: what is wished for is not there. */
const japaneseWish =
  /^[^、。！？!?\n]{0,5}?(?:てほし|て欲し|てもらえ|てください|て下さい|ければ|ればいい|れば良い|たらいい|たら良い|といい|といいな|と助か|と嬉し|とうれし)/;
/** あると嬉しい, できたら助かる: a request, no praise. */
const isAskedFor = /(?:ると|たら|れば|だと|なら)$/;

function japaneseScore(text: string): number {
  if (!/[\u3040-\u30ff\u4e00-\u9fff]/.test(text)) return 0;
  return scoreOf(text, japanesePositive, 1) + scoreOf(text, japaneseNegative, -1);
}

function scoreOf(text: string, pattern: RegExp, value: number): number {
  let score = 0;
  for (const { 0: word, index } of text.matchAll(pattern)) {
    const before = text.slice(Math.max(0, index - 3), index);
    const behind = text.slice(index + word.length, index + word.length + 12);
    if (value > 0 && isAskedFor.test(before)) continue;
    const isTurned =
      value > 0
        ? japaneseNegation.test(behind) || japaneseWish.test(behind)
        : japaneseNegation.test(behind) && !staysAway.test(behind);
    score += isTurned && !neverTurned.test(word) ? -value : value;
  }
  return score;
}
