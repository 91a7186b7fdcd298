import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

describe('zig grammar', () => {
  it('reads a panic with the lines that it quotes', () => {
    assert.deepEqual(
      summaries(`thread 12345 panic: index out of bounds: index 5, len 3
/srv/app/src/main.zig:8:17: 0x10347d4 in pick (main)
    return items[i];
                ^
/usr/lib/zig/std/start.zig:514:37: 0x1034d2e in posixCallMainAndExit (main)
            const result = root.main() catch |err| {
                                    ^
Aborted`),
      ['fatal panic: index out of bounds: index 5, len 3 @ pick /srv/app/src/main.zig:8'],
    );
  });

  it('reads an error that left main', () => {
    assert.deepEqual(
      summaries(`error: FileNotFound
/usr/lib/zig/std/posix.zig:1762:23: 0x1066a70 in openatZ (main)
            .NOENT => return error.FileNotFound,
                      ^
/srv/app/src/config.zig:9:18: 0x1034aa2 in load (main)
    const f = try dir.openFile("x", .{});
                 ^`),
      ['fatal FileNotFound:  @ load /srv/app/src/config.zig:9'],
    );
  });

  it('reads a failed test', () => {
    const [event] = eventsIn(`1/2 main.test.total... FAIL (TestExpectedEqual)
/usr/lib/zig/std/testing.zig:97:17: 0x1035a in expectEqualInner__anon_1 (test)
                return error.TestExpectedEqual;
                ^
/srv/app/src/main.zig:30:5: 0x1035b in test.total (test)
    try expectEqual(12, total());
    ^
2/2 main.test.empty... OK`);
    assert.deepEqual(
      [event?.kind, event?.type, event?.message, event?.frames[1]?.line],
      ['test', 'TestExpectedEqual', 'main.test.total', 30],
    );
  });

  it('takes no other error for its own', () => {
    assert.deepEqual(eventsIn('error: NotFound\ninfo: listening on 8080\ndebug: done'), []);
  });
});
