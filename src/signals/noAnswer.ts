/** Answers that are none: whoever asked knows as little as before. English and Japanese. */

const english = [
  String.raw`\bi(?:'m| am) (?:not sure|not certain|unable to|not able to|afraid i|not (?:familiar|aware))`,
  String.raw`\bi (?:do not|don't|can't|cannot|could not|couldn't|was unable to|wasn't able to) (?:currently |really |seem to )?(?:know\b(?! that)|have (?:any |enough |that |the |access|information|details)|help (?:you )?with|answer|understand|find|access|provide|assist)`,
  String.raw`\b(?:sorry|unfortunately),? (?:but )?(?:i|we) (?:can't|cannot|don't|do not|couldn't|could not|didn't|did not|am not|are not|are unable|am unable)`,
  String.raw`\bi have no (?:idea|information|data|clue|access)`,
  String.raw`\b(?:outside|beyond) (?:of )?(?:my|our) (?:knowledge|scope|capabilities|expertise|training)`,
  String.raw`\bno (?:information|results?|matches|answer|match) (?:was |were |is |are )?(?:found|available)?`,
  String.raw`\bmy (?:knowledge|training)(?: data)? (?:cutoff|ends|only goes)`,
  String.raw`\bi (?:didn't|did not) (?:understand|get|catch) (?:that|you|your)`,
  String.raw`\b(?:could|can) you (?:please )?(?:rephrase|repeat|clarify)`,
  String.raw`^\W*(?:please )?(?:contact|reach out to|ask|email|call) (?:our |the |your )?(?:support|help ?desk|administrator|customer|sales)`,
].join('|');
const japanese = [
  '(?:わか|分か|判)りません',
  '(?:わか|分か|判断|答え|応え|お答えし)?(?:り|し|致し|いたし)?かねます',
  '存じ(?:ません|上げません)',
  '(?:お)?(?:答え|応え|回答|ご案内|案内|対応|サポート|提供)(?:は|を|が)?(?:でき|出来|いたし|致し|し|られ)(?:ません|ておりません|ていません|かねます)',
  '答えられません',
  '(?:情報|回答|データ|結果|該当)[^、。\\n]{0,12}(?:ありません|ございません|見つかりません|持って(?:い|おり)ません)',
  '見つかりません|見つけられません',
  '理解できません',
  'もう一度[^、。\\n]{0,12}(?:入力|質問|お願い|お試し)',
  '^(?:申し訳[^、。\\n]{0,8}[、。])?[^、。\\n]{0,10}(?:サポート|窓口|担当者?)[^、。\\n]{0,8}(?:お問い合わせ|問い合わせ|ご連絡|連絡)',
].join('|');
const noAnswer = new RegExp(`${english}|${japanese}`, 'i');
/** Said before something that does help. */
const goesOn =
  /\b(?:but|however|instead|though|here(?:'s| is| are)|you can|try (?:to|the|this)|go to|click|open)\b|ただし|代わりに|ですが、|方法は|してください。?(?!お待ち)|から(?:変更|設定|ダウンロード|確認)/i;
const headChars = 400;
const tailChars = 300;

export function isNoAnswer(response: string): boolean {
  const said = response.slice(0, headChars).replaceAll('’', "'").trim();
  if (!/[\p{L}\p{N}]/u.test(said) || /^(?:n\/?a|unknown|null|undefined|none|error)\W*$/i.test(said))
    return true;
  const found = noAnswer.exec(said);
  if (!found) return false;
  const behind = said.slice(found.index + found[0].length).slice(0, tailChars);
  return !goesOn.test(behind);
}

/** What someone says to whom an answer was of no use. */
export const protest =
  /\bthat(?:'s| is| was| does| did)?(?:n't| not)? (?:wrong|incorrect|not (?:right|true|what|helpful|it|correct|working)|work|help|answer)\b|\b(?:did not|didn't|does not|doesn't) (?:help|work|answer)\b|\bnot (?:helpful|what i (?:asked|meant|wanted))\b|\bstill (?:not|no|doesn't|does not|can't|cannot|the same|broken|failing)\b|\bwrong answer\b|\buseless\b|\b(?:talk|speak) to (?:a |an )?(?:human|person|agent|someone)\b|違います|違う(?:よ|んだ|。|、|$)|そうじゃな|そうではな|間違って|解決し(?:ない|ません|てい(?:ない|ません))|役に立(?:たない|ちません)|できません(?:でした)?[。！!]?$|まだ(?:できない|動かない|直らない|だめ|ダメ)|人間?と話|オペレーター|担当者に/i;
