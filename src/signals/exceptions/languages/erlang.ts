import type { Frame } from '../../../core/signal.ts';
import { type Grammar, loggedError, type ParsedException } from '../grammar.ts';
import { addFrame, exceptionOf, frameOf, messageOf } from '../parts.ts';

const reportHead = /^=(?:ERROR|CRASH|SUPERVISOR) REPORT==== .{1,80}===$/;
/** What a logger of today writes behind its own time and level. */
const ownHead =
  /^(?:\*\* (?:Generic server|State machine|Generic event handler|gen_event handler) .{1,300}|Error in process <[\d.]{1,30}>.{0,200} with exit value:|\s{0,4}crasher:)$/;
const shellHead = /^(?:\*\* |escript: )exception (?:error|exit|throw): /;
/** A server that dies reports, and so does its process, right behind. */
const serverHead = /^\*\* (?:Generic server|State machine) (.{1,300}?) terminating/;
const crashHead = /^(?:=CRASH REPORT==== .{1,80}===|\s{0,4}crasher:)$/;
const registered = /^\s{1,8}(?:registered_name|pid): (\S{1,300})$/;
/** `exception error: no match of right hand side value undefined`, in a crash report and the shell. */
const told = /^\s{0,8}(?:\*\* |escript: )?exception (error|exit|throw): (.{0,4000})$/;
const toldPlace =
  /^\s{0,12}(?:in (?:function|call from) {1,2}(\S{1,300}) )?\(([\w./@-]{1,300}\.(?:erl|hrl|xrl|yrl)), line (\d{1,9})\)$/;
const toldBehind = / \(([\w./@-]{1,300}\.(?:erl|hrl|xrl|yrl)), line (\d{1,9})\)$/;
/** What stands above the reason in a report of a server. */
const reasonMark = /^\*\* Reason for termination ?(?:==|= ?)\s*$/;
const valueMark = / with exit value:$/;
/** `{shop_cart,handle_call,3,[{file,"src/shop_cart.erl"},{line,42}]}`, and the same as Elixir writes it. */
const term =
  /\{:?"?([\w.@]{1,150})"?,\s{0,4}:?"?([\w@?!-]{1,150})"?,\s{0,4}(\d{1,3}|\[.{0,300}?\]),\s{0,200}\[(?:\{file,\s{0,4}|file: ~?c?)["']([^"'\n]{1,300})["'](?:\},\s{0,200}\{line,|,\s{0,4}line: )(\d{1,9})/g;
/** The name of a reason: `{badmatch,undefined}`, `{{badmatch,…},[…]}`, `badarith`. */
const reasonName = /^[\s{*:]{0,12}'?([a-z][\w@]{0,60})/;

/** How the runtime tells of its own reasons in words. */
const worded: readonly (readonly [RegExp, string])[] = [
  [/^no match of right hand side value/, 'badmatch'],
  [/^no function clause matching/, 'function_clause'],
  [/^no case clause matching/, 'case_clause'],
  [/^no true branch found/, 'if_clause'],
  [/^no try clause matching/, 'try_clause'],
  [/^an error occurred when evaluating an arithmetic/, 'badarith'],
  [/^bad argument/, 'badarg'],
  [/^bad function/, 'badfun'],
  [/^bad map/, 'badmap'],
  [/^bad key/, 'badkey'],
  [/^undefined function/, 'undef'],
  [/^a system limit/, 'system_limit'],
];

export const erlang: Grammar = {
  language: 'erlang',
  hints: [
    ' REPORT==== ',
    ' with exit value:',
    '** Generic ',
    '** State machine ',
    'crasher:\n',
    '** exception ',
    'escript: exception',
  ],
  keepsLeveled: (line) => line.startsWith('** ') || crashHead.test(line),
  begin(line) {
    const may = /^[=*e]/.test(line) || line.endsWith(':');
    if (!may || !(reportHead.test(line) || ownHead.test(line) || shellHead.test(line)))
      return undefined;
    let blanks = 0;
    let heads = reportHead.test(line) ? 0 : 1;
    let isServer = serverHead.test(line);
    let isFirst = reportHead.test(line);
    return (next) => {
      const isSaid = isFirst && !reportHead.test(next);
      isFirst = false;
      if (isServer && crashHead.test(next)) {
        isServer = next.startsWith('='); // then `crasher:` is still to come
        return 'enough';
      }
      isServer ||= serverHead.test(next);
      if (ownHead.test(next) && ++heads > 1) return 'no';
      if (next.trim() === '') return ++blanks > 2 ? 'no' : 'enough';
      if (isSaid || /^(?:\s|\*\* |[{[<"']|Error in process )/.test(next)) return 'enough';
      return 'no';
    };
  },
  saysEnough: (line) => shellHead.test(line),
  *parse(lines) {
    const crash = lines.findIndex((line, at) => at > 0 && crashHead.test(line));
    const isServer = crash > 0 && lines.slice(0, crash).some((line) => serverHead.test(line));
    if (!isServer) {
      yield* parseReport(lines);
      return;
    }
    const [server, process] = [lines.slice(0, crash), lines.slice(crash)];
    yield* parseReport(server);
    if (!isOf(server, process)) yield* parseReport(process);
  },
};

function* parseReport(lines: readonly string[]): Iterable<ParsedException> {
  const parsed = parseTold(lines) ?? parseTerms(lines) ?? parseSaid(lines);
  // A supervisor repeats what its child has said.
  const isSupervisor = lines[0]?.startsWith('=SUPERVISOR') === true;
  if (parsed) yield isSupervisor ? { ...parsed, silent: true } : parsed;
}

/** What a program itself has logged as an error. */
function parseSaid([head = '', ...lines]: readonly string[]): ParsedException | undefined {
  const said = messageOf(lines.map((line) => line.trim()));
  if (!head.startsWith('=ERROR REPORT') || said === '' || said.startsWith('** ')) return undefined;
  return exceptionOf('erlang', { type: loggedError, message: said, frames: [] }, [], {
    kind: 'log',
  });
}

/** Whether the process that crashed is the server that terminated, by its name or number. */
function isOf(server: readonly string[], process: readonly string[]): boolean {
  const name = server.map((line) => serverHead.exec(line)?.[1]).find((match) => match);
  return process.some((line) => registered.exec(line)?.[1] === name);
}

/** The places that stand in a term: stacks of Erlang are lists of tuples. */
export function framesInTerms(text: string): readonly Frame[] {
  if (!text.includes('file')) return [];
  const frames: Frame[] = [];
  for (const [, module = '', name = '', args = '', file = '', line] of text.matchAll(term)) {
    const arity = /^\d/.test(args) ? args : `${args.split(',').length}`;
    addFrame(frames, placed(`${module}:${name}/${arity}`, file, line));
  }
  return frames;
}

function parseTold(lines: readonly string[]): ParsedException | undefined {
  const at = lines.findIndex((line) => told.test(line));
  const [, kind = '', message = ''] = told.exec(lines[at] ?? '') ?? [];
  if (at < 0) return undefined;
  const frames: Frame[] = [];
  const own = toldBehind.exec(message);
  const text = [own ? message.slice(0, own.index) : message];
  if (own) addFrame(frames, placed(/ matching (\S{1,200}?)\(/.exec(message)?.[1], own[1], own[2]));
  for (const line of lines.slice(at + 1)) {
    const place = toldPlace.exec(line);
    if (place) addFrame(frames, placed(place[1], place[2], place[3]));
    else if (frames.length === 0 && /^\s{6,}\S/.test(line) && !/^\s+in /.test(line))
      text.push(line.trim());
  }
  const said = messageOf(text);
  const inTerm = frames.length === 0 ? framesInTerms(lines.slice(at).join('\n')) : frames;
  return exceptionOf('erlang', { type: typeOf(said, kind), message: said, frames: inTerm }, []);
}

/** The stack in words: `in call from shop:price/2 (shop.erl, line 21)`. */
export function framesInWords(lines: readonly string[]): readonly Frame[] {
  const frames: Frame[] = [];
  for (const line of lines) {
    const place = toldPlace.exec(line);
    if (place) addFrame(frames, placed(place[1], place[2], place[3]));
  }
  return frames;
}

export function reasonNameOf(said: string): string {
  return reasonName.exec(said)?.[1] ?? 'error';
}

function typeOf(said: string, kind: string): string {
  const known = worded.find(([words]) => words.test(said));
  return known?.[1] ?? reasonName.exec(said)?.[1] ?? kind;
}

/** The reason as a term, behind the line that announces it. */
function parseTerms(lines: readonly string[]): ParsedException | undefined {
  const mark = lines.findIndex((line) => reasonMark.test(line) || valueMark.test(line));
  if (mark < 0) return undefined;
  const body = lines.slice(mark + 1).filter((line) => line.trim() !== '');
  const reason = body.map((line) => line.replace(/^\*\* /, '')).join('\n');
  const name = reasonName.exec(reason)?.[1];
  if (name === undefined) return undefined;
  const frames = framesInTerms(reason);
  const stack = reason.search(/,\s{0,200}\[\{/);
  const message = messageOf([stack > 0 ? reason.slice(0, stack).replace(/^\{/, '') : reason]);
  return exceptionOf('erlang', { type: name, message, frames }, []);
}

const otp =
  /^(?:gen(?:_server|_statem|_event|_fsm|_tcp)?|proc_lib|supervisor|erl_eval|erlang|lists|maps|shell|timer|ets|dets|io|io_lib|file|application\w*|code_server|error_handler|logger\w*|rpc|erpc|escript|init|binary|string|unicode|re|base64|ssl\w*|inet\w*|httpc\w*|prim_\w+|user_drv|ct_\w+|test_server\w*|eunit\w*)\.erl$/;

function placed(name: string | undefined, file = '', line?: string): Frame {
  const inApp =
    !otp.test(file) && !/(?:^|\/)(?:deps|_build\/[^/]{1,40}\/lib)\/|\/lib\/erlang\//.test(file);
  return frameOf(file, inApp, { function: name, line: Number(line) });
}
