import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

const trace = `goroutine 1 [running]:
acme.test/depot/bins.Take(...)
	/home/ann/depot/bins/bins.go:21
main.main()
	/home/ann/depot/main.go:9 +0x50
`;

describe('go grammar', () => {
  it('reads a panic, its type from the runtime, and the frame that panicked', () => {
    assert.deepEqual(
      summaries(`panic: runtime error: slice bounds out of range [:9]\n\n${trace}`),
      [
        'fatal runtime error: slice bounds out of range [:9] @ acme.test/depot/bins.Take /home/ann/depot/bins/bins.go:21',
      ],
    );
  });

  it('tells panics that follow each other without a blank line apart', () => {
    const text = `panic: bin 4 is empty\n\n${trace}panic: bin 5 is empty\n\n${trace}exit status 2\n`;
    assert.deepEqual(
      eventsIn(text).map(({ message }) => message),
      ['bin 4 is empty', 'bin 5 is empty'],
    );
  });

  it('counts a panic that was recovered and raised again once, with where it was raised first as its cause', () => {
    const [only, ...more] = eventsIn(`panic: boom [recovered]
	panic: boom

goroutine 7 [running]:
main.guard.func1()
	/home/ann/depot/main.go:30 +0x5b
panic({0x45e0a0, 0xc00001c0a8})
	/usr/lib/go-1.22/src/runtime/panic.go:884 +0x212
main.work(...)
	/home/ann/depot/main.go:44
`);
    assert.equal(more.length, 0);
    assert.equal(only?.message, 'boom');
    assert.deepEqual(
      [only?.frames, only?.causes[0]?.frames].map((frames) => frames?.map(({ line }) => line)),
      [[30, 44], [44]],
    );
  });

  it('leaves the handlers of libraries out of a panic that was raised again', () => {
    const [only] = eventsIn(`panic: boom [recovered, repanicked]

goroutine 7 [running]:
testing.tRunner.func1.2({0x45e0a0, 0xc00001c0a8})
	/usr/lib/go-1.23/src/testing/testing.go:1632 +0x230
panic({0x45e0a0, 0xc00001c0a8})
	/usr/lib/go-1.23/src/runtime/panic.go:785 +0x132
main.work(...)
	/home/ann/depot/main.go:44
`);
    assert.deepEqual([only?.frames.length, only?.message, only?.causes], [1, 'boom', []]);
  });

  it('ends where another runtime names a place', () => {
    assert.deepEqual(
      summaries(`panic: boom

goroutine 1 [running]:
main.work(...)
	/home/ann/depot/main.go:44
/home/ann/depot/bin.rb:11:in \`take': bin 4 is lost (Depot::Lost)
	from /home/ann/depot/main.rb:4:in \`<main>'
`),
      [
        'fatal panic: boom @ main.work /home/ann/depot/main.go:44',
        'error Depot::Lost: bin 4 is lost @ take /home/ann/depot/bin.rb:11',
      ],
    );
  });

  it('leaves out the frames of the server and of modules; the process goes on', () => {
    assert.deepEqual(
      summaries(`2026/11/20 06:52:10 http: panic serving [::1]:46960: no stock
goroutine 5 [running]:
net/http.(*conn).serve.func1()
	/usr/local/go/src/net/http/server.go:1850 +0xbf
panic({0x67bcc0, 0xc0000c4140})
	/usr/local/go/src/runtime/panic.go:890 +0x262
github.com/acme/log.Must(...)
	/home/ann/go/pkg/mod/github.com/acme/log@v1.2.0/must.go:8
main.handle({0x4b3a00?, 0xc00007a000?}, 0x7f03c4c22f38?)
	/home/ann/depot/main.go:12 +0x9f
created by net/http.(*Server).Serve in goroutine 1
	/usr/local/go/src/net/http/server.go:3102 +0x4db
`),
      ['error panic: no stock @ main.handle /home/ann/depot/main.go:12'],
    );
  });

  it('reads fatal errors of the runtime, whose stack may come first', () => {
    assert.deepEqual(
      summaries(`fatal error: stack overflow

runtime stack:
runtime.throw({0x469a5c?, 0x4b9ba0?})
	/usr/lib/go-1.22/src/runtime/panic.go:1047 +0x5d

goroutine 1 [running]:
main.depth(0x2ffffff?)
	/home/ann/depot/so.go:5 +0x3b fp=0xc0200e03a0 sp=0xc0200e0398 pc=0x457b7b
...additional frames elided...
`),
      ['fatal fatal error: stack overflow @ main.depth /home/ann/depot/so.go:5'],
    );
  });

  it('takes a data race for an error, though the detector says WARNING', () => {
    assert.deepEqual(
      summaries(`==================
WARNING: DATA RACE
Write at 0x00c00001c0a8 by goroutine 8:
  main.count.func1()
      /home/ann/depot/race.go:12 +0x44

Previous write at 0x00c00001c0a8 by goroutine 7:
  main.other()
      /home/ann/depot/race.go:40 +0x44
==================
`),
      [
        'error DATA RACE: Write at 0x00c00001c0a8 by goroutine 8 @ main.count.func1 /home/ann/depot/race.go:12',
      ],
    );
  });

  it("reads gin's recovery, and the stack that a logger prints below its message", () => {
    assert.deepEqual(
      summaries(`2026/03/02 - 10:11:12 [Recovery] 2026/03/02 - 10:11:12 panic recovered:
GET /x HTTP/1.1

runtime error: integer divide by zero
/usr/local/go/src/runtime/panic.go:88 (0x43a1a4)
	panicdivide: panic(divideError)
/home/ann/depot/rates.go:13 (0x7b1a5b)
	Rate: return a / b
/home/ann/go/pkg/mod/github.com/gin-gonic/gin@v1.9.1/recovery.go:102 (0x7b1a99)
	CustomRecoveryWithWriter.func1: c.Next()
`),
      ['error runtime error: integer divide by zero @ Rate /home/ann/depot/rates.go:13'],
    );
    assert.deepEqual(
      summaries(
        '2026-03-02T10:11:12.123Z\tERROR\tcannot reserve\nmain.reserve\n\t/home/ann/depot/a.go:28\nmain.main\n\t/home/ann/depot/m.go:2\n',
      ),
      ['error error: cannot reserve @ main.reserve /home/ann/depot/a.go:28'],
    );
  });

  it('lets the line above say what a panic was that a controller caught', () => {
    assert.deepEqual(
      summaries(`E0302 10:00:00.123456       1 runtime.go:79] Observed a panic: "bin 4 is empty"
goroutine 88 [running]:
k8s.io/apimachinery/pkg/util/runtime.logPanic({0x17a2b40, 0x2b3c4d0})
	/go/pkg/mod/k8s.io/apimachinery@v0.28.0/pkg/util/runtime/runtime.go:75 +0x99
panic({0x17a2b40, 0x2b3c4d0})
	/usr/local/go/src/runtime/panic.go:884 +0x212
main.reconcile(0xc0003)
	/home/ann/depot/bins.go:61 +0x3c
`),
      [
        'error panic: Observed a panic: "bin 4 is empty" @ main.reconcile /home/ann/depot/bins.go:61',
      ],
    );
  });

  it('takes neither talk of panics nor a stack that was asked for', () => {
    assert.deepEqual(summaries(`panic: not today\nall is well\n`), []);
    assert.deepEqual(summaries(trace), []);
    assert.deepEqual(summaries('2026-03-02T10:11:12Z INFO panic: false alarm\nok\n'), []);
  });

  it('reads where a test hung, not where its alarm went off', () => {
    const text = `panic: test timed out after 1s
running tests:
	TestHang (1s)

goroutine 17 [running]:
testing.(*M).startAlarm.func1()
	/usr/local/go/src/testing/testing.go:2036 +0x8e
created by time.goFunc
	/usr/local/go/src/time/sleep.go:176 +0x32

goroutine 1 [chan receive]:
testing.(*T).Run(0xc0000076c0, {0x52499f?, 0x4b7c25?}, 0x52f2e8)
	/usr/local/go/src/testing/testing.go:1494 +0x37a
testing.tRunner(0xc0000076c0, 0xc000070cd8)
	/usr/local/go/src/testing/testing.go:1446 +0x10b
main.main()
	_testmain.go:47 +0x1aa

goroutine 6 [sleep]:
time.Sleep(0x34630b8a000)
	/usr/local/go/src/runtime/time.go:195 +0x135
example.com/depot/lids.TestHang(0x0?)
	/srv/depot/lids_test.go:10 +0x25
testing.tRunner(0xc000007860, 0x52f2e8)
	/usr/local/go/src/testing/testing.go:1446 +0x10b
created by testing.(*T).Run
	/usr/local/go/src/testing/testing.go:1493 +0x35f
FAIL	example.com/depot/lids	1.010s
`;
    assert.deepEqual(summaries(text), [
      'error panic: test timed out after 1s @ example.com/depot/lids.TestHang /srv/depot/lids_test.go:10',
    ]);
    assert.equal(eventsIn(text)[0]?.kind, 'test');
  });

  it('lets what recovered from a panic say what it was, on the line above the stack or at its start', () => {
    const stack = `[running]:
runtime/debug.Stack()
	/usr/local/go/src/runtime/debug/stack.go:24 +0x65
main.guard.func1()
	/home/ann/depot/main.go:30 +0x5b
panic({0x49d2e0, 0xc00001a090})
	/usr/local/go/src/runtime/panic.go:884 +0x212
main.pick(...)
	/home/ann/depot/main.go:44
`;
    const found =
      'error runtime error: index out of range [4] @ main.pick /home/ann/depot/main.go:44';
    const said = 'runtime error: index out of range [4]';
    assert.deepEqual(
      summaries(`2026/11/20 06:52:10 recovered in pick: ${said}\ngoroutine 7 ${stack}`),
      [found],
    );
    assert.deepEqual(summaries(`[PANIC RECOVER] ${said} goroutine 34 ${stack}`), [found]);
    assert.deepEqual(
      summaries(`all is well\ngoroutine 1 [running]:\nmain.dump()\n\t/a/m.go:3 +0x1\n`),
      [],
    );
  });

  it('reads a signal in C code, and a program that has no goroutine left', () => {
    const signal = `SIGABRT: abort
PC=0x7f635c87beec m=0 sigcode=18446744073709551610
signal arrived during cgo execution

goroutine 1 [syscall]:
runtime.cgocall(0x4022a0, 0xc00004cf38)
	/usr/local/go/src/runtime/cgocall.go:158 +0x5c fp=0xc00004cf10 sp=0xc00004ced8 pc=0x404f3c
main._Cfunc_die()
	_cgo_gotypes.go:58 +0x45 fp=0xc00004cf38 sp=0xc00004cf10 pc=0x482da5
main.stop(...)
	/home/ann/depot/main.go:22
`;
    const ended = 'fatal error: no goroutines (main called runtime.Goexit) - deadlock!';
    assert.deepEqual(summaries(signal), [
      'fatal SIGABRT: abort @ main.stop /home/ann/depot/main.go:22',
    ]);
    assert.deepEqual(summaries(signal.replace('SIGABRT: abort', 'SIGQUIT: quit')), []);
    assert.deepEqual(summaries(`bye\n${ended}\n`), [`fatal ${ended}`]);
  });

  it('reads the errors of pkg/errors with all that wraps them, and tells them apart', () => {
    const error = (
      id: number,
    ) => `2026/11/20 06:52:10 open /var/${id}.snap: no such file or directory
read snapshot
main.(*store).read
	/home/ann/depot/store.go:17
main.restore
	/home/ann/depot/store.go:23
runtime.goexit
	/usr/local/go/src/runtime/asm_amd64.s:1594
restore bin ${id}
main.restore
	/home/ann/depot/store.go:25
runtime.goexit
	/usr/local/go/src/runtime/asm_amd64.s:1594
`;
    const found = (id: number) =>
      `error error: restore bin ${id}: read snapshot @ main.(*store).read /home/ann/depot/store.go:17`;
    assert.deepEqual(summaries(error(1) + error(2)), [found(1), found(2)]);
    assert.deepEqual(
      eventsIn(error(1))[0]?.causes.map(({ message }) => message),
      ['read snapshot'],
    );
    const leveled = error(3).replace('open', '[ERROR] verify: open');
    assert.deepEqual(summaries(leveled), [
      'error error: verify: open /var/3.snap: no such file or directory @ main.(*store).read /home/ann/depot/store.go:17',
    ]);
  });

  it('takes what a program said last for the reason when `go run` tells that it failed', () => {
    assert.deepEqual(
      summaries(
        '2026/11/20 06:52:10 reading\n2026/11/20 06:52:10 open /etc/d.toml: no such file\nexit status 1\n',
      ),
      ['error LoggedError: open /etc/d.toml: no such file'],
    );
    assert.deepEqual(summaries('  -port int\n    \tport to listen on\nexit status 2\n'), []);
    assert.deepEqual(summaries('FAIL\nexit status 1\n'), []);
  });

  it("reads chi's recovery, and echo's in a record", () => {
    assert.deepEqual(
      summaries(` panic: runtime error: invalid memory address or nil pointer dereference

 -> main.(*Shop).show
 ->   /home/ann/depot/shop.go:42

    net/http.HandlerFunc.ServeHTTP
      /usr/local/go/src/net/http/server.go:2136
`),
      [
        'error runtime error: invalid memory address or nil pointer dereference @ main.(*Shop).show /home/ann/depot/shop.go:42',
      ],
    );
    assert.deepEqual(summaries(' panic: at the disco\n\n -> tickets\n'), []);
    const message =
      '[PANIC RECOVER] bin 4 is gone goroutine 34 [running]:\npanic({0x7d8b40?, 0xc0000a4000?})\n\t/usr/local/go/src/runtime/panic.go:884 +0x212\nmain.item(...)\n\t/home/ann/depot/shop.go:27\n';
    assert.deepEqual(summaries(JSON.stringify({ level: '-', prefix: 'echo', message })), [
      'error panic: bin 4 is gone @ main.item /home/ann/depot/shop.go:27',
    ]);
  });
});
