import type { Cause, Frame } from '../../../core/signal.ts';
import { framesInTerms } from './erlang.ts';
import type { Follow, Grammar, ParsedException } from '../grammar.ts';
import { addFrame, exceptionOf, frameOf, indentOf, maxMessageLines, messageOf } from '../parts.ts';

/** `** (KeyError) key …`, `** (EXIT from #PID<0.98.0>) …`, `** (throw) :x`. */
const head =
  /^(\s{0,16})(?:\(\w{1,40} [\w.-]{1,20}\) )?\*\* \(((?:[A-Z][\w.]{0,150}|exit|throw|stop|EXIT(?: from #PID<[\d.]{1,30}>)?))\)(?: (.*)|)$/;
/** `(stdlib 4.2) gen_server.erl:1123: :gen_server.try_dispatch/4`, `run.exs:4: Shop.price_of/1`, `:erlang.map_get("x", %{})`. */
const frameLine =
  /^\s{2,24}(?:\(([\w-]{1,60})(?: [\w.+-]{1,60})?\) )?((?:[^\s:()"]{1,300}\/)?[\w@+.-]{1,100}\.(?:exs?|erl|eex|heex|leex|hrl|yrl|xrl)):(\d{1,9}): (.{1,600})$/;
const nativeFrame =
  /^\s{2,24}(?:\(([\w-]{1,60})(?: [\w.+-]{1,60})?\) )?((?::\w{1,60}|[A-Z][\w.]{1,150})\.[\w?!"<>=+*/-]{1,100}(?:\/\d{1,3}|\(.{0,2000}\)))$/;
/** What the logger's report of a crashed process says behind the stack. */
const report =
  /^(?:Last message|State|Client |Initial Call|Ancestors|Message Queue|Function|\s{4}Args|Start Call|Registered Name|Dictionary|Process Label|Queue|Postponed|Callback mode|Extra)/;
const test =
  /^\s{2}\d{1,5}\) (?:(?:test|doctest|property|feature) .{1,300} \([\w.]{1,200}\)|[\w.]{1,200}: failure on setup_all callback, .{1,100})$/;
const testPlace = /^\s{5}((?:[^\s:]{1,300}\/)?[\w.-]{1,100}\.exs?):(\d{1,9})$/;
const compileHead = /^([\w./-]{1,300}\.exs?):(\d{1,9})(?::\d{1,9})?: (.*)$/;

export const elixir: Grammar = {
  language: 'elixir',
  hints: ['\n** (', '.exs:', ' ** ('],
  begin(line) {
    const found = line.includes('** (') ? head.exec(line) : null;
    return found ? followStack(indentOf(line)) : undefined;
  },
  *parse(lines) {
    const parsed = parseStack(lines);
    if (parsed) yield parsed;
  },
};

/** Asked before the test runners whose lists look alike at first. */
export const elixirTests: Grammar = {
  language: 'elixir',
  hints: ['_test.exs:', ' setup_all callback'],
  standsAlone: true,
  begin: (line) => (line.startsWith('  ') && test.test(line) ? followTest() : undefined),
  *parse(lines) {
    const parsed = parseTest(lines);
    if (parsed) yield parsed;
  },
};

/** Everything that is indented deeper belongs: messages, blamed arguments, nested exits, frames. */
function followStack(base: number): Follow {
  let frames = 0;
  let others = 0;
  let isNested = base > 0;
  return (line) => {
    isNested ||= line.includes('** (') && head.test(line);
    if (isFrame(line)) {
      frames++;
      return 'enough';
    }
    if (report.test(line)) return frames > 0 || others > 0 ? 'enough' : 'no';
    const deeper = indentOf(line) > base && line.trim() !== '';
    if (deeper && ++others <= 2 * maxMessageLines) return 'enough';
    const blank = line.trim() === '' && frames === 0 && ++others <= maxMessageLines;
    if (blank) return 'enough';
    // Frames surely follow below an exit, so the message is what stands above them, however it is indented.
    return isNested && frames === 0 && ++others <= maxMessageLines ? 'more' : 'no';
  };
}

function followTest(): Follow {
  let lines = 0;
  return (line) => {
    // What failed before the first test of a module is of no test.
    if (++lines === 1) return testPlace.test(line) || head.test(line) ? 'more' : 'no';
    return lines < 300 && line.startsWith('     ') ? 'enough' : 'no';
  };
}

function isFrame(line: string): boolean {
  return frameLine.test(line) || nativeFrame.test(line);
}

function parseStack(lines: readonly string[]): ParsedException | undefined {
  const links: { type: string; message: string[]; frames: Frame[] }[] = [];
  for (const line of lines) {
    const found = head.exec(line);
    if (found) {
      if (links.length < 20)
        links.push({ type: typeOf(found[2] ?? ''), message: [found[3] ?? ''], frames: [] });
      continue;
    }
    const current = links.at(-1);
    const frame = readFrame(line);
    if (current && frame) addFrame(current.frames, frame);
    else if (current && current.frames.length === 0 && !report.test(line))
      current.message.push(line);
  }
  const [outermost, ...causes] = withoutWrapper(links).map(causeOf);
  if (!outermost) return undefined;
  // A bare `** (…)` in a sentence of its own is how mix ends, too; the exit of a test run says nothing.
  return exceptionOf('elixir', outermost, causes);
}

/** An exit that only says that an exception was raised is not what happened. */
function withoutWrapper<T extends { readonly type: string; readonly message: readonly string[] }>(
  links: readonly T[],
): readonly T[] {
  const [first] = links;
  const isWrapper = first?.type === 'exit' && first.message[0] === 'an exception was raised:';
  return isWrapper && links.length > 1 ? links.slice(1) : links;
}

function typeOf(shown: string): string {
  return shown.replace(/ from #PID<[\d.]{1,30}>$/, '');
}

/** A compiler's error has its place in the message. */
function causeOf(link: { type: string; message: string[]; frames: readonly Frame[] }): Cause {
  const message = messageOf(link.message);
  const own = compileHead.exec(link.message[0] ?? '');
  if (!own) {
    const frames = link.frames.length > 0 ? link.frames : framesInTerms(message);
    return { type: link.type, message, frames };
  }
  const file = own[1] ?? '';
  return {
    type: link.type,
    message: messageOf([own[3] ?? '', ...link.message.slice(1)]),
    frames: [frameOf(file, isInApp(undefined, file), { line: Number(own[2]) }), ...link.frames],
  };
}

function readFrame(line: string): Frame | undefined {
  const match = frameLine.exec(line);
  if (match) {
    const file = match[2] ?? '';
    return frameOf(file, isInApp(match[1], file), {
      function: nameOf(match[4] ?? ''),
      line: Number(match[3]),
    });
  }
  const native = nativeFrame.exec(line);
  return native ? frameOf('nofile', false, { function: nameOf(native[2] ?? '') }) : undefined;
}

/** Arguments are shown where a call itself failed; anonymous functions are numbered by their module's build. */
function nameOf(shown: string): string {
  return shown
    .slice(0, 300)
    .replace(/^(.{1,200}?)\(.*\)$/s, '$1')
    .replace(/anonymous fn\/(\d+) in /, 'fn in ')
    .replace(/-fun-\d{1,4}-/, '-fun-');
}

const runtimes =
  /^(?:elixir|stdlib|kernel|mix|ex_unit|iex|eex|logger|compiler|erts|ssl|crypto|inets|phoenix\w*|plug\w*|ecto\w*|postgrex|myxql|db_connection|cowboy\w*|cowlib|ranch|bandit|thousand_island|absinthe\w*|oban|gen_stage|broadway|telemetry\w*|jason|poison|tesla|hackney|finch|mint|req|swoosh|bamboo|credo|dialyxir|nimble_\w+|castore|gettext|floki|guardian|comeonin|redix|amqp|tzdata|timex|decimal|mox|bypass|wallaby|hound)$/;

function isInApp(app: string | undefined, file: string): boolean {
  if (app !== undefined && runtimes.test(app)) return false;
  return (
    !/(?:^|\/)deps\/|\/lib\/(?:elixir|erlang)\/|\.erl$/.test(file) ||
    (file.endsWith('.erl') && app !== undefined)
  );
}

function parseTest(lines: readonly string[]): ParsedException | undefined {
  const place = testPlace.exec(lines[1] ?? '');
  const body = lines.slice(place ? 2 : 1);
  const stack = body.findIndex((line) => /^\s+stacktrace:$/.test(line));
  const text = (stack < 0 ? body : body.slice(0, stack)).map((line) => line.trim());
  const frames: Frame[] = [];
  for (const line of stack < 0 ? [] : body.slice(stack + 1)) {
    const frame = readFrame(line);
    if (frame) addFrame(frames, frame);
  }
  if (place && !frames.some((frame) => frame.inApp))
    frames.push(frameOf(place[1] ?? '', true, { line: Number(place[2]) }));
  const thrown = head.exec(text[0] ?? '');
  const code = text
    .find((line) => line.startsWith('code: '))
    ?.slice(6)
    .trim();
  const type = thrown ? typeOf(thrown[2] ?? '') : 'ExUnit.AssertionError';
  const message = messageOf(thrown ? [thrown[3] ?? '', ...text.slice(1)] : text);
  const [top, ...others] = frames;
  const known =
    top && code && top.source === undefined && !thrown
      ? [{ ...top, source: code.slice(0, 300) }, ...others]
      : frames;
  return exceptionOf('elixir', { type, message, frames: known }, [], { kind: 'test' });
}
