import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

const uncaught = (id: number): string =>
  `/srv/app/shop.rb:18:in \`rescue in load': order ${id} lost (Shop::Lost)
	from /srv/app/shop.rb:14:in \`load'
	from /srv/app/run.rb:4:in \`<main>'
/srv/app/shop.rb:11:in \`read': row ${id} unreadable (IOError)
	from /srv/app/shop.rb:15:in \`load'
	from /srv/app/run.rb:4:in \`<main>'`;

describe('ruby grammar', () => {
  it('reads an uncaught exception with its cause, and the next one as the next one', () => {
    const events = eventsIn(`${uncaught(1)}\n${uncaught(2)}\ndone`);
    assert.deepEqual(
      events.map(({ type, message, causes }) => [type, message, causes.map((cause) => cause.type)]),
      [
        ['Shop::Lost', 'order 1 lost', ['IOError']],
        ['Shop::Lost', 'order 2 lost', ['IOError']],
      ],
    );
    assert.deepEqual(events[0]?.frames[0], {
      file: '/srv/app/shop.rb',
      function: 'rescue in load',
      line: 18,
      inApp: true,
    });
  });

  it('takes what nobody caught for an error below a warning of something else', () => {
    const [event] = eventsIn(`W, [2026-03-02T10:00:00.123456 #7]  WARN -- : late\n${uncaught(1)}`);
    assert.equal(event?.severity, 'error');
  });

  it('takes two with different callers for two', () => {
    const text = `/srv/a.rb:1:in \`x': one (ArgumentError)\n\tfrom /srv/a.rb:9:in \`<main>'
/srv/b.rb:2:in \`y': two (IOError)\n\tfrom /srv/b.rb:8:in \`<main>'`;
    assert.deepEqual(summaries(text), [
      'error ArgumentError: one @ x /srv/a.rb:1',
      'error IOError: two @ y /srv/b.rb:2',
    ]);
  });

  it("reads Ruby 3.4's quotes, and the source it points at", () => {
    const [event] =
      eventsIn(`shop.rb:6:in 'Shop#price_of': undefined method 'round' for nil (NoMethodError)

  PRICES[sku].round(2)
             ^^^^^^
	from run.rb:3:in '<main>'`);
    assert.equal(event?.message, "undefined method 'round' for nil");
    assert.equal(event.frames[0]?.source, 'PRICES[sku].round(2)');
    assert.equal(event.frames[0]?.function, 'Shop#price_of');
  });

  it('reads the order in which the error comes last', () => {
    assert.deepEqual(
      summaries(`Traceback (most recent call last):
	2: from run.rb:9:in \`<main>'
	1: from run.rb:4:in \`main'
shop.rb:6:in \`price_of': no price (KeyError)
next`),
      ['error KeyError: no price @ price_of shop.rb:6'],
    );
  });

  it('reads an exception handed to a Logger, whose class stands behind a later line', () => {
    const [event, ...others] =
      eventsIn(`E, [2026-03-02T10:11:12.600979 #15757] ERROR -- : undefined method \`round' for nil:NilClass

  PRICES[sku].round(2)
             ^^^^^^ (NoMethodError)
/srv/app/shop.rb:6:in \`price_of'
/srv/app/run.rb:5:in \`<main>'
I, [2026-03-02T10:11:13.600979 #15757]  INFO -- : up`);
    assert.equal(others.length, 0);
    assert.equal(event?.type, 'NoMethodError');
    assert.equal(event.message, "undefined method `round' for nil:NilClass");
    assert.equal(event.frames[0]?.line, 6);
  });

  it("reads the Logger's own messages", () => {
    const [event, ...others] = eventsIn(
      'E, [2026-03-02T10:11:12.600979 #157] ERROR -- worker: mailer bounced\nW, [2026-03-02T10:11:12.600979 #157]  WARN -- : slow',
    );
    assert.equal(others.length, 0);
    assert.deepEqual(
      [event?.kind, event?.language, event?.message],
      ['log', 'ruby', 'mailer bounced'],
    );
  });

  it("reads Rails' report", () => {
    assert.deepEqual(
      summaries(`
NoMethodError (undefined method \`total' for nil:NilClass):
  
app/models/cart.rb:12:in \`total'
/usr/lib/ruby/gems/3.1.0/gems/rack-2/lib/rack.rb:1:in \`call'

`),
      [
        "error NoMethodError: undefined method `total' for nil:NilClass @ total app/models/cart.rb:12",
      ],
    );
  });

  it('reads syntax errors by the place in their message', () => {
    assert.deepEqual(
      summaries(`/srv/app/bad.rb:3: syntax error, unexpected '='
  x = = 1
      ^
<internal:/usr/lib/ruby/rubygems/kernel_require.rb>:85:in \`require': /srv/app/bad.rb:3: syntax error, unexpected '=' (SyntaxError)
  x = = 1
      ^
	from /srv/app/run.rb:1:in \`<main>'`),
      [
        "error SyntaxError: syntax error, unexpected '=' @ - /srv/app/bad.rb:3",
        "error SyntaxError: syntax error, unexpected '=' @ - /srv/app/bad.rb:3",
      ],
    );
  });

  it('reads JRuby', () => {
    assert.deepEqual(
      summaries(`NoMethodError: undefined method 'round' for nil
  price_of at /srv/app/shop.rb:6
    <main> at /srv/app/run.rb:3
`),
      ["error NoMethodError: undefined method 'round' for nil @ price_of /srv/app/shop.rb:6"],
    );
  });

  it('reads failures of minitest', () => {
    const events = eventsIn(`Finished in 0.000383s.

  1) Error:
CartTest#test_err:
KeyError: key not found: :a
    /srv/app/shop.rb:6:in \`price_of'
    /srv/app/test.rb:9:in \`test_err'

  2) Failure:
CartTest#test_wrong [/srv/app/test.rb:7]:
Expected: 11
  Actual: 10

2 runs, 1 assertions, 1 failures, 1 errors, 0 skips
`);
    assert.deepEqual(
      events.map(({ kind, type, message, frames }) => [kind, type, message, frames[0]?.line]),
      [
        ['test', 'KeyError', 'key not found: :a', 6],
        ['test', 'Assertion', 'Expected: 11\n  Actual: 10', 7],
      ],
    );
  });

  it('reads failures of RSpec', () => {
    const events = eventsIn(`Failures:

  1) Cart adds up
     Failure/Error: expect(total).to eq(11)

       expected: 11
            got: 10

       (compared using ==)
     # ./spec/cart_spec.rb:7:in \`block (2 levels) in <top (required)>'

  2) Cart raises
     Failure/Error: PRICES.fetch(sku)

     KeyError:
       key not found: "a"
     # ./lib/shop.rb:6:in \`fetch'
     # ./spec/cart_spec.rb:11:in \`block (2 levels) in <top (required)>'

Finished in 0.01 seconds (files took 0.08 seconds to load)
2 examples, 2 failures
`);
    assert.deepEqual(
      events.map(({ kind, type, frames }) => [kind, type, frames[0]?.file, frames[0]?.line]),
      [
        ['test', 'ExpectationNotMetError', './spec/cart_spec.rb', 7],
        ['test', 'KeyError', './lib/shop.rb', 6],
      ],
    );
  });

  it('knows frames of Ruby and of gems', () => {
    const [event] = eventsIn(`<internal:kernel>:187:in 'loop': x (RuntimeError)
	from /usr/lib/ruby/3.1.0/json.rb:3:in 'parse'
	from /home/u/.rbenv/versions/3.3/lib/ruby/gems/3.3.0/gems/rack-3/lib/rack.rb:4:in 'call'
	from /srv/app/vendor/bundle/ruby/3.3.0/gems/x/y.rb:5:in 'z'
	from /srv/app/run.rb:4:in '<main>'`);
    assert.deepEqual(
      event?.frames.map(({ inApp }) => inApp),
      [false, false, false, false, true],
    );
  });

  it('takes no talk for an exception', () => {
    assert.deepEqual(
      eventsIn(`user signed in (Admin)
see shop.rb:6 for the reason (StorageError)
warning: shop.rb:3: unused variable
KeyError: is a class`),
      [],
    );
  });

  it('reads what Sinatra dumps, its message of several lines', () => {
    const text = `2026-11-29 11:20:02 - NoMethodError - undefined method \`fetch' for nil:NilClass

        customer.fetch(:name)
                ^^^^^^:
	/srv/app/web.rb:21:in \`customer'
	/usr/share/gems/sinatra-3.0.5/lib/sinatra/base.rb:1696:in \`call'
127.0.0.1 - - [29/Nov/2026:11:20:02 +0000] "GET /greet HTTP/1.1" 500 30 0.0006
2026-11-29 11:20:03 - Shop::Lost - order 7 lost:
	/srv/app/shop.rb:66:in \`rescue in load'`;
    assert.deepEqual(summaries(text), [
      "error NoMethodError: undefined method `fetch' for nil:NilClass @ customer /srv/app/web.rb:21",
      'error Shop::Lost: order 7 lost @ rescue in load /srv/app/shop.rb:66',
    ]);
    assert.deepEqual(summaries('2026-11-29 11:20:03 - Started - the worker is up:\n\tpool 3'), []);
  });

  it('reads why rake aborted, with and without the name of a class, and its causes', () => {
    const text = `rake aborted!
Shop::Lost: order 7 lost
/srv/app/shop.rb:66:in \`rescue in load'
/srv/app/Rakefile:4:in \`block in <top (required)>'

Caused by:
ArgumentError: invalid value for Integer(): "x"
/srv/app/shop.rb:35:in \`Integer'
/srv/app/Rakefile:4:in \`block in <top (required)>'
Tasks: TOP => import
(See full trace by running task with --trace)
rake aborted!
Command failed with status (2): [grep nothing...]
/srv/app/Rakefile:9:in \`block in <top (required)>'
Tasks: TOP => sh`;
    assert.deepEqual(summaries(text), [
      'error Shop::Lost: order 7 lost @ rescue in load /srv/app/shop.rb:66',
      'error RuntimeError: Command failed with status (2): [grep nothing...] @ block in <top (required)> /srv/app/Rakefile:9',
    ]);
    assert.deepEqual(
      eventsIn(text)[0]?.causes.map(({ type }) => type),
      ['ArgumentError'],
    );
  });

  it('reads a message and the backtrace that a program logged below it, or in the next record', () => {
    const text = `E, [2026-11-29T11:20:03.092049 #17] ERROR -- shop: charge failed: Shop::Lost: order 7 lost
/srv/app/shop.rb:66:in \`rescue in load'
/srv/app/run.rb:4:in \`<main>'
E, [2026-11-29T11:20:04.092049 #17] ERROR -- : cannot charge
E, [2026-11-29T11:20:04.092049 #17] ERROR -- : /srv/app/shop.rb:70:in \`charge'
/srv/app/run.rb:4:in \`<main>'
W, [2026-11-29T11:20:05.092049 #17]  WARN -- : old call
/srv/app/shop.rb:71:in \`old'
DEPRECATION WARNING: old is deprecated
/srv/app/shop.rb:71:in \`old'
/srv/app/run.rb:4:in \`<main>'`;
    assert.deepEqual(summaries(text), [
      'error Shop::Lost: order 7 lost @ rescue in load /srv/app/shop.rb:66',
      'error LoggedError: cannot charge @ charge /srv/app/shop.rb:70',
      'warning LoggedError: old call @ old /srv/app/shop.rb:71',
    ]);
  });

  it("takes what failed a job for an error, though the job's runner only warns of it", () => {
    const head = '2026-11-29T10:00:00.123Z pid=4711 tid=abc class=ChargeJob jid=b4a577 WARN: ';
    const text = `${head}{"context":"Job raised exception","job":{"class":"ChargeJob"}}
${head}Shop::Declined: card declined
${head}/srv/app/jobs.rb:16:in \`perform'
/usr/share/gems/sidekiq-6.5.1/lib/sidekiq/processor.rb:202:in \`execute_job'`;
    assert.deepEqual(summaries(text), [
      'error Shop::Declined: card declined @ perform /srv/app/jobs.rb:16',
    ]);
  });

  it('reads the whole message behind the name of a program', () => {
    const text = `[2026-11-29 11:20:03] FATAL billing: <internal:kernel>:173:in \`Float': invalid value for Float(): "abc" (ArgumentError)
	from /srv/app/shop.rb:48:in \`run'`;
    assert.deepEqual(summaries(text), [
      'fatal ArgumentError: invalid value for Float(): "abc" @ run /srv/app/shop.rb:48',
    ]);
  });

  it('reads class, message and backtrace of a JSON record', () => {
    const record = {
      level: 'ERROR',
      message: 'charge failed',
      exception: {
        class: 'KeyError',
        message: 'key not found: "a"',
        backtrace: ["/srv/app/shop.rb:59:in `fetch'", "/srv/app/shop.rb:63:in `load'"],
      },
    };
    assert.deepEqual(summaries(JSON.stringify(record)), [
      'error KeyError: key not found: "a" @ fetch /srv/app/shop.rb:59',
    ]);
  });

  it("reads Rails' exceptions whose message goes on, with their causes, and those of its jobs", () => {
    const text = `Completed 500 Internal Server Error in 12ms


  
ActionView::Template::Error (undefined method \`title' for nil:NilClass

<p><%= @loan.book.title %></p>
                 ^^^^^^):
    1: <h1>Loan</h1>
    2: <p><%= @loan.book.title %></p>
  
app/views/loans/show.html.erb:2
app/controllers/loans_controller.rb:8:in \`show'
  
ActiveRecord::StatementInvalid (PG::UndefinedColumn: ERROR:  column "fee" does not exist
LINE 1: INSERT INTO "loans" ("fee") VALUES ($1)
                             ^
):

Causes:
PG::UndefinedColumn (ERROR:  column "fee" does not exist
LINE 1: INSERT INTO "loans" ("fee") VALUES ($1)
                             ^
)
  
app/controllers/loans_controller.rb:22:in \`create'
[ActiveJob] [ChargeJob] [5f9a7d3c-1111-4222-8333-444455556666] Error performing ChargeJob (Job ID: 5f9a) from Async(default) in 12.3ms: Charge::Declined (card declined):
/srv/app/jobs/charge_job.rb:9:in \`perform'`;
    assert.deepEqual(summaries(text), [
      "error ActionView::Template::Error: undefined method `title' for nil:NilClass @ - app/views/loans/show.html.erb:2",
      'error ActiveRecord::StatementInvalid: PG::UndefinedColumn: ERROR:  column "fee" does not exist @ create app/controllers/loans_controller.rb:22',
      'error Charge::Declined: card declined @ perform /srv/app/jobs/charge_job.rb:9',
    ]);
    assert.deepEqual(
      eventsIn(text)[1]?.causes.map(({ type }) => type),
      ['PG::UndefinedColumn'],
    );
    assert.deepEqual(summaries('Order::Draft (kept for\nthe next day):\n\nsaved\n'), []);
  });

  it('takes what was raised again at its place, with more words, for one', () => {
    const text = `/usr/lib/ruby/3.1.0/socket.rb:1214:in \`connect': Failed to open TCP connection to a:1 (Connection refused - connect(2) for a:1) (Errno::ECONNREFUSED)
	from /srv/app/client.rb:40:in \`get'
	from /srv/app/run.rb:3:in \`<main>'
/usr/lib/ruby/3.1.0/socket.rb:1214:in \`connect': Connection refused - connect(2) for a:1 (Errno::ECONNREFUSED)
	from /srv/app/client.rb:40:in \`get'
	from /srv/app/run.rb:3:in \`<main>'`;
    assert.deepEqual(
      eventsIn(text).map(({ message, causes }) => [message.slice(0, 14), causes.length]),
      [['Failed to open', 1]],
    );
  });

  it('takes the place of a backtrace for no component of the program', () => {
    const text = `29/Nov/2026 12:13:17 | ERROR | job load failed - Shop::Lost: no routes
29/Nov/2026 12:13:17 | ERROR | parcel.rb:34:in \`rescue in load'
parcel.rb:30:in \`load'`;
    assert.deepEqual(summaries(text), [
      'error Shop::Lost: no routes @ rescue in load parcel.rb:34',
    ]);
  });

  it('takes the next of the same for no cause, though its number begins as the one before', () => {
    const lost = (id: number) =>
      `/srv/app/shop.rb:18:in \`load': order ${id} lost (Shop::Lost)\n\tfrom /srv/app/run.rb:4:in \`run'\n\tfrom /srv/app/run.rb:9:in \`<main>'\n`;
    assert.equal(eventsIn(lost(12) + lost(1) + lost(2)).length, 3);
    const ending = lost(12).replace(' lost (', ' (') + lost(1).replace(' lost (', ' (');
    assert.equal(eventsIn(ending).length, 2);
  });
});
