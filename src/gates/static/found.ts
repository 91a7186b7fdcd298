import { parseJson, record, records, relativeTo, text } from '../tests/outcome.ts';

/** Something a type checker or a linter has found. */
export interface Found {
  /** Relative to the root of the run, with `/`. */
  readonly file: string;
  /** From 1; 0: of the whole file. */
  readonly line: number;
  readonly rule: string;
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

/** What a tool wrote, read. undefined: it does not look like this tool's output at all. */
export type Reader = (output: {
  readonly stdout: string;
  readonly stderr: string;
  readonly root: string;
}) => readonly Found[] | undefined;

/**
 * What is in `after` and not in `before`. Lines move, so a finding is known by what it says and by the
 * text of its line, and several alike are counted.
 */
export function newFindings(
  before: readonly Found[],
  after: readonly Found[],
  lineOf: (side: 'before' | 'after', found: Found) => string,
  oldName: (file: string) => string,
): readonly Found[] {
  const known = new Map<string, number>();
  for (const found of before) {
    const key = keyOf(found, found.file, lineOf('before', found));
    known.set(key, (known.get(key) ?? 0) + 1);
  }
  return after.filter((found) => {
    const key = keyOf(found, oldName(found.file), lineOf('after', found));
    const left = known.get(key) ?? 0;
    known.set(key, left - 1);
    return left <= 0;
  });
}

function keyOf({ rule, message }: Found, file: string, line: string): string {
  // Messages that name a place (`declared on line 3`) move along with it.
  return [file, rule, message.replace(/\d+/g, '#'), line.trim()].join('\0');
}

/** `src/a.ts(3,7): error TS2322: Type …`; lines that follow are indented and belong to it. */
export const readTsc: Reader = ({ stdout, root }) => {
  const found = [...stdout.matchAll(/^(.+?)\((\d+),\d+\): (error|warning) (TS\d+): (.*)$/gm)].map(
    ([, file = '', line, severity, rule = '', message = '']) =>
      finding(root, file, line, rule, message, severity),
  );
  const whole = [...stdout.matchAll(/^error (TS\d+): (.*)$/gm)];
  // TS5083, TS18003 and their like: the configuration, not the code.
  return found.length === 0 && whole.length > 0 ? undefined : found;
};

/** `file:line:col: message`, with a code before or a `[rule]` or `(linter)` behind the message. */
export const readLines: Reader = ({ stdout, stderr, root }) =>
  [...`${stdout}\n${stderr}`.matchAll(/^(?:vet: )?(\S[^:\n]*):(\d+):(?:(\d+):)? (.*)$/gm)].flatMap(
    ([, file = '', line, , rest = '']) => {
      const severity = /^(error|warning|note)(?:: )/.exec(rest)?.[1] ?? 'error';
      const words = rest.replace(/^(error|warning|note): /, '');
      const rule =
        /^([A-Z]+\d+)\b/.exec(words)?.[1] ??
        /\s\[([\w-]+)\]$/.exec(words)?.[1] ??
        /\s\(([\w-]+)\)$/.exec(words)?.[1] ??
        '';
      const message = words.startsWith(`${rule} `) ? words.slice(rule.length + 1) : words;
      return severity === 'note' ? [] : [finding(root, file, line, rule, message, severity)];
    },
  );

/** GitHub's annotations, which several linters can write. */
export const readAnnotations: Reader = ({ stdout, root }) =>
  [...stdout.matchAll(/^::(error|warning|notice) ([^\n]*?)::(.*)$/gm)].flatMap(
    ([, severity, fields = '', message = '']) => {
      const field = (name: string) =>
        new RegExp(`(?:^|,)${name}=(.*?)(?=,[a-zA-Z]+=|$)`).exec(fields)?.[1] ?? '';
      // Some say the place twice, or add how to mend it on lines of its own.
      const said = (message.split('%0A')[0] ?? '').replace(/^\S+:\d+:\d+: /, '').trim();
      return [finding(root, field('file'), field('line'), field('title'), said, severity)];
    },
  );

export const readEslint: Reader = ({ stdout, root }) => {
  const report = parseJson(stdout);
  if (!Array.isArray(report)) return undefined;
  return records(report).flatMap((file) =>
    records(file['messages']).map((message) =>
      finding(
        root,
        text(file['filePath']),
        message['line'],
        text(message['ruleId']) || 'syntax',
        text(message['message']),
        message['severity'] === 1 ? 'warning' : 'error',
      ),
    ),
  );
};

export const readPyright: Reader = ({ stdout, root }) => {
  const report = record(parseJson(stdout));
  if (!report) return undefined;
  return records(report['generalDiagnostics']).map((one) => {
    const line = Number(record(record(one['range'])?.['start'])?.['line'] ?? -1) + 1;
    const [file, rule, message] = [text(one['file']), text(one['rule']), text(one['message'])];
    return finding(root, file, line, rule, message, one['severity']);
  });
};

/** A line of JSON for each message; only what has a place in the sources counts. */
export const readCargo: Reader = ({ stdout, root }) =>
  stdout.split('\n').flatMap((line) => {
    const entry = line.startsWith('{') ? record(parseJson(line)) : undefined;
    const message = record(entry?.['message']);
    if (entry?.['reason'] !== 'compiler-message' || !message) return [];
    const span = records(message['spans']).find((one) => one['is_primary'] === true);
    if (!span) return [];
    const rule = text(record(message['code'])?.['code']);
    const said = text(message['message']);
    return [
      finding(root, text(span['file_name']), span['line_start'], rule, said, message['level']),
    ];
  });

function finding(
  root: string,
  file: string,
  line: unknown,
  rule: string,
  message: string,
  severity: unknown,
): Found {
  return {
    file: relativeTo(root, file),
    line: Number(line) || 0,
    rule,
    message,
    severity: severity === 'error' ? 'error' : 'warning',
  };
}
