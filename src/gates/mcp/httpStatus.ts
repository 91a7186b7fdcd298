/** The status with which a server refused, from the error or what caused it; undefined: it was none of that. */
export function httpStatus(error: unknown): number | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { status } = at as { status?: unknown };
    if (typeof status === 'number') return status;
  }
  return undefined;
}
