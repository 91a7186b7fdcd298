import type { Frame } from '../../../core/signal.ts';
import type { Grammar, ParsedException } from '../grammar.ts';
import { exceptionOf, frameOf, messageOf } from '../parts.ts';

/** What shells say; anything may stand behind `name: line 5:` in other programs' output. */
const known =
  /(?:command not found|not found|unbound variable|parameter (?:not set|null or not set)|No such file or directory|Permission denied|[Ss]yntax error|unexpected (?:end of file|EOF|token)|bad substitution|ambiguous redirect|division by (?:0|zero)|integer expression expected|unary operator expected|binary operator expected|too many arguments|readonly variable|not a valid identifier|invalid option|invalid arithmetic|Argument list too long|cannot execute|bad interpreter|Is a directory|cannot (?:create|open)|missing `?\]|numeric argument required|bad array subscript|parse error|no matches found|command substitution|Segmentation fault|Aborted|Killed|Bus error|Terminated|Illegal instruction|Broken pipe|can't cd to|must be set|read-only variable|bad math expression|warning: here-document)/i;
const script = String.raw`((?:[^\s:'"()|]{0,500}\/)?[\w.+@-]{1,150})`;
const bash = new RegExp(
  String.raw`^${script}: (?:line |Zeile |ligne |línea )(\d{1,7}): (.{1,2000})$`,
);
/** dash says no `line`, and zsh and ksh put the number elsewhere. */
const others = [
  new RegExp(String.raw`^${script}: (\d{1,7}): (.{1,2000})$`),
  new RegExp(String.raw`^${script}:(?:[A-Za-z][\w.-]{0,40}:)?(\d{1,7}): (.{1,2000})$`),
  new RegExp(String.raw`^${script}\[(\d{1,7})\]: (.{1,2000})$`),
];
/** `sh: vite: not found`, `zsh: command not found: vite`: of a command that no script gave. */
const unplaced =
  /^-?(?:ba|da|z|k|a)?sh: ((?:[^\s:]{1,300}: (?:command )?not found)|command not found: \S{1,300})$/;
const scriptName =
  /\.(?:sh|bash|zsh|ksh|bats|command)$|(?:^|\/)(?:\.bashrc|\.profile|\.zshrc|\.bash_profile)$/;
const shellName = /^(?:-?(?:ba|da|z|k|a)?sh|main|environment)$/;
/** Names of source files of other languages print `file:line: text`, too. */
const otherSource = /\.(?!sh$|bash$|zsh$|ksh$|bats$|command$)\w{1,6}$/;
/** `${TOKEN:?get one first}`: the words are the script's own. */
const required = /^[A-Za-z_]\w{0,80}: \S/;
/** The shell shows the line it could not parse as a second message. */
const quotedLine = /^`.*'$/;

export const shell: Grammar = {
  language: 'shell',
  hints: [
    ': line ',
    ' command not found',
    ': not found',
    ': parameter not',
    'unbound variable',
    'ambiguous redirect',
    'No such file or',
    'Permission denied',
    'yntax error',
    "can't cd to",
    'bad substitution',
    'division by ',
    'readonly var',
    'read-only var',
    'integer expression',
    'integer expected',
    'no such file or',
    'permission denied',
    'cannot create ',
    '.sh: line ',
    ...Array.from({ length: 9 }, (_, digit) => `.sh: ${digit + 1}`),
  ],
  begin(line) {
    if (unplaced.test(line)) return () => 'no';
    const found = read(line);
    if (!found) return undefined;
    return (next) => {
      const again = read(next) ?? bash.exec(next);
      const isQuote =
        again !== null &&
        again[1] === found[1] &&
        again[2] === found[2] &&
        quotedLine.test(again[3] ?? '');
      return isQuote ? 'last' : 'no';
    };
  },
  saysEnough: () => true,
  *parse(lines) {
    const parsed = parseLine(lines[0] ?? '');
    if (parsed) yield parsed;
  },
};

function read(line: string): RegExpExecArray | undefined {
  if (!/[:[ ]\d{1,7}\]?: /.test(line)) return undefined;
  if (!known.test(line) && !line.includes('sh: ')) return undefined;
  const match = bash.exec(line);
  if (match) return isSaid(match, true) ? match : undefined;
  for (const pattern of others) {
    const found = pattern.exec(line);
    if (found && isSaid(found, false)) return found;
  }
  return undefined;
}

function isSaid(match: RegExpExecArray, saysLine: boolean): boolean {
  const [, name = '', , message = ''] = match;
  const says = known.test(message) || (scriptName.test(name) && required.test(message));
  if (quotedLine.test(message) || !says) return false;
  if (scriptName.test(name) || shellName.test(name)) return true;
  return !otherSource.test(name) && (saysLine || name.includes('/'));
}

function parseLine(line: string): ParsedException | undefined {
  const alone = unplaced.exec(line)?.[1];
  if (alone !== undefined) return shellError(alone, []);
  const match = read(line);
  if (!match) return undefined;
  const [, name = '', number, message = ''] = match;
  const frame = frameOf(
    name,
    !shellName.test(name) && !/^\/(?:usr|etc|bin|sbin|lib)\//.test(name),
    { line: Number(number) },
  );
  return shellError(message, [frame]);
}

function shellError(message: string, frames: readonly Frame[]): ParsedException {
  const isWarning = message.startsWith('warning: ');
  return exceptionOf(
    'shell',
    { type: 'ShellError', message: messageOf([withoutPid(message)]), frames },
    [],
    isWarning ? { kind: 'log', severity: 'warning' } : {},
  );
}

/** `line 3: 12345 Killed   ./worker`: the process's number says nothing. */
function withoutPid(message: string): string {
  return message.replace(/^\s{0,8}\d{1,9} (?=[A-Z])/, '').replace(/\s{2,40}/g, ' ');
}
