/** Forms of secrets other than tokens: what finds them in code and what masks them in text use the same. */

/** Names of what must stay secret, in code, settings, headers and addresses. */
export const secretNames =
  'pass(?:word|wd|phrase|code)?|pwd|secret|token|api[_-]?key|apikey|access[_-]?key|private[_-]?key|client[_-]?secret|auth[_-]?key|signing[_-]?key|encryption[_-]?key|credentials?|session[_-]?(?:id|key)|cookie|connection[_-]?string|account[_-]?key|sas';

/** Whole, or to the end of the text where it was cut. */
export const privateKey =
  /----[- ]BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?[- ]----(?:[^-]|-(?!-)){0,20000}(?:----[- ]END [A-Z0-9 ]{0,40}[- ]----)?|PuTTY-User-Key-File-\d{1,2}: (?:(?!PuTTY-User)[^]){0,20000}?(?:Private-MAC: [a-f0-9]{32,64}|(?=PuTTY-User)|$)/dg;

/** JSON web tokens, also unsigned ones. */
export const webToken = /\beyJ[\w-]{8,4000}\.[\w-]{4,8000}(?:\.[\w-]{0,4000})?/dg;

/** `scheme://user:password@`, or a long user name alone. */
export const urlCredentials =
  /\b[a-z][a-z0-9+.-]{1,30}:\/\/(?<secret>[^\s:/@'"<>]{0,200}:[^\s/@'"<>]{1,300}|[^\s:/@'"<>]{16,300})@/dgi;

/** The header's value, or what follows the name of a scheme. */
export const authorization =
  /\b(?:authorization["']?\s{0,3}[:=]\s{0,3}["']?(?:(?:bearer|basic|token|digest|negotiate|apikey|ssws|aws4-hmac-sha256)\s{1,3})?|bearer\s{1,3}|(?:ssws|apikey)\s{1,3}(?=[\w.~+/=:-]{20}))(?<secret>[\w.~+/=:-]{6,4000})/dgi;
