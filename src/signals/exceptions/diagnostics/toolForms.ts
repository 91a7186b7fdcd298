import { type Form, found, single } from './diagnosticForm.ts';

/** shellcheck on a terminal: `In deploy.sh line 8:`, the source, and what is wrong with it below marks. */
const shellcheck: Form = {
  head: /^In (\S.{0,500}) line (\d{1,9}):$/,
  needsMore: true,
  follow() {
    let lines = 0;
    return (line) => (line.trim() === '' || ++lines > 60 ? 'no' : 'enough');
  },
  *parse(head, lines) {
    for (const line of lines) {
      const [, code, message = ''] = /\^-* (SC\d{4}) \(error\): (.{1,2000})$/.exec(line) ?? [];
      if (code !== undefined) yield found(head[1] ?? '', head[2], undefined, code, message);
    }
  },
};

/** gawk: `gawk: sum.awk:3: (FILENAME=a FNR=1) fatal: …`; of what it cannot read, the source and below it the mark. */
const gawk: Form = {
  head: /^g?awk: (?:cmd\. line|(\S.{0,500}?)):(\d{1,9}): (?:\(FILENAME=.{0,500}? FNR=\d{1,9}\) )?(?!warning: )(?:fatal: )?(.{1,2000})$/,
  follow: () => (line) => (/^g?awk: \S.{0,500}:\d{1,9}: {1,200}\^ /.test(line) ? 'last' : 'no'),
  *parse(head, lines) {
    const mark = / \^ (.{1,500})$/.exec(lines[1] ?? '')?.[1];
    yield scriptError(head[1], head[2], mark ?? head[3] ?? '');
  },
};

const mawk: Form = {
  head: /^mawk: (?:(?:(\S.{0,500}?): )?line (\d{1,9}): )?((?:syntax error|missing|cannot open|division by zero|function \S{1,100} never defined|regular expression|unexpected|extra|improper|type error|run time error).{0,2000})$/,
  follow: single,
  *parse(head) {
    yield scriptError(head[1], head[2], head[3] ?? '');
  },
};

/** The shell of SQLite. */
const sqlite: Form = {
  head: /^(?:(?:Runtime|Parse) error near line \d{1,9}: |Error: (?:in prepare, |stepping, |near line \d{1,9}: (?:in prepare, )?))(.{1,2000})$/,
  follow: single,
  *parse(head) {
    const parsed = found('', undefined, undefined, 'SqliteError', head[1] ?? '');
    yield { ...parsed, kind: 'log', language: 'sqlite', frames: [] };
  },
};

function scriptError(file: string | undefined, line: string | undefined, message: string) {
  const parsed = found(file ?? '', line, undefined, 'AwkError', message);
  const kind = 'exception' as const;
  return { ...parsed, kind, language: 'awk', ...(file === undefined ? { frames: [] } : {}) };
}

export const toolForms: readonly Form[] = [shellcheck, gawk, mawk, sqlite];
