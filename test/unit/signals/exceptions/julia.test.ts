import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

describe('julia grammar', () => {
  it('reads an uncaught error, without the script that loaded it', () => {
    assert.deepEqual(
      summaries(`ERROR: LoadError: BoundsError: attempt to access 3-element Vector{Int64} at index [5]
Stacktrace:
 [1] getindex
   @ ./essentials.jl:13 [inlined]
 [2] pick(v::Vector{Int64}, i::Int64)
   @ Main /srv/app/src/shop.jl:4
 [3] top-level scope
   @ /srv/app/run.jl:7
in expression starting at /srv/app/run.jl:7`),
      [
        'fatal BoundsError: attempt to access 3-element Vector{Int64} at index [5] @ pick /srv/app/src/shop.jl:4',
      ],
    );
  });

  it('reads what caused it', () => {
    const [event] = eventsIn(`ERROR: order 17 could not be loaded
Stacktrace:
 [1] error(s::String)
   @ Base ./error.jl:35
 [2] load(id::Int64)
   @ Shop /srv/app/src/orders.jl:14

caused by: KeyError: key 17 not found
Stacktrace:
 [1] load(id::Int64)
   @ Shop /srv/app/src/orders.jl:12`);
    assert.equal(event?.type, 'ErrorException');
    assert.deepEqual(
      event?.causes.map(({ type, message }) => `${type}: ${message}`),
      ['KeyError: key 17 not found'],
    );
  });

  it('reads the stacks of older versions', () => {
    assert.deepEqual(
      summaries(`ERROR: DivideError: integer division error
Stacktrace:
 [1] div at ./int.jl:260 [inlined]
 [2] split(::Int64, ::Int64) at /srv/app/src/split.jl:3`),
      ['fatal DivideError: integer division error @ split /srv/app/src/split.jl:3'],
    );
  });

  it('reads a message that was logged, and an exception that it holds', () => {
    assert.deepEqual(
      summaries(`[ Info: starting
┌ Error: upload failed
│   key = "a.png"
└ @ Main /srv/app/src/upload.jl:22
┌ Error: job failed
│   exception =
│    DivideError: integer division error
│    Stacktrace:
│      [1] run(id::Int64)
│        @ Main /srv/app/src/job.jl:9
└ @ Main /srv/app/src/jobs.jl:31
┌ Warning: retrying
└ @ Main /srv/app/src/upload.jl:25`),
      [
        'error LoggedError: upload failed @ - /srv/app/src/upload.jl:22',
        'error DivideError: integer division error @ run /srv/app/src/job.jl:9',
      ],
    );
  });

  it('counts a failed test once', () => {
    const events = eventsIn(`Cart: Test Failed at /srv/app/test/runtests.jl:8
  Expression: total(cart) == 12
   Evaluated: 10 == 12

Stacktrace:
 [1] top-level scope
   @ /srv/app/test/runtests.jl:8
Test Summary: | Pass  Fail  Total  Time
Cart          |    2     1      3  0.3s
ERROR: LoadError: Some tests did not pass: 2 passed, 1 failed, 0 errored, 0 broken.
in expression starting at /srv/app/test/runtests.jl:5`);
    assert.deepEqual(
      events.map(({ kind, message }) => [kind, message]),
      [['test', 'total(cart) == 12']],
    );
  });

  it('leaves what a logger calls an error to others', () => {
    assert.deepEqual(summaries('ERROR: disk full\nnext'), ['error LoggedError: disk full']);
  });
});
