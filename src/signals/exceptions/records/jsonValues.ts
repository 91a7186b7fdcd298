export type Json = Readonly<Record<string, unknown>>;

/** Own properties only: a record must not reach what objects inherit. */
export function own(record: Json, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

export function textAt(record: Json, key: string): string | undefined {
  const value = own(record, key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function objectAt(record: Json, key: string): Json | undefined {
  return objectOf(own(record, key));
}

export function objectOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined;
}

export function firstText(record: Json, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = textAt(record, key);
    if (value !== undefined) return value;
  }
  return undefined;
}
