import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

describe('perl grammar', () => {
  it('reads what died, with the stack that Carp prints', () => {
    const [event, ...others] = eventsIn(`order 7 lost at lib/Shop.pm line 9.
	Shop::load_order(7) called at run.pl line 4
	main::run("a at b line 3.") called at run.pl line 12
	eval {...} called at /usr/share/perl5/Try/Tiny.pm line 3
done`);
    assert.equal(others.length, 0);
    assert.equal(event?.message, 'order 7 lost');
    assert.deepEqual(
      event.frames.map(({ file, line, function: name, inApp }) => [file, line, name, inApp]),
      [
        ['lib/Shop.pm', 9, 'Shop::load_order', true],
        ['run.pl', 4, 'main::run', true],
        ['run.pl', 12, undefined, true],
        ['/usr/share/perl5/Try/Tiny.pm', 3, undefined, false],
      ],
    );
  });

  it('reads each line for itself, and a place after what was being read', () => {
    assert.deepEqual(
      summaries(`no price for a at Shop.pm line 5, <STDIN> line 12.
Can't call method "x" on an undefined value at run.pl line 7.
Use of uninitialized value $x in addition (+) at Shop.pm line 12.`),
      [
        'error die: no price for a @ - Shop.pm:5',
        'error die: Can\'t call method "x" on an undefined value @ - run.pl:7',
        'warning Warning: Use of uninitialized value $x in addition (+) @ - Shop.pm:12',
      ],
    );
  });

  it('leaves the script and the level out that CGI::Carp and Log4perl write before', () => {
    assert.deepEqual(
      eventsIn(`[Mon Mar 02 10:11:12 2026] shop.cgi: no price at shop.cgi line 7.
2026/03/02 10:11:12 ERROR> Shop.pm:9 main::f - order lost at Shop.pm line 9.`).map(
        ({ message }) => message,
      ),
      ['no price', 'order lost'],
    );
  });

  it('counts a failed compilation once', () => {
    assert.deepEqual(
      summaries(`Can't locate Foo/Bar.pm in @INC (@INC contains: /etc/perl) at run.pl line 3.
BEGIN failed--compilation aborted at run.pl line 3.
syntax error at run.pl line 9, near "= ;"
Execution of run.pl aborted due to compilation errors.`).length,
      2,
    );
  });

  it('reads failed tests', () => {
    const [event, ...others] = eventsIn(`not ok 2 - wrong
#   Failed test 'wrong'
#   at t/shop.t line 4.
#          got: '10'
#     expected: '11'
# Looks like you failed 1 test of 3.
t/shop.t .. Dubious, test returned 1 (wstat 256, 0x100)`);
    assert.equal(others.length, 0);
    assert.equal(event?.kind, 'test');
    assert.equal(event.message, "Failed test 'wrong'\ngot: '10'\nexpected: '11'");
    assert.deepEqual([event.frames[0]?.file, event.frames[0]?.line], ['t/shop.t', 4]);
  });

  it('takes no sentence for one', () => {
    assert.deepEqual(
      eventsIn(
        'see the notes at noon line 3.\nthe value at row line 4\nlook at line 5 of a.txt at once.',
      ),
      [],
    );
  });

  it('reads a message without a dot above its callers', () => {
    const text = `Attribute (limit) does not pass the type constraint at accessor Shop::limit (defined at lib/Shop.pm line 5) line 4
	Shop::limit('Shop=HASH(0x55)', 'many') called at lib/Shop.pm line 38
	main::__ANON__ at job.pl line 26
we met at lib/Shop.pm line 5
and went home`;
    assert.deepEqual(
      eventsIn(text).map(({ message, frames }) => [message, frames[0]?.line]),
      [['Attribute (limit) does not pass the type constraint', 38]],
    );
  });

  it('counts a failure within subtests once', () => {
    const text = `        # Failed test 'limit'
        # at t/shop.t line 10.
        # | 3   | eq | 4     |
        1..1
    }
    # Failed test 'inner'
    # at t/shop.t line 11.
    # Failed test 'dies so'
    # at t/shop.t line 13.
    # Looks like you failed 2 tests of 2.

# Failed test 'outer'
# at t/shop.t line 14.

# Failed test 'always'
# at t/shop.t line 16.
`;
    assert.deepEqual(
      eventsIn(text).map(({ message, frames }) => [message.split('\n')[0], frames[0]?.line]),
      [
        ["Failed test 'limit'", 10],
        ["Failed test 'dies so'", 13],
        ["Failed test 'always'", 16],
      ],
    );
  });
});
