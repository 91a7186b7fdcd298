/** `1,834 ms`, `2.5 GB`: at most three digits that count below a thousand. */
export function amount(value: number, unit: string): string {
  const isWhole = Number.isInteger(value) || Math.abs(value) >= 1_000;
  const digits = isWhole
    ? Math.round(value).toLocaleString('en')
    : String(Number(value.toPrecision(3)));
  return unit === '' ? digits : `${digits} ${unit}`;
}

export function sharePercent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

export function span(hours: number): string {
  if (hours < 2) return `${Math.round(hours * 60)} minutes`;
  return hours < 48 ? `${Number(hours.toPrecision(2))} hours` : `${Math.round(hours / 24)} days`;
}
