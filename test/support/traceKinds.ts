/** Traces as programs of many kinds print them: the i-th is of one of 256 bugs if not said otherwise, with ids, addresses and times of its own. */
export type Trace = (i: number, bug?: number) => string;

const day = 1_767_225_600_000;

/** A number below `most` that looks like chance, and is the same each time. */
function pick(i: number, salt: number, most: number): number {
  let hash = Math.imul(i + 1, 2_654_435_761) ^ Math.imul(salt + 1, 1_597_334_677);
  hash = Math.imul(hash ^ (hash >>> 15), 2_246_822_519);
  return ((hash ^ (hash >>> 13)) >>> 0) % most;
}

function hex(i: number, salt: number, digits: number): string {
  let text = '';
  for (let at = 0; text.length < digits; at++) {
    text += pick(i, salt * 31 + at, 0xffffffff)
      .toString(16)
      .padStart(8, '0');
  }
  return text.slice(0, digits);
}

function uuid(i: number): string {
  const digits = hex(i, 9, 32);
  const [a, b, c, d, e] = [0, 8, 12, 16, 20].map((from, at) =>
    digits.slice(from, [8, 12, 16, 20, 32][at]),
  );
  return `${a}-${b}-${c}-${d}-${e}`;
}

/** Which bug the i-th trace is of. */
export function bugOf(i: number): number {
  return pick(i, 0, 256);
}

export function stamp(i: number): string {
  return new Date(day + i * 37).toISOString();
}

const words = ['order', 'basket', 'invoice', 'user', 'ticket', 'parcel', 'device', 'session'];
const verbs = ['settle', 'price', 'load', 'render', 'notify', 'merge', 'reserve', 'import'];

/** Words that belong to a bug: 256 of them. */
function wordsOf(bug: number): { noun: string; Noun: string; verb: string; Verb: string } {
  const noun = words[bug % words.length] as string;
  const verb = verbs[(bug >> 3) % verbs.length] as string;
  const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
  return { noun, Noun: capital(noun), verb, Verb: capital(verb) };
}

/** How a bug's message says which one it was: never the same. */
function idOf(i: number, bug: number): string {
  return [`${pick(i, 1, 1_000_000)}`, uuid(i), `#${hex(i, 2, 6)}`, `sku-${i}`][bug % 4] as string;
}

function logged(i: number, level = 'ERROR'): string {
  return `${stamp(i)} ${level} [worker-${pick(i, 4, 16)}] shop.api: request ${uuid(i)} failed\n`;
}

export const javascript: Trace = (i, bug = bugOf(i)) => {
  const { noun, Noun, verb } = wordsOf(bug);
  const deep = Array.from(
    { length: 2 + (bug % 6) },
    (_, at) => `    at ${verb}${at} (/srv/app/src/${noun}/step${at}.js:${bug + at}:${at + 3})\n`,
  );
  return `${logged(i)}TypeError: Cannot read properties of undefined (reading '${noun}${bug}') of ${idOf(i, bug)}\n    at ${Noun}.${verb} (/srv/app/src/${noun}.js:${bug + 8}:12)\n${deep.join('')}    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)\n`;
};

export const python: Trace = (i, bug = bugOf(i)) => {
  const { noun, Noun, verb } = wordsOf(bug);
  return `${logged(i)}Traceback (most recent call last):\n  File "/srv/app/api.py", line ${10 + (bug % 9)}, in handle\n    return ${verb}(${noun}, request)\n           ~~~~^^^^^^^^^^^^\n  File "/srv/app/shop/${noun}.py", line ${bug + 7}, in ${verb}\n    return table[${noun}.id]\n           ~~~~~^^^^^^^^^^\nshop.errors.${Noun}Missing: no ${noun} ${idOf(i, bug)} in table ${bug}\n`;
};

export const java: Trace = (i, bug = bugOf(i)) => {
  const { Noun, verb } = wordsOf(bug);
  const frames = Array.from(
    { length: 24 },
    (_, at) =>
      `\tat com.acme.shop.m${at % 7}.${Noun}Service.${verb}${at}(${Noun}Service.java:${at * 7 + bug})\n`,
  );
  return `${logged(i)}com.acme.${Noun}LostException: ${idOf(i, bug)} has no price\n${frames.join('')}Caused by: java.io.IOException: disk ${pick(i, 5, 999)} of ${bug}\n\tat com.acme.Disk.read(Disk.java:${bug})\n\t... 24 more\n`;
};

export const go: Trace = (i, bug = bugOf(i)) => {
  const { Noun, verb } = wordsOf(bug);
  const at = (salt: number) => `0xc000${hex(i, salt, 6)}`;
  const head =
    bug % 3 === 0
      ? `panic: runtime error: invalid memory address or nil pointer dereference\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x${hex(i, 6, 2)} pc=0x4${hex(bug, 6, 5)}]\n`
      : bug % 3 === 1
        ? `panic: runtime error: index out of range [${pick(i, 7, 90) + 10}] with length ${pick(i, 8, 10)}\n`
        : `panic: ${verb} ${idOf(i, bug)}: no such thing\n`;
  const others = Array.from(
    { length: pick(i, 9, 3) },
    (_, n) =>
      `\ngoroutine ${pick(i, 20 + n, 90_000) + 10} [chan receive, ${pick(i, 30 + n, 50) + 2} minutes]:\nmain.(*Pool).wait(${at(40 + n)})\n\t/srv/app/pool.go:${40 + n} +0x${hex(bug, n, 2)}\ncreated by main.main in goroutine 1\n\t/srv/app/main.go:${20 + n} +0x1b5\n`,
  );
  return `${head}\ngoroutine ${pick(i, 10, 90_000) + 1} [running]:\nmain.(*${Noun}).${verb}(${at(11)}, {${at(12)}, 0x${hex(i, 13, 1)}})\n\t/srv/app/${verb}.go:${bug + 20} +0x${hex(bug, 14, 2)}\nmain.handle({0x7${hex(i, 15, 5)}, ${at(16)}})\n\t/srv/app/handle.go:${30 + (bug % 5)} +0x65\nmain.main()\n\t/srv/app/main.go:11 +0x2a\n${others.join('')}exit status 2\n`;
};

export const dotnet: Trace = (i, bug = bugOf(i)) => {
  const { Noun, Verb } = wordsOf(bug);
  const inner =
    bug % 2 === 0
      ? ''
      : ` ---> System.TimeoutException: store ${pick(i, 5, 999)} did not answer in ${pick(i, 6, 9_000)} ms\n   at Acme.Shop.Store.Ask(Int32 id) in /srv/app/Store.cs:line ${bug + 3}\n   --- End of inner exception stack trace ---`;
  return `${logged(i)}System.InvalidOperationException: ${Noun} ${idOf(i, bug)} can't ${Verb}${inner === '' ? '' : '\n'}${inner}\n   at Acme.Shop.${Noun}s.${Verb}Async(Guid id, CancellationToken token) in /srv/app/${Noun}s.cs:line ${bug + 20}\n   at Acme.Shop.Api.<Handle>d__${bug % 9}.MoveNext() in /srv/app/Api.cs:line ${40 + (bug % 7)}\n--- End of stack trace from previous location ---\n   at Microsoft.AspNetCore.Routing.EndpointMiddleware.<Invoke>g__AwaitRequestTask|6_0(Endpoint endpoint, Task requestTask, ILogger logger)\n   at Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpProtocol.ProcessRequests[TContext](IHttpApplication\`1 application)\n`;
};

export const ruby: Trace = (i, bug = bugOf(i)) => {
  const { noun, Noun, verb } = wordsOf(bug);
  return `/srv/app/lib/${noun}.rb:${bug + 5}:in '${Noun}#${verb}': no ${noun} ${idOf(i, bug)} (${Noun}::Lost)\n\tfrom /srv/app/lib/shop.rb:${20 + (bug % 5)}:in 'block in Shop#run'\n\tfrom /srv/app/lib/shop.rb:18:in 'Array#each'\n\tfrom /usr/lib/ruby/gems/3.1.0/gems/rack-2.2.4/lib/rack/handler.rb:31:in 'call'\n\tfrom bin/serve.rb:7:in '<main>'\n${stamp(i)} INFO [supervisor] restarting worker ${pick(i, 4, 16)}\n`;
};

export const rust: Trace = (i, bug = bugOf(i)) => {
  const { noun, verb } = wordsOf(bug);
  const frame = (at: number, name: string, file: string) =>
    `  ${at}: ${name}\n             at ${file}\n`;
  return `\nthread 'worker-${pick(i, 1, 16)}' (${pick(i, 2, 90_000)}) panicked at src/${noun}.rs:${bug + 9}:${(bug % 40) + 5}:\ncalled \`Result::unwrap()\` on an \`Err\` value: Lost { id: ${pick(i, 3, 1e6)}, at: "${uuid(i)}" }\nstack backtrace:\n${frame(0, '__rustc::rust_begin_unwind', '/rustc/abc/library/std/src/panicking.rs:689:5')}${frame(1, 'core::panicking::panic_fmt', '/rustc/abc/library/core/src/panicking.rs:80:14')}${frame(2, `shop::${noun}::${verb}`, `./src/${noun}.rs:${bug + 9}:${(bug % 40) + 5}`)}${frame(3, 'shop::main', './src/main.rs:12:5')}note: Some details are omitted, run with \`RUST_BACKTRACE=full\` for a verbose backtrace.\n`;
};

export const php: Trace = (i, bug = bugOf(i)) => {
  const { noun, Noun, verb } = wordsOf(bug);
  const { 1: year, 3: date, 4: time } = /(\d+)-(\d+)-(\d+)T([\d:]+)/.exec(stamp(i)) ?? [];
  return `[${year}-Jan-${date} ${time} UTC] PHP Fatal error:  Uncaught Shop\\${Noun}Lost: no ${noun} ${idOf(i, bug)} in stock in /srv/app/src/${Noun}.php:${bug + 9}\nStack trace:\n#0 /srv/app/src/Cart.php(${30 + (bug % 9)}): Shop\\${Noun}->${verb}(${pick(i, 5, 1e6)}, Object(Shop\\Request))\n#1 /srv/app/vendor/slim/slim/App.php(199): Shop\\Cart->run()\n#2 /srv/app/public/index.php(12): Slim\\App->run()\n#3 {main}\n  thrown in /srv/app/src/${Noun}.php on line ${bug + 9}\n`;
};

export const sanitizer: Trace = (i, bug = bugOf(i)) => {
  const { noun, verb } = wordsOf(bug);
  const pid = pick(i, 1, 90_000) + 1_000;
  const at = (salt: number) => `0x7f${hex(i, salt, 10)}`;
  return `=================================================================\n==${pid}==ERROR: AddressSanitizer: heap-use-after-free on address 0x60${hex(i, 2, 10)} at pc ${at(3)} bp ${at(4)} sp ${at(5)}\nREAD of size ${4 + 4 * (bug % 2)} at 0x60${hex(i, 2, 10)} thread T${pick(i, 6, 4)}\n    #0 ${at(7)} in ${verb}_${noun} /srv/app/src/${noun}.c:${bug + 7}:${(bug % 30) + 3}\n    #1 ${at(8)} in run /srv/app/src/run.c:${20 + (bug % 5)}:9\n    #2 ${at(9)} in main /srv/app/src/main.c:14:3\n    #3 ${at(10)} in __libc_start_call_main csu/../sysdeps/nptl/libc_start_call_main.h:58:16\n\n0x60${hex(i, 2, 10)} is located 0 bytes inside of 400-byte region [0x60${hex(i, 11, 10)},0x60${hex(i, 12, 10)})\nfreed by thread T0 here:\n    #0 ${at(13)} in free (/srv/app/build/shop+0xa6f72) (BuildId: 8c5d)\n    #1 ${at(14)} in drop /srv/app/src/${noun}.c:${bug + 2}:5\n\nSUMMARY: AddressSanitizer: heap-use-after-free /srv/app/src/${noun}.c:${bug + 7}:${(bug % 30) + 3} in ${verb}_${noun}\n==${pid}==ABORTING\n`;
};

export const tests: Trace = (i, bug = bugOf(i)) => {
  const { noun, Noun, verb, Verb } = wordsOf(bug);
  const seconds = `${pick(i, 1, 9)}.${pick(i, 2, 90) + 10}`;
  switch (i % 4) {
    case 0:
      return `--- FAIL: Test${Noun}${Verb} (${seconds}s)\n    ${noun}_test.go:${bug + 9}: want ${pick(i, 3, 999)}, got ${pick(i, 4, 999)}\nFAIL\nFAIL\tacme/${noun}\t${seconds}s\n`;
    case 1:
      return `  ${(i % 40) + 1}) ${noun} shop ${verb}s it:\n     AssertionError [ERR_ASSERTION]: expected ${pick(i, 3, 999)} to equal ${pick(i, 4, 999)}\n      at Context.<anonymous> (test/${noun}.test.js:${bug + 9}:12)\n      at process.processImmediate (node:internal/timers:485:21)\n\n`;
    case 2:
      return `=================================== FAILURES ===================================\n_________________________ test_${verb}_${noun} _________________________\n\n    def test_${verb}_${noun}():\n>       assert ${verb}(${noun}) == ${pick(i, 3, 999)}\nE       assert ${pick(i, 4, 999)} == ${pick(i, 3, 999)}\n\ntests/test_${noun}.py:${bug + 9}: AssertionError\n=========================== short test summary info ============================\nFAILED tests/test_${noun}.py::test_${verb}_${noun} - assert ${pick(i, 4, 999)} == ${pick(i, 3, 999)}\n========================= 1 failed, ${i % 90} passed in ${seconds}s =========================\n`;
    default:
      return `---- ${noun}::tests::${verb}s stdout ----\n\nthread '${noun}::tests::${verb}s' (${pick(i, 5, 90_000)}) panicked at src/${noun}.rs:${bug + 9}:9:\nassertion \`left == right\` failed\n  left: ${pick(i, 3, 999)}\n right: ${pick(i, 4, 999)}\nnote: run with \`RUST_BACKTRACE=1\` environment variable to display a backtrace\n\n`;
  }
};

/** Loggers that say what went wrong without a stack. */
export const messages: Trace = (i, bug = bugOf(i)) => {
  const { noun, verb } = wordsOf(bug);
  return `${stamp(i)} ERROR [worker-${pick(i, 4, 16)}] shop.${noun}: could not ${verb} ${noun} ${idOf(i, bug)} for user ${pick(i, 6, 1e6)} after ${pick(i, 7, 9)} tries (took ${pick(i, 8, 9_000)}ms)\n`;
};

export const records: Trace = (i, bug = bugOf(i)) => {
  const { noun, Noun, verb } = wordsOf(bug);
  const message = `no ${noun} ${idOf(i, bug)}`;
  const stack = `${Noun}Error: ${message}\n    at ${verb} (/srv/app/src/${noun}.js:${bug + 8}:12)\n    at Cart.add (/srv/app/cart.js:13:30)`;
  return `${JSON.stringify({ level: 50, time: day + i * 37, reqId: uuid(i), err: { type: `${Noun}Error`, message, stack }, msg: 'request failed' })}\n`;
};

const languages: readonly Trace[] = [
  javascript,
  python,
  java,
  go,
  dotnet,
  ruby,
  rust,
  php,
  sanitizer,
  messages,
  records,
];

/** Whatever comes, as where one collector writes down what all services say. */
export const mixed: Trace = (i, bug) => (languages[pick(i, 99, languages.length)] as Trace)(i, bug);

/** Every one another bug in other places: nothing to remember. */
export const everNew: Trace = (i) => {
  const frame = (at: number): string => {
    const place = Math.imul(i * 31 + at, 2_654_435_761) >>> 8;
    return `    at fn${place % 9_973} (/srv/app/m${place % 53}/f${place % 211}.js:${place % 5_003}:7)\n`;
  };
  return `${stamp(i)} ERROR shop.api: request ${i} failed\nTypeError: no price of ${i.toString(36)}\n${[0, 1, 2, 3, 4, 5].map(frame).join('')}`;
};

function perLine(trace: Trace, wrap: (line: string, i: number, at: number) => string): Trace {
  return (i, bug) =>
    trace(i, bug)
      .split('\n')
      .slice(0, -1)
      .map((line, at) => `${wrap(line, i, at)}\n`)
      .join('');
}

/** The same behind what carries and colours logs. */
export const dockerJson = perLine(mixed, (line, i, at) =>
  JSON.stringify({
    log: `${line}\n`,
    stream: 'stderr',
    time: `${stamp(i).slice(0, -1)}${(100_000 + at * 137) % 1_000_000}Z`,
  }),
);
export const cri = perLine(
  mixed,
  (line, i, at) => `${stamp(i).slice(0, -1)}${(100_000 + at * 137) % 1_000_000}Z stderr F ${line}`,
);
export const coloured = perLine(mixed, (line, _, at) =>
  at === 0 ? `\x1b[31m${line}\x1b[0m` : `\x1b[2m${line}\x1b[22m`,
);
