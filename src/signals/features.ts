import { withoutAddresses } from './masks.ts';

/** The words of a text that say what it is about, in one form each: what similar texts share. */

const set = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Words that say nothing of the matter: grammar, wishes, the product as such. */
const empty = set(`
  a an the and or but if then than so as at by for from in into of off on onto out over to up with without about after
  before again all also am any are aren be been being both can cannot could did didn do does doesn doing don down each
  few had has hasn have haven having he her here hers him his how i im its it is isn just me more most my myself no nor
  not now only other our ours out own same she should shouldn some such that their theirs them there these they this
  those through too under until us very was wasn we were weren what when where which while who whom why will would
  wouldn you your yours ll re ve
  please add adding want wanted wants would like love wish need needs needed hope hoping request requesting suggest
  suggestion feature support supporting allow allows let able ability option possible great nice good helpful useful
  awesome cool amazing handy really much many lot lots maybe thank thanks hi hello hey dear team
  app application site website page product tool thing things stuff program software system
  get gets getting got make makes making made use uses using used user users try tries trying tried give think know
  see way something anything everything nothing one every always never still even ever today yesterday sometimes often
  usually currently since day week new now time times whenever cant wont dont doesnt didnt isnt keep keeps anymore
  extremely far way super totally completely absolutely quite rather pretty terribly immediately right several hour minute
  arrive arrives arrived come comes coming receive received missing high plan plans simply itself`);

/** One word for what people call in many ways. */
const synonyms: ReadonlyMap<string, string> = new Map(
  [
    'fail crash crashes break broke broken bug buggy error fault glitch exception wrong incorrect irrelevant useless work working load stop stopped fails failure issue problem freeze frozen hang stuck unresponsive die dies decline declined reject rejected refuse refused',
    'slow sluggish lag laggy slowly slower slowness latency forever speed performance',
    'login signin log-in sign-in logon log sign',
    'logout signout',
    'mode theme',
    'delete remove erase lose lost losing disappear disappeared vanish vanished gone wipe wiped',
    'picture photo image pic',
    'pay payment purchase',
    'checkout check-out',
    'mail email e-mail',
    'mobile phone smartphone',
    'setting preference option config configuration',
    'search find lookup',
    'docs documentation manual guide',
    'notify notification alert',
    'price cost pricing expensive pricey overpriced',
    'cancel cancellation unsubscribe',
    'shortcut hotkey keybinding',
    'start startup launch launching boot',
    'late delay delayed',
    'size small tiny smaller big bigger large larger',
    'language translation translate translated localisation localization',
    'auth authentication authenticator',
    'answer reply replied respond response',
    'drain drains consumption consume consumes usage',
    'integrate integration',
    'sync synchronise synchronize synchronisation synchronization',
  ].flatMap((line) => {
    const all = line.split(' ');
    const first = stem(all[0] ?? '');
    return all.flatMap((word) => [word, stem(word)].map((form) => [form, first] as const));
  }),
);

/** Japanese words for asking, not for what is asked for. */
const japaneseEmpty = /追加|対応|希望|要望|機能|お願い|欲し|実装|可能|場合|時|方|事|下さ|思/g;
const maxChars = 4_000;
const maxFeatures = 60;

/** Words of faults are shared by all complaints, so they weigh less. */
const general: ReadonlySet<string> = new Set(['fail', 'slow']);

export function weightOf(feature: string): number {
  return general.has(feature) ? 0.5 : 1;
}

export function featuresOf(text: string): ReadonlySet<string> {
  const plain = withoutAddresses(text.slice(0, maxChars))
    .toLowerCase()
    .normalize('NFKC')
    .replaceAll('’', "'");
  const features = new Set<string>();
  for (const feature of [...wordsIn(plain), ...japaneseIn(plain)]) {
    if (features.size < maxFeatures) features.add(feature);
  }
  return features;
}

function* wordsIn(text: string): Iterable<string> {
  const plain = text
    .replace(/\b(?:log|sign)(?:ged|ging)?[ -]?in\b/g, 'login')
    .replace(/\b(?:can't|cannot|can not|unable to|couldn't|won't|doesn't|isn't)(?=\s)/g, ' fail ')
    .replace(/n't\b/g, ' ')
    .replace(/\btwo[- ]factor\b|\bmfa\b/g, '2fa')
    .replace(/\bnot (?:correct|right|working|responding)\b/g, ' fail ')
    .replace(
      /\bt(?:ak(?:es?|ing)|ook) (?:\w{1,10} ){0,2}(?:forever|ages|long|minutes|hours)\b/g,
      ' slow ',
    )
    .replace(/\bopen(?:s|ing)?(?= (?:it|the app)\b|\s*[.,!]?$)/g, ' start ')
    .replace(helpdesk, ' helpdesk ');
  for (const word of plain.match(
    /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}]{2,40}/gu,
  ) ?? []) {
    if (empty.has(word)) continue;
    const known = synonyms.get(word) ?? synonyms.get(singular(word)) ?? synonyms.get(stem(word));
    yield known ?? stem(word);
  }
}

/** Those who help, not what a product is asked to support. */
const helpdesk =
  /\b(?:customer )(?:support|service)\b|(?<=\b(?:from|of|by|contact|contacted|to)(?: the| your)? )support\b|\bsupport(?= (?:team|staff|never|does|did|is|has|ignore|ticket))/g;

function singular(word: string): string {
  return word.length > 3 ? word.replace(/ies$/, 'y').replace(/([^su])s$/, '$1') : word;
}

/** Light: endings that do not change what a word is about. */
function stem(word: string): string {
  let base = singular(word);
  if (base.length >= 6)
    base = base.replace(/(?:ing|ed|er)$/, '').replace(/([bdgklmnprt])\1$/, '$1');
  return base.length > 4 ? base.replace(/e$/, '') : base;
}

/** Words in katakana whole, runs of kanji by twos: without a dictionary the words in them are not known. */
function* japaneseIn(text: string): Iterable<string> {
  for (const run of text
    .replace(japaneseEmpty, ' ')
    .match(/[\u30a0-\u30ff]{2,40}|[\u4e00-\u9fff]{1,40}/g) ?? []) {
    if (/^[\u30a0-\u30ff]/.test(run)) yield japaneseSynonyms.get(run) ?? run;
    else if (run.length < 3) yield run;
    else for (let i = 0; i + 1 < run.length; i++) yield run.slice(i, i + 2);
  }
}

const japaneseSynonyms: ReadonlyMap<string, string> = new Map([
  ['エラー', 'fail'],
  ['バグ', 'fail'],
  ['クラッシュ', 'fail'],
  ['フリーズ', 'fail'],
  ['テーマ', 'モード'],
]);

/** Of what there are kinds of: who wants one asks for another thing than who wants the other. */
const kinds: readonly ReadonlySet<string>[] = [
  'csv pdf excel xlsx json xml word docx markdown html png jpg zip',
  'german french spanish italian portuguese dutch polish russian turkish arabic chinese japanese korean swedish danish czech',
  'android ios iphone ipad windows linux mac macos',
  'dark light',
  'import export',
  'upload download',
  'fail slow',
].map((names) => new Set([...set(names)].map(stem)));

/** Whether each names another of one kind. */
function areOpposed(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return kinds.some((kind) => {
    const [ofA, ofB] = [a, b].map((features) => [...kind].filter((one) => features.has(one)));
    return ofA?.length && ofB?.length && !ofA.some((one) => ofB.includes(one));
  });
}

/** How much two texts have in common, 0 to 1: by their share (Jaccard), or one within the other. */
export function similarity(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const feature of a) if (b.has(feature)) shared += weightOf(feature);
  if (shared === 0 || areOpposed(a, b)) return 0;
  const [small, large] = [weight(a), weight(b)].sort((x, y) => x - y) as [number, number];
  const share = shared / (small + large - shared);
  const within = shared >= 1.5 && large <= 4 * small ? (0.7 * shared) / small : 0;
  return Math.max(share, within);
}

function weight(features: ReadonlySet<string>): number {
  let sum = 0;
  for (const feature of features) sum += weightOf(feature);
  return sum;
}
