import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

const fatal = (
  prefix: string,
): string => `${prefix}Uncaught RuntimeException: row 7 unreadable in /srv/app/shop.php:13
Stack trace:
#0 /srv/app/shop.php(16): Acme\\Shop->read(7)
#1 /srv/app/run.php(5): load_order(7)
#2 {main}

Next Acme\\Lost: order 7 lost in /srv/app/shop.php:18
Stack trace:
#0 /srv/app/run.php(5): load_order(7)
#1 {main}
  thrown in /srv/app/shop.php on line 18`;

describe('php grammar', () => {
  for (const prefix of [
    'Fatal error: ',
    'PHP Fatal error:  ',
    '[02-Mar-2026 10:11:12 UTC] PHP Fatal error:  ',
    '[02-Mar-2026 10:11:12 Europe/Berlin] PHP Fatal error:  ',
    'NOTICE: PHP message: PHP Fatal error:  ',
    '2026/03/02 10:11:12 [error] 15889#15889: *1 FastCGI sent in stderr: "PHP message: PHP Fatal error:  ',
  ]) {
    it(`reads a chain behind ${prefix}`, () => {
      const [event, ...others] = eventsIn(`${fatal(prefix)}\n`);
      assert.equal(others.length, 0);
      assert.equal(event?.type, 'Acme\\Lost');
      assert.equal(event.message, 'order 7 lost');
      assert.equal(event.severity, 'fatal');
      assert.deepEqual(
        event.frames.map(({ file, line, function: name }) => [file, line, name]),
        [
          ['/srv/app/shop.php', 18, 'load_order'],
          ['/srv/app/run.php', 5, undefined],
        ],
      );
      assert.deepEqual(
        event.causes.map(({ type, frames }) => [type, frames[0]?.function, frames[0]?.line]),
        [['RuntimeException', 'Acme\\Shop->read', 13]],
      );
    });
  }

  it('reads what Apache writes on one line', () => {
    assert.deepEqual(
      summaries(
        '[Mon Mar 02 10:11:12.123456 2026] [php:error] [pid 12] [client 10.0.0.1:5] PHP Fatal error:  Uncaught LogicException: no in /srv/a.php:3\\nStack trace:\\n#0 /srv/b.php(9): f()\\n#1 {main}\\n  thrown in /srv/a.php on line 3',
      ),
      ['fatal LogicException: no @ f /srv/a.php:3'],
    );
  });

  it('counts once what the command line prints twice', () => {
    assert.equal(
      eventsIn(`${fatal('PHP Fatal error:  ')}\n\n${fatal('Fatal error: ')}\n`).length,
      1,
    );
    assert.equal(
      eventsIn(`${fatal('PHP Fatal error:  ')}\n${fatal('PHP Fatal error:  ')}`).length,
      2,
    );
  });

  it('reads errors that are no exceptions, and warnings', () => {
    const text = `PHP Parse error:  syntax error, unexpected token ";" in /srv/bad.php on line 4
PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes) in /srv/a.php on line 7
Warning: Undefined variable $x in /srv/a.php on line 9`;
    assert.deepEqual(summaries(text), [
      'error ParseError: syntax error, unexpected token ";" @ - /srv/bad.php:4',
      'fatal FatalError: Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes) @ - /srv/a.php:7',
      'warning Warning: Undefined variable $x @ - /srv/a.php:9',
    ]);
    assert.equal(eventsIn(text)[2]?.kind, 'log');
  });

  it('reads an exception that was logged as text', () => {
    assert.deepEqual(
      summaries(`[02-Mar-2026 10:11:12 UTC] Acme\\Lost: order 7 lost in /srv/app/shop.php:18
Stack trace:
#0 /srv/app/run.php(5): load_order(7)
#1 {main}
[02-Mar-2026 10:11:13 UTC] done`),
      ['error Acme\\Lost: order 7 lost @ load_order /srv/app/shop.php:18'],
    );
  });

  it("reads Laravel's log with its previous exceptions", () => {
    const [event, ...others] =
      eventsIn(`[2026-03-02 10:11:12] production.ERROR: order 7 lost {"exception":"[object] (Acme\\\\Lost(code: 0): order 7 lost at /srv/app/app/Shop.php:18)
[stacktrace]
#0 /srv/app/vendor/laravel/framework/src/Illuminate/Routing/Router.php(9): Acme\\\\Shop->load()
#1 {main}

[previous exception] [object] (RuntimeException(code: 3): row 7 at /srv/app/app/Row.php:13)
[stacktrace]
#0 /srv/app/app/Shop.php(16): Acme\\\\Row->read()
#1 {main}
"} 
[2026-03-02 10:11:13] production.INFO: up`);
    assert.equal(others.length, 0);
    assert.equal(event?.type, 'Acme\\Lost');
    assert.deepEqual(
      event.frames.map(({ line, inApp }) => [line, inApp]),
      [
        [18, true],
        [9, false],
      ],
    );
    assert.deepEqual(
      event.causes.map(({ type }) => type),
      ['RuntimeException'],
    );
  });

  it('leaves the line out of the name of a closure', () => {
    const [event] = eventsIn(`PHP Fatal error:  Uncaught LogicException: no in /srv/a.php:3
Stack trace:
#0 /srv/a.php(9): Acme\\Cart->{closure:Acme\\Cart::run():12}(1)
#1 {main}
  thrown in /srv/a.php on line 3`);
    assert.equal(event?.frames[0]?.function, 'Acme\\Cart->{closure:Acme\\Cart::run()}');
  });

  it('reads failures of PHPUnit', () => {
    const events = eventsIn(`There was 1 error:

1) CartTest::testErr
OutOfBoundsException: no price for a

/srv/app/shop.php:7
/srv/app/CartTest.php:10

--

There was 1 failure:

1) CartTest::testWrong with data set "a"
price is wrong
Failed asserting that 1 is identical to 2.

/srv/app/CartTest.php:8

ERRORS!
Tests: 3, Assertions: 2, Errors: 1, Failures: 1.`);
    assert.deepEqual(
      events.map(({ kind, type, frames }) => [kind, type, frames[0]?.file, frames[0]?.line]),
      [
        ['test', 'OutOfBoundsException', '/srv/app/shop.php', 7],
        ['test', 'ExpectationFailedException', '/srv/app/CartTest.php', 8],
      ],
    );
  });

  it('takes no warning of another program', () => {
    assert.deepEqual(
      eventsIn(
        'Warning: the cache is cold\nDeprecated: use b instead\nNotice: closed on line 3 of the form',
      ),
      [],
    );
  });

  it('reads a message and the trace that a program logged below it', () => {
    const text = String.raw`[2026-11-29 10:00:00] production.ERROR: charge failed: Shop\Declined: card declined
#0 /srv/app/src/Charge.php(56): Shop\Declined::for()
#1 /srv/app/run.php(74): Shop\Charge->run()
#2 {main}
[29-Nov-2026 10:00:00 UTC] no money
#0 /srv/app/src/Charge.php(57): Shop\Declined::for()
#1 {main}
#0 the first of our goals
#1 the second`;
    assert.deepEqual(summaries(text), [
      String.raw`error Shop\Declined: card declined @ Shop\Charge->run /srv/app/src/Charge.php:56`,
    ]);
  });

  it('reads what PHP-FPM was told a line at a time, and all that nginx puts into one line', () => {
    const child = '[29-Nov-2026 11:43:53] WARNING: [pool www] child 9070 said into stderr: "';
    const text =
      String.raw`NOTICE: PHP message: PHP Fatal error:  Uncaught DomainException: gateway says 503 in /srv/app/Cart.php:36
Stack trace:
#0 /srv/app/Cart.php(27): Shop\Cart->gateway()
#1 {main}
Next LogicException: payment failed in /srv/app/Cart.php:30
Stack trace:
#0 {main}
  thrown in /srv/app/Cart.php on line 30`
        .split('\n')
        .map((line) => `${child}${line}"`)
        .join('\n');
    assert.deepEqual(summaries(text), [
      'fatal LogicException: payment failed @ - /srv/app/Cart.php:30',
    ]);
    const line =
      '2026/11/29 11:42:14 [error] 5976#5976: *19 FastCGI sent in stderr: "PHP message: PHP Warning:  Undefined variable $x in /srv/app/a.php on line 3; PHP message: PHP Fatal error:  Allowed memory size of 4194304 bytes exhausted (tried to allocate 2097152 bytes) in /srv/app/index.php on line 16; PHP message: PHP Stack trace:" while reading response header from upstream, client: 127.0.0.1';
    assert.match(summaries(line)[0] ?? '', /Allowed memory size .* @ - \/srv\/app\/index\.php:16$/);
  });

  it("reads what Symfony's console shows, with its causes", () => {
    const text = `
In Cart.php line 30:
                      
  [LogicException (5)]
  payment 12 failed   
                      

In Cart.php line 36:
                             
  gateway says 503 for 12    
                             

app:pay [-h|--help] [--] <id>

In Cart.php line 31:
there is nothing wrong
`;
    const [event, ...others] = eventsIn(text);
    assert.equal(others.length, 0);
    assert.deepEqual(
      [event?.type, event?.message, event?.frames[0]?.line],
      ['LogicException', 'payment 12 failed', 30],
    );
    assert.deepEqual(
      event?.causes.map(({ message }) => message),
      ['gateway says 503 for 12'],
    );
  });

  it("names functions in Laravel's stacks as PHP does", () => {
    const text = String.raw`[2026-11-29 10:00:01] local.ERROR: coupon expired {"exception":"[object] (Shop\\CouponExpired(code: 0): coupon expired at /srv/app/Cart.php:22)
[stacktrace]
#0 /srv/app/index.php(8): Shop\\Cart->coupon('A1')
#1 {main}
"} `;
    assert.equal(eventsIn(text)[0]?.frames[0]?.function, String.raw`Shop\Cart->coupon`);
  });

  it('reads what Xdebug makes of an exception that nobody caught', () => {
    const text = `
Fatal error: Uncaught TypeError: f(): Argument #1 must be int, called in /srv/app/run.php on line 9 and defined in /srv/app/shop.php on line 4

TypeError: f(): Argument #1 must be int, called in /srv/app/run.php on line 9 and defined in /srv/app/shop.php on line 4

Call Stack:
    0.0001     396232   1. {main}() /srv/app/run.php:0
    0.0002     400776   2. f($n = 'x') /srv/app/run.php:9

`;
    const said =
      'fatal TypeError: f(): Argument #1 must be int, called in /srv/app/run.php on line 9 and defined @ - /srv/app/shop.php:4';
    assert.deepEqual(summaries(text + text), [said, said]);
  });
});
