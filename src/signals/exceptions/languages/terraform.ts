import type { Grammar, ParsedException } from '../grammar.ts';
import { exceptionOf, frameOf, messageOf } from '../parts.ts';

/** Terraform and OpenTofu draw a box around each of their diagnostics. */
const head = /^│ Error: (.{1,4000})$/;
const boxLine = /^│(?: (.{0,4000}))?$/;
const boxEnd = /^╵/;
/** `  on main.tf line 14, in resource "aws_instance" "web":` */
const place = /^\s{1,4}on (\S{1,1000}) line (\d{1,9})(?:,|:|$)/;
const quoted = /^\s{1,8}(?:\d{1,9}:|with |├|│|on )/;
const maxLines = 200;

export const terraform: Grammar = {
  language: 'terraform',
  standsAlone: true,
  hints: ['│ Error: '],
  begin(line) {
    if (!head.test(line)) return undefined;
    let lines = 0;
    return (next) => {
      if (boxEnd.test(next)) return 'last';
      return boxLine.test(next) && !head.test(next) && ++lines <= maxLines ? 'enough' : 'no';
    };
  },
  saysEnough: () => true,
  *parse(lines) {
    yield parseBox(lines);
  },
};

function parseBox(lines: readonly string[]): ParsedException {
  const texts = lines.map((line) => boxLine.exec(line)?.[1] ?? '');
  const where = texts.map((text) => place.exec(text)).find((match) => match !== null);
  const details = texts.slice(1).filter((text) => !quoted.test(text));
  const message = messageOf([head.exec(lines[0] ?? '')?.[1] ?? '', ...details]);
  const frames = where ? [frameOf(where[1] ?? '', true, { line: Number(where[2]) })] : [];
  const said = { type: 'TerraformError', message, frames };
  return exceptionOf('terraform', said, [], { kind: 'diagnostic' });
}
