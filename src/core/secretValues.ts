/** What the value of a secret looks like, and what only stands where one would. */

/** Words that stand where a secret would, in code, documentation and messages about secrets. */
const stopWords =
  /^(?:null|undefined|none|nil|true|false|yes|no|on|off|string|number|boolean|object|required|missing|invalid|expired|empty|unset|not|is|was|must|the|an?|for|from|of|and|or|in|to|at|example|changeme|your[\w-]*|xxx+|test|dummy|placeholder|redacted|hidden|masked|self|this|new|get|set|unexpected|unknown|wrong|incorrect|rejected|revoked|error|failed|refused|denied|mismatch|process|env|os|config|settings|options|args|req|request|ctx|params)$/i;

export function isPlaceholder(value: string): boolean {
  return (
    stopWords.test(value) ||
    /^[<$%{[*#]/.test(value) ||
    /^(?:process|os|config|settings|self|this|req|ctx|options|params|env|args)\./.test(value) ||
    /^(.)\1*$/.test(value)
  );
}

export function looksRandom(value: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^\w\s]/].filter((kind) => kind.test(value)).length;
  return kinds >= 2 && entropy(value) >= 2.5 && !/\s/.test(value);
}

/** Shannon entropy in bits per character. */
export function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const char of value) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values())
    bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}

/** Parts of what people write where a key is to be filled in, or made up for an example. */
const filler =
  /example|sample|placeholder|dummy|fake|change[_-]?me|replace|your|xxxx|redacted|todo|insert|secret[_-]?here|key[_-]?here|<|>|\$\{|\{\{|\.\.\.|…|\*\*\*|#\{|%\(|1234567|abcdefg?h|abcd1234|1a2b3c|a1b2c3|test[-_](?:token|key|secret|api|pass)|deadbeef|cafebabe|0{8}|f{8}|not[_-]?(?:a[_-]?)?(?:real|secret)|IOSFODNN7|lorem|foobar|hunter2|\{\w{1,20}\}|^(?:vault|op|ref\+\w+|arn|ssm|secretsmanager|file|env|keyring|kms|gcpsm|akv|doppler|keychain):/i;

/** Says of itself that it is none; a mere sequence of characters does not. */
export function isSaidFiller(value: string): boolean {
  return /example|sample|placeholder|dummy|fake|change[_-]?me|your[_-]|x{6}|IOSFODNN7|redacted|not[_-]?(?:a[_-]?)?real|<|\$\{|\{\{|\*{3}|\.{3}/i.test(
    value,
  );
}

export function isFiller(value: string): boolean {
  return filler.test(value) || isPlaceholder(value);
}

/** What everybody tries first: no secret that is worth a report. */
const commonPassword =
  /^(?:p[a4@]ss(?:w[o0]rd|phrase|wd)?|passwd|pwd|secret|test(?:ing|er)?|admin(?:istrator)?|user(?:name)?|root|guest|demo|foo(?:bar)?|bar|baz|qux|changeit|default|letmein|qwerty|abc|postgres|mysql|redis|rabbitmq|mongo|minioadmin|minio|my|old|new|wrong|bad|good|valid|invalid|strong|weak|correct|hello|token|key|value|string|some|any|super|dev|local|development|staging|prod)(?:[\s_.-]?(?:p[a4@]ss(?:w[o0]rd|phrase|wd)?|pwd|secret|test|admin|user|key|token|value|123|word))*[\s_.-]?\d{0,6}[!?.]{0,3}$/i;

export function isCommonPassword(value: string): boolean {
  if (/^\d{1,8}$/.test(value)) return true;
  // `Summer2024!Pass` keeps every rule for passwords: somebody may well use it.
  const keepsRules =
    value.length >= 9 &&
    /[a-z]/.test(value) &&
    /[A-Z]/.test(value) &&
    /\d/.test(value) &&
    /[^\w]/.test(value);
  return !keepsRules && commonPassword.test(value);
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function isUuid(value: string): boolean {
  return uuid.test(value);
}

/** Whether its parts are words, numbers of a few digits and versions, as in ids that people make up. */
export function isWordy(value: string): boolean {
  const parts = value
    .replace(/([a-z])([A-Z])|(\d)([A-Z][a-z])/g, '$1$3-$2$4')
    .split(/[^A-Za-z\d]+/)
    .filter((part) => part !== '');
  const wordy = (part: string): boolean =>
    /^(?:[A-Z]{0,4}[a-z]{0,20}|[A-Z]{1,12})\d{0,6}$/.test(part) || /^v?\d+$/i.test(part);
  return parts.length > 0 && parts.every(wordy) && !isTooMixed(parts);
}

/** Random base62 text falls into many short parts; words are longer. */
function isTooMixed(parts: readonly string[]): boolean {
  const chars = parts.reduce((sum, part) => sum + part.length, 0);
  return chars >= 16 && chars / parts.length < 3.2;
}

/** A key without a mark: hexadecimal, base32, base62 or base64, of at least sixteen characters, without words. */
export function looksLikeKey(value: string): boolean {
  if (value.length < 16 || value.length > 512 || /\s/.test(value)) return false;
  if (isFiller(value) || isWordy(value)) return false;
  if (!/^[\w+/=.~:@$!%^&*#?,;|-]+$/.test(value)) return false;
  const digits = value.match(/\d/g)?.length ?? 0;
  const letters = value.match(/[a-z]/gi)?.length ?? 0;
  if (letters < 3) return false;
  if (digits < (value.length >= 20 ? 1 : 2) && !isMixedCase(value)) return false;
  // Paths, addresses, expressions and dotted names.
  if (/^(?:https?:|\/|\.\.?\/|[a-z]:\\)/i.test(value) || hasWord(value)) return false;
  if (/\.(?:[jt]sx?|json|ya?ml|py|com|org|net|io|dev|html?|css|png|svg|pem|txt|md)$/i.test(value))
    return false;
  return entropy(value) >= (value.length >= 24 ? 2.9 : 2.7);
}

/** A long run of letters that can be spoken. */
function hasWord(value: string): boolean {
  const runs = value.match(/[a-z]{10,}/g) ?? [];
  return runs.some(
    (run) =>
      !/[bcdfghjklmnpqrstvwxz]{4}|q[^u]|[aeiou]{4}|[jvx][bcdfghjklmnpqrstvwxz]|[hkw]{2}/.test(run),
  );
}

function isMixedCase(value: string): boolean {
  const breaks = value.match(/[a-z](?=[A-Z])|[A-Z](?=[a-z])/g)?.length ?? 0;
  return breaks >= value.length * 0.3;
}

/** What a person or a generator would choose: not a word, an address, a rule for passwords or a message. */
export function looksLikePassword(value: string): boolean {
  if (value.length < 6 || value.length > 200 || /\s/.test(value)) return false;
  if (isFiller(value) || isCommonPassword(value)) return false;
  if (/^(?:https?:|\/|\.\.?\/|--?[a-z]|@\w+\/)/i.test(value)) return false;
  if (/^[-_.]{0,2}[a-z]+(?:[-_.:/ ][a-z]+)*$/i.test(value))
    return isMixedCase(value) && value.length >= 12 && !isWordy(value);
  // Calls, rules (`required|min:8`), types and members.
  if (/\(|\)$|\w\|\w|=>|^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+$/.test(value)) return false;
  if (!/[A-Za-z]/.test(value)) return false;
  // A sentence of a language that writes no spaces: `"pass": "ARIAの役割は正しく使われています"`.
  if (/\p{Lo}/u.test(value)) return false;
  // `new-password-2`, `openai/gpt-5`.
  if (/^[a-z]{2,}[-_./][\w./-]+$/i.test(value) && isWordy(value)) return false;
  return entropy(value) >= 2.2;
}

/** Base64 of `user:password`. */
export function isBasic(value: string): boolean {
  if (!/^[A-Za-z0-9+/]{10,}={0,2}$/.test(value)) return false;
  const plain = Buffer.from(value, 'base64').toString('utf8');
  // Text, whatever its letters: no control characters, and nothing that is no UTF-8.
  const password = /^[^\p{C}\ufffd]{0,100}?:([^\p{C}\ufffd]{4,})$/u.exec(plain)?.[1];
  return password !== undefined && !isFiller(password) && !isCommonPassword(password);
}
