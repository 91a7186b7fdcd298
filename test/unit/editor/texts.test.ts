import assert from 'node:assert/strict';
import { lineNow } from '../../../src/editor/lineNow.ts';
import { advance, noActivity } from '../../../src/editor/activity.ts';
import { gateDocument, inReadingOrder } from '../../../src/editor/reviewText.ts';
import { type StatusInput, statusView } from '../../../src/editor/statusText.ts';
import { ago, duration, exactly, plural, shorten, withoutLinks } from '../../../src/editor/text.ts';
import { ticketDescription, ticketTooltip } from '../../../src/editor/ticketText.ts';
import { ticketOf } from '../../support/nouns.ts';
import { fileOf, gateReportOf as report, requestOf } from '../../support/requests.ts';

const now = new Date('2026-11-20T10:00:00.000Z');

describe('words and numbers', () => {
  it('tells times as people do', () => {
    assert.equal(ago('2026-11-20T09:59:30.000Z', now), 'just now');
    assert.equal(ago('2026-11-20T09:58:00.000Z', now), '2 min ago');
    assert.equal(ago('2026-11-20T06:00:00.000Z', now), '4 h ago');
    assert.equal(ago('2026-11-17T09:00:00.000Z', now), '3 d ago');
    assert.equal(ago('nonsense', now), '');
    assert.equal(exactly('2026-11-20T09:59:30.123Z'), '2026-11-20 09:59:30 UTC');
  });

  it('puts units to numbers', () => {
    assert.equal(duration(12.4), '12 ms');
    assert.equal(duration(1_840), '1.8 s');
    assert.equal(duration(61_000), '1 min 1 s');
    assert.equal(duration(59_999), '1 min 0 s');
    assert.equal(duration(3_599_900), '1 h 0 min');
    assert.equal(duration(12_400_000), '3 h 27 min');
    assert.equal(duration(190_000_000), '2 d 5 h');
    assert.equal(plural(1, 'line'), '1 line');
    assert.equal(plural(1_204, 'line'), '1,204 lines');
  });

  it('shortens to one line', () => {
    assert.equal(shorten('a\n  b', 10), 'a b');
    assert.equal(shorten('abcdef', 4), 'abc…');
  });

  it('makes no links of text from outside', () => {
    assert.doesNotMatch(withoutLinks('see [log](command:evil)'), /\]\(/);
  });
});

describe('a ticket in the Backlog view', () => {
  const ticket = ticketOf({
    title: 'TypeError: x is undefined',
    priority: { value: 'high', reason: 'Seen 52 times.' },
    risk: { value: 3, reason: 'One file.' },
    effort: { value: 2, reason: 'The stack names the place.' },
    metadata: { location: { file: 'src/cart.js', line: 7 } },
  });
  const group = {
    id: ticket.id,
    fingerprint: 'f',
    kind: 'exception' as const,
    count: 6,
    firstSeen: '2026-11-20T08:00:00.000Z',
    lastSeen: '2026-11-20T09:58:00.000Z',
  };

  it('is described by place, count and time', () => {
    assert.equal(
      ticketDescription(ticket, group, undefined, now),
      'src/cart.js:7 · 6× · 2 min ago',
    );
  });

  it('shows what is done while it is worked on', () => {
    const work = { ticketId: ticket.id, stage: 'edit', step: 12, costUsd: 0.084, gates: [] };
    assert.equal(ticketDescription(ticket, group, work, now), 'edit · step 12 · $0.08');
  });

  it('explains priority, risk, effort, score and its place in the queue', () => {
    const lines = ticketTooltip(ticket, group, { place: 2, of: 7 }).split('\n');
    assert.ok(lines.includes('Priority: high. Seen 52 times.'));
    assert.ok(lines.includes('Risk: 3 of 10. One file.'));
    assert.ok(lines.includes('Effort: 2 of 10. The stack names the place.'));
    assert.ok(
      lines.includes(
        'Selection score: 5.5, the lowest is drafted first. Number 2 of 7 in the queue.',
      ),
    );
  });
});

describe('the tooltip of a ticket', () => {
  const suspect = {
    commit: 'c0ffee'.repeat(7).slice(0, 40),
    at: '2026-03-02T08:00:00.000Z',
    author: 'Ann',
    subject: 'Read prices\nfrom a table',
    score: 5,
    reasons: ['changed src/cart.js:7, the failing line, 2 hours before the first occurrence'],
  };
  const drawn = (suspects: unknown) =>
    ticketTooltip(ticketOf({ metadata: { suspects: suspects as never } }), undefined, undefined);

  it('names the commits that may have caused it, one a line', () => {
    const lines = drawn([suspect]).split('\n');
    assert.equal(
      lines[lines.indexOf('Suspect commits') + 1],
      '  c0ffeec0ff Read prices from a table (Ann): changed src/cart.js:7, the failing line, 2 hours before the first occurrence',
    );
  });

  it('says what is proposed, a line each, and no more than there is room for', () => {
    const proposedSolution = `A draft:\nExport the cart.\n\n${'- more\n'.repeat(20)}`;
    const ticket = ticketOf({ proposedSolution, testPlan: '- A file of three lines.' });
    const lines = ticketTooltip(ticket, undefined, undefined).split('\n');
    const at = lines.indexOf('Proposed solution');
    assert.deepEqual(lines.slice(at + 1, at + 3), ['  A draft:', '  Export the cart.']);
    assert.equal(lines[at + 13], '  …');
    assert.deepEqual(lines.slice(at + 14), ['', 'Test plan', '  - A file of three lines.']);
  });

  it('leaves out what has another shape, as a cloned backlog may hold', () => {
    for (const suspects of ['x', [null], [{ ...suspect, reasons: 'x' }], { 0: suspect }]) {
      assert.doesNotMatch(drawn(suspects), /Suspect commits/);
    }
  });
});

describe('a comment on a line of a patch that became another one', () => {
  it('goes along with what is the same before and after', () => {
    const now = ['}', 'a', 'b', '}', 'c', '}'];
    assert.equal(lineNow(['a', 'b', '}', 'c', '}'], now, 5), 6);
    assert.equal(lineNow(now, ['}', 'a', 'b', '}'], 3), 3);
  });

  it('goes to the nearest line that reads the same where both ends differ', () => {
    assert.equal(lineNow(['a', 'b', 'c'], ['x', 'b', 'y', 'b', 'z'], 2), 2);
    assert.equal(lineNow(['a', 'd', 'b', 'c'], ['x', 'b', 'y', 'w', 'b', 'z'], 3), 2);
  });

  it('stays where it was, inside of the text, when its line is gone', () => {
    assert.equal(lineNow(['a', 'b', 'c'], ['a', 'x', 'c'], 2), 2);
    assert.equal(lineNow(['a', 'b', 'c'], ['a', 'b'], 3), 2);
    assert.equal(lineNow(['a'], [], 1), 1);
  });
});

describe('activity', () => {
  const started = advance(noActivity, {
    kind: 'attempt_started',
    ticketId: 't',
    attemptId: 'a',
    branch: 'improvement/t',
  });

  it('follows an attempt from its start over its gates to its end', () => {
    const running = advance(started, { kind: 'gate_started', ticketId: 't', gate: 'size' });
    assert.equal(running.works.get('t')?.gate, 'size');
    const judged = advance(running, { kind: 'gate', ticketId: 't', report: report('size') });
    assert.equal(judged.works.get('t')?.gate, undefined);
    assert.deepEqual(
      judged.latest?.gates.map(({ id }) => id),
      ['size'],
    );
    const ended = advance(judged, { kind: 'attempt_ended', ticketId: 't', ok: true, message: '' });
    assert.equal(ended.works.size, 0);
    assert.equal(ended.latest?.gates.length, 1);
  });

  it("replaces an earlier submission's verdict", () => {
    const failed = advance(started, {
      kind: 'gate',
      ticketId: 't',
      report: report('size', 'failed'),
    });
    const again = advance(failed, { kind: 'gate', ticketId: 't', report: report('size') });
    assert.deepEqual(
      again.latest?.gates.map(({ verdict }) => verdict),
      ['passed'],
    );
  });

  it('gathers what the gates say of a patch that somebody changed, without an attempt', () => {
    const before = advance(started, { kind: 'gate', ticketId: 't', report: report('secrets') });
    const rested = advance(before, { kind: 'attempt_ended', ticketId: 't', ok: true, message: '' });
    const judged = (['size', 'secrets'] as const).reduce(
      (activity, id) => advance(activity, { kind: 'gate', ticketId: 't', report: report(id) }),
      rested,
    );
    assert.deepEqual(
      judged.latest?.gates.map(({ id }) => id),
      ['size', 'secrets'],
    );
    const other = advance(judged, { kind: 'gate', ticketId: 'u', report: report('size') });
    assert.equal(other.latest?.gates.length, 1);
  });

  it('leaves other attempts alone', () => {
    const other = advance(started, {
      kind: 'attempt_ended',
      ticketId: 'u',
      ok: false,
      message: '',
    });
    assert.equal(other.works.size, 1);
  });
});

describe('the status bar', () => {
  const idle: StatusInput = {
    state: 'ready',
    trusted: true,
    activity: noActivity,
    waiting: [],
    unopened: [],
    folder: undefined,
    gates: [],
    sandbox: undefined,
    selfTest: undefined,
  };

  it('shows only the name when there is nothing to say', () => {
    assert.equal(statusView(idle).text, '$(shield) Patchwright');
  });

  it('shows the gates and what waits', () => {
    const gates = [
      report('protected'),
      report('size', 'failed'),
      report('suite', 'not_configured'),
    ];
    const view = statusView({ ...idle, gates, waiting: [{ folder: 'api', requests: 2 }] });
    assert.equal(view.text, '$(shield) 1/2 gates · 2 to review');
    assert.match(view.tooltip, /✗ Patch size: failed/);
    assert.equal(view.spoken, 'Patchwright: 1/2 gates · 2 to review');
    assert.doesNotMatch(view.tooltip, /api/);
  });

  it('adds up what waits in several folders, and names them', () => {
    const waiting = [
      { folder: 'api', requests: 2 },
      { folder: 'web', requests: 0 },
      { folder: 'jobs', requests: 1 },
    ];
    const unopened = [{ name: 'notes', why: 'not a git repository' }];
    const gates = [report('size')];
    const view = statusView({ ...idle, waiting, unopened, gates, folder: 'api' });
    assert.equal(view.text, '$(shield) 1/1 gates · 3 to review');
    assert.deepEqual(view.tooltip.split('\n').slice(0, 5), [
      '3 patch requests to review.',
      '  api: 2',
      '  jobs: 1',
      'notes: not a git repository',
      'Gates in api:',
    ]);
  });

  it('shows plainly that patches run without a sandbox', () => {
    const why = { reason: 'bubblewrap is not installed.', remedy: 'Run: apt install it' };
    const unheld = statusView({ ...idle, sandbox: { kind: 'without', ...why } });
    assert.equal(unheld.text, '$(shield) Patchwright $(warning) no sandbox');
    assert.equal(unheld.spoken, 'Patchwright: Patchwright, no sandbox');
    assert.match(unheld.tooltip, /without a sandbox\. bubblewrap is not installed/);
    const refused = statusView({ ...idle, sandbox: { kind: 'refused', ...why } });
    assert.match(refused.tooltip, /Nothing is drafted.*patchwright\.sandbox\.allowWithout/);
    const held = statusView({ ...idle, sandbox: { kind: 'held', title: 'b', network: false } });
    assert.equal(held.text, '$(shield) Patchwright');
  });

  it('spins while an attempt runs, and tells its step and cost', () => {
    const work = { ticketId: 'exception-3f9c2a1b', stage: 'x', step: 12, costUsd: 0.08, gates: [] };
    const activity = { ...noActivity, works: new Map([[work.ticketId, work]]) };
    const view = statusView({ ...idle, activity });
    assert.equal(view.text, '$(sync~spin) exception-3f9c2a1b · step 12 · $0.08');
    assert.equal(view.tooltip, 'Works on exception-3f9c2a1b: step 12 · $0.08');
  });

  it('draws no icon that a text from outside asks for', () => {
    const work = { ticketId: '$(error)', stage: '', step: 1, gates: [] };
    const activity = { ...noActivity, works: new Map([['t', work]]) };
    assert.doesNotMatch(statusView({ ...idle, activity }).text.slice(2), /\$\(error\)/);
  });
});

describe('a request in the Review view', () => {
  it('shows the reproduction test first', () => {
    const paths = ['src/a.js', 'test/a.test.js'];
    const request = requestOf({
      files: paths.map((path) => fileOf(path)),
      testFiles: ['test/a.test.js'],
    });
    assert.deepEqual(
      inReadingOrder(request).map(({ path }) => path),
      ['test/a.test.js', 'src/a.js'],
    );
  });

  it("writes a gate's whole report", () => {
    const document = gateDocument({ ...report('suite', 'failed'), evidence: ['1 failing'] });
    assert.match(document, /^Test suite: failed · 5 ms\nIts reason\.\n\nEvidence\n  1 failing\n/);
  });
});
