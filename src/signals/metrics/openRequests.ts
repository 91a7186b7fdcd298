import type { Call } from './callsInText.ts';
import { inMs, timeWithUnit } from './timeTaken.ts';

/** Requests of one log that have begun: some servers (Rails, Phoenix) tell how they ended in a line of its own. */
export interface OpenRequests {
  /** @returns the call itself, or for a line that ends a request what it was and how it ended */
  follow(text: string, call: Call | undefined): Call | undefined;
}

const answer = new RegExp(
  `\\b(?:Completed|Sent|Finished|Responded|Returned) ([1-5]\\d\\d)\\b[^\\n]{0,40}? in (${timeWithUnit})`,
);
/** What lines of one request share: its id, a tag that Rails puts before each, or the process. */
const requestIds = [
  /\brequest_id=(\S{1,80})/,
  /\[([0-9a-f][0-9a-f-]{5,63})\]/,
  /#(\d{1,8})\]/,
] as const;
const maxOpen = 1_000;

interface Begun {
  /** Of more than one at a time nobody can say which one a line ends. */
  readonly endpoint: string | undefined;
  readonly count: number;
}

export function createOpenRequests(): OpenRequests {
  const open = new Map<string, Begun>();
  const begin = (key: string, endpoint: string): void => {
    if (open.size >= maxOpen) open.clear();
    const others = open.get(key)?.count ?? 0;
    open.set(key, { endpoint: others === 0 ? endpoint : undefined, count: others + 1 });
  };
  const end = (key: string): string | undefined => {
    const { endpoint, count } = open.get(key) ?? { endpoint: undefined, count: 1 };
    if (count === 1) open.delete(key);
    else open.set(key, { endpoint: undefined, count: count - 1 });
    return count === 1 ? endpoint : undefined;
  };
  return {
    follow(text, call) {
      const ended = answer.exec(text);
      if (call && ended && !call.endpoint.includes('/')) {
        const endpoint = end(keyOf(text));
        const ms = inMs(ended[2] ?? '', 'ms');
        const status = Number(ended[1]);
        return endpoint === undefined ? undefined : { endpoint, at: call.at, ms, status };
      }
      if (call?.endpoint.includes(' /') && call.ms === undefined && call.status === undefined) {
        begin(keyOf(text), call.endpoint);
      }
      return call;
    },
  };
}

function keyOf(text: string): string {
  for (const pattern of requestIds) {
    const id = pattern.exec(text)?.[1];
    if (id !== undefined) return id;
  }
  return '';
}
