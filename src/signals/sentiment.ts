import type { Sentiment } from '../core/signal.ts';

const positive = new Set(
  'good great excellent love loved loves like liked awesome amazing nice perfect helpful useful fast works wonderful fantastic best thanks thank easy happy clean smooth reliable brilliant correct impressive pleased'.split(
    ' ',
  ),
);
const negative = new Set(
  'bad terrible awful hate hated slow broken breaks crash crashes crashed bug bugs buggy wrong error errors fail fails failed failing useless confusing annoying worst poor horrible problem problems issue issues missing stuck hang hangs freezes laggy unusable unreliable disappointed disappointing frustrating incorrect lost hard difficult garbage'.split(
    ' ',
  ),
);
const negations = new Set(
  "not no never don't dont doesn't doesnt didn't didnt isn't isnt wasn't wasnt can't cant cannot won't wont without hardly neither".split(
    ' ',
  ),
);
const maxWords = 2_000;

/** What plain words say where nobody said it better; a negation turns the next three words around. */
export function wordSentiment(text: string): Sentiment {
  const words =
    text
      .slice(0, 20_000)
      .toLowerCase()
      .replaceAll('’', "'")
      .match(/[\p{L}']{2,40}/gu) ?? [];
  let score = 0;
  let turned = 0;
  for (const word of words.slice(0, maxWords)) {
    if (negations.has(word)) {
      turned = 3;
      continue;
    }
    const value = positive.has(word) ? 1 : negative.has(word) ? -1 : 0;
    score += turned > 0 ? -value : value;
    turned--;
  }
  return score > 0 ? 'positive' : score < 0 ? 'negative' : 'neutral';
}
