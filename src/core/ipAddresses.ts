/** IP addresses in texts. Those of the machine itself say nothing of anyone and stay. */

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const group = '[0-9a-f]{1,4}';

/** Four numbers behind these are a version: of a program, of an assembly, of what a browser calls itself. */
const version =
  '(?<!(?:version|ver|chrome|edge?|opr|opera|safari|webkit|firefox|electron)["\']?\\s{0,2}[=:/]?\\s{0,2}["\']?v?)';

const v4 = `${version}(?<![\\w.]|[a-z_]-)(?:${octet}\\.){3}${octet}(?!\\w|-[a-z]|\\.\\w)`;
/** Whole, or with its zeros left out behind a first group as networks have it: `a::b` is also C++. */
const v6 = `(?<![\\w:.])(?:(?:${group}:){7}${group}|(?:[23][0-9a-f]{3}|f[cd][0-9a-f]{2}|fe[89ab][0-9a-f])(?::${group}){0,6}::(?:${group}(?::${group}){0,6})?)(?![\\w:]|\\.\\d)`;

export const ipAddress = new RegExp(`${v4}|${v6}`, 'dgi');

/** Must be true of every text that holds one. */
export const ipTrigger = /\d\.\d{1,3}\.\d|[0-9a-f]:[0-9a-f]{0,4}:/i;

/** Loopback, and the one that means none or all. */
export function isOwnAddress(address: string): boolean {
  return /^(?:127\.|0\.0\.0\.0$|255\.255\.255\.255$)/.test(address) || /^[0:]+1?$/.test(address);
}

export const ipMask = '<ip>';

/** The text with every address masked, as it is where they are to be masked anyway. */
export function maskIpAddresses(text: string): string {
  if (!ipTrigger.test(text)) return text;
  return text.replace(ipAddress, (address) => (isOwnAddress(address) ? address : ipMask));
}
