export type Json = Readonly<Record<string, unknown>>;

/** A line's JSON object; undefined for anything else. */
export function parseRecord(line: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isRecord ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}
