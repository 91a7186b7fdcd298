import { isAtLeast, levelOf, syslogLevel } from './exceptions/headers/level.ts';

/**
 * Forms in which a letter or a number at the start of a line is all that tells of an error: too short for the
 * search of hints. In files that are written so, each line's start is looked at.
 */
const carrier = String.raw`(?:\{"log":"|\S{20,40} std(?:out|err) F )?`;
const day = String.raw`\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} `;
const forms: readonly RegExp[] = [
  // klog and glog: `E0302 10:00:00.123456    4242 pool.go:88] `
  String.raw`${carrier}([IWEF])\d{4}(?:\d{4})? \d\d:\d\d:\d\d\.\d{6} `,
  // Android's logcat, in its brief and its usual form
  String.raw`(?:${day})?([VDIWEFA])/[^:()\n]{1,40}\( {0,6}\d{1,7}\): `,
  String.raw`${day} {0,6}\d{1,6} {1,6}\d{1,6} ([VDIWEFA]) `,
  // syslog's priority, and systemd's before .NET's category
  String.raw`<(\d{1,3})>(?:1 \d{4}-|[A-Z][a-z]{2} [ \d]\d |[A-Z][\w.]{1,60}\[\d)`,
].map((form) => new RegExp(`^${form}`, 'm'));
const maxHeadBytes = 96;

/** Finds in bytes from `from` on where the first line begins that is marked so, before `limit`; or -1. */
export type FindMark = (bytes: Buffer, from: number, limit: number) => number;

/** undefined for the most files, which are not written in such a form. */
export function findMarkFor(head: Buffer): FindMark | undefined {
  const text = head.toString('latin1');
  const form = forms.find((candidate) => candidate.test(text));
  return form && ((bytes, from, limit) => findMark(form, bytes, from, limit));
}

function findMark(form: RegExp, bytes: Buffer, from: number, limit: number): number {
  for (let at = from; at < limit; ) {
    const word = form.exec(bytes.toString('latin1', at, Math.min(at + maxHeadBytes, limit)))?.[1];
    if (word !== undefined && isError(word)) return at;
    const end = bytes.indexOf(10, at);
    if (end < 0) return -1;
    at = end + 1;
  }
  return -1;
}

function isError(word: string): boolean {
  return isAtLeast(levelOf(word) ?? syslogLevel(Number(word)), 'error');
}
