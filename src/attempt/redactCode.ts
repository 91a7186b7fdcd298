import {
  findSecrets,
  maskOf,
  maxSecretChars,
  personalKinds,
  redact,
  type SecretMatch,
} from '../core/secrets.ts';

/** Logs, feedback, measurements and reports: what they hold of people is no code that a patch needs. */
const dataFiles =
  /\.(log|jsonl|ndjson|csv|tsv|sarif)(\.|$)|(^|\/)[^/]*(report|feedback|metrics|interactions|conversations)[^/]*\.(json|xml|md)$/i;

/** What the model is shown of a file: keys and tokens are masked, and of data what is personal too. */
export function redactFile(path: string, text: string): string {
  return dataFiles.test(path) ? redact(text) : redactCode(text);
}

/**
 * `redact` for files that the model must be able to edit: keys, tokens and passwords are masked, line by
 * line, so that line numbers stay; addresses, numbers and expressions of the code are left as they are.
 */
export function redactCode(text: string): string {
  const input = text.slice(0, maxSecretChars);
  let out = '';
  let at = 0;
  for (const secret of findSecrets(input, personalKinds)) {
    if (isExpression(input, secret)) continue;
    const breaks = input.slice(secret.start, secret.end).match(/\n/g) ?? [];
    out += input.slice(at, secret.start) + maskOf(secret.kind) + breaks.join('');
    at = secret.end;
  }
  return out + input.slice(at);
}

/** `password = readPassword(user)` and `token: nextToken` are code, not a password. */
function isExpression(text: string, { kind, start, end }: SecretMatch): boolean {
  if (kind !== 'assignment' || /["'\\`]/.test(text[start - 1] ?? '')) return false;
  const value = text.slice(start, end).slice(0, 200);
  if (!/^[A-Za-z_$][\w$.?!]*$/.test(value)) return false;
  // `Password=x1y2;` without blanks is a part of a connection string.
  if (text[start - 1] === '=' && text[end] === ';' && /\d/.test(value)) return false;
  return (
    /^\s{0,3}[([;,){}.]/.test(text.slice(end, end + 4)) ||
    /^[^\d]*([a-z][A-Z]|_|\.)[^\d]*$/.test(value)
  );
}
