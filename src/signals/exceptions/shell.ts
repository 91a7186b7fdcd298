import type { Frame } from '../../core/signal.ts';
import type { Grammar, ParsedException } from './grammar.ts';
import { exceptionOf, frameOf, messageOf } from './parts.ts';

/** What shells say; anything may stand behind `name: line 5:` in other programs' output. */
const known =
  /(?:command not found|not found|unbound variable|parameter (?:not set|null or not set)|No such file or directory|Permission denied|[Ss]yntax error|unexpected (?:end of file|EOF|token)|bad substitution|ambiguous redirect|division by 0|integer expression expected|unary operator expected|binary operator expected|too many arguments|readonly variable|not a valid identifier|invalid option|invalid arithmetic|Argument list too long|cannot execute|bad interpreter|Is a directory|cannot (?:create|open)|missing `?\]|numeric argument required|bad array subscript|parse error|no matches found|command substitution|Segmentation fault|Aborted|Killed|Bus error|Terminated|Illegal instruction|Broken pipe|warning: here-document)/;
const script = String.raw`((?:[^\s:'"()|]{0,500}\/)?[\w.+@-]{1,150})`;
const bash = new RegExp(
  String.raw`^${script}: (?:line |Zeile |ligne |línea )(\d{1,7}): (.{1,2000})$`,
);
/** dash says no `line`, and zsh and ksh put the number elsewhere. */
const others = [
  new RegExp(String.raw`^${script}: (\d{1,7}): (.{1,2000})$`),
  new RegExp(String.raw`^${script}:(\d{1,7}): (.{1,2000})$`),
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
  if (!/[:[ ]\d{1,7}\]?: /.test(line) || !known.test(line)) return undefined;
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
  if (quotedLine.test(message) || !known.test(message)) return false;
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
