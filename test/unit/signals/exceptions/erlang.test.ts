import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

const stack = `[{till_pay,settle,3,[{file,"src/till_pay.erl"},{line,42}]},
     {gen_server,try_handle_call,4,[{file,"gen_server.erl"},{line,721}]}]`;

describe('erlang grammar', () => {
  it('reads the reason of a server that ended, and leaves the runtime out', () => {
    const [event, ...others] = eventsIn(`=ERROR REPORT==== 2-Nov-2026::09:14:33.123456 ===
** Generic server till_pay terminating 
** Last message in was {settle,17}
** When Server state == {state,[]}
** Reason for termination ==
** {{badmatch,undefined},
    ${stack}}

`);
    assert.equal(others.length, 0);
    assert.deepEqual([event?.type, event?.message], ['badmatch', '{badmatch,undefined}']);
    assert.deepEqual(
      event?.frames.map(({ file, line, function: name, inApp }) => [file, line, name, inApp]),
      [
        ['src/till_pay.erl', 42, 'till_pay:settle/3', true],
        ['gen_server.erl', 721, 'gen_server:try_handle_call/4', false],
      ],
    );
  });

  it('reads processes with an exit value, one after the other', () => {
    const exit = (pid: number) => `=ERROR REPORT==== 2-Nov-2026::09:14:3${pid}.123456 ===
Error in process <0.${pid}.0> with exit value:
{badarith,[{till_fee,of,1,[{file,"src/till_fee.erl"},{line,12}]}]}

`;
    assert.deepEqual(summaries(exit(1) + exit(2)), [
      'error badarith: badarith @ till_fee:of/1 src/till_fee.erl:12',
      'error badarith: badarith @ till_fee:of/1 src/till_fee.erl:12',
    ]);
  });

  it('reads a crash report in words, and what a supervisor repeats only once', () => {
    const log = `=CRASH REPORT==== 2-Nov-2026::09:14:33.123456 ===
  crasher:
    initial call: till_worker:init/1
    pid: <0.120.0>
    exception error: no function clause matching till_worker:fee(undefined) (src/till_worker.erl, line 30)
      in function  till_worker:handle_info/2 (src/till_worker.erl, line 25)
      in call from gen_server:try_handle_info/3 (gen_server.erl, line 1095)
    ancestors: [till_sup,<0.100.0>]

=SUPERVISOR REPORT==== 2-Nov-2026::09:14:33.123456 ===
     Reason for termination ==
** {{badmatch,undefined},
    ${stack}}
`;
    assert.deepEqual(summaries(log), [
      'error function_clause: no function clause matching till_worker:fee(undefined) @ till_worker:fee src/till_worker.erl:30',
    ]);
  });

  it('finds the place in the term that Elixir prints, and in a logged sentence', () => {
    const log = `10:00:00.123 [error] Task #PID<0.150.0> started from Till.Sup terminating
** (stop) {{:badmatch, nil}, [{Till.Pay, :run, 1, [file: ~c"lib/till/pay.ex", line: 9]}]}
Function: &Till.Pay.run/1
10:00:01.123 [error] Ranch listener http exit with reason badarg and stacktrace [{till_http,init,2,[{file,"/srv/till/src/till_http.erl"},{line,18}]}]
`;
    const [task, listener] = eventsIn(log);
    assert.deepEqual(
      [task, listener].map((event) => {
        const [top] = event?.frames ?? [];
        return [event?.kind, event?.type, top?.file, top?.line];
      }),
      [
        ['exception', 'stop', 'lib/till/pay.ex', 9],
        ['log', 'LoggedError', '/srv/till/src/till_http.erl', 18],
      ],
    );
  });

  it('tells servers apart that end one after the other', () => {
    const report = (name: string, reason: string, line: number): string =>
      `** Generic server ${name} terminating
** Reason for termination ==
** {${reason},[{${name},run,1,[{file,"src/${name}.erl"},{line,${line}}]}]}
`;
    assert.deepEqual(summaries(report('till', 'badarg', 3) + report('cart', 'badarith', 4)), [
      'error badarg: badarg @ till:run/1 src/till.erl:3',
      'error badarith: badarith @ cart:run/1 src/cart.erl:4',
    ]);
  });

  it('takes no report of progress for one', () => {
    assert.deepEqual(
      summaries(`=PROGRESS REPORT==== 2-Nov-2026::09:14:33.123456 ===
         application: till
          started_at: nonode@nohost
=INFO REPORT==== 2-Nov-2026::09:14:33.123456 ===
    errors: 0
`),
      [],
    );
  });

  it('reads what a program logged as an error, and why a script ended', () => {
    const text = `=ERROR REPORT==== 29-Nov-2026::11:23:06.847725 ===
payment 17 refused: card expired
=ERROR REPORT==== 29-Nov-2026::11:23:06.880170 ===
    order: 18
    what: refused
escript: exception error: no case clause matching 1
  in function  erl_eval:case_clauses/8 (erl_eval.erl, line 1041)
  in call from escript:start/1 (escript.erl, line 277)`;
    assert.deepEqual(
      eventsIn(text).map(({ kind, type, message }) => [kind, type, message]),
      [
        ['log', 'LoggedError', 'payment 17 refused: card expired'],
        ['log', 'LoggedError', 'order: 18\nwhat: refused'],
        ['exception', 'case_clause', 'no case clause matching 1'],
      ],
    );
  });

  it('reads failures of EUnit, by itself and in rebar3, and of Common Test', () => {
    const text = `Failures:

  1) shelf_tests:lend_test/0
     Failure/Error: ?assertEqual({ok,3}, shelf : lend ( a ))
       expected: {ok,3}
            got: {ok,2}
     %% eunit_proc.erl:346:in \`eunit_proc:with_timeout/3\`
     Output:
  2) shelf_tests:missing_test/0
     Failure/Error: {error,
                        {badkey,b},
                        [{erlang,map_get,[b,#{a => 3}],[]},
                         {shelf,lend,2,
                             [{file,"/srv/app/src/shelf.erl"},{line,5}]}]}
     Output:

shelf_tests: match_test...*failed*
in function shelf_tests:match_test/0 (test/shelf_tests.erl, line 10)
in call from eunit_test:run_testfun/1 (eunit_test.erl, line 71)
**error:{assertMatch,[{module,shelf_tests},
              {line,10}]}
  output:<<"">>

%%% shelf_SUITE ==> lends: FAILED
%%% shelf_SUITE ==> {{badmatch,{ok,2}},
 [{shelf_SUITE,lends,1,
               [{file,"/srv/app/test/shelf_SUITE.erl"},{line,6}]}]}

%%% shelf_SUITE ==> fails: FAILED
%%% shelf_SUITE ==> {test_case_failed,"not lent 3"}
`;
    assert.deepEqual(
      eventsIn(text).map(({ kind, language, type, frames }) => [
        kind,
        language,
        type,
        frames.find(({ inApp }) => inApp)?.line,
      ]),
      [
        ['test', 'erlang', 'AssertionError', undefined],
        ['test', 'erlang', 'error', 5],
        ['test', 'erlang', 'AssertionError', 10],
        ['test', 'erlang', 'badmatch', 6],
        ['test', 'erlang', 'AssertionError', undefined],
      ],
    );
  });
});
