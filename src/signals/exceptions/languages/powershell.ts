import type { Follow, Grammar, ParsedException } from '../grammar.ts';
import { exceptionOf, frameOf, messageOf } from '../parts.ts';

const script = String.raw`(\S.{0,1000}?\.psm?1)`;
/** PowerShell 7: `Get-Item: /srv/app/deploy.ps1:5`, then the line in a box. */
const concise = new RegExp(String.raw`^([\w.-]{1,200}): ${script}:(\d{1,9})$`);
const boxHead = /^Line \|$/;
const boxLine = /^\s{0,8}(?:\d{1,9})?\s{0,4}\| {0,2}(.{0,4000})$/;
/** Windows PowerShell: `Get-Item : Cannot find path …`, the place below; long ones go on for some lines. */
const classic = /^(?:[A-Z]\w{1,40}-[A-Z]\w{1,60}|[\w.:\\/-]{1,300}(?= : The term ')) : \S/;
const anyHead = /^[\w.:\\/-]{1,300} : (\S.{0,4000})$/;
const place = new RegExp(String.raw`^At (?:${script}|line):(\d{1,9}) char:\d{1,9}$`);
const detail = /^\s{0,8}\+ /;
const category = /^\s{1,8}\+ CategoryInfo {1,20}: .{0,2000}?, (?:[\w.]{1,200}\.)?(\w{1,200})$/;
const errorId = /^\s{1,8}\+ FullyQualifiedErrorId : (.{1,2000})$/;
const maxMessage = 6;
const untyped = 'PowerShellError';

export const powershell: Grammar = {
  language: 'powershell',
  hints: ['Line |', ' char:', " : The term '"],
  takesLineAbove: () => true,
  begin(line) {
    if (line.includes('.ps') && concise.test(line)) return followBox();
    if (line.startsWith('At ') && place.test(line)) return followDetails(true);
    return line.includes(' : ') && classic.test(line) ? followDetails(false) : undefined;
  },
  *parse(lines) {
    const match = concise.exec(lines[0] ?? '');
    const parsed = match ? parseBox(match, lines) : parseDetails(lines);
    if (parsed) yield parsed;
  },
};

function followBox(): Follow {
  let lines = 0;
  return (line) => {
    if (++lines === 1) return boxHead.test(line) ? 'more' : 'no';
    if (!boxLine.test(line) || lines > 60) return 'no';
    return lines > 3 ? 'enough' : 'more';
  };
}

function followDetails(isPlaced: boolean): Follow {
  let placed = isPlaced;
  let lines = 0;
  return (line) => {
    if (place.test(line) && !placed) {
      placed = true;
      return 'more';
    }
    if (!placed) return ++lines < maxMessage ? 'more' : 'no';
    if (errorId.test(line)) return 'last';
    return detail.test(line) && ++lines < 40 ? 'more' : 'no';
  };
}

/** The box quotes the line, underlines it, and says what is wrong. */
function parseBox(head: RegExpExecArray, lines: readonly string[]): ParsedException | undefined {
  const texts = lines.slice(2).map((line) => boxLine.exec(line)?.[1] ?? '');
  const mark = texts.findIndex((text) => /^\s{0,400}~+\s{0,8}$/.test(text));
  const message = messageOf([texts.slice(mark + 1).join(' ')]);
  if (mark < 0 || message === '') return undefined;
  const named = /(?:Exception|Error)$/.test(head[1] ?? '') ? head[1] : undefined;
  const frame = frameOf(head[2] ?? '', true, { line: Number(head[3]) });
  return exceptionOf('powershell', { type: named ?? untyped, message, frames: [frame] }, []);
}

function parseDetails(lines: readonly string[]): ParsedException | undefined {
  const at = lines.findIndex((line) => place.test(line));
  const where = place.exec(lines[at] ?? '');
  const id = lines.map((line) => errorId.exec(line)?.[1]).find((value) => value !== undefined);
  if (!where || id === undefined) return undefined;
  const above = lines.slice(0, at);
  const start = Math.max(
    above.findLastIndex((line) => anyHead.test(line)),
    0,
  );
  const [first = id, ...more] = above.slice(start);
  const said = [anyHead.exec(first)?.[1] ?? first, ...more].join(' ');
  const type = lines.map((line) => category.exec(line)?.[1]).find((value) => value !== undefined);
  const frames = where[1] ? [frameOf(where[1], true, { line: Number(where[2]) })] : [];
  const message = messageOf([said.replace(/\s{1,400}/g, ' ')]);
  return exceptionOf('powershell', { type: type ?? untyped, message, frames }, []);
}
