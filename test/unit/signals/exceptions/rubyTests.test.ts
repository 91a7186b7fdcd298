import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

function allTests(text: string): void {
  assert.deepEqual([...new Set(eventsIn(text).map(({ kind }) => kind))], ['test']);
}

describe("failures of Ruby's test runners", () => {
  it('of minitest: a spec named by a sentence', () => {
    const text = `  1) Failure:
lids that fit#test_0001_close [test/lid_test.rb:31]:
Expected: 2
  Actual: 1

1 runs, 1 assertions, 1 failures, 0 errors, 0 skips
`;
    assert.deepEqual(summaries(text), ['error Assertion: Expected: 2 @ - test/lid_test.rb:31']);
    allTests(text);
  });

  it('of minitest: a class named by a method, an operator in the name, no place', () => {
    const text = `  1) Failure:
Lids::#[]#test_0001_finds [] [test/lid_test.rb:31]:
Expected: 2

  2) Error:
LidTest#test_gone:
KeyError: no lid
    test/lid_test.rb:40:in 'test_gone'

`;
    assert.deepEqual(summaries(text), [
      'error Assertion: Expected: 2 @ - test/lid_test.rb:31',
      'error KeyError: no lid @ test_gone test/lid_test.rb:40',
    ]);
  });

  it('of test-unit: the message above the place or below it, the source around it', () => {
    const rule = '='.repeat(79);
    const text = `Loaded suite test/lid_test
Started
F
${rule}
Failure: test_msg(LidTest):
  lids do not add up.
  <false> is not true.
test/lid_test.rb:16:in 'test_msg'
     14:   def test_msg
  => 16:     assert false, 'lids do not add up'
     17:   end
${rule}
F
${rule}
Failure: test_size(LidTest)
test/lid_test.rb:7:in 'test_size'
  =>  7:     assert_equal 71, size('red')
<71> expected but was
<70>
${rule}
E
${rule}
Error: test_gone(LidTest):
  NoMethodError: undefined method '-' for nil

    lids[name] - n
               ^
/srv/depot/lid.rb:5:in 'take'
test/lid_test.rb:11:in 'test_gone'
  => 11:     take({}, 'red', 1)
${rule}

Finished in 0.030083538 seconds.
`;
    assert.deepEqual(summaries(text), [
      'error AssertionFailedError: lids do not add up. @ test_msg test/lid_test.rb:16',
      'error AssertionFailedError: <71> expected but was @ test_size test/lid_test.rb:7',
      "error NoMethodError: undefined method '-' for nil @ take /srv/depot/lid.rb:5",
    ]);
    allTests(text);
  });

  it('of test-unit: not what an exception says in brackets, nor what is logged below it', () => {
    const served = `Error: connect failed (ECONNREFUSED)
Server listening on localhost:3000
Traceback (most recent call last):
  File "/srv/depot/lid.py", line 3, in close
    fit()
ValueError: no lid
2026-11-02 09:14:33 ERROR other thing failed
`;
    assert.deepEqual(summaries(served), [
      'error ValueError: no lid @ close /srv/depot/lid.py:3',
      'error LoggedError: other thing failed',
    ]);
    const thrown = `Error: boom (Foo)
    at close (/srv/depot/a.js:1:2)

/srv/depot/b.js:10
TypeError: y
    at open (/srv/depot/b.js:10:4)
`;
    assert.deepEqual(summaries(thrown), [
      'error Error: boom (Foo) @ close /srv/depot/a.js:1',
      'error TypeError: y @ open /srv/depot/b.js:10',
    ]);
    const logged = `Failure: test_port(LidTest)
Server listening on localhost:3000
2026-11-02 09:14:33 ERROR other thing failed
`;
    assert.deepEqual(summaries(logged), ['error LoggedError: other thing failed']);
    const titled = `Failure: test: a lid should close. (LidTest)
test/lid_test.rb:16:in 'block in <class:LidTest>'
<71> expected but was
`;
    assert.deepEqual(summaries(titled), [
      'error AssertionFailedError: <71> expected but was @ block in <class:LidTest> test/lid_test.rb:16',
    ]);
  });

  it('of rspec: what is pending may fail, what fails outside of examples counts', () => {
    const text = `An error occurred while loading ./spec/lid_spec.rb.
Failure/Error: require_relative '../gone'

LoadError:
  cannot load such file -- /srv/depot/gone
# ./spec/lid_spec.rb:2:in 'require_relative'
# ./spec/lid_spec.rb:2:in '<top (required)>'
*

Pending: (Failures listed here are expected and do not affect your suite's status)

  1) lids are pending
     # no lids yet
     Failure/Error: raise 'known'

     RuntimeError:
       known
     # ./spec/box_spec.rb:24:in 'block (2 levels) in <top (required)>'

Finished in 0.04366 seconds (files took 0.31245 seconds to load)
1 example, 0 failures, 1 pending, 1 error occurred outside of examples
`;
    assert.deepEqual(summaries(text), [
      'error LoadError: cannot load such file -- /srv/depot/gone @ require_relative ./spec/lid_spec.rb:2',
    ]);
    allTests(text);
  });

  it('reads each failure of an example that goes on after one', () => {
    const text = `Failures:

  4) Shop::Cart checks many things
     Got 2 failures:

     4.1) Failure/Error: expect(cart.number).to eq('A-2')

            expected: "A-2"
                 got: "A-1"

            (compared using ==)
          # ./spec/cart_spec.rb:34:in \`block (3 levels) in <top (required)>'

     4.2) Failure/Error: expect(cart.total).to eq(4)

            expected: 4
                 got: 4.5

            (compared using ==)
          # ./spec/cart_spec.rb:36:in \`block (3 levels) in <top (required)>'

Finished in 0.17041 seconds`;
    assert.deepEqual(
      eventsIn(text).map(({ frames }) => [frames[0]?.file, frames[0]?.line]),
      [
        ['./spec/cart_spec.rb', 34],
        ['./spec/cart_spec.rb', 36],
      ],
    );
  });

  it('places a wrong exception where one was expected', () => {
    const text = `Failures:

  1) Shop::Cart raises the right class
     Failure/Error: expect { cart.parse('x') }.to raise_error(Shop::Lost)

       expected Shop::Lost, got #<ArgumentError: invalid value for Integer(): "x"> with backtrace:
         # ./shop.rb:35:in \`Integer'
         # ./spec/cart_spec.rb:28:in \`block (5 levels) in <top (required)>'
     # ./spec/cart_spec.rb:28:in \`block (4 levels) in <top (required)>'`;
    const [frame] = eventsIn(text)[0]?.frames ?? [];
    assert.deepEqual([frame?.file, frame?.line], ['./spec/cart_spec.rb', 28]);
  });

  it("reads test-unit's errors behind the name of the test", () => {
    const text = `Error: test: misses(RepoTest::find): KeyError: key not found: "A-404"
/srv/app/shop.rb:59:in \`fetch'
test/repo_test.rb:9:in \`block (2 levels) in <class:RepoTest>'
===============================================================================`;
    assert.deepEqual(summaries(text), [
      'error KeyError: key not found: "A-404" @ fetch /srv/app/shop.rb:59',
    ]);
  });

  it('takes a bar within a message for no prefix of a container', () => {
    const text = `  2) Failure:
CartTest#test_total [test/cart_test.rb:12]:
Expected |5.5 - 4.5| (1.0) to be <= 0.01.
`;
    assert.match(eventsIn(text)[0]?.message ?? '', /^Expected \|5\.5/);
  });

  it("places several failures of one example in RSpec's JSON by their message", () => {
    const report = {
      version: '3.12.0',
      examples: [
        {
          status: 'failed',
          exception: {
            class: 'RSpec::Expectations::MultipleExpectationsNotMetError',
            message:
              "Got 2 failures:\n\n  1) expected: 2\n          got: 1\n\n     ./spec/cart_spec.rb:34:in `block (3 levels) in <top (required)>'",
            backtrace: ["/usr/share/gems/rspec-support-3.12.0/lib/rspec/support.rb:102:in `call'"],
          },
        },
      ],
      summary_line: '1 example, 1 failure',
    };
    assert.equal(eventsIn(JSON.stringify(report))[0]?.frames.find(({ inApp }) => inApp)?.line, 34);
  });
});
