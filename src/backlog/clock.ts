/** When a field was written: whoever has the larger stamp wins, in every window alike. */
export interface Stamp {
  /** Hybrid Lamport clock: milliseconds since 1970, but always above every stamp seen so far. */
  readonly lamport: number;
  readonly writer: string;
}

export type FieldClocks = Map<string, Stamp>;

/** Stamps above this are refused: the clock must not run out of exact numbers. */
export const maxLamport = 2 ** 48;

/** Held at the limit, which only a forged line reaches, rather than refusing to write ever again. */
export function nextLamport(seen: number, now: Date): number {
  return Math.min(maxLamport, Math.max(seen + 1, now.getTime()));
}

/** One writer's changes come in order, so of two with the same stamp the second is the later. */
export function isLater(a: Stamp, b: Stamp | undefined): boolean {
  if (!b) return true;
  return a.lamport === b.lamport ? a.writer >= b.writer : a.lamport > b.lamport;
}

export function isSame(a: Stamp, b: Stamp | undefined): boolean {
  return a.lamport === b?.lamport && a.writer === b.writer;
}

/** `{"<lamport>.<writer>": [fields]}`: a row's fields share few stamps. */
export function clocksToText(clocks: FieldClocks): string {
  const groups = new Map<string, string[]>();
  for (const [field, { lamport, writer }] of clocks) {
    const stamp = `${lamport}.${writer}`;
    const fields = groups.get(stamp);
    if (fields) fields.push(field);
    else groups.set(stamp, [field]);
  }
  return JSON.stringify(Object.fromEntries(groups));
}

export function clocksFromText(text: string): FieldClocks {
  const clocks: FieldClocks = new Map();
  for (const [stamp, fields] of Object.entries(JSON.parse(text) as Record<string, string[]>)) {
    const dot = stamp.indexOf('.');
    const parsed = { lamport: Number(stamp.slice(0, dot)), writer: stamp.slice(dot + 1) };
    for (const field of fields) clocks.set(field, parsed);
  }
  return clocks;
}
