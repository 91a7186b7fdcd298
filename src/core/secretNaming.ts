import {
  isStrongName,
  issuerNames,
  nameKind,
  type NameKind,
  secretWord,
  wordsOf,
} from './secretNames.ts';
import type { Found } from './secretFinding.ts';
import {
  isBasic,
  isCommonPassword,
  isFiller,
  isUuid,
  isWordy,
  looksLikeKey,
  looksLikePassword,
} from './secretValues.ts';
import { isPublishable } from './tokenForms.ts';

/** What a text has at all, so that nothing is looked for in each of its lines that is in none. */
export interface Clues {
  readonly names: boolean;
  readonly fields: boolean;
  readonly blocks: boolean;
  readonly commands: boolean;
}

const anyName = new RegExp(secretWord.source, 'i');
const anyField = /\b(?:value|default)["']?\s*[:=]/;
const anyBlock = /(?:>|[|>][-+]?)\r?\n/;
const anyCommand =
  /\s-(?:u|-user|-proxy-user|p|a|w)|^[\w.*-]{1,100}:(?:\d|\*)|password (?:is|was)|identified (?:by|with)/im;

export function cluesOf(text: string): Clues {
  const names = anyName.test(text);
  return {
    names,
    fields: names && anyField.test(text),
    blocks: names && anyBlock.test(text),
    commands: anyCommand.test(text),
  };
}

/** A line, and where in the text it stands. */
export interface Line {
  readonly text: string;
  /** Whether it has sixteen characters of a key without a break. */
  readonly hasRun: boolean;
  /** What stands before it: all of it matters only where a name does. */
  readonly before: () => string;
}

/** Values whose secrecy only their name tells: what is assigned, passed or sent as a password, token or key. */
export function scanNamed({ text: line, hasRun, before }: Line, clues: Clues, add: Found): void {
  let namesIssuer: boolean | undefined;
  const hasIssuer = (): boolean => (namesIssuer ??= issuerNames.test(line) || client.test(line));
  if (clues.names) {
    secretWord.lastIndex = 0;
    for (let match = secretWord.exec(line); match; match = secretWord.exec(line)) {
      const { name, end } = nameAt(line, match.index, secretWord.lastIndex);
      secretWord.lastIndex = Math.max(secretWord.lastIndex, end);
      const kind = nameKind(name);
      if (!kind || (vague.test(name) && !hasIssuer())) continue;
      scanValue(line, { name, kind, start: end - name.length, end }, add);
    }
  }
  if (clues.fields && anyField.test(line)) scanBelow(valueField, nameField, line, before(), add);
  else if (clues.blocks && !line.includes('=') && valueAlone.test(line)) {
    scanBelow(valueAlone, nameAlone, line, before(), add);
  }
  if (hasRun && /\d/.test(line) && /[\w+/-]{20}/.test(line) && (hasIssuer() || /aws/i.test(line))) {
    scanOfIssuer(line, add);
  }
  if (clues.commands) scanCommands(line, add);
}

/** A key, a salt, a session of what? Of a map, as often as not. */
const vague = /^(?:key|salt|signature|sig|session|cookie|webhook)$/i;

interface Name {
  readonly name: string;
  readonly kind: NameKind;
  readonly start: number;
  readonly end: number;
}

const maxNameChars = 60;

function nameAt(line: string, from: number, to: number): { name: string; end: number } {
  let start = from;
  while (start > 0 && from - start < maxNameChars && isNameChar(line.charCodeAt(start - 1)))
    start -= 1;
  let end = to;
  while (end < line.length && end - to < maxNameChars && isNameChar(line.charCodeAt(end))) end += 1;
  return { name: line.slice(start, end), end };
}

/** Word characters, `.`, `-` and `$`. */
function isNameChar(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 45 ||
    code === 46 ||
    code === 36
  );
}

/** What assigns, compares, passes or separates, up to the value; the groups say which it was. */
const separator =
  /(?<closed>\\{0,3}["'`]?\]?\)?\??!?)(?<blank>[ \t]{0,20})(?:(?<typed>:\s{0,3}[\w<>&'.[\]|? ]{1,40}?\s?=(?=[ \t]{0,3}[\w("'`]))|(?<pair>,?\s{1,5}\\{0,3}["']?value\\{0,3}["']?\s{0,3}[:=])|(?<declared>(?<=[ \t])[A-Za-z][\w.*[\]]{0,20}[ \t]{1,3}=(?![=>]))|(?<op>=>|:{1,3}=|[.+]=|\?\?=|\|\|=|\?=|[=!]==?|\|\||\?\?|=|:)|(?<comma>,)|(?<call>\()|(?<tag>>))(?<after>[ \t]{0,20})|(?<space>[ \t]{1,5})/y;

const wrapped = /(?:(?:new\s)?[A-Za-z_][\w.:]{0,40}\(|[rbfuL@$]{1,2}(?=["'`]))/y;
const quoted =
  /\\{0,3}(?:"(?<double>[^"\\\n]{4,520})\\{0,3}"|'(?<single>[^'\\\n]{4,520})\\{0,3}'|`(?<back>[^`\\\n]{4,520})`)/dy;
const bare = /[^\s"'`,;<>(){}[\]|&\\]{6,256}/y;

function scanValue(line: string, name: Name, add: Found): void {
  const sep = at(separator, line, name.end);
  if (!sep) return;
  let from = name.end + sep[0].length;
  const { op, typed, declared, call, comma, space, tag, pair } = sep.groups ?? {};
  if (op ?? typed ?? declared ?? call) {
    from += at(wrapped, line, from)?.[0].length ?? 0;
  }
  const literal = at(quoted, line, from);
  if (literal) {
    if (space !== undefined && !isFlag(line, name)) return;
    if (comma !== undefined && (!sep.groups?.['closed'] || !/^[A-Z\d]+_[A-Z\d_]+$/.test(name.name)))
      return;
    const groups = literal.indices?.groups;
    const span = groups?.['double'] ?? groups?.['single'] ?? groups?.['back'];
    if (span) report(line, name, span, add);
    return;
  }
  if (comma !== undefined || call !== undefined || typed !== undefined || pair !== undefined)
    return;
  if (space !== undefined && !isFlag(line, name)) return;
  const value = at(bare, line, from);
  if (!value) return;
  const end = from + value[0].length;
  const text = value[0].replace(/[.:]+$/, '');
  if (
    isBareValue(line, name, {
      text,
      from,
      end,
      tag: tag !== undefined,
      op,
      isFlag: space !== undefined,
    })
  ) {
    report(line, name, [from, from + text.length], add);
  }
}

function at(regex: RegExp, line: string, index: number): RegExpExecArray | null {
  regex.lastIndex = index;
  return regex.exec(line);
}

/** `--password x`, `ENV TOKEN x`, `machine h login u password x`, `CREATE USER u PASSWORD 'x'`. */
function isFlag(line: string, { start }: Name): boolean {
  const before = line.slice(0, start);
  return (
    /(?:^|\s)--?$/.test(before) ||
    /^--?\w/.test(line.slice(start)) ||
    /\b(?:create|alter)\s{1,5}(?:user|role|login|group)\s/i.test(before) ||
    (/^\s*(?:RUN\s+)?(?:ENV|ARG|setx|set|define|machine\s.*|requirepass|masterauth)?\s*(?:[\w.-]+\s)?$/i.test(
      before,
    ) &&
      /^\s*(?:ENV|ARG|setx|set|machine|password|requirepass|masterauth)\b/i.test(line))
  );
}

interface Bare {
  readonly text: string;
  readonly from: number;
  readonly end: number;
  readonly tag: boolean;
  readonly op: string | undefined;
  /** After a flag, a blank between them. */
  readonly isFlag: boolean;
}

/** Without quotes it may as well be code: then only what no expression looks like counts. */
function isBareValue(line: string, { name, kind, start }: Name, value: Bare): boolean {
  const next = line[value.end] ?? '';
  if (/[([{]/.test(next)) return false;
  if (value.tag) return next === '<';
  if (value.op !== undefined && !/^(?:=|:|:=|=>)$/.test(value.op)) return false;
  if (
    /^(?:[A-Za-z_$][\w$]*[?!]?\.)+[A-Za-z_$][\w$]*$/.test(value.text) &&
    !/\d.*\d/.test(value.text)
  )
    return false;
  if (
    /^(?:u?int|float|utf|md|sha|base|str|bool|aes|rsa)[-_]?\d+(?:[-_]\w{1,20})?$/i.test(value.text)
  )
    return false;
  if (kind === 'key') return isBareKey(value.text);
  const isInside = /[;?&"'\s:]/.test(line[start - 1] ?? ' ') && /[;&"'\s]|^$/.test(next);
  const isTight =
    value.isFlag || (line[value.from - 1] === '=' && /[\w"'\]]/.test(line[value.from - 2] ?? ''));
  const isPart = /[;?&"']/.test(line[start - 1] ?? '') && isTight;
  const isSetting =
    /^[\s\w.-]{0,80}$/.test(line.slice(0, start)) && /^\s*(?:#.*)?$/.test(line.slice(value.end));
  if (!isInside || !(isTight || isPart || isSetting)) return false;
  // `password = readFrom2` is code; `DB_PASSWORD=dragon77` and `password: dragon77` are settings.
  if (/^[\w.-]+$/.test(value.text) && isWordy(value.text)) {
    return (
      /\d/.test(value.text) &&
      (isPart || /^[A-Z\d_.-]+$/.test(name) || (isSetting && value.op === ':') || isTight)
    );
  }
  return true;
}

function isBareKey(text: string): boolean {
  return (
    /^[\w+/~.%:-]+={0,2}$/.test(text) && !(text.includes('.') && text.split('.').every(isWordy))
  );
}

function report(
  line: string,
  name: Name,
  [start, end]: readonly [number, number],
  add: Found,
): void {
  const value = line.slice(start, end);
  if (name.name.length > 3 && value.toLowerCase().includes(name.name.toLowerCase())) return;
  if (isChecksum(value) || value.startsWith('ENC[') || isPublishable(value)) return;
  if (/^_?auth$/i.test(name.name.slice(-5)) && isBasic(value))
    return add('authorization', start, end);
  if (name.kind === 'password') {
    if (looksLikePassword(value)) add('password', start, end);
    return;
  }
  if (isNamedKey(name.name, value)) add('named-key', start, end);
}

function isNamedKey(name: string, value: string): boolean {
  const words = wordsOf(name);
  const strong = isStrongName(name);
  const ofIssuer = issuerNames.test(name);
  if (isAddress(value)) return false;
  if (isUuid(value)) return (strong || ofIssuer) && !/^0+-/.test(value);
  if (looksLikeKey(value)) return strong || ofIssuer || value.length >= 20;
  if (!words.some((word) => /secret/.test(word))) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^\w]/].filter((kind) => kind.test(value)).length;
  return kinds >= 3 && value.length >= 10 && looksLikePassword(value) && !isWordy(value);
}

/** Of an account or a contract on a chain: everybody may know it. */
function isAddress(value: string): boolean {
  return /^0x[a-f0-9]{40}$/i.test(value);
}

function isChecksum(value: string): boolean {
  return /^(?:sha(?:1|224|256|384|512)|md5)[-:]/i.test(value);
}

const valueField =
  /\b(?:value|default)["']?\s{0,3}[:=]\s{0,3}(?:\\{0,2}"(?<double>[^"\\\n]{4,520})"|'(?<single>[^'\\\n]{4,520})'|(?<plain>[^\s"'`,;<>(){}[\]|&\\]{6,520})\s*$)/d;
const nameField =
  /(?:\b(?:name|key)["']?\s{0,3}[:=]\s{0,3}["']?|\bvariable\s{1,3}")(?<name>[\w.-]{2,80})["']?\s{0,3}[,{]?\s{0,40}\n(?:[^\n]{0,120}\n)?[^\n]{0,80}$/;

/** `<apiToken>` or `token: |`, and nothing but the value on the next line. */
const valueAlone = /^\s{0,200}(?<plain>[^\s<>]{8,520})\s{0,200}$/d;
const nameAlone = /(?:<|^|[\s-])(?<name>[\w.-]{2,80})(?:>|["']?:\s{1,3}[|>][-+]?)\r?\n$/;

/** A value whose name stands above it, as in manifests for containers. */
function scanBelow(value: RegExp, naming: RegExp, line: string, before: string, add: Found): void {
  const match = value.exec(line);
  const name = naming.exec(before)?.groups?.['name'];
  const kind = name === undefined ? undefined : nameKind(name);
  if (name === undefined || kind === undefined || !match) return;
  const groups = match.indices?.groups;
  const span = groups?.['double'] ?? groups?.['single'] ?? groups?.['plain'];
  if (span) report(line, { name, kind, start: 0, end: 0 }, span, add);
}

const candidate =
  /(?<=["'`=(]|[:=]\s{1,3}|\b(?:key|token|secret)\s)(?<![=:]\/)(?!sha\d)[\w+/-]{20,128}={0,2}(?![\w+/=@.-])/gi;
const notAKeyBefore =
  /(?:sha\d*|commit|rev(?:ision)?|hash|digest|checksum|integrity|etag|uuid|guid|\bids?|version|public|site_?key|sitekey|image|trace|span|request|cache|fingerprint|blob|tree|parent|ref|build|nonce|account|name|url|path|file)["'\])]*\s{0,3}(?:=>|[:=(,]|\s)\s{0,3}["'`(]*$/i;

/** What has a session or a connection for its first is as often told which. */
const client =
  /\b[A-Z]\w{0,40}(?:Client|SDK|Sdk|Api|API)(?:(?:::|\.)(?:new|create|connect|init|builder|(?:from|with)\w{0,20}(?:[Kk]ey|[Tt]oken|[Ss]ecret|[Aa]uth)))?\(\s{0,3}["'`]/;
const clientBefore = new RegExp(`${client.source}$`);

/** A key near the name of who issues such: `new Datadog('…')`, `# algolia: …`; or all that a client is made of. */
function scanOfIssuer(line: string, add: Found): void {
  candidate.lastIndex = 0;
  for (let match = candidate.exec(line); match; match = candidate.exec(line)) {
    const value = match[0];
    const before = line.slice(Math.max(0, match.index - 100), match.index);
    if (!/\d.*\d/.test(value) || !looksLikeKey(value) || notAKeyBefore.test(before)) continue;
    const makesClient = clientBefore.test(before);
    if (
      isUuid(value) &&
      !makesClient &&
      !/(?:\bnew\s[\w.]{1,40}|\b(?:connect|auth\w*|init\w*|login|configure|setup|client))\(["'`]$/i.test(
        before,
      )
    )
      continue;
    if (!makesClient && !issuerNames.test(before) && !isAwsSecret(before, value)) continue;
    if (
      /^[A-Z\d_]+$/.test(value) ||
      /[/]{1}[a-z-]+[/]/.test(value) ||
      /https?:\/\/\S*$/.test(before)
    )
      continue;
    add('issuer-key', match.index, match.index + value.length);
  }
}

function isAwsSecret(before: string, value: string): boolean {
  return /aws/i.test(before) && value.length === 40 && /[a-z]/.test(value) && /[A-Z]/.test(value);
}

const commands: readonly RegExp[] = [
  /(?:^|\s)(?:-u|--user|--proxy-user)[\s=]["']?[\w.@+-]{1,64}:(?<secret>[^\s"'$<{][^\s"']{3,200})/dg,
  /\b(?:mysql|mysqldump|mysqladmin|mariadb)\b.{0,200}?\s-p(?<secret>[^\s"'$<{-][^\s"']{4,100})/dg,
  /\b(?:sshpass|docker\s+login|podman\s+login|redis-cli|smbclient|ldapsearch|az\s+login)\b.{0,200}?\s-(?:p|a|w)\s?["']?(?<secret>[^\s"'$<{-][^\s"']{4,100})/dg,
  /^[\w.*-]{1,100}:(?:\d{2,5}|\*):[\w*-]{1,60}:[\w.-]{1,60}:(?<secret>[^\s:]{6,100})$/dg,
  /\bidentified (?:with \S{1,60} )?by (?:password )?["'](?<secret>[^\s"']{6,100})/dgi,
  /\bpassword (?:is|was):? ["'`]?(?<secret>[^\s"'`]{6,100})/dgi,
];

/** Passwords on a command line, in a password file, in a statement, in a sentence. */
function scanCommands(line: string, add: Found): void {
  if (!anyCommand.test(line)) return;
  for (const command of commands) {
    command.lastIndex = 0;
    for (let match = command.exec(line); match; match = command.exec(line)) {
      const value = match.groups?.['secret']?.replace(/[.,;:]+$/, '') ?? '';
      const span = match.indices?.groups?.['secret'];
      if (!span || !looksLikePassword(value) || isFiller(value) || isCommonPassword(value))
        continue;
      if (isWordy(value) && !/\d/.test(value)) continue;
      add('password', span[0], span[0] + value.length);
    }
  }
}
