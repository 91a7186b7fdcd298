import { ipAddress, ipMask, ipTrigger, isOwnAddress } from './ipAddresses.ts';
import {
  authorization,
  privateKey,
  secretNames,
  urlCredentials,
  webToken,
} from './secretPatterns.ts';
import type { SecretFinding } from './secretFinding.ts';
import { scanSecrets } from './secretScan.ts';
import { isBasic, isPlaceholder, looksRandom } from './secretValues.ts';
import {
  addressToken,
  isChecksum,
  looksGenerated,
  markedToken,
  randomToken,
  randomTrigger,
  tokenTrigger,
} from './tokenForms.ts';

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
  | 'random'
  | 'user'
  | 'email'
  | 'home'
  | 'card'
  | 'phone'
  | 'ip';

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
  readonly trigger: Pick<RegExp, 'test'>;
  /** Global and with indices; the group `secret`, where there is one, is what gets masked. */
  readonly regex: RegExp;
  readonly accepts?: (match: RegExpMatchArray) => boolean;
}

/** Longer texts are cut: an unexamined rest must not leave the machine. */
export const maxSecretChars = 1 << 20;

/** `the password is hunter2`, `token 3f78… was refused`. */
const spokenSecret =
  /\b(?<name>pass(?:word|wd|phrase|code)|pwd|secret(?: key)?|token|(?:api|access|auth|private|license)[ _-]?key|credentials?)(?:\s(?:is|was|of|set to|has been))?[\s:]{1,3}(?:["'`](?<quoted>[^"'`\n\\]{6,200})(?=["'`])|["'`([]?(?<secret>[\w.~+/=$!@#%^&*-]{6,300}))/dgi;

/** `user=jane`, `"username":"jane"`, `for user 'jane'`, `invalid user jane`. */
const userName = new RegExp(
  [
    String.raw`(?<![A-Za-z])(?:(?:[\w-]{0,20}[_.-])?user(?:[_-]?name|[_-]?login)?|login|usr|(?:account|full|display|first|last)[_-]?name|user\.name)(?:["'\\]{1,16}\s?[:=]\s?["'\\]{1,16}|=["'\\]{0,16}|:\s?["'\\]{0,16})(?:(?<=["'])(?<quoted>[\p{L}_][^"'\n\\<>{}]{1,63})(?=["'\\])|(?<secret>[\p{L}_][\p{L}\p{N}_.-]{1,63}(?:\\{1,2}[\w.-]{1,64})?)(?![\p{L}\p{N}_(.\[]))`,
    String.raw`\b(?:user|account|login|logged in as|role)\s{1,2}["'\x60](?<named>[\p{L}_][^"'\x60\n]{1,63})["'\x60]`,
    String.raw`\b(?:(?:invalid|unknown|illegal) user|logged in as|(?:password|publickey) for)\s(?<sent>[\p{L}_][\p{L}\p{N}_.-]{1,63})(?=\s(?:from|on|at|via|port)\b|[,;]|$)`,
    String.raw`\b(?:user|account)\s(?<dotted>\p{L}{1,30}[._]\p{L}[\p{L}\p{N}_.-]{0,60})(?=[\s,;:]|$)`,
  ].join('|'),
  'dgiu',
);

/** What has the form of an address and is a package, a picture, a unit or a remote. */
const notAnAddress =
  /\.(?:[jt]sx?|py|json|[mc]js|[mc]ts|map|css|scss|html?|md|png|jpe?g|gif|svg|webp|avif|ico|tgz|zip|gz|whl|jar|lock|service|socket|timer|target|mount|so|dll|exe|rb|rs|go|java|php|log|ya?ml|toml)$|^git@/i;

const patterns: readonly Pattern[] = [
  {
    kind: 'private-key',
    mask: '<private-key>',
    trigger: /----[- ]BEGIN|PuTTY-User/,
    regex: privateKey,
  },
  {
    kind: 'jwt',
    mask: '<jwt>',
    trigger: /eyJ/,
    regex: webToken,
  },
  {
    kind: 'url-credentials',
    mask: '<credentials>',
    trigger: /:\/\/[^\s/]{0,300}@/,
    regex: urlCredentials,
  },
  {
    kind: 'authorization',
    mask: '<authorization>',
    trigger: /bearer|basic|authorization|digest|ssws|apikey/i,
    regex: authorization,
    accepts: (match) =>
      !isPlaceholder(secretOf(match)) && /[\d_.~+/=-]|[a-z][A-Z]/.test(secretOf(match)),
  },
  {
    kind: 'authorization',
    mask: '<authorization>',
    trigger: /basic\s/i,
    regex: /\bbasic\s{1,3}(?<secret>[A-Za-z0-9+/]{8,2000}={0,2})/dgi,
    accepts: (match) => isBasic(secretOf(match)),
  },
  {
    kind: 'token',
    mask: '<token>',
    trigger: tokenTrigger,
    regex: markedToken,
    accepts: (match) => new Set(match[0]).size >= 8,
  },
  {
    kind: 'token',
    mask: '<token>',
    trigger: /hook|[?&;](?:sig|x-|key|code|auth|ticket|sid|jwt|assertion)|\/bot|\/spaces/i,
    regex: addressToken,
    accepts: (match) => /\d/.test(secretOf(match)) && !isPlaceholder(secretOf(match)),
  },
  {
    kind: 'random',
    mask: '<random>',
    trigger: randomTrigger,
    regex: randomToken,
    accepts: (match) => looksGenerated(match[0]) && !isChecksum(match),
  },
  {
    kind: 'assignment',
    mask: '<secret>',
    // A name alone is a word of many messages; with what assigns behind it, of few.
    trigger:
      /(?:pass|pwd|secret|token|key|credential|session|cookie|connection|sas)[\w-]{0,30}["'\\]{0,16}\s{0,3}[:=]/i,
    regex: new RegExp(
      `(?<name>(?<![A-Za-z])(?:[\\w.-]{0,40}[_.-])?(?:[a-z]{0,20}(?<=[a-z]))?(?:${secretNames})[\\w-]{0,20})["'\\\\]{0,16}\\s{0,3}(?:=>|[:=])\\s{0,3}(?:["'\\\\]{1,16}(?<quoted>[^"'\\s\\\\][^"'\\n\\\\]{2,500})|(?<secret>[^\\s"'\\\\,;&(){}\\[\\]<>|]{4,500}))`,
      'dgi',
    ),
    accepts: isSecretAssignment,
  },
  {
    kind: 'assignment',
    mask: '<secret>',
    trigger: /(?:pass(?:word|wd|phrase|code)|pwd|secret|token|key|credentials?)[\s:]/i,
    regex: spokenSecret,
    accepts: isSpokenSecret,
  },
  {
    kind: 'assignment',
    mask: '<secret>',
    trigger: /<\/|\s-u|--/,
    regex: new RegExp(
      `<[\\w.:-]{0,40}(?:${secretNames})[\\w.-]{0,20}>(?<secret>[^<\\s]{4,300})</|(?<=\\s|^)--?[\\w-]{0,30}(?:${secretNames})[\\w-]{0,20}\\s{1,3}["']?(?<sent>[^\\s"'-][^\\s"']{3,300})|(?<=\\s|^)(?:-u|--user)[\\s=]["']?[^\\s:"']{1,64}:(?<quoted>[^\\s"']{4,300})`,
      'dgi',
    ),
    accepts: isFlaggedSecret,
  },
  {
    kind: 'user',
    mask: '<user>',
    trigger:
      /(?:user|usr|login|(?:account|full|display|first|last)[_-]?name)(?:[_-]?(?:name|login))?["'\\]{0,16}\s?[:=]|(?:user|account|login|role|in as) {1,2}["'`]|(?:invalid|unknown|illegal) user|logged in as|(?:password|publickey) for|(?:user|account) [a-z]{1,30}[._]/i,
    regex: userName,
    accepts: isUserName,
  },
  {
    kind: 'email',
    mask: '<email>',
    trigger: /@|%40/,
    regex:
      /(?<![\p{L}\p{N}_.+-])[\p{L}\p{N}_.+-]{1,64}(?:@|%40)(?:[\p{L}\p{N}-]{1,63}\.){1,5}\p{L}{2,24}(?![\p{L}\p{N}_])/dgiu,
    accepts: (match) => !notAnAddress.test(match[0]),
  },
  {
    kind: 'home',
    mask: '~',
    trigger: /home|Users/i,
    regex:
      /(?<![\w~-])(?<!\w\.)(?:(?:\/(?:var|usr|export|private|host|rootfs|mnt\/[a-z]|Volumes\/[^\s/]{1,40}))?\/(?:home|Users)\/|[A-Za-z]:[\\/]{1,4}(?:Users|Documents and Settings)[\\/]{1,4})(?:[^\s/:"'<>|\\]{1,40}(?: \p{L}[\p{L}\p{N}.'-]{0,40}){1,2}(?=[\\/])|[^\s/:"'<>|\\]{1,64})(?=[\\/:"'\s)\],;]|$)/dgu,
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
  {
    kind: 'ip',
    mask: ipMask,
    trigger: ipTrigger,
    regex: ipAddress,
    accepts: (match) => !isOwnAddress(match[0]),
  },
];

const noKinds: ReadonlySet<SecretKind> = new Set();
const onlyIp: ReadonlySet<SecretKind> = new Set(['ip']);

/** What evidence keeps by the user's own choice. */
export function keptKinds(privacy: { readonly maskIpAddresses: boolean }): ReadonlySet<SecretKind> {
  return privacy.maskIpAddresses ? noKinds : onlyIp;
}

/** Every secret in the first {@link maxSecretChars} characters, in order, without overlaps. */
export function findSecrets(text: string, keep: ReadonlySet<SecretKind> = noKinds): SecretMatch[] {
  const input = text.slice(0, maxSecretChars);
  const found: SecretMatch[] = [];
  for (const pattern of patterns) {
    if (!keep.has(pattern.kind) && pattern.trigger.test(input)) find(pattern, input, found);
  }
  if (codeTrigger.test(input)) found.push(...scanSecrets(input).map(toMatch));
  return withoutOverlaps(found);
}

/** What is found in code by its name, in an encoding or in parts is masked in other texts as well. */
const codeTrigger =
  /pass|pwd|secret|token|key|auth|cred|value|\.join\(|-(?:u|p|a|w)\b|["'`]\s{0,9}\+|[\w+/=-]{24}/i;

function toMatch({ rule, start, end }: SecretFinding): SecretMatch {
  return {
    kind: rule === 'password' ? 'assignment' : rule === 'private-key' ? rule : 'token',
    start,
    end,
  };
}

function find({ kind, regex, accepts }: Pattern, input: string, found: SecretMatch[]): void {
  regex.lastIndex = 0;
  for (let match = regex.exec(input); match; match = regex.exec(input)) {
    const [start, end] = spanOf(match);
    if (end > start && (!accepts || accepts(match))) found.push({ kind, start, end });
    // What is not a secret itself may hold one: a connection string named `apiKey`.
    else regex.lastIndex = Math.max(start, match.index + 1);
  }
}

/** Of people rather than of machines: may stay on the screen of who wrote them. */
export const personalKinds: ReadonlySet<SecretKind> = new Set([
  'user',
  'email',
  'home',
  'card',
  'phone',
  'ip',
]);

/** The text with every secret replaced by its kind's mask, but for the kinds to keep. Idempotent. */
export function redact(text: string, keep: ReadonlySet<SecretKind> = noKinds): string {
  const input = text.length > maxSecretChars ? `${text.slice(0, maxSecretChars)}…` : text;
  const secrets = findSecrets(input, keep);
  if (secrets.length === 0) return input;
  let out = '';
  let at = 0;
  for (const { kind, start, end } of secrets) {
    out += input.slice(at, start) + maskOf(kind);
    at = end;
  }
  return out + input.slice(at);
}

const secretField = new RegExp(`(?:${secretNames})$`, 'i');
const personField =
  /^(?:\w{1,20}[_-])?(?:user(?:[_-]?name)?|login|(?:full|first|last|display|account|customer|client|contact)[_-]?name|author|reporter)$/i;

/** The same for the value of a named field, whose name says what the value alone would not. */
export function redactField(
  name: string,
  value: string,
  keep: ReadonlySet<SecretKind> = noKinds,
): string {
  if (value === '' || isPlaceholder(value)) return redact(value, keep);
  if (secretField.test(name.slice(-80))) return maskOf('assignment');
  if (personField.test(name.slice(0, 80)) && /\p{L}/u.test(value)) return maskOf('user');
  return redact(value, keep);
}

export function maskOf(kind: SecretKind): string {
  return patterns.find((pattern) => pattern.kind === kind)?.mask ?? '<secret>';
}

/** The groups of which one, where there is any, is what gets masked. */
const secretGroups = ['secret', 'quoted', 'sent', 'named', 'dotted'] as const;

function spanOf(match: RegExpMatchArray): readonly [number, number] {
  const groups = match.indices?.groups;
  const name = secretGroups.find((group) => groups?.[group] !== undefined);
  const span = name === undefined ? match.indices?.[0] : groups?.[name];
  return span ?? [match.index ?? 0, (match.index ?? 0) + match[0].length];
}

function secretOf(match: RegExpMatchArray): string {
  const name = secretGroups.find((group) => match.groups?.[group] !== undefined);
  return (name === undefined ? undefined : match.groups?.[name]) ?? match[0];
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

/** A password may be any word; what is named token, key, … must look random, or code would be masked. */
function isSecretAssignment(match: RegExpMatchArray): boolean {
  const value = secretOf(match).replace(/[.,:]+$/, '');
  const name = match.groups?.['name'] ?? '';
  // `--- PASS: TestCart` and `passed = count` are about tests.
  if (/pass(?:ed|es|ing|age|enger)s?$/i.test(name)) return false;
  if (name === 'PASS' && match.groups?.['quoted'] === undefined)
    return separatorOf(match)[0] === '=';
  if (isPlaceholder(value) || /^(?:https?:|\/|~|\.{1,2}\/)/.test(value)) return false;
  if (/(?:pass(?:word|wd|phrase|code)?|pwd|secret)$/i.test(name)) {
    // `password: expected a string` is a sentence about passwords; `password=hunter2` is one.
    return (
      value.length >= 4 &&
      (/[=]/.test(separatorOf(match)) ||
        looksRandom(value) ||
        !/^[a-z]+$/i.test(value) ||
        isField(match))
    );
  }
  return value.length >= 8 && looksRandom(value);
}

/** `"password": "dragonfly"` of a record; `"password": "Password"` is the label of a form. */
function isField(match: RegExpMatchArray): boolean {
  const { name = '', quoted } = match.groups ?? {};
  const isQuoted = quoted !== undefined && /^["'\\]/.test(separatorOf(match));
  return isQuoted && quoted.toLowerCase() !== name.toLowerCase();
}

function isSpokenSecret(match: RegExpMatchArray): boolean {
  const value = secretOf(match).replace(/[.,:;!?)]+$/, '');
  if (isPlaceholder(value) || value.length < 6) return false;
  const isPassword = /^(?:pass|pwd)/i.test(match.groups?.['name'] ?? '');
  if (isPassword && isHandedIn(match)) return true;
  if (!/\d/.test(value)) return false;
  if (!isPassword)
    return value.length >= 16 && looksRandom(value) && !/[/.][a-z]{1,5}$/.test(value);
  return looksRandom(value) && /\b(?:is|was|of|to|been)\s|["'`]/.test(match[0]);
}

/** `logging in with password 'dragonfly'` */
function isHandedIn({ index = 0, input = '', 0: said }: RegExpMatchArray): boolean {
  return (
    /\b(?:with|using) (?:the )?$/i.test(input.slice(Math.max(0, index - 12), index)) &&
    /["'`]/.test(said)
  );
}

function isFlaggedSecret(match: RegExpMatchArray): boolean {
  const value = secretOf(match);
  return !isPlaceholder(value) && (match.groups?.['sent'] === undefined || looksRandom(value));
}

/** Words that follow `user:` and name nobody. */
const notAName =
  /^(?:user(?:s|name)?|id|ids|admin|root|system|service|guest|anonymous|anon|nobody|default|public|app|agent|input|session|profile|login|logout|password|email|role|found|does|has|have|with|already|cannot|could|failed|here|there|me|you|jwt|oauth|sso|select|insert|update|delete|any|unknown|never|void|bool|int|str|dict|list|array|map|optional|await|async|return|const|let|var)$/i;

function isUserName(match: RegExpMatchArray): boolean {
  const value = secretOf(match).replace(/[.,]+$/, '');
  if (value.length < 2 || isPlaceholder(value) || notAName.test(value)) return false;
  // A type (`user: User`), a place in code or a file is nobody's name.
  return !/User$|[(){}=;$]|\.(?:[jt]sx?|py|go|rb|php|java|rs|json)$/.test(value);
}

function separatorOf(match: RegExpMatchArray): string {
  const name = match.groups?.['name'] ?? '';
  return match[0].slice(name.length, name.length + 8);
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
