/** Hidden characters made visible, so that no text can say one thing to a person and another to a model. */

/** Controls, bidirectional overrides, private-use and tag characters, rare variation selectors. */
const hidden =
  /(?![\t\n])[\p{Cc}\p{Co}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069\u{E0000}-\u{E0FFF}]/gu;

/** Those, and everything else that has no shape of its own. */
const invisible =
  /(?![\t\n])[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Surrogate}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;

/** For text that may be edited later: only what can deceive or steer is escaped. */
export function escapeHidden(text: string): string {
  return text.replace(hidden, escapeUnits);
}

/** For prompts, terminals and logs. */
export function escapeInvisible(text: string): string {
  return text.replace(invisible, escapeUnits);
}

/** `\uXXXX` for each UTF-16 unit: also valid inside a JSON string. */
function escapeUnits(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
