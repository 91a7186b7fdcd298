/**
 * What `execSync` and the like throw: the message holds all that the command wrote to its standard error, perhaps
 * the stack of a program of its own; Node's frames begin behind it.
 */
const head = /\bError: Command failed: /;
const frame = /^\s+at (?:genericNodeError|checkExecSyncError|ChildProcess\.exithandler) \(node:/;

/** What a block may hold of it. */
export const maxChildLines = 200;

export function isCommandFailed(line: string): boolean {
  return line.includes('Command failed: ') && head.test(line);
}

export function endsChildOutput(line: string): boolean {
  return frame.test(line);
}
