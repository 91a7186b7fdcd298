import { arrow, type Form, found, nothing, single } from './diagnosticForm.ts';

/** Codes of Python's checkers: not those for layout, nor pylint's for conventions, refactoring and warnings. */
const pythonCode = String.raw`(?!E[1235]\d\d\b|W\d|[CIRW]\d{4})(?:[A-Z]{1,3}|ASYNC|FAST|FURB|PERF|SLOT)\d{3,4}|invalid-syntax`;

/** pyright: `  /srv/a.py:6:12 - error: …`, more of it further right, the rule at the end. */
const pyright: Form = {
  head: /^\s{0,4}(\S.{0,1000}?\.pyi?):(\d{1,9}):(\d{1,9}) - error: (.{1,4000})$/,
  follow: () => (line) => (/^\s{4,20}\S/.test(line) && !pyright.head.test(line) ? 'enough' : 'no'),
  *parse(head, lines) {
    const rule = /\((report\w{1,80})\)$/.exec(lines.at(-1) ?? '')?.[1];
    const message = (head[4] ?? '').replace(/ \(report\w{1,80}\)$/, '');
    yield found(head[1] ?? '', head[2], head[3], rule, message);
  },
};

/** ruff, flake8, pylint: `a.py:1:20: F401 [*] …`, `a.py:3:0: E1101: … (no-member)`. */
const python: Form = {
  head: new RegExp(
    String.raw`^(\S.{0,1000}?\.(?:pyi?|ipynb)):(\d{1,9}):(\d{1,9}): (${pythonCode}|SyntaxError):? (?:\[\*\] )?(.{1,4000})$`,
  ),
  follow: single,
  *parse(head) {
    const message = (head[5] ?? '').replace(/ \([a-z][a-z-]{2,60}\)$/, '');
    yield found(head[1] ?? '', head[2], head[3], head[4], message);
  },
};

/** The same in pylint's old form, which flake8 knows, too: `a.py:3: [E1101(no-member), Cart.add] …`. */
const parseable: Form = {
  head: new RegExp(
    String.raw`^(\S.{0,1000}?\.pyi?):(\d{1,9}): \[(${pythonCode})(?:\([a-z-]{1,60}\), [^\]]{0,200})?\] (.{1,4000})$`,
  ),
  follow: single,
  *parse(head) {
    yield found(head[1] ?? '', head[2], undefined, head[3], head[4] ?? '');
  },
};

/** pyflakes has no codes; these are what it says most. */
const pyflakes: Form = {
  head: /^(\S.{0,1000}?\.pyi?):(\d{1,9}):(\d{1,9}):? ((?:undefined name '|redefinition of unused '|local variable '|'.{1,200}' imported but unused|import '.{1,200}' from line |invalid syntax|unexpected indent|expected an indented block|f-string is missing ).{0,1000})$/,
  follow: single,
  *parse(head) {
    yield found(head[1] ?? '', head[2], head[3], undefined, head[4] ?? '');
  },
};

/** ruff with the source: the code and what, below it the place. */
const ruff: Form = {
  head: new RegExp(String.raw`^(${pythonCode}):? (?:\[\*\] )?(.{1,4000})$`),
  needsMore: true,
  follow() {
    let lines = 0;
    return (line) => {
      if (++lines === 1) return arrow.test(line) ? 'enough' : 'no';
      return lines < 60 && /^(?:\s{0,8}\d{0,6} {0,8}\||help: )/.test(line) ? 'enough' : 'no';
    };
  },
  *parse(head, lines) {
    const place = arrow.exec(lines[1] ?? '');
    if (place) yield found(place[1] ?? '', place[2], place[3], head[1], head[2] ?? '');
  },
};

/** rubocop: errors and fatal ones alone. */
const rubocop: Form = {
  head: /^(\S.{0,1000}?\.\w{2,5}):(\d{1,9}):(\d{1,9}): [EF]: (?:\[Correctable\] )?([A-Z]\w{1,40}\/\w{1,80}): (.{1,4000})$/,
  *parse(head) {
    yield found(head[1] ?? '', head[2], head[3], head[4], head[5] ?? '');
  },
};

const drawnPlace = /^\s{1,12}(?:,-|╭─)\[(\S.{0,1000}?):(\d{1,9}):(\d{1,9})\]$/;

/** oxlint, and what else draws with miette: a cross, what, the place in a frame around the source. */
const oxlint: Form = {
  head: /^ {2}[x×] (?:([\w@/-]{1,60}\([\w@/-]{1,80}\)): )?(\S.{0,4000})$/,
  needsMore: true,
  follow() {
    let lines = 0;
    let placed = false;
    return (line) => {
      placed ||= drawnPlace.test(line);
      if (line === '' || ++lines > 60 || (!placed && lines > 4)) return 'no';
      return placed ? 'enough' : 'more';
    };
  },
  *parse(head, lines) {
    const place = lines.map((line) => drawnPlace.exec(line)).find((match) => match !== null);
    if (place) yield found(place[1] ?? '', place[2], place[3], head[1], head[2] ?? '');
  },
};

/** Biome: the place and the rule in a line of its own; errors have a cross, warnings none. Layout is no error. */
const biome: Form = {
  head: /^(\S.{0,1000}?):(\d{1,9}):(\d{1,9}) ((?:lint|parse|syntax)[\w/]{0,100})(?: {1,4}[A-Z]{2,20}){0,4} {0,4}━{5,400}$/,
  needsMore: true,
  follow() {
    let lines = 0;
    return (line) => (/^(?:\s|$)/.test(line) && ++lines < 200 ? 'enough' : 'no');
  },
  *parse(head, lines) {
    const said = lines.map((line) => /^ {2}[×✖] (.{1,4000})$/.exec(line)?.[1]).find(Boolean);
    if (said === undefined) yield nothing();
    else yield found(head[1] ?? '', head[2], head[3], head[4], said);
  },
};

const tableRule = /^\s{0,2}-{3,20} -{5,400}\s{0,2}$/;
const tableRow = /^ {2}:?(\d{1,9}) {2,8}(\S.{0,2000})$/;

/** PHPStan: a table for each file, a row for each error, long ones and their identifiers on further lines. */
const phpstan: Form = {
  head: /^ {2}Line {3}\s{0,4}(\S.{0,500}?\.\w{1,8})(?: \(in context of .{1,500}\))?\s{0,400}$/,
  needsMore: true,
  follow() {
    let rules = 0;
    return (line) => {
      if (tableRule.test(line)) return ++rules === 2 ? 'last' : 'more';
      return rules === 1 && /^ {2}/.test(line) ? 'enough' : 'no';
    };
  },
  *parse(head, lines) {
    const starts = lines.flatMap((line, at) => (tableRow.test(line) ? [at] : []));
    for (const [index, at] of starts.entries()) {
      const row = tableRow.exec(lines[at] ?? '');
      const more = lines.slice(at + 1, starts[index + 1]).map((line) => line.trim());
      const identifier = more
        .map((line) => /^🪪 {1,2}([\w.]{1,100})/u.exec(line)?.[1])
        .find(Boolean);
      const text = more.filter((line) => line !== '' && !/^[🪪💡✏-]/u.test(line));
      const message = [row?.[2]?.trim(), ...text].join(' ');
      yield found(head[1] ?? '', row?.[1], undefined, identifier, message);
    }
  },
};

/** Checkers and linters whose lines have no word for an error. */
export const checkerForms: readonly Form[] = [
  pyright,
  python,
  parseable,
  pyflakes,
  ruff,
  rubocop,
  oxlint,
  biome,
  phpstan,
];
