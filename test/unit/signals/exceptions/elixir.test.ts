import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

describe('elixir grammar', () => {
  it('reads a raised exception, runtime frames left out', () => {
    const [event, ...others] = eventsIn(`** (KeyError) key "a" not found in: %{"b" => 10}
    :erlang.map_get("a", %{"b" => 10})
    (stdlib 4.2) maps.erl:19: :maps.get/2
    lib/shop.ex:4: Shop.price_of/1
    (shop 0.1.0) lib/shop/cart.ex:18: anonymous fn/2 in Shop.Cart.total/1
** (RuntimeError) boom
    run.exs:9: (file)`);
    assert.equal(others.length, 1);
    assert.equal(event?.type, 'KeyError');
    assert.deepEqual(
      event.frames.map(({ file, function: name, inApp }) => [file, name, inApp]),
      [
        ['nofile', ':erlang.map_get', false],
        ['maps.erl', ':maps.get/2', false],
        ['lib/shop.ex', 'Shop.price_of/1', true],
        ['lib/shop/cart.ex', 'fn in Shop.Cart.total/1', true],
      ],
    );
  });

  it('reads a crashed process from the log, once', () => {
    const [event, ...others] = eventsIn(`06:52:13.123 [error] GenServer #PID<0.106.0> terminating
** (KeyError) key "a" not found in: %{}
    lib/shop.ex:4: Shop.price_of/1
    (stdlib 4.2) gen_server.erl:1123: :gen_server.try_dispatch/4
Last message: {:"$gen_cast", {:price, "a"}}
State: 0
06:52:14.123 [info] up`);
    assert.equal(others.length, 0);
    assert.equal(event?.severity, 'error');
    assert.equal(event.frames.find(({ inApp }) => inApp)?.line, 4);
    assert.match(event.raw, /GenServer/);
  });

  it('reads nested exits, blamed arguments and compile errors', () => {
    const [exit, clause, compile, ...others] =
      eventsIn(`** (exit) exited in: GenServer.call(Shop, :x, 5000)
    ** (EXIT) an exception was raised:
        ** (ArgumentError) bad
            lib/shop.ex:7: Shop.handle_call/3
    (elixir 1.14.0) lib/gen_server.ex:1038: GenServer.call/3
    run.exs:3: (file)
** (FunctionClauseError) no function clause matching in Shop.price_of/1

    The following arguments were given to Shop.price_of/1:

        # 1
        nil

    lib/shop.ex:2: Shop.price_of/1
** (CompileError) lib/cart.ex:4: undefined function foo/0`);
    assert.equal(others.length, 0);
    assert.equal(exit?.type, 'exit');
    assert.equal(exit.causes.at(-1)?.type, 'ArgumentError');
    assert.equal(clause?.frames[0]?.line, 2);
    assert.deepEqual([compile?.frames[0]?.file, compile?.frames[0]?.line], ['lib/cart.ex', 4]);
  });

  it('reads failures of ExUnit', () => {
    const events = eventsIn(`  1) test adds (CartTest)
     test/cart_test.exs:5
     Assertion with == failed
     code:  assert 1 == 2
     left:  1
     right: 2
     stacktrace:
       test/cart_test.exs:6: (test)

  2) test raises (CartTest)
     test/cart_test.exs:9
     ** (KeyError) key :a not found in: %{}
     code: Shop.price_of(:a)
     stacktrace:
       (shop 0.1.0) lib/shop.ex:4: Shop.price_of/1
       test/cart_test.exs:10: (test)

Finished in 0.03 seconds`);
    assert.deepEqual(
      events.map(({ kind, type, frames }) => [kind, type, frames[0]?.file, frames[0]?.line]),
      [
        ['test', 'ExUnit.AssertionError', 'test/cart_test.exs', 6],
        ['test', 'KeyError', 'lib/shop.ex', 4],
      ],
    );
  });

  it('takes no bold text for one', () => {
    assert.deepEqual(summaries('** note ** (see below)\n  ** (important) read this'), []);
  });

  it("reads what failed before a module's first test", () => {
    const text = `  0) SetupTest: failure on setup_all callback, all tests have been invalidated
     ** (RuntimeError) db is locked
     stacktrace:
       test/shop_test.exs:56: SetupTest.__ex_unit_setup_all_0/1
`;
    assert.deepEqual(
      eventsIn(text).map(({ kind, type, frames }) => [kind, type, frames[0]?.line]),
      [['test', 'RuntimeError', 56]],
    );
  });

  it('takes no warning for the head of what an empty line parts from it', () => {
    const text = `warning: the call to String.to_integer/1 will fail with ArgumentError
  lib/shop.exs:127

** (KeyError) key :price not found in: %{cost: 3}
    lib/shop.exs:60: Shop.price/1`;
    assert.deepEqual(summaries(text), [
      'error KeyError: key :price not found in: %{cost: 3} @ Shop.price/1 lib/shop.exs:60',
    ]);
  });

  it('reads a message of lines at the margin within an exit, and a logger with metadata', () => {
    const text = `10:00:00.126 [error] #PID<0.512.0> running ShopWeb.Endpoint terminated
Server: localhost:4000 (http)
Request: GET /loans/3
** (exit) an exception was raised:
    ** (Ecto.NoResultsError) expected at least one result but got none in query:

from l0 in Shop.Loan,
  where: l0.id == ^"3"

        (ecto 3.9.4) lib/ecto/repo/queryable.ex:164: Ecto.Repo.Queryable.one!/3
        (shop 0.1.0) lib/shop/loans.ex:12: Shop.Loans.get!/1
11:43:15.013 request_id=F1x2 pid=<0.96.0> [error] quota of tenant 7 exceeded`;
    assert.deepEqual(summaries(text), [
      'error Ecto.NoResultsError: expected at least one result but got none in query: @ Shop.Loans.get!/1 lib/shop/loans.ex:12',
      'error LoggedError: quota of tenant 7 exceeded',
    ]);
  });
});
