/**
 * What must never be stored, shown to a model or sent: one list, used to find and to mask.
 * Masks are constant per kind, so that masking never changes a fingerprint. Every pattern is bounded
 * and has a cheap trigger, so that the time grows linearly with the text.
 */

export type SecretKind =
  | 'private-key'
  | 'token'
  | 'jwt'
  | 'authorization'
  | 'url-credentials'
  | 'assignment'
  | 'email'
  | 'home'
  | 'card'
  | 'phone';

export interface SecretMatch {
  readonly kind: SecretKind;
  /** Index of the first character that is masked. */
  readonly start: number;
  readonly end: number;
}

interface Pattern {
  readonly kind: SecretKind;
  readonly mask: string;
  /** The text can only match when this does; must be much cheaper than the pattern. */
  readonly trigger: RegExp;
  /** Global and with indices; the group `secret`, where there is one, is what gets masked. */
  readonly regex: RegExp;
  readonly accepts?: (match: RegExpMatchArray) => boolean;
}

/** Longer texts are cut: an unexamined rest must not leave the machine. */
export const maxSecretChars = 1 << 20;

/** What providers' tokens begin with, by which a text is looked through, and how they go on. */
const providerTokens: readonly (readonly [start: string, rest: string])[] = [
  ['sk-ant-', '[\\w-]{16,200}'],
  ['sk-', '(?:proj-|svcacct-)?[\\w-]{20,200}'],
  ['(?:sk|rk|pk|whsec)_', '(?:live_|test_)?[A-Za-z0-9]{16,200}'],
  ['gh[pousr]_', '[A-Za-z0-9]{20,255}'],
  ['github_pat_', '[A-Za-z0-9_]{20,255}'],
  ['gl(?:pat|ptt|dt|rt|soat|cbt|ft|agent)-', '[\\w-]{16,200}'],
  ['(?:AKIA|ASIA|AGPA|AIDA|AROA|ABIA|ACCA)', '[A-Z0-9]{16}'],
  ['xox[abeoprs]-', '[\\w-]{10,250}'],
  ['xapp-', '\\d-[\\w-]{10,250}'],
  ['AIza', '[\\w-]{35}'],
  ['ya29\\.', '[\\w-]{20,500}'],
  ['GOCSPX-', '[\\w-]{20,60}'],
  ['npm_', '[A-Za-z0-9]{30,60}'],
  ['pypi-', '[\\w-]{30,300}'],
  ['hf_', '[A-Za-z0-9]{30,60}'],
  ['SG\\.', '[\\w-]{16,40}\\.[\\w-]{16,80}'],
  ['dop_v1_', '[a-f0-9]{64}'],
  ['shp(?:at|ca|pa|ss)_', '[a-fA-F0-9]{32}'],
  ['dckr_pat_', '[\\w-]{20,60}'],
  ['glsa_', '[A-Za-z0-9]{32}_[a-f0-9]{8}'],
  ['hv[sbr]\\.', '[\\w-]{20,300}'],
  ['key-', '[a-f0-9]{32}'],
  ['SK[a-f0-9]', '[a-f0-9]{31}'],
  ['EAACEdEose0cBA', '[A-Za-z0-9]{10,300}'],
  ['sq0(?:atp|csp)-', '[\\w-]{20,60}'],
  ['lin_api_', '[A-Za-z0-9]{30,60}'],
  ['r8_', '[A-Za-z0-9]{30,60}'],
  ['eyJrIjoi', '[\\w=]{30,300}'],
  ['\\d{8,10}:AA', '[\\w-]{33}'],
];
const tokenStart = providerTokens.map(([start]) => start).join('|');
const token = providerTokens.map(([start, rest]) => start + rest).join('|');

const names =
  'pass(?:word|wd|phrase|code)?|pwd|secret|token|api[_-]?key|apikey|access[_-]?key|private[_-]?key|client[_-]?secret|auth[_-]?key|signing[_-]?key|encryption[_-]?key|credentials?|session[_-]?(?:id|key)|cookie|connection[_-]?string|account[_-]?key|sas';

const patterns: readonly Pattern[] = [
  {
    kind: 'private-key',
    mask: '<private-key>',
    trigger: /-----BEGIN/,
    regex:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[^-]|-(?!-)){0,20000}(?:-----END [A-Z0-9 ]{0,40}-----)?/dg,
  },
  {
    kind: 'jwt',
    mask: '<jwt>',
    trigger: /eyJ/,
    regex: /\beyJ[\w-]{8,4000}\.[\w-]{4,8000}(?:\.[\w-]{0,4000})?/dg,
  },
  {
    kind: 'url-credentials',
    mask: '<credentials>',
    trigger: /:\/\/[^\s/]{0,300}@/,
    regex:
      /\b[a-z][a-z0-9+.-]{1,30}:\/\/(?<secret>[^\s:/@'"<>]{0,200}:[^\s/@'"<>]{1,300}|[^\s:/@'"<>]{16,300})@/dgi,
  },
  {
    kind: 'authorization',
    mask: '<authorization>',
    trigger: /bearer|basic|authorization|digest/i,
    regex:
      /\b(?:authorization["']?\s{0,3}[:=]\s{0,3}["']?(?:(?:bearer|basic|token|digest|negotiate|apikey|aws4-hmac-sha256)\s{1,3})?|bearer\s{1,3})(?<secret>[\w.~+/=:-]{6,4000})/dgi,
    accepts: (match) =>
      !isPlaceholder(secretOf(match)) && /[\d_.~+/=-]|[a-z][A-Z]/.test(secretOf(match)),
  },
  {
    kind: 'token',
    mask: '<token>',
    // Every one begins with a word character, so that `\b` stands in for the costlier look behind.
    trigger: new RegExp(`\\b(?:${tokenStart})`),
    regex: new RegExp(`(?<![\\w-])(?:${token})(?![A-Za-z0-9])`, 'dg'),
    accepts: (match) => new Set(match[0]).size >= 8,
  },
  {
    kind: 'assignment',
    mask: '<secret>',
    // A name alone is a word of many messages; with what assigns behind it, of few.
    trigger:
      /(?:pass|pwd|secret|token|key|credential|session|cookie|connection|sas)[\w-]{0,30}["'\\]{0,3}\s{0,3}[:=]/i,
    regex: new RegExp(
      `(?<name>(?<![A-Za-z])(?:[\\w.-]{0,40}[_.-])?(?:[a-z]{0,20}(?<=[a-z]))?(?:${names})[\\w-]{0,20})["'\\\\]{0,3}\\s{0,3}(?:=>|[:=])\\s{0,3}(?:["'\\\\]{1,3}(?<quoted>[^"'\\s\\\\][^"'\\n\\\\]{2,500})|(?<secret>[^\\s"'\\\\,;&(){}\\[\\]<>|]{4,500}))`,
      'dgi',
    ),
    accepts: isSecretAssignment,
  },
  {
    kind: 'email',
    mask: '<email>',
    trigger: /@/,
    regex: /(?<![\w.+-])[\w.+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24}\b/dgi,
    accepts: (match) => !/\.(?:js|ts|py|json|mjs|cjs|map|css)$/i.test(match[0]),
  },
  {
    kind: 'home',
    mask: '~',
    trigger: /home|Users/i,
    regex:
      /(?<![\w~-])(?<!\w\.)(?:\/(?:home|Users)\/[^\s/:"'<>|\\]{1,64}|[A-Za-z]:[\\/]{1,2}Users[\\/]{1,2}[^\s/:"'<>|\\]{1,64})(?=[\\/:"'\s)\],;]|$)/dg,
    accepts: (match) => !/[\\/](?:Shared|Public|Default)$/.test(match[0]),
  },
  {
    kind: 'card',
    mask: '<card>',
    trigger: /\d{4}[ -]?\d{2}/,
    regex:
      /(?<![\w.-])[3-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{3,4}(?![\w-]|\.\d)|(?<![\w.-])3[47]\d{2}[ -]?\d{6}[ -]?\d{5}(?![\w-])/dg,
    accepts: (match) => passesLuhn(match[0]),
  },
  {
    kind: 'phone',
    mask: '<phone>',
    trigger: /\+\d/,
    regex:
      /(?<![\w+])\+[1-9]\d{0,2}[ .-]?(?:\(\d{1,5}\)[ .-]?)?\d{1,5}(?:[ .-]?\d{2,5}){1,5}(?![\w:])/dg,
    accepts: (match) => digitsOf(match[0]).length >= 8 && digitsOf(match[0]).length <= 15,
  },
];

/** Every secret in the first {@link maxSecretChars} characters, in order, without overlaps. */
export function findSecrets(text: string): SecretMatch[] {
  const input = text.slice(0, maxSecretChars);
  const found: SecretMatch[] = [];
  for (const pattern of patterns) {
    if (!pattern.trigger.test(input)) continue;
    for (const match of input.matchAll(pattern.regex)) {
      if (pattern.accepts && !pattern.accepts(match)) continue;
      const [start, end] = spanOf(match);
      if (end > start) found.push({ kind: pattern.kind, start, end });
    }
  }
  return withoutOverlaps(found);
}

/** Of people rather than of machines: may stay on the screen of who wrote them. */
export const personalKinds: ReadonlySet<SecretKind> = new Set(['email', 'home', 'card', 'phone']);

const noKinds: ReadonlySet<SecretKind> = new Set();

/** The text with every secret replaced by its kind's mask, but for the kinds to keep. Idempotent. */
export function redact(text: string, keep: ReadonlySet<SecretKind> = noKinds): string {
  const input = text.length > maxSecretChars ? `${text.slice(0, maxSecretChars)}…` : text;
  const secrets = findSecrets(input).filter(({ kind }) => !keep.has(kind));
  if (secrets.length === 0) return input;
  let out = '';
  let at = 0;
  for (const { kind, start, end } of secrets) {
    out += input.slice(at, start) + maskOf(kind);
    at = end;
  }
  return out + input.slice(at);
}

export function maskOf(kind: SecretKind): string {
  return patterns.find((pattern) => pattern.kind === kind)?.mask ?? '<secret>';
}

function spanOf(match: RegExpMatchArray): readonly [number, number] {
  const groups = match.indices?.groups;
  const span = groups?.['secret'] ?? groups?.['quoted'] ?? match.indices?.[0];
  return span ?? [match.index ?? 0, (match.index ?? 0) + match[0].length];
}

function secretOf(match: RegExpMatchArray): string {
  return match.groups?.['secret'] ?? match.groups?.['quoted'] ?? match[0];
}

/** Of overlapping matches the one that starts first counts; of those that start together, the longest. */
function withoutOverlaps(found: SecretMatch[]): SecretMatch[] {
  if (found.length < 2) return found;
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: SecretMatch[] = [];
  for (const secret of found) {
    const last = kept.at(-1);
    if (!last || secret.start >= last.end) kept.push(secret);
    else if (secret.end > last.end) kept[kept.length - 1] = { ...last, end: secret.end };
  }
  return kept;
}

/** Words that stand where a secret would, in code, documentation and messages about secrets. */
const stopWords =
  /^(?:null|undefined|none|nil|true|false|yes|no|on|off|string|number|boolean|object|required|missing|invalid|expired|empty|unset|not|is|was|must|the|an?|for|from|of|and|or|in|to|at|example|changeme|your[\w-]*|xxx+|test|dummy|placeholder|redacted|hidden|masked|self|this|new|get|set|unexpected|unknown|wrong|incorrect|rejected|revoked|error|failed|refused|denied|mismatch|process|env|os|config|settings|options|args|req|request|ctx|params)$/i;

function isPlaceholder(value: string): boolean {
  return (
    stopWords.test(value) ||
    /^[<$%{[*#]/.test(value) ||
    /^(?:process|os|config|settings|self|this|req|ctx|options|params|env|args)\./.test(value) ||
    /^(.)\1*$/.test(value)
  );
}

/** A password may be any word; what is named token, key, … must look random, or code would be masked. */
function isSecretAssignment(match: RegExpMatchArray): boolean {
  const value = secretOf(match).replace(/[.,:]+$/, '');
  const name = match.groups?.['name'] ?? '';
  if (isPlaceholder(value) || /^(?:https?:|\/|~|\.{1,2}\/)/.test(value)) return false;
  if (/(?:pass(?:word|wd|phrase|code)?|pwd|secret)$/i.test(name)) {
    // `password: expected a string` is a sentence about passwords; `password=hunter2` is one.
    return (
      value.length >= 4 &&
      (/[=]/.test(separatorOf(match)) || looksRandom(value) || !/^[a-z]+$/i.test(value))
    );
  }
  return value.length >= 8 && looksRandom(value);
}

function separatorOf(match: RegExpMatchArray): string {
  const name = match.groups?.['name'] ?? '';
  return match[0].slice(name.length, name.length + 8);
}

function looksRandom(value: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^\w\s]/].filter((kind) => kind.test(value)).length;
  return kinds >= 2 && entropy(value) >= 2.5 && !/\s/.test(value);
}

/** Shannon entropy in bits per character. */
function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const char of value) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values())
    bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}

function passesLuhn(text: string): boolean {
  const digits = digitsOf(text).split('').reverse().map(Number);
  if (digits.length < 13 || digits.length > 19 || new Set(digits).size < 2) return false;
  const sum = digits.reduce((total, digit, index) => {
    const value = index % 2 === 1 ? digit * 2 : digit;
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
