import { isOwnFrame } from './javascriptFrame.ts';

/** Where errors of JavaScript begin: their class, a code, the message. */

/** Vite's dev server: the message alone, above the stack. */
export const viteHead =
  /\[vite\] (?:\([\w-]{1,20}\) )?(?:Internal server error|Error when evaluating SSR module [^\s:]{1,500}): (.*)$/;
/** Any class may be thrown: a head whose name says nothing counts only with a frame right below it. */
export const bareHead =
  /^(\s*)(?:Uncaught (?:\(in promise\) )?)?([A-Z_$][\w$.]{0,100})(?: \[([\w.]{1,80})\])?(?:: (.*)|)$/;
/** The same inside a line of text: `request failed TypeError: …`, `[Error: x]`; `SeatTaken [Error]: …` of any name. */
export const namedHead =
  /(?<![\w$.])([A-Z_$][\w$.]{0,80}(?:Error|Exception|Rejection)|Error|Exception|[A-Z_$][\w$.]{0,80}(?= \[(?:[A-Z]\w{0,80})?Error\]: ))(?: \[([\w.]{1,80})\])?: (.*)$/;
/** A class that does not say so, behind other text and right above a frame: `booking failed SeatTaken: …`. */
export const ownClass =
  /\s([A-Z][a-z\d]{1,40}(?:[A-Z][a-z\d]{0,40}){1,8})(?: \[([\w.]{1,80})\])?: (.*)$/;
export const bracketHead =
  /^\s*\[([A-Z_$][\w$.]{0,100})(?: \[([\w.]{1,80})\])?: (.*?)\](?: \{|,)?\s*$/;
/** No stack, but properties: `[AggregateError: …] {`, perhaps behind other text. */
export const opensProperties = /\] \{\s*$/;

export function isStrongHead(line: string): boolean {
  return /^(?:Uncaught (?:\(in promise\) )?)?[A-Z_$][\w$.]{0,80}(?:Error|Exception)(?: \[[\w.]{1,80}\])?: /.test(
    line,
  );
}

export interface Head {
  readonly type: string;
  readonly code?: string;
  readonly message: string;
}

export function readHead(line: string): Head | undefined {
  const vite = line.includes('[vite] ') ? viteHead.exec(line) : null;
  if (vite) return readHead(vite[1] ?? '') ?? { type: 'Error', message: vite[1] ?? '' };
  const bracket = bracketHead.exec(line);
  const bare =
    bracket ??
    /^(?:Uncaught (?:\(in promise\) )?)?([A-Z_$][\w$.]{0,100})(?: \[([\w.]{1,80})\])?(?:: (.*)|)$/.exec(
      line.trim(),
    );
  const match =
    bracket ??
    (bare && bare[1]?.endsWith('Warning') ? null : bare) ??
    namedHead.exec(line) ??
    ownClass.exec(line);
  if (!match) return undefined;
  // Bun prints an error of the system without its class.
  if (systemCode.test(match[1] ?? '')) return { type: 'Error', message: line.trim() };
  const code = match[2];
  const isName = code !== undefined && givenName.test(code);
  const said = (match[3] ?? '').replace(/ \{$/, '');
  return {
    type: isName ? code : (match[1] ?? 'Error'),
    message: line[match.index - 1] === '[' ? said.replace(/\]$/, '') : said,
    ...(code === undefined || code === 'Error' || isName ? {} : { code }),
  };
}

const systemCode = /^E[A-Z]{3,15}$/;
/** `Error [QuotaError]: …`: the class, then the name it was given; codes are in capitals. */
const givenName = /[a-z](?:Error|Exception)$/;

/** `console.error('Error:', error)`: the word alone, or in a sentence, before the error and right above its frames. */
const label =
  /^Error: (?:[^:]{0,200}[^\s:] )?(?=(?:[A-Z_$][\w$.]{0,80}(?:Error|Exception)|[A-Z][a-z\d]{1,40}(?:[A-Z][a-z\d]{0,40}){1,8})(?: \[[\w.]{1,80}\])?: )/;

export function withoutLabel(lines: readonly string[]): readonly string[] {
  const [head = '', below = ''] = lines;
  return isOwnFrame(below) && label.test(head)
    ? [head.replace(label, ''), ...lines.slice(1)]
    : lines;
}
