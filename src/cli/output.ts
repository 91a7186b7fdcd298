import { stripVTControlCharacters } from 'node:util';

/** Results go to stdout, as text or as one JSON document; everything else to stderr. */
export interface Output {
  readonly json: boolean;
  /** The command's result. `text` is only made when it will be shown. */
  result(value: unknown, text: () => string): void;
  /** One JSON document a line, or a line of text: for commands that go on. */
  event(value: unknown, text: () => string): void;
  /** What it is doing; not shown with --json. */
  say(line: string): void;
  /** For --verbose. */
  readonly log: (line: string) => void;
  warn(line: string): void;
}

export function createOutput(json: boolean, verbose: boolean): Output {
  const out = (text: string): void => void process.stdout.write(`${text}\n`);
  const err = (text: string): void => void process.stderr.write(`${text}\n`);
  return {
    json,
    result: (value, text) => out(json ? JSON.stringify(value, null, 2) : plain(text())),
    event: (value, text) => out(json ? JSON.stringify(value) : plain(text())),
    say: (line) => {
      if (!json) out(plain(line));
    },
    log: (line) => {
      if (verbose) err(plain(line));
    },
    warn: (line) => err(plain(line)),
  };
}

/** Log lines and model output are untrusted: no escape sequence of theirs reaches the terminal. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(
    // Controls but tab and newline, and the bidirectional overrides.
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
