/** How glad a Japanese text is: what is good in it, less what is bad. */
export function japaneseScore(text: string): number {
  if (!/[\u3040-\u30ff\u4e00-\u9fff]/.test(text)) return 0;
  return scoreOf(text, positive, 1) + scoreOf(text, negative, -1) - missing(text);
}

const positive = new RegExp(
  [
    '良[いくかさ]|よかった|いいです|便利|最高|素晴らし|すばらし|好き|助か[るりっ]|嬉し[いくか]|うれし[いくか]|満足|快適',
    '(?<!減りが|劣化が)[速早][いくか]|ありがと|ありがた|感謝|綺麗|きれい|簡単|気に入|楽し[いくか]|完璧|(?<!不)安定|スムーズ',
    'おすすめ|オススメ|[勧薦]め|すすめ(?=[たてまる])|優れ|優秀|役に立[たちっつ]|役立[たちっつ]|重宝|愛用|文句な[いし]|文句のつけよう|申し分な[いく]',
    '(?:動く|使える|できる|見える|開ける)ようにな[っり]|解決(?=し(?:た|まし|てい|な|ませ)|でき|済)|改善(?=し(?:た|まし)|され)',
    '(?:使い|見|分かり|わかり|読み|書き|聞き|扱い|覚え|操作し|管理し|探し|馴染み)やす[いくか]|期待(?:以上|通り|どおり)|はかど|捗|感動|感激|感心',
    'すご[いく]|凄[いく]|手放せ|欠かせ|安心|迷わず|神(?:アプリ|対応|機能|ツール)|楽に(?=な[っり]|でき)|楽です|節約でき|心地(?=が?[良よい])',
    'また(?:使い|利用し|買い)たい|(?<!不)親切|丁寧|おしゃれ|オシャレ|かゆいところ|痒いところ|かわいい|可愛い|かっこいい|面白[いくか]|おもしろ[いくか]',
    '一番(?=いい|良い|好)|価値があ|信頼(?=でき)|的確|(?<!不)正確|見事|秀逸|充実|豊富|高評価|満点|星(?:5|五)|直感的|快調|(?<!不)十分|サクサク|さすが|お得|コスパ(?=が?[良よいも])',
    '(?:精度|品質|質|性能|完成度|満足度|評価|効果)[がもは](?:とても|非常に)?高[いくか]|軽[いく](?=て|動|です|な)|これ以上望む',
  ].join('|'),
  'g',
);
const negative = new RegExp(
  [
    '悪[いくか]|ひど[いくか]|酷[いくか]|遅[いくかすれ]|重[いくかす]|(?:[いきしちにみりえけせてねべめれ見聞読書扱])(?:にく|づら|辛)[いくか]|不便|最悪|嫌い|嫌だ|嫌な|壊れ|エラー|バグ|不具合',
    '落ち(?:[るてたま]|(?=な[いくか]))|クラッシュ|失敗|困[るりっ]|不満|面倒|残念(?!ながら)|[だダ][めメ](?=です|だ|でし|。|、|！|!|$)|駄目',
    '[いイ][まマ][いイ][ちチ]|物足りな|使いたくな|二度と|役立たず|うんざり|固ま[るりっ]|フリーズ|ストレス|間違(?!いな)|おかし[いくか]|イライラ|がっかり|ガッカリ',
    '問題|消え[るてたま]|遅延|不安|(?:期待外|期待はず)れ|(?<!便利|良|よ|最高|好き|可愛|可愛い|凄|楽し|神)すぎ(?!な[いく])|(?<=[高低多少重遅長短小大古暗雑])過ぎ|無駄|ムダ|改悪|真っ白|真っ黒|二重|勝手に|強制終了|ばかり(?=で|す)|ずれ[るてた]|崩れ',
    '文字化け|空に(?=な)|リセットされ|切れ(?=て|る|た|ま)|カクカク|ガタガタ|不親切|返金|アンインストール|うっとうし|うざ[いくか]|しつこ[いくか]|戻して(?=ほし|欲し|くだ|下さ)',
    '難し[いくか]|うるさ[いくか]|もっさり|(?:精度|品質|質|性能|完成度|評価|音)[がもは]低[いく]|[てで]しま[うっい]|減りが[速早]|劣化|時間が(?:長|かか)|(?<!(?:度|質|性能|評価|効果)[がもは](?:とても|非常に)?)高[いく](?=。|、|！|て|です|と|な|$)|値上げ|不[快足安明正当親要評]|雑(?=[なだで]|すぎ)|つまらな|くだらな|致命|深刻|苦痛|苦労',
    '疲れ(?=る|た|ま)|腹が立|怒り|詐欺|騙|だまさ|ひっかか|途切れ|乱れ|はみ出|重複|ログアウトされ|強制的|迷惑|邪魔|じゃま|鬱陶|破損|不能|劣(?=る|って)|(?:落ち|間違え|壊れ|消え|固まり)やす[いくか]',
  ].join('|'),
  'g',
);
/** Behind a word and within its clause: 便利ではない, 良くない, 問題ありません. */
const negation = /^[^、。！？!?\n]{0,9}?(?:ない|なかった|なく|ません|ず(?:に|、))/;
/** What was bad and is over: バグが直って, 不具合が修正され. */
const over =
  /^[^、。！？!?\n]{0,4}?(?:直[っりる]|治[っりる]|なおっ|修正され|解消[しさ]|改善[しさ]|減[っり]|なくな[っり])/;

/** Their negation is part of them. */
const neverTurned = /な[いしく]$|文句|二度と|物足り|たくな|手放せ|欠かせ|望む|真っ|すぎ|過ぎ/;
/** Of a fault that does not go away: エラーが消えない. */
const stays =
  /^[^、。！？!?\n]{0,4}?(?:消え|直ら|治ら|な(?:くな)?ら|無くなら|減ら|収まら|止まら|解消|解決|改善)/;
/** もっと速くしてほしい, 速ければいいのに: what is wished for is not there. */
const wish =
  /^[^、。！？!?\n]{0,5}?(?:てほし|て欲し|てもらえ|てください|て下さい|ければ|ればいい|れば良い|たらいい|たら良い|といい|といいな|と助か|と嬉し|とうれし)/;
/** あると嬉しい, できたら助かる: a request, no praise. */
const isAskedFor = /(?:ると|たら|れば|だと|なら)$/;

function scoreOf(text: string, pattern: RegExp, value: number): number {
  let score = 0;
  for (const { 0: word, index } of text.matchAll(pattern)) {
    const before = text.slice(Math.max(0, index - 3), index);
    const behind = text.slice(index + word.length, index + word.length + 14);
    if (value > 0 && isAskedFor.test(before)) continue;
    const isTurned =
      value > 0
        ? negation.test(behind) || wish.test(behind)
        : over.test(behind) || (negation.test(behind) && !stays.test(behind));
    score += isTurned && !neverTurned.test(word) ? -value : value;
  }
  return score;
}

/** A verb that is negated, or something that is not there. */
const undone =
  /[^、。！？!?\n\s]{0,12}?(?:[かがさたばまらわえけせてねべめれげでいきしみりびこ来出](?:ない(?!よう|と|か|で(?:し|す|くだ|下))|ません(?!か|で(?:しょ|すか))|なかった|なく(?=な|て))|[がも](?:ない|なかった|ありません)(?!か|で))/g;
/** Where nothing failed: what must be, what may be, what somebody has not done yet, and what is denied of a word that counts by itself. */
const noFailure =
  /(?:かもしれ|なければ|なくては|じゃ|では|とは|使って|試して|買って|見て|知ら|変わら|いら|要ら|違い|構わ|かまわ|気にし|特に|まだ)[^、。！？!?\n]{0,4}$|く(?:は)?な/;

/** How many things did not go, where no word says whether that is bad. */
function missing(text: string): number {
  let count = 0;
  for (const { 0: said, index } of text.matchAll(undone)) {
    const whole = text.slice(Math.max(0, index - 4), index) + said;
    const isTold = whole.match(positive) ?? whole.match(negative);
    if (!isTold && !noFailure.test(whole.replace(/(?:ない|ません|なかった|なく|ありません)$/, '')))
      count++;
  }
  return count;
}
