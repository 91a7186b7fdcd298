import { type Grammar, loggedError, type ParsedException } from '../grammar.ts';

/** `go run` says how a program ended that said why itself, by `log.Fatal` most often, without a word for an error. */
export const goRun: Grammar = {
  language: 'go',
  hints: ['\nexit status '],
  begin: (line) => (/^exit status [1-9]\d{0,2}$/.test(line) ? () => 'no' : undefined),
  saysEnough: () => true,
  takesLineAbove: () => true,
  *parse(lines) {
    const [above = '', ended] = lines;
    if (ended !== undefined && isReason(above)) yield reasonOf(above);
  },
};

function isReason(line: string): boolean {
  return (
    /^\S/.test(line) &&
    !/^(?:FAIL|PASS|ok)\b/.test(line) &&
    /: \S|\b(?:error|fail|can'?t|cannot|could not|unable|invalid|missing|refused|denied)/i.test(
      line,
    )
  );
}

function reasonOf(message: string): ParsedException {
  const none = { frames: [], causes: [] };
  return { kind: 'log', language: 'go', type: loggedError, message, ...none, severity: 'error' };
}
