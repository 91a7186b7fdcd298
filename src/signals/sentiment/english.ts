const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const positive = words(`
  good great excellent love loved loves loving like liked likes awesome amazing nice perfect perfectly helpful useful
  fast faster works wonderful fantastic best better thanks thank easy easier easily happy clean smooth smoothly reliable
  brilliant correct impressive impressed pleased enjoy enjoyed enjoying enjoyable intuitive beautiful solid superb
  delightful delighted delight recommend recommended stable quick quickly satisfied satisfying glad appreciate
  appreciated favorite favourite convenient responsive excited elegant polished handy pleasant pleasure flawless
  flawlessly happier praise adore adores adored gorgeous stunning outstanding superior exceptional terrific marvellous
  marvelous lovely joy joyful breeze lifesaver kudos bravo rocks worth fan fun friendly fair transparent accurate
  efficient effective effortless effortlessly seamless seamlessly neat sleek slick robust trustworthy supportive polite
  knowledgeable generous affordable charming thrilled grateful thankful winner improved improves improvement
  improvements success successfully pleasing stellar phenomenal incredible incredibly remarkable magnificent splendid
  comfortable gem wow yay blessing snappy crisp fabulous exquisite ideal refreshing addictive lightweight
  straightforward painless painlessly thoughtful professional attentive lifesaving unbeatable invaluable amazed
  impresses beautifully saves`);
const negative = words(`
  bad terrible terribly awful awfully hate hated hates slow slower slowly sluggish broken breaks broke crash crashes
  crashed crashing bug bugs buggy wrong wrongly error errors fail fails failed failing failure failures useless
  confusing confused annoying annoyed annoys worst worse poor poorly horrible horribly problem problems issue issues
  missing stuck hang hangs hung freezes freeze freezing frozen laggy lag lags lagging unusable unreliable disappointed
  disappointing disappointment frustrating frustrated frustration incorrect incorrectly lost lose loses losing hard
  difficult garbage complain complaint complaints complains lack lacks lacking clunky ugly unstable unresponsive
  painful pain glitch glitchy glitches regret waste wasted wasting ridiculous ridiculously unacceptable angry impossible
  inaccurate outdated cumbersome tedious expensive refund cancel cancelled worthless rubbish sucks timeout timeouts blank
  corrupt corrupted corrupts mess messy messed nightmare drain drains draining stutter stutters flicker flickers
  flickering overpriced underwhelming underwhelmed pricey uninstall uninstalled uninstalling rejects rejected refuses
  refused declined disappear disappears disappeared disappearing vanish vanished vanishes wiped erased overwritten late
  delayed delays unable spam scam scammed ripoff fraud pathetic dreadful abysmal appalling atrocious lousy mediocre
  inferior shoddy sloppy dismal boring bloated bloat intrusive irritating irritated irritates obnoxious misleading
  deceptive dishonest rude unhelpful unfriendly unclear unintuitive counterintuitive unreadable illegible complicated
  convoluted inconsistent unpredictable erratic jerky choppy distorted blurry pixelated garbled duplicated overcharged
  forever endless endlessly constantly emptied deletes nonsense absurd insane infuriating exhausting stupid dumb crap
  trash disaster disgrace disgusting laughable broken unfinished unpolished cluttered dated crippled crippling nagging
  suffers suffer suffering struggle struggles struggling trouble troubles downgrade downgraded regression flawed faulty
  defective dead dies died collapse collapses ignored ignores ignoring unanswered unsupported insufficient inadequate
  unwanted complained creepy shame overlap overlaps overlapping nonfunctional unacceptably inconvenient harder
  unintelligible misaligned truncated throttled`);
/** Says nothing by itself, much when turned around: it does not work. */
const onlyTurned = words(
  'work working load loading open opening respond responding start starting save saving help',
);
const negations = words(`
  not no never none nothing nobody don't dont doesn't doesnt didn't didnt isn't isnt aren't arent wasn't wasnt weren't
  werent can't cant cannot couldn't couldnt won't wont wouldn't wouldnt shouldn't hasn't hasnt haven't havent hardly
  barely neither nor without ain't stopped stops less`);
/** Good in itself, and more than what was bad before it. */
const mends = words('fixed fixes solved solves resolved resolves cured');
/** What says of itself that something does not go as it should, whatever it is; unless people say it of themselves. */
const refusals = words(`
  can't cant cannot couldn't couldnt doesn't doesnt won't wont isn't isnt aren't arent wasn't wasnt never nobody nothing
  don't dont didn't didnt hasn't hasnt`);
const inability = /^(?:can't|cant|cannot|couldn't|couldnt|nobody|nothing)$/;
const people = words('i we you they people');
const awaited = words('get receive received find see understand hear expect notice');

const great = ' great ';
const awful = ' awful ';
/** Phrases for one word: what could not be better is good, and who used to like it does no more. */
const phrases: readonly (readonly [RegExp, string])[] = [
  [/\bhow (?:do|can|could|should|to)\b[^.?!\n]{0,200}\?/g, ' '],
  [/\bcould(?:n't| not) be (?:better|happier|easier|more \w{2,20})\b/g, great],
  [
    /\b(?:can't|cannot|can not|couldn't) (?:live without|wait|fault|imagine \w{1,20} without|\w{1,15} (?:\w{1,10} )?enough)\b/g,
    great,
  ],
  [
    /\b(?:well done|good job|keep it up|keep up the|just work(?:s|ed)|like a charm|game.?changer|life.?saver|must.?have|top.?notch|spot on|(?:you|you guys|it) rocks?|what more could|nothing to (?:improve|complain|add)|(?:five|5) stars|10\/10|5\/5|exactly what (?:it|i|we)|as advertised|second to none|no.?brainer)\b/g,
    great,
  ],
  [
    /\b(?:lets?|letting) (?:me|us|you) down\b|\b(?:sick|tired) of\b|\bfed up\b|\bmoney back\b|\b(?:gave|give|giving) up\b|\bnever again\b|\bno way to\b|\b(?:charged|billed) (?:me |us )?(?:twice|double)\b|\bdouble.charged\b|\bexpected (?:more|better)\b|\brip.?off\b|\b(?:one|1) star\b|\boff by\b|\bout of (?:sync|date)\b|\bin vain\b|\bwhat a joke\b|\bplease stop\b|\bcut off\b|\bhardly any\b|\bwithout (?:asking|warning|notice|consent)\b|\blogged me out\b|\b(?:deleted|ate|erased|overwrote|lost) (?:my|our|all)\b|\b(?:wasn't|weren't|isn't|aren't|not) able to\b|\b(?:zero|0) stars\b/g,
    awful,
  ],
  [/\b(?:anything but|far from|used to be|no longer|instead of)\b/g, ' not '],
  [/\b(?:nothing but|good luck|great deal|kind of like|not only)\b/g, ' '],
  // A wish is no praise.
  [
    /\bwould be (?:really |very |so )?(?:great|nice|good|helpful|awesome|useful|amazing|perfect)\b/g,
    ' ',
  ],
];
const turnedWords = 4;
const maxTokens = 2_000;

/** What holds within a clause. */
interface Clause {
  /** So many words are still turned around. */
  readonly turned: number;
  /** Something did not go; said unless a word tells what. */
  readonly refused: boolean;
  readonly mended: boolean;
}
const opened: Clause = { turned: 0, refused: false, mended: false };

/** A negation turns the next words around, as far as the clause goes; so does a wish for better. */
export function englishScore(text: string): number {
  const tokens = tokensOf(text);
  let score = 0;
  let clause = opened;
  for (const [i, token] of tokens.entries()) {
    const before = tokens[i - 1] ?? '';
    const next = tokens[i + 1] ?? '';
    if (isEnd(token)) {
      score -= Number(clause.refused);
      clause = opened;
    } else if (negations.has(token)) {
      const refused = clause.refused || isRefusal(token, before, next);
      clause = { ...clause, turned: turnedWords, refused };
    } else {
      const value = wordScore(token, clause, before) + manner(token, next);
      score += value;
      const refused = clause.refused && value === 0;
      const mended = clause.mended || (mends.has(token) && value > 0);
      clause = { turned: Math.max(0, clause.turned - 1), refused, mended };
    }
  }
  return score - Number(clause.refused);
}

function tokensOf(text: string): readonly string[] {
  const tokens = phrases
    .reduce((plain, [pattern, word]) => plain.replace(pattern, word), text)
    .replace(/[a-z0-9]\.(?=[a-z0-9])/g, '')
    .match(/[a-z][a-z']{0,39}|[.,;:!?\n]/g);
  return (tokens ?? []).slice(0, maxTokens);
}

function isEnd(token: string): boolean {
  return /^[.,;:!?\n]$/.test(token) || token === 'but';
}

function isRefusal(token: string, before: string, next: string): boolean {
  if (!refusals.has(token)) return false;
  if (people.has(before) && awaited.has(next)) return true;
  // "Can't we …", "Don't change it."
  if (inability.test(token)) return !people.has(next);
  return before !== '' && !isEnd(before) && !people.has(before);
}

function wordScore(word: string, { turned, mended }: Clause, before: string): number {
  const isTurned = turned > 0;
  if (onlyTurned.has(word)) return turned > 1 ? -1 : 0;
  // "could be better", "should be faster"
  if (before === 'be' && /^(?:better|faster|easier)$/.test(word)) return -1;
  // "would like", "I'd like" and "looks like" are no praise
  if (
    word === 'like' &&
    !isTurned &&
    !/^(?:i|we|really|they|users|also|still|people)$/.test(before)
  )
    return 0;
  // "needs to be fixed"
  if (mends.has(word) && /^(?:be|get|getting|this)$/.test(before)) return 0;
  const value = mends.has(word) ? 2 : positive.has(word) ? 1 : negative.has(word) ? -1 : 0;
  return isTurned || (mended && value < 0) ? -value : value;
}

/** Of whatever it is too much, or what goes on though nobody wants it. */
function manner(word: string, next: string): number {
  if (word === 'too') return next === '' || isEnd(next) || afterToo.test(next) ? 0 : -1;
  const goesOn = /^keeps?$/.test(word) && /^[a-z]{2,20}ing$/.test(next);
  return goesOn && !/^(?:getting|working|improving|growing|going|running)$/.test(next) ? -1 : 0;
}

/** Where "too" means "also", or what is praised all the more. */
const afterToo =
  /^(?:and|or|when|if|with|for|because|as|to|i|it|we|in|on|good|great|nice|kind|bad)$/;
