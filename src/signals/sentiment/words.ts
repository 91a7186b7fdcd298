import type { Sentiment } from '../../core/signal.ts';
import { englishScore } from './english.ts';
import { japaneseScore } from './japanese.ts';

const maxChars = 20_000;
const glad = /[😀-😄😆😉-😌😍🥰😘🤩🥳😊🙂☺🤗😎👍👏🙌💯🎉🎊❤🧡💛💚💙💜💕💖😻🔥⭐🌟✨🏆💪🚀]/gu;
const sad = /[😠😡🤬😞😟😢😭😤😩😫😖😣🙁☹😒🙄😑👎💔🤮🤢💩😱😓😿🤦😕🖕]/gu;

/** What plain words say where nobody said it better: a small lexicon of English and Japanese, with negation. */
export function wordSentiment(text: string): Sentiment {
  const plain = text.slice(0, maxChars).toLowerCase().replaceAll('’', "'");
  const score = englishScore(plain) + japaneseScore(plain) + pictureScore(plain);
  return score > 0 ? 'positive' : score < 0 ? 'negative' : 'neutral';
}

/** However often one is repeated. */
function pictureScore(text: string): number {
  return Number(text.search(glad) >= 0) - Number(text.search(sad) >= 0);
}
