/** `+0.35`, `−0.05`, `0`: what a part adds. */
export function signed(value: number): string {
  const digits = Math.abs(value).toFixed(2);
  if (Number(digits) === 0) return '0';
  return (value < 0 ? '−' : '+') + digits;
}
