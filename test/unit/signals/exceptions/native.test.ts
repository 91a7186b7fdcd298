import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

describe('sanitizers', () => {
  it('reads the first stack of a report, without addresses in the message', () => {
    const report = (
      pid: number,
    ) => `=================================================================
==${pid}==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010 at pc 0x55 bp 0x7f sp 0x7e
READ of size 4 at 0x602000000010 thread T0
    #0 0x55ff125d970a in take(Bin const&) /home/ann/depot/bins.cpp:31:7
    #1 0x7fd2b8645249 in __libc_start_call_main ../sysdeps/nptl/libc_start_call_main.h:58

freed by thread T0 here:
    #0 0x7fd2b88b89cf in __interceptor_free ../../../../src/libsanitizer/asan/asan_malloc_linux.cpp:69
    #1 0x55ff125d96cf in drop /home/ann/depot/bins.cpp:12

SUMMARY: AddressSanitizer: heap-use-after-free /home/ann/depot/bins.cpp:31 in take
Shadow bytes around the buggy address:
  0x0c047fff7fb0: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
Shadow byte legend (one shadow byte represents 8 application bytes):
  Addressable:           00
==${pid}==ABORTING
`;
    const one = 'fatal AddressSanitizer: heap-use-after-free @ take /home/ann/depot/bins.cpp:31';
    assert.deepEqual(summaries(report(11) + report(12)), [one, one]);
    assert.equal(eventsIn(report(1))[0]?.language, 'cpp');
  });

  it('takes a data race for an error, though it is printed as a warning', () => {
    assert.deepEqual(
      summaries(`==================
WARNING: ThreadSanitizer: data race (pid=22157)
  Read of size 4 at 0x555555558094 by thread T2:
    #0 bump() /home/ann/depot/t.cpp:6 (depot+0x1245) (BuildId: 0f)
    #1 <null> <null> (libstdc++.so.6+0xd44a2)

SUMMARY: ThreadSanitizer: data race /home/ann/depot/t.cpp:6 in bump()
==================
`),
      ['error ThreadSanitizer: data race @ bump /home/ann/depot/t.cpp:6'],
    );
  });

  it('reads leaks, uninitialised values and undefined behaviour, the last line too', () => {
    assert.deepEqual(
      summaries(`==7==ERROR: LeakSanitizer: detected memory leaks

Direct leak of 36 byte(s) in 1 object(s) allocated from:
    #0 0x7f2ce3cb89cf in __interceptor_malloc ../../../../src/libsanitizer/asan/asan_malloc_linux.cpp:69
    #1 0x56205ca4d2f8 in keep /home/ann/depot/l.c:19

SUMMARY: AddressSanitizer: 36 byte(s) leaked in 1 allocation(s).
==9==WARNING: MemorySanitizer: use-of-uninitialized-value
    #0 0x4a in pick /home/ann/depot/m.c:9:3

SUMMARY: MemorySanitizer: use-of-uninitialized-value /home/ann/depot/m.c:9:3 in pick
u.cpp:10:12: runtime error: shift exponent 35 is too large for 32-bit type 'int'
u.cpp:14:11: runtime error: load of null pointer of type 'int'`),
      [
        'error LeakSanitizer: detected memory leaks @ keep /home/ann/depot/l.c:19',
        'fatal MemorySanitizer: use-of-uninitialized-value @ pick /home/ann/depot/m.c:9',
        "error runtime error: shift exponent 35 is too large for 32-bit type 'int' @ - u.cpp:10",
        "error runtime error: load of null pointer of type 'int' @ - u.cpp:14",
      ],
    );
  });
});

describe('ends of native programs', () => {
  it('reads assertions of several libraries', () => {
    assert.deepEqual(
      summaries(`depot: bins.cpp:10: void check(int): Assertion \`n < 10' failed.
Aborted (core dumped)
Assertion failed: n < 10 (bins.c: check: 10)
Assertion failed: (n < 10), function check, file bins.c, line 10.
`),
      [
        "fatal Assertion: Assertion `n < 10' failed. @ check bins.cpp:10",
        'fatal Assertion: Assertion failed: n < 10 @ check bins.c:10',
        'fatal Assertion: Assertion failed: (n < 10) @ check bins.c:10',
      ],
    );
  });

  it('reads exceptions that nobody caught', () => {
    assert.deepEqual(
      summaries(`terminate called after throwing an instance of 'std::out_of_range'
  what():  bin 9
Aborted (core dumped)
terminate called without an active exception
libc++abi: terminating due to uncaught exception of type depot::Lost: bin 9
`),
      [
        'fatal std::out_of_range: bin 9',
        'fatal terminate: terminate called without an active exception',
        'fatal depot::Lost: bin 9',
      ],
    );
  });

  it('reads signals from the C library, the shell, the kernel and gdb', () => {
    assert.deepEqual(
      summaries(`double free or corruption (fasttop)
./run.sh: line 3: 12345 Segmentation fault      (core dumped) ./depot 4
[12345.678] depot[881]: segfault at 0 ip 000055d0 sp 00007ffe error 6 in depot[55d0+1000]
Program received signal SIGSEGV, Segmentation fault.
0x0000555555556566 in take (argc=3, argv=0x7fffffffe608) at bins.cpp:22
22	  *p = n;
(gdb) bt
#0  0x0000555555556566 in take (argc=3, argv=0x7fffffffe608)
    at bins.cpp:22
#1  0x0000555555556600 in main () at main.cpp:5
`),
      [
        'fatal SIGABRT: double free or corruption (fasttop)',
        'fatal SIGSEGV: Segmentation fault: ./depot 4',
        'fatal SIGSEGV: segfault in depot',
        'fatal SIGSEGV: Segmentation fault. @ take bins.cpp:22',
      ],
    );
  });

  it('takes talk of crashes for talk', () => {
    assert.deepEqual(
      summaries(
        'Segmentation fault tolerance enabled\nAborted transactions: 0\nfree(): the word\nSanitizer: on\n',
      ),
      [],
    );
  });
});

describe('how native programs end, in their own words', () => {
  it('reads what a debugger shows below as the stack of what the program said', () => {
    const stop = `
Program received signal SIGABRT, Aborted.
__pthread_kill_implementation (threadid=1, signo=6) at ./nptl/pthread_kill.c:44
44	./nptl/pthread_kill.c: No such file or directory.
#0  __pthread_kill_implementation (threadid=1, signo=6) at ./nptl/pthread_kill.c:44
#1  0x00007ffff7a44395 in __assert_fail_base (fmt=0x1) at ./assert/assert.c:94
#2  0x0000555555556c3a in depot::Bin::take (this=0x1, n=4) at /srv/depot/bin.cpp:31
`;
    assert.deepEqual(
      summaries(
        `terminate called after throwing an instance of 'depot::Lost'\n  what():  bin 4\n${stop}`,
      ),
      ['fatal depot::Lost: bin 4 @ depot::Bin::take /srv/depot/bin.cpp:31'],
    );
    assert.deepEqual(
      summaries(`depot: /srv/depot/bin.cpp:31: int take(int): Assertion \`n > 4' failed.\n${stop}`),
      ["fatal Assertion: Assertion `n > 4' failed. @ take /srv/depot/bin.cpp:31"],
    );
  });

  it('reads signals that the program caught, where a stack shows that it died of them', () => {
    const stack = './depot(+0x187f4)[0x563666e3c7f4]\n./depot(main+0x691) [0x563666e3d239]\n';
    assert.deepEqual(summaries(`Caught signal 11 (Segmentation fault)\n${stack}`), [
      'fatal SIGSEGV: Caught signal 11 (Segmentation fault)',
    ]);
    assert.deepEqual(
      summaries(
        '*** SIGABRT received at time=1772446272 on cpu 3 ***\nPC: @     0x7f12  (unknown)  raise\n    @     0x55d0c0       1904  depot::Take()\n    @     0x7f00 (unknown)\n',
      ),
      ['fatal SIGABRT: *** SIGABRT received at time=1772446272 on cpu 3 ***'],
    );
    assert.deepEqual(summaries('Received signal 15, shutting down\nflushed 3 bins\n'), []);
  });

  it('reads stacks of Boost and the standard library, below what says why', () => {
    const text =
      'cannot open bin 4\n 0# depot::Bin::open(int) at /srv/depot/bin.cpp:18\n 1# main at /srv/depot/main.cpp:7\n 2# __libc_start_main in /lib/libc.so.6\n';
    assert.deepEqual(summaries(text), [
      'error stacktrace: cannot open bin 4 @ depot::Bin::open /srv/depot/bin.cpp:18',
    ]);
    assert.deepEqual(summaries('seats taken:\n 0# window\n 1# aisle\n'), []);
  });

  it('reads the debug mode of libstdc++, a pure virtual call, and what a shell says of a death', () => {
    assert.deepEqual(
      summaries(`/usr/include/c++/12/debug/vector:450:
In function:
    std::debug::vector<_Tp, _Allocator>::const_reference std::
    debug::vector<_Tp, _Allocator>::operator[](size_type) const [with _Tp = 
    int]

Error: attempt to subscript container with out-of-bounds index 7, but 
container only holds 2 elements.

Objects involved in the operation:
    sequence "this" @ 0x7ffc56abbac0 {
    }
`),
      [
        'fatal Assertion: attempt to subscript container with out-of-bounds index 7, but container only holds 2 elements.',
      ],
    );
    assert.deepEqual(
      summaries('pure virtual method called\nterminate called without an active exception\n'),
      ['fatal SIGABRT: pure virtual method called'],
    );
    assert.deepEqual(summaries('bash: line 1: 28144 Floating point exception./depot fpe\n'), [
      'fatal SIGFPE: Floating point exception: ./depot fpe',
    ]);
  });

  it('keeps the file of a frame that has no line', () => {
    const [only] = eventsIn(`WARNING: ThreadSanitizer: unlock of an unlocked mutex (pid=29699)
    #0 pthread_mutex_unlock <null> (depot+0x7119a) (BuildId: 8854c9)
    #1 main /srv/depot/lock.cpp (depot+0xd4794) (BuildId: 8854c9)
`);
    assert.equal(only?.language, 'cpp');
    assert.equal(only?.frames.find(({ inApp }) => inApp)?.file, '/srv/depot/lock.cpp');
  });

  it("reads Qt's assertions, the memory map of old C libraries, and lldb's stack", () => {
    assert.deepEqual(summaries('ASSERT: "index < size()" in file src/bins.cpp, line 88\n'), [
      'fatal Assertion: ASSERT: "index < size()" @ - src/bins.cpp:88',
    ]);
    assert.deepEqual(
      summaries(
        "*** Error in `./depot': double free or corruption (!prev): 0x0000000001f3c010 ***\n======= Backtrace: =========\n./depot[0x400b12]\n======= Memory map: ========\n00400000-00402000 r-xp 00000000 fd:00 1234 /srv/depot\nAborted (core dumped)\n",
      ),
      [
        "fatal SIGABRT: *** Error in `./depot': double free or corruption (!prev): 0x0000000001f3c010 ***",
      ],
    );
    const [only, ...more] =
      eventsIn(`* thread #1, stop reason = EXC_BAD_ACCESS (code=1, address=0x10)
    frame #0: 0x0000000100003f2c depot\`depot::Bin::total(this=0x0) const at bin.cpp:41:12
   40  	  for (auto &i : items_)
-> 41  	    t += i.price;
(lldb) bt
* thread #1, stop reason = EXC_BAD_ACCESS (code=1, address=0x10)
  * frame #0: 0x0000000100003f2c depot\`depot::Bin::total(this=0x0) const at bin.cpp:41:12
    frame #1: 0x0000000100003d10 depot\`main at main.cpp:9:3
`);
    assert.equal(more.length, 0);
    assert.deepEqual(
      only?.frames.map(({ line }) => line),
      [41, 9],
    );
  });

  it('loses no report that calls itself a warning below what a trace could begin with', () => {
    assert.deepEqual(
      summaries(`Symbolizer: error reading file: No such file or directory
==================
WARNING: ThreadSanitizer: data race (pid=29699)
    #0 depot::take() /srv/depot/lock.cpp:4:2 (depot+0xd4794)

SUMMARY: ThreadSanitizer: data race /srv/depot/lock.cpp:4:2 in depot::take()
`),
      ['error ThreadSanitizer: data race @ depot::take /srv/depot/lock.cpp:4'],
    );
  });

  it('counts an end once that the shell tells, too', () => {
    const shell = (pid: number): string =>
      `run.sh: line 4:  ${pid} Aborted                 ./depot take\n`;
    const text = `terminate called after throwing an instance of 'std::runtime_error'
  what():  bin 4 lost
${shell(4711)}free(): invalid pointer
${shell(4712)}`;
    assert.deepEqual(
      eventsIn(text).map(({ type, message }) => `${type}: ${message}`),
      ['std::runtime_error: bin 4 lost', 'SIGABRT: free(): invalid pointer'],
    );
    assert.equal(eventsIn(shell(4713)).length, 1);
  });
});
