import { ipMask, maskIpAddresses } from '../core/ipAddresses.ts';

/**
 * Takes the variables out of a message, by kind, so that the same bug with other ids reads the same.
 * Constant words stay: two messages that differ in one word are two bugs.
 */

/** One pass, first alternative wins; each is one group, in the order of `labels`. Every quantifier is bounded. */
const variables = new RegExp(
  [
    '(\\b[a-z][a-z0-9+.-]{1,20}:\\/\\/[^\\s"\'<>)\\]]{1,500})',
    '([\\w.+-]{1,64}@[\\w-]{1,63}\\.[\\w.-]{2,63})',
    '(\\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\b)',
    '(\\b\\d{4}-\\d\\d-\\d\\d(?:[T ]\\d\\d:\\d\\d(?::\\d\\d)?(?:[.,]\\d{1,9})?(?:Z|[+-]\\d\\d:?\\d\\d)?)?\\b|\\b\\d{1,2}[/.]\\d{1,2}[/.]\\d{4}\\b|\\b\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?\\b)',
    '(\\b\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}(?::\\d{1,5})?(?:/\\d{1,2})?\\b|\\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}\\b|\\[?(?=[0-9a-f:]{0,40}\\d)(?:[0-9a-f]{1,4}:){1,7}(?::[0-9a-f]{1,4}){1,7}\\b(?:\\]:\\d{1,5})?|(?<=^|[\\s[(])::1\\b)',
    '("[^"\\n]{0,400}"|`[^`\\n]{0,400}`|(?<!\\w)\'[^\'\\n]{0,400}\'(?!\\w))',
    '((?<![\\w.~/\\\\-])(?:~|\\.{1,2}|[A-Za-z]:)?(?:[/\\\\][\\w.@+~%$-]{1,200}){2,30}[/\\\\]?|(?<![\\w.~/\\\\-])(?:~|\\.{1,2}|[A-Za-z]:)[/\\\\][\\w.@+~%$-]{1,200}|(?<![\\w./-])[\\w.-]{1,80}(?:/[\\w.@-]{1,100}){1,20}\\.[a-z]{1,5}\\b)',
    '(\\b0x[0-9a-f]{1,40}\\b|\\b(?=[0-9a-f]{0,39}\\d)(?=\\d{0,39}[a-f])[0-9a-f]{6,128}\\b)',
    '((?<![\\w-])[A-Za-z_][A-Za-z_#-]{0,60}\\d[\\w#-]{0,80})',
    '((?<![A-Za-z_])[-+]?\\d{1,40}(?:[.,]\\d{1,20})*(?:%|(?:ns|us|µs|ms|s|m|h|d|B|kB|KB|MB|GB|KiB|MiB|GiB)\\b)?)',
  ].join('|'),
  'gi',
);

const labels = [
  'url',
  'email',
  'uuid',
  'date',
  'ip',
  'quoted',
  'path',
  'hex',
  'id',
  'number',
] as const;

const maxMaskedChars = 1_000;

export function maskVariables(message: string): string {
  return withoutAddresses(message)
    .slice(0, maxMaskedChars)
    .replace(variables, (text: string, ...groups: unknown[]) => {
      const label = labels[groups.findIndex((group) => group !== undefined)];
      return label === undefined || label === 'id' ? maskId(text) : `<${label}>`;
    })
    .replace(/\s{1,200}/g, ' ')
    .trim();
}

/**
 * The same text whether IP addresses have been masked in it or not, so that the setting for it never moves
 * an error to another group: each address is the same one, and can still be part of a URL or have a port.
 */
export function withoutAddresses(text: string): string {
  return maskIpAddresses(text).replaceAll(`[${ipMask}]`, ipMask).replaceAll(ipMask, '0.0.0.0');
}

/** `sku-48211` and `u0` hold a variable, `utf8` and `sha256` are words. */
function maskId(text: string): string {
  if (!/\d/.test(text) || fixedNames.test(text)) return text;
  return text.replace(/[A-Za-z0-9]{1,121}/g, (part) => {
    if (!/\d/.test(part) || fixedNames.test(part)) return part;
    return part.replace(/^([A-Za-z]{2,})\d{1,120}$|^.{1,121}$/, '$1<id>');
  });
}

const fixedNames =
  /^(?:utf|sha|md|base|int|uint|float|ipv|http|es|s|h|log|mp|py|win|k|oauth|tls|web)\d{1,3}s?$/i;

/** The first line that says something. */
export function firstLine(message: string): string {
  const head = message.slice(0, 4_000);
  return (
    head
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.trim() ?? ''
  );
}
