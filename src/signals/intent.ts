import type { Intent, Sentiment } from '../core/signal.ts';

const faults =
  /\b(?:crash\w{0,4}|broken?|breaks|bugs?|buggy|errors?|fail(?:s|ed|ing|ure)?|freez\w{1,4}|frozen|hangs?|(?:does|do|did|is|are)(?:n't|nt| not) (?:work|load|open|respond|save|start)\w{0,4}|can(?:'t|not|t) (?:log|sign|open|save|load|see|find)\w{0,3}|slow(?:er|ly)?|sluggish|laggy?|wrong|incorrect|lost|stuck|timeouts?|timed out)\b|クラッシュ|エラー|バグ|不具合|落ち[るてま]|壊れ|遅[いくか]|重[いくか]|固ま|フリーズ|動かない|動きません|できません|開かない/i;
const wishes =
  /^(?:allow|translate|integrate|include|provide|offer|enable|let)\s|\b(?:please|feature request|would be (?:\w{1,12} ){0,2}(?:great|nice|good|helpful|awesome|useful|cool|amazing|handy|lovely)|would (?:really )?(?:love|like)|i'd (?:really )?(?:love|like)|wish|hoping for|could you|can you|can we|could we|add(?:ing)? (?:an? |the |more |some )?|support for|should (?:have|support|allow|offer|let|be able)|need(?:s|ed)?|require|missing(?! since)|is there (?:an?|any)|can it|allow (?:me|us|users)|let (?:me|us|users)|want|suggest\w{0,5}|how about|option (?:to|for)|ability to|request\w{0,3}|would help|any plans?|lacks?)\b|ほしい|欲しい|ください|下さい|追加|要望|希望|できるように|たらいい|たら良い|と嬉しい|とうれしい|お願いし|機能があれば/i;
const requestKinds = /^(?:feature|feature[_ -]?request|request|idea|suggestion|enhancement|要望)$/i;
const complaintKinds = /^(?:bug|bug[_ -]?report|complaint|issue|problem|不具合)$/i;
const maxChars = 4_000;

/** What a piece of feedback is. A fault comes before a wish: "please fix the crash" asks for no feature. */
export function intentOf(text: string, sentiment: Sentiment, kind: string | undefined): Intent {
  if (kind !== undefined && requestKinds.test(kind)) return 'request';
  if (kind !== undefined && complaintKinds.test(kind)) return 'complaint';
  const plain = text.slice(0, maxChars).replaceAll('’', "'");
  if (sentiment !== 'positive' && faults.test(plain)) return 'complaint';
  if (wishes.test(plain)) return 'request';
  if (sentiment === 'negative') return 'complaint';
  return sentiment === 'positive' ? 'praise' : 'other';
}
