import { framesInTerms, framesInWords, reasonNameOf } from '../languages/erlang.ts';
import type { Follow, Grammar, ParsedException } from '../grammar.ts';
import { messageOf } from '../parts.ts';
import { failure } from './testFailure.ts';

/** rebar3: `  1) shelf_tests:lend_test/0`, then `Failure/Error:` and a macro or the reason as a term. */
const rebar = /^\s{2}\d{1,5}\) [\w@]{1,150}:\S{1,200}\/\d{1,3}(?:: .{1,300})?$/;
const rebarReason = /^\s+Failure\/Error: (.*)$/;
/** EUnit itself: the module, the test, the stack in words, the reason as a term. */
const eunit = /^[\w@.]{1,150}: .{1,300}\.\.\.\*failed\*$/;
const eunitReason = /^\*\*(?:error|exit|throw):(.*)$/;
/** Common Test as rebar3 shows it: FAILED, and in the next line the reason. */
const commonTest = /^%%% [\w@]{1,150} ==> \S.{0,300}: (?:FAILED|.*FAILED)$/;
const commonReason = /^%%% [\w@]{1,150} ==> ([{"<a-z].*)$/;
const output = /^\s*(?:Output: |output:<<|%% \S+:\d)/;
const maxLines = 200;

/** EUnit and Common Test. Asked before RSpec, whose lists look alike. */
export const erlangTests: Grammar = {
  language: 'erlang',
  standsAlone: true,
  hints: ['Failure/Error:', '*failed*', ': FAILED', 'mFAILED'],
  begin(line) {
    if (rebar.test(line))
      return follow((next) => rebarReason.test(next), /^(?:$|\S|\s{2}\d{1,5}\) )/);
    if (line.endsWith('*failed*') && eunit.test(line))
      return follow((next) => eunitReason.test(next), /^(?:$|={4,}|\s{0,4}Failed: )/);
    return commonTest.test(line)
      ? follow((next) => commonReason.test(next), /^(?:$|%%%)/)
      : undefined;
  },
  *parse(lines) {
    const parsed = parseFailure(lines);
    if (parsed) yield parsed;
  },
};

/** All lines up to the end belong; without a reason they say nothing. */
function follow(isReason: (line: string) => boolean, end: RegExp): Follow {
  let lines = 0;
  let says = false;
  return (line) => {
    const reason = isReason(line);
    says ||= reason;
    if (++lines > maxLines || (!reason && end.test(line))) return 'no';
    return says ? 'enough' : 'more';
  };
}

function parseFailure(lines: readonly string[]): ParsedException | undefined {
  const reasons = [rebarReason, eunitReason, commonReason];
  const at = lines.findIndex((line, index) => index > 0 && reasons.some((form) => form.test(line)));
  if (at < 0) return undefined;
  const own = reasons
    .map((form) => form.exec(lines[at] ?? '')?.[1])
    .find((text) => text !== undefined);
  const body = [own ?? '', ...lines.slice(at + 1)].filter((line) => !output.test(line));
  const whole = body.join('\n');
  const frames = [...framesInWords(lines.slice(1, at)), ...framesInTerms(whole)];
  const stack = whole.search(/,\s{0,200}\[\{/);
  const message = messageOf(
    (stack > 0 ? whole.slice(0, stack) : whole).split('\n').map((line) => line.trim()),
  );
  const failed = /^\{test_case_failed,"(.*)"\}$/s.exec(message)?.[1];
  const isMacro = message.startsWith('?') || /^\{?assert/.test(message);
  return failure(
    'erlang',
    isMacro || failed !== undefined ? 'AssertionError' : reasonNameOf(message),
    failed ?? message,
    frames,
  );
}
