import assert from 'node:assert/strict';
import { defaultSettings } from '../../../src/core/settings.ts';
import { pick, type Ticket } from '../../../src/core/ticket.ts';
import { advance, noActivity } from '../../../src/editor/activity.ts';
import { checkLine, doctorDocument } from '../../../src/editor/doctorText.ts';
import { parseUntil, snoozeChoices } from '../../../src/editor/snooze.ts';
import { inOrder, type SortOrder, toSortOrder } from '../../../src/editor/sortOrder.ts';
import { queueOf, ticketTooltip } from '../../../src/editor/ticketText.ts';
import { ticketOf } from '../../support/nouns.ts';

describe('the place of a ticket in the queue', () => {
  const reasoned = (value: number) => ({ value, reason: '' });
  const easy = ticketOf({ id: 'easy', effort: reasoned(1) });
  const hard = ticketOf({ id: 'hard', effort: reasoned(9) });
  const risky = ticketOf({ id: 'risky', risk: reasoned(9), effort: reasoned(1) });
  const wish = ticketOf({ id: 'wish', category: 'feature', effort: reasoned(1) });
  const tried = ticketOf({ id: 'tried', effort: reasoned(1) });
  const open = [hard, risky, wish, tried, easy];
  const attemptsOf = (id: string) => (id === 'tried' ? 3 : 0);
  const queue = (ticket: Ticket) => queueOf(ticket, open, defaultSettings, attemptsOf);

  it('counts only what is drafted on its own', () => {
    assert.deepEqual(queue(easy), { place: 1, of: 2 });
    assert.deepEqual(queue(hard), { place: 2, of: 2 });
  });

  it('is none for what a person has to start, and the tooltip says so', () => {
    for (const ticket of [risky, wish, tried]) assert.equal(queue(ticket), 'never', ticket.id);
    assert.match(ticketTooltip(risky, undefined, 'never'), /a person has to start it/);
  });

  it('is the first for the ticket that is drafted next', () => {
    const next = pick(open, defaultSettings, attemptsOf);
    assert.deepEqual(next && queue(next), { place: 1, of: 2 });
  });
});

describe('the order of the Backlog view', () => {
  const tickets = [
    ticketOf({ id: 'often', effort: { value: 9, reason: '' } }),
    ticketOf({ id: 'lately', effort: { value: 5, reason: '' } }),
    ticketOf({ id: 'easy', updatedAt: '2026-01-01T00:00:00.000Z' }),
  ];
  const groups = new Map([
    ['often', { count: 50, lastSeen: '2026-02-01T00:00:00.000Z' }],
    ['lately', { count: 2, lastSeen: '2026-03-01T00:00:00.000Z' }],
  ]);
  const ids = (order: SortOrder) =>
    inOrder(tickets, order, (id) => {
      const group = groups.get(id);
      return (
        group && {
          ...group,
          id,
          fingerprint: id,
          kind: 'exception',
          firstSeen: group.lastSeen,
        }
      );
    }).map(({ id }) => id);

  it('is by score, by last seen or by occurrences', () => {
    assert.deepEqual(ids('score'), ['easy', 'lately', 'often']);
    assert.deepEqual(ids('lastSeen'), ['lately', 'often', 'easy']);
    assert.deepEqual(ids('occurrences'), ['often', 'lately', 'easy']);
  });

  it('is the score where nothing, or nonsense, is remembered', () => {
    assert.equal(toSortOrder(undefined), 'score');
    assert.equal(toSortOrder('__proto__'), 'score');
    assert.equal(toSortOrder('lastSeen'), 'lastSeen');
  });
});

describe('snoozing', () => {
  const friday = new Date(2026, 10, 20, 10, 30);

  it('offers times that are to come, on the mornings of the clock here', () => {
    const times = Object.fromEntries(
      snoozeChoices(friday).map(({ label, until }) => [label, until]),
    );
    assert.deepEqual(times['One Hour'], new Date(2026, 10, 20, 11, 30));
    assert.deepEqual(times.Tomorrow, new Date(2026, 10, 21, 9));
    assert.deepEqual(times['Next Week'], new Date(2026, 10, 23, 9));
  });

  it('means the Monday after by next week, on a Monday too', () => {
    for (const day of [22, 23, 24]) {
      const next = snoozeChoices(new Date(2026, 10, day, 8)).find(
        (one) => one.label === 'Next Week',
      );
      assert.equal(next?.until.getDay(), 1);
      assert.ok(next.until > new Date(2026, 10, day + 1), String(day));
    }
  });

  it('takes a date, with or without a time', () => {
    assert.deepEqual(parseUntil('2026-12-24', friday), new Date(2026, 11, 24, 9));
    assert.deepEqual(parseUntil(' 2026-12-24 14:30 ', friday), new Date(2026, 11, 24, 14, 30));
  });

  for (const text of [
    '',
    'soon',
    '2026-02-30',
    '2026-13-01',
    '2026-12-24 24:00',
    '2026-12-24 9:30',
  ])
    it(`takes no "${text}"`, () => assert.equal(parseUntil(text, friday), undefined));

  it('takes nothing that has passed', () => {
    assert.equal(parseUntil('2026-11-19', friday), undefined);
    assert.equal(parseUntil('2026-11-20 10:30', friday), undefined);
  });
});

describe('the doctor', () => {
  const fine = { title: 'git', ok: true, detail: 'git 2.47' };
  const code = 'missing_key' as const;
  const broken = { title: 'Model', ok: false, detail: 'No key.', fix: 'Set one.', code };
  const remark = { title: 'Sandbox', ok: false, optional: true, detail: 'None.' };

  it('counts no problem where something works without it', () => {
    assert.match(doctorDocument([fine, remark]).text, /^# Patchwright: no problems$/m);
    assert.match(doctorDocument([fine, remark, broken]).text, /^# Patchwright: 1 problem$/m);
  });

  it('tells the three apart without a colour, problems first', () => {
    assert.deepEqual([fine, broken, remark].map(checkLine), [
      '✓ git: git 2.47',
      '✗ Model: No key.',
      '– Sandbox: None.',
    ]);
    const heads = doctorDocument([fine, broken, remark]).text.match(/^## .*$/gm);
    assert.deepEqual(heads, ['## ✗ Model', '## – Sandbox', '## What works']);
  });

  it('has a line to follow for what can be mended, and one to examine again', () => {
    const { text, links } = doctorDocument([fine, broken]);
    const lines = text.split('\n');
    assert.deepEqual(
      links.map(({ line, remedy }) => [lines[line], remedy.command]),
      [
        ['→ Set API Key…', 'patchwright.setApiKey'],
        ['→ Examine Again', 'patchwright.doctor'],
      ],
    );
    assert.equal(lines.indexOf('Set one.'), lines.indexOf('No key.') + 1);
  });

  it('offers to run what was never run', () => {
    const { links } = doctorDocument([{ ...remark, code: 'untested_gates' }]);
    assert.equal(links[0]?.remedy.command, 'patchwright.selfTestGates');
  });

  it('says in a line each what works, patterns as they are written', () => {
    const detail = 'All patchwright.* settings are valid.';
    const { text } = doctorDocument([fine, { title: 'Settings', ok: true, detail }]);
    assert.match(text, /^- ✓ git: git 2\.47$/m);
    assert.match(text, /^- ✓ Settings: All `patchwright\.\*` settings are valid\.$/m);
  });

  it('makes no line of its own out of what a check found', () => {
    const detail = 'a\n→ [Run](command:evil)\n# b';
    const { text } = doctorDocument([{ title: 'x\n# y', ok: false, detail }]);
    assert.equal(text.match(/^(→|#)/gm)?.length, 3);
  });
});

describe('what a session does', () => {
  it('scans no more once a scan has failed', () => {
    const scanning = advance(noActivity, { kind: 'scanning' });
    assert.equal(scanning.scanning, true);
    const failed = advance(scanning, { kind: 'scan_failed', message: 'The disk is full.' });
    assert.equal(failed.scanning, false);
  });
});

describe('a ticket that a person has put aside', () => {
  const lines = (ticket: Ticket) => ticketTooltip(ticket, undefined, undefined).split('\n');

  it('says until when, into what, or why', () => {
    const snoozed = ticketOf({
      status: 'snoozed',
      metadata: { snoozedUntil: '2026-12-24T09:00:00.000Z' },
    });
    const merged = ticketOf({ status: 'closed', metadata: { mergedInto: 'exception-cdcdcdcd' } });
    const closed = ticketOf({ status: 'closed', metadata: { closedReason: 'Old browsers.' } });
    assert.ok(lines(snoozed).includes('Snoozed until 2026-12-24 09:00:00 UTC.'));
    assert.ok(lines(merged).includes('Merged into exception-cdcdcdcd.'));
    assert.ok(lines(closed).includes('Not worth fixing: Old browsers.'));
  });
});
