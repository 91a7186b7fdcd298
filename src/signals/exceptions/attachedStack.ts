/** Where a logger attaches a stack to its line as one value: winston's simple format, logfmt. */
const attached = /(?:[{,]"stack":|\sstack(?:_?trace)?=)("(?:[^"\\]|\\.){10,16000}")/;

/** The stack that a line of text carries, its line breaks restored. */
export function attachedStack(line: string): string | undefined {
  if (!line.includes('stack') || !line.includes('\\n') || line.startsWith('["')) return undefined;
  const value = attached.exec(line)?.[1];
  if (value === undefined) return undefined;
  try {
    const stack: unknown = JSON.parse(value);
    return typeof stack === 'string' && stack.includes('\n') ? stack : undefined;
  } catch {
    return undefined; // quoted in another way
  }
}
