import assert from 'node:assert/strict';
import { fold } from '../../../src/core/fold.ts';
import { defaultSettings } from '../../../src/core/settings.ts';
import { type SignalGroup, ticketIdOf } from '../../../src/core/ticket.ts';
import { exceptionSignal, feedbackSignal, groupOf, ticketOf } from '../../support/nouns.ts';

const now = '2026-03-02T10:00:00.000Z';

describe('folding a signal into its ticket', () => {
  const seen = (count: number): SignalGroup => groupOf(exceptionSignal(), { count });

  it('only counts an exception below its threshold', () => {
    const result = fold(exceptionSignal(), seen(4), undefined, defaultSettings, now);
    assert.equal(result.kind, 'counted');
  });

  it('makes a bug ticket of the fifth occurrence, each value with its reason', () => {
    const result = fold(exceptionSignal(), seen(5), undefined, defaultSettings, now);
    assert.equal(result.kind, 'created');
    if (result.kind !== 'created') return;
    const { ticket } = result;
    assert.equal(ticket.id, ticketIdOf(exceptionSignal()));
    assert.equal(ticket.category, 'bug_fix');
    assert.equal(ticket.status, 'open');
    assert.deepEqual(ticket.filesToModify, ['src/cart.js']);
    for (const { reason } of [ticket.priority, ticket.risk, ticket.effort]) {
      assert.match(reason, /\w+ \w+/);
    }
  });

  it('keeps the places of the stack: the failing one, where its causes were thrown, the callers', () => {
    const { exception } = exceptionSignal();
    const frame = (file: string, line: number, inApp = true) => ({ file, line, inApp });
    const cause = { type: 'IOError', message: '', frames: [frame('src/disk.js', 3)] };
    const signal = exceptionSignal({
      exception: {
        ...exception,
        frames: [
          frame('src/cart.js', 7),
          frame('node_modules/x.js', 1, false),
          frame('src/api.js', 9),
          frame('src/api.js', 9),
        ],
        causes: [cause],
      },
    });
    const result = fold(signal, seen(5), undefined, defaultSettings, now);
    assert.deepEqual(result.kind === 'created' && result.ticket.metadata.stack, [
      { file: 'src/cart.js', line: 7 },
      { file: 'src/disk.js', line: 3 },
      { file: 'src/api.js', line: 9 },
    ]);
  });

  it('goes along when its line moves, and not for an event of another ticket or an older one', () => {
    const made = fold(exceptionSignal(), seen(5), undefined, defaultSettings, now);
    if (made.kind !== 'created') return assert.fail();
    const lineAfter = (signal: ReturnType<typeof exceptionSignal>) => {
      const result = fold(signal, seen(6), made.ticket, defaultSettings, now);
      return result.kind === 'updated' ? result.fields.metadata?.location?.line : assert.fail();
    };
    const first = exceptionSignal();
    const location = { ...first.location, file: 'src/cart.js', line: 99 };
    assert.equal(lineAfter(exceptionSignal({ location })), 99);
    const fingerprint = { ...first.fingerprint, hash: 'another' };
    assert.equal(lineAfter(exceptionSignal({ location, fingerprint })), first.location?.line);
    const at = '2001-01-01T00:00:00.000Z';
    assert.equal(lineAfter(exceptionSignal({ location, at })), first.location?.line);
  });

  it('makes one of the first occurrence when it ended the program', () => {
    const signal = exceptionSignal({ severity: 'fatal' });
    const result = fold(signal, groupOf(signal), undefined, defaultSettings, now);
    assert.equal(result.kind === 'created' && result.ticket.priority.value, 'critical');
  });

  it('needs five pieces of feedback', () => {
    const signal = feedbackSignal();
    const at = (count: number) =>
      fold(signal, groupOf(signal, { count }), undefined, defaultSettings, now).kind;
    assert.equal(at(4), 'counted');
    assert.equal(at(5), 'created');
  });

  it('reopens an applied ticket that is seen again after it landed, and says so', () => {
    const ticket = ticketOf({ status: 'applied', updatedAt: '2026-03-02T09:00:00.000Z' });
    const later = exceptionSignal({ at: '2026-03-02T09:30:00.000Z' });
    const result = fold(later, seen(7), ticket, defaultSettings, now);
    assert.equal(result.kind, 'updated');
    if (result.kind !== 'updated') return;
    assert.equal(result.fields.status, 'open');
    assert.equal(result.fields.metadata?.regression, true);
  });

  it('leaves an applied ticket alone when the log line is older than the fix', () => {
    const ticket = ticketOf({ status: 'applied', updatedAt: '2026-03-02T09:00:00.000Z' });
    const earlier = exceptionSignal({ at: '2026-03-02T08:30:00.000Z' });
    const result = fold(earlier, seen(7), ticket, defaultSettings, now);
    assert.equal(result.kind === 'updated' && result.fields.status, undefined);
  });

  it("never reopens a closed ticket, nor changes a person's priority", () => {
    const ticket = ticketOf({
      status: 'closed',
      priority: { value: 'low', reason: 'Set by a person.' },
    });
    const result = fold(exceptionSignal(), seen(500), ticket, defaultSettings, now);
    assert.equal(result.kind, 'updated');
    if (result.kind !== 'updated') return;
    assert.equal(result.fields.status, undefined);
    assert.equal(result.fields.priority, undefined);
  });

  it('stays urgent when what ended the program is caught the next time', () => {
    const fatal = exceptionSignal({ severity: 'fatal' });
    const first = fold(fatal, groupOf(fatal), undefined, defaultSettings, now);
    assert.equal(first.kind, 'created');
    if (first.kind !== 'created') return;
    const caught = fold(exceptionSignal(), seen(2), first.ticket, defaultSettings, now);
    assert.equal(caught.kind === 'updated' && caught.fields.priority?.value, 'critical');
  });

  it('stays high after a regression, also at the next occurrence', () => {
    const ticket = ticketOf({ metadata: { regression: true, severity: 'error' } });
    const result = fold(exceptionSignal(), seen(9), ticket, defaultSettings, now);
    assert.equal(result.kind === 'updated' && result.fields.priority?.value, 'high');
  });

  it('shows nothing of what was only counted', () => {
    const signal = exceptionSignal({ isOutline: true });
    const result = fold(signal, seen(9), ticketOf(), defaultSettings, now);
    assert.ok(result.kind === 'updated');
    assert.ok(!('evidence' in result.fields));
  });

  it('keeps the newest five pieces of evidence', () => {
    let ticket = ticketOf({ evidence: [] });
    for (let i = 0; i < 8; i++) {
      const at = `2026-03-02T10:00:0${i}.000Z`;
      const result = fold(exceptionSignal({ at }), seen(i + 6), ticket, defaultSettings, now);
      if (result.kind === 'updated') ticket = { ...ticket, ...result.fields };
    }
    assert.deepEqual(
      ticket.evidence.map((e) => e.at.slice(17, 19)),
      ['07', '06', '05', '04', '03'],
    );
  });
});
