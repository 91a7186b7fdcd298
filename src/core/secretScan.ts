import { scanContinued, scanEncoded, scanJoined } from './secretEncodings.ts';
import { authorization, privateKey, urlCredentials, webToken } from './secretPatterns.ts';
import type { Found, SecretFinding } from './secretFinding.ts';
import { cluesOf, type Clues, type Line, scanNamed } from './secretNaming.ts';
import {
  entropy,
  isCommonPassword,
  isFiller,
  isSaidFiller,
  isWordy,
  looksLikeKey,
  isBasic,
} from './secretValues.ts';
import {
  addressToken,
  longRun,
  isPublishable,
  issuerOf,
  markedToken,
  tokenTrigger,
} from './tokenForms.ts';

/**
 * Finds secrets in code, settings and documents: by the same forms that `redact` masks, but where `redact`
 * rather masks too much, this rather overlooks what is likely a placeholder, an id, a hash or a name.
 */

const windowChars = 4096;
const overlapChars = 512;
/** How much of what stands before a line is looked at for a name. */
const beforeChars = 300;
const maxFindings = 1000;

export function scanSecrets(text: string): SecretFinding[] {
  const plain = scanPlain(text);
  const undone: SecretFinding[] = [];
  const add: Found = (rule, start, end) => undone.push({ rule, start, end });
  scanJoined(text, scanPlain, add);
  scanContinued(text, scanPlain, add);
  scanEncoded(text, scanPlain, add);
  const isNew = (one: SecretFinding): boolean =>
    !plain.some((other) => one.start < other.end && other.start < one.end);
  return withoutOverlaps([...plain, ...undone.filter(isNew)]);
}

/** Without undoing any encoding. */
function scanPlain(text: string): SecretFinding[] {
  const found: SecretFinding[] = [];
  const add: Found = (rule, start, end) => {
    if (found.length < maxFindings) found.push({ rule, start, end });
  };
  scanWhole(text, add);
  const clues = cluesOf(text);
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    for (let at = start; end - at >= 8; at += windowChars - overlapChars) {
      const stop = Math.min(end, at + windowChars);
      const before = (): string => text.slice(Math.max(0, at - beforeChars), at);
      const line = lineOf(text.slice(at, stop), before);
      scanLine(line, clues, (rule, a, b) => add(rule, at + a, at + b));
      if (stop === end) break;
    }
    start = end + 1;
  }
  return found;
}

/** What takes more than a line. */
function scanWhole(text: string, add: Found): void {
  if (/----[- ]BEGIN|PuTTY-User/.test(text)) {
    each(privateKey, text, (match) => {
      if (isKeyBody(match[0])) add('private-key', match.index, match.index + match[0].length);
    });
  }
  if (text.includes('"kty"')) {
    each(/"d"\s{0,5}:\s{0,5}"(?<secret>[\w-]{40,800})"/dg, text, (match) => {
      addSecret('json-web-key', match, add);
    });
  }
  if (text.includes('<RSAKeyValue>')) {
    each(/<D>(?<secret>[\w+/=]{40,800})<\/D>/dg, text, (match) =>
      addSecret('private-key', match, add),
    );
  }
}

/** Whether there is a key between the lines that say so. */
function isKeyBody(block: string): boolean {
  const body = block.slice(block.indexOf('KEY') + 3, 1600).replace(/\\[nr]/g, '\n');
  const runs = body.match(/[A-Za-z0-9+/=]{30,}/g) ?? [];
  return runs.some((run) => new Set(run).size >= 12 && !isSaidFiller(run));
}

function lineOf(text: string, before: () => string): Line {
  return { text, before, hasRun: longRun.test(text) };
}

function scanLine(line: Line, clues: Clues, add: Found): void {
  const { text, hasRun } = line;
  if (hasRun) scanTokens(text, add);
  if (text.includes('://') && text.includes('@')) scanUrls(text, add);
  scanNamed(line, clues, add);
}

function scanTokens(line: string, add: Found): void {
  if (tokenTrigger.test(line)) {
    each(markedToken, line, (match) => {
      const rule = issuerOf(match[0]);
      if (rule && isToken(match, rule)) add(rule, match.index, match.index + match[0].length);
    });
  }
  if (line.includes('eyJ')) {
    each(webToken, line, (match) => {
      if (isWebToken(match[0])) add('jwt', match.index, match.index + match[0].length);
    });
  }
  if (/bearer|authorization|ssws|apikey/i.test(line)) {
    each(authorization, line, (match) => {
      if (isAuthorization(match)) addSecret('authorization', match, add);
    });
  }
  if (/hook|[?&;](?:sig|x-)|\/bot|\/spaces|azurewebsites/i.test(line)) {
    each(addressToken, line, (match) => {
      if (isAddressSecret(match)) addSecret('secret-address', match, add);
    });
  }
}

/** Whose marks words may begin with as well. */
const wordyRules: ReadonlySet<string> = new Set([
  'openai',
  'model-host',
  'platforms',
  'packages',
  'sonar-pulumi-databricks',
  'slack',
  'stripe',
  'stytch',
  'liveblocks',
  'flags',
  'builds',
  'voyage',
  'modal',
  'dropbox',
  'notion',
]);

function isToken(match: RegExpExecArray, rule: string): boolean {
  const token = match[0];
  if (isPublishable(token)) return false;
  if (isSaidFiller(token) || /xxxx|abcd1234|1234567890abc|abcdefghij/i.test(token)) return false;
  if (new Set(token).size < 8) return false;
  if (rule === 'aws-access-key-id') return entropy(token.slice(4)) >= 2.8;
  return isBody(bodyOf(token), wordyRules.has(rule)) && !isPieceOfBlob(match);
}

/** What follows the mark. */
function bodyOf(token: string): string {
  return token.replace(/^(?:[A-Za-z\d]{2,12}[-_.]){1,3}(?=.{16})/, '');
}

function isBody(body: string, mayBeWords: boolean): boolean {
  if (!/\d/.test(body) && !/[a-z][A-Z].*[a-z][A-Z]/.test(body) && !/^[A-Z2-7]{20,}$/.test(body))
    return false;
  if (mayBeWords && isWordy(body)) return false;
  return entropy(body) >= 2.6 && !/(.)\1{7}/.test(body.replace(/^A{20,24}/, ''));
}

/** Base64 of a picture or a font holds every short mark sooner or later. */
function isPieceOfBlob({ input, index, 0: token }: RegExpExecArray): boolean {
  const before = /[A-Za-z0-9+/=]*$/.exec(input.slice(Math.max(0, index - 300), index))?.[0] ?? '';
  const after =
    /^[A-Za-z0-9+/=]*/.exec(input.slice(index + token.length, index + token.length + 300))?.[0] ??
    '';
  return before.length + after.length > 80 && /[+/=]/.test(before + after);
}

function isWebToken(token: string): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.');
  if (header.length < 12 || payload.length < 12 || signature.length < 16) return false;
  // The token of the documentation of all libraries.
  if (payload.startsWith('eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9l')) return false;
  return entropy(payload) >= 3 && entropy(signature) >= 3 && !/example|xxxx/i.test(signature);
}

function isAuthorization(match: RegExpExecArray): boolean {
  const value = match.groups?.['secret'] ?? '';
  if (/\bbasic\s/i.test(match[0])) return isBasic(value);
  return looksLikeKey(value.replace(/[.,;:]+$/, '')) && !/^(?:bearer|token|basic)/i.test(value);
}

function isAddressSecret(match: RegExpExecArray): boolean {
  const value = match.groups?.['secret'] ?? match.groups?.['sent'] ?? '';
  if (match.groups?.['secret'] !== undefined) {
    return (
      value.split('/').some((name) => name.length >= 16) &&
      !isFiller(value) &&
      !/(.)\1{5}/.test(value) &&
      /\d|[a-z][A-Z]/.test(value)
    );
  }
  return /^[?&;](?:sig|signature|x-(?:amz|goog)-(?:signature|security-token))=/i.test(match[0])
    ? value.length >= 32 && looksLikeKey(value.replace(/%[\dA-F]{2}/gi, ''))
    : false;
}

/** Hosts that stand for any host. */
const anyHost =
  /^(?:(?:[\w-]{1,60}\.){0,5}example(?:\.\w{2,5})?|(?:[\w-]{1,60}\.){0,5}(?:test|invalid|example)|host(?:name)?|server|your[\w.-]*|foo(?:\.\w+)?|bar(?:\.\w+)?|domain(?:\.\w+)?|site\.\w+|<|\$|\{|%)(?=[:/?#"'\s`,;)\]]|$|<|\$|\{)/i;
const ownHost = /^(?:localhost|127\.|0\.0\.0\.0|\[::1\]|host\.docker\.internal)/i;

function scanUrls(line: string, add: Found): void {
  each(urlCredentials, line, (match) => {
    const userInfo = match.groups?.['secret'] ?? '';
    const host = line.slice(match.index + match[0].length, match.index + match[0].length + 200);
    const colon = userInfo.indexOf(':');
    if (colon < 0) return;
    if (isUrlPassword(userInfo.slice(0, colon), userInfo.slice(colon + 1), host)) {
      addSecret('url-credentials', match, add);
    }
  });
}

function isUrlPassword(user: string, password: string, host: string): boolean {
  if (
    password.length < 4 ||
    password === user ||
    (/^(?:anonymous|anon|guest|user(?:name)?)$/i.test(user) && isWordy(password)) ||
    isFiller(password) ||
    isCommonPassword(password)
  )
    return false;
  if (/^[:$%<{[(\\]|[`{}<>()[\]|]|\$\w/.test(password) || anyHost.test(host)) return false;
  if (!/^[\w[]/.test(host) || /^\d+$/.test(password)) return false;
  if (
    /^(?:x-oauth-basic|x-access-token|oauth2|passw?o?r?d?|pwd?|pw|p|secret|token)$/i.test(password)
  )
    return false;
  if (/[_-]/.test(password) && isWordy(password) && !/\d/.test(password)) return false;
  if (ownHost.test(host))
    return password.length >= 10 && !isWordy(password) && entropy(password) >= 2.8;
  // `https://a:b@c`: letters of an explanation.
  return password.length >= 6 || /\d/.test(password);
}

function addSecret(rule: string, match: RegExpExecArray, add: Found): void {
  const groups = match.indices?.groups;
  const span = groups?.['secret'] ?? groups?.['sent'] ?? match.indices?.[0];
  if (span) add(rule, span[0], span[1]);
}

function each(regex: RegExp, text: string, on: (match: RegExpExecArray) => void): void {
  regex.lastIndex = 0;
  for (let match = regex.exec(text); match; match = regex.exec(text)) {
    on(match);
    if (match[0] === '') regex.lastIndex += 1;
  }
}

/** Of overlapping findings the first, which is the one whose rule says most, counts. */
function withoutOverlaps(found: readonly SecretFinding[]): SecretFinding[] {
  const sorted = found.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const kept: SecretFinding[] = [];
  for (const one of sorted) {
    const last = kept.at(-1);
    if (!last || one.start >= last.end) kept.push(one);
  }
  return kept;
}
