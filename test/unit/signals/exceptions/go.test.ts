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

  it('counts a panic that was recovered and raised again once, where it was raised first', () => {
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
    assert.equal(only?.frames[0]?.line, 44);
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

  it('takes neither talk of panics nor a stack that was asked for', () => {
    assert.deepEqual(summaries(`panic: not today\nall is well\n`), []);
    assert.deepEqual(summaries(trace), []);
    assert.deepEqual(summaries('2026-03-02T10:11:12Z INFO panic: false alarm\nok\n'), []);
  });
});
