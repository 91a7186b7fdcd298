import assert from 'node:assert/strict';
import { pick, rankBefore, type Ticket } from '../../../src/core/ticket.ts';
import { defaultSettings } from '../../../src/core/settings.ts';
import { arrangementWords, grouped, matches } from '../../../src/editor/grouping.ts';
import { groupDocument } from '../../../src/editor/groupText.ts';
import { changesComment, hunkDescription, hunkLabel } from '../../../src/editor/hunkText.ts';
import { withMarks } from '../../../src/editor/viewed.ts';
import { parseDiff } from '../../../src/core/hunks.ts';
import { ticketOf } from '../../support/nouns.ts';
import { requestOf } from '../../support/requests.ts';

describe('the arrangement of the backlog', () => {
  const at = (file: string) => ({ metadata: { location: { file, line: 3 } } });
  const tickets: readonly Ticket[] = [
    ticketOf({ id: 'a', title: 'Cart is empty', category: 'bug_fix', ...at('src/shop/cart.js') }),
    ticketOf({ id: 'b', title: 'Slow search', category: 'performance', ...at('src/find.js') }),
    ticketOf({ id: 'c', title: 'Done', status: 'closed', ...at('src/find.js') }),
    ticketOf({ id: 'd', priority: { value: 'critical', reason: '' }, ...at('top.js') }),
  ];
  const drawn = (by: Parameters<typeof grouped>[1]) =>
    grouped(tickets, by).map(({ group, tickets: found }) => [
      group.label,
      found.map(({ id }) => id).join(''),
    ]);

  it('groups by what was asked for, the urgent first, without what is done with', () => {
    assert.deepEqual(drawn('component'), [
      ['src', 'b'],
      ['src/shop', 'a'],
      ['top folder', 'd'],
    ]);
    assert.equal(drawn('priority')[0]?.[0], 'Critical');
    assert.deepEqual(drawn('status').at(-1), ['Closed', 'c']);
    assert.ok(drawn('category').some(([label]) => label === 'Bug fix'));
  });

  it('shows what all words of the filter are said of', () => {
    const shown = (filter: string) =>
      tickets.filter((ticket) => matches(ticket, filter)).map(({ id }) => id);
    assert.deepEqual(shown('CART bug'), ['a']);
    assert.deepEqual(shown('find.js'), ['b', 'c']);
    assert.deepEqual(shown('cart search'), []);
    assert.equal(shown('  ').length, tickets.length);
  });

  it('is said beside the name of the view, unless it is the usual one', () => {
    assert.equal(arrangementWords(undefined, 'status', ''), undefined);
    assert.equal(
      arrangementWords('by last seen', 'priority', 'cart'),
      '“cart”, Grouped by priority, by last seen',
    );
  });

  it('lets a ticket that was moved take its turn before the other', () => {
    const reasoned = (value: number) => ({ value, reason: '' });
    const [easy, middle, hard] = [1, 4, 9].map((effort, i) =>
      ticketOf({ id: `t${i}`, effort: reasoned(effort), metadata: {} }),
    ) as [Ticket, Ticket, Ticket];
    const next = (all: readonly Ticket[]) => pick(all, defaultSettings, () => 0)?.id;
    const ranked = (ticket: Ticket, others: readonly Ticket[], before: Ticket): Ticket => ({
      ...ticket,
      metadata: { rank: rankBefore(others, before) },
    });
    assert.equal(next([easy, middle, hard]), 't0');
    const first = ranked(hard, [easy, middle], easy);
    assert.equal(next([easy, middle, first]), 't2');
    const second = ranked(middle, [easy, first], easy);
    assert.equal(next([easy, second, first]), 't2', 'before that one, not before all');
    assert.equal(next([easy, second]), 't1');
  });

  it('explains a group by its fingerprint and by what its events differ in', () => {
    const text = groupDocument(
      ticketOf({
        id: 'a',
        metadata: {
          fingerprint: {
            version: 1,
            hash: 'ab'.repeat(32),
            parts: [{ label: 'type', value: 'E' }],
          },
        },
      }),
      undefined,
      [{ part: 'message', values: [{ value: 'disk full', count: 3 }] }],
      [],
    );
    assert.match(text, /type: E/);
    assert.match(text, /3× disk full/);
  });
});

describe('what a reviewer does to a patch', () => {
  const request = requestOf();

  it('keeps what was viewed of the commit that was looked at, and of nothing that is decided', () => {
    const mark = { request, path: 'src/cart.js', viewed: true };
    const seen = withMarks({}, [mark], [request]);
    assert.deepEqual(Object.values(seen), [['src/cart.js']]);
    assert.deepEqual(withMarks(seen, [{ ...mark, viewed: false }], [request]), {});
    assert.deepEqual(withMarks(seen, [], [{ ...request, commit: 'c'.repeat(40) }]), {});
    assert.deepEqual(withMarks(seen, [], []), {});
  });

  it('sends the comments on lines with what was typed', () => {
    const comments = [{ path: 'src/cart.js', line: 4, text: ' Why? ' }];
    assert.equal(
      changesComment('Smaller, please.', comments),
      'Smaller, please.\nsrc/cart.js:4: Why?',
    );
    assert.equal(changesComment(' ', []), '');
  });

  it('names hunks by their lines in the patched file', () => {
    const diff = 'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -3,2 +3,3 @@\n a\n+  b\n c\n';
    const hunk = parseDiff(diff)[0]?.hunks[0] ?? assert.fail();
    assert.equal(hunkLabel(hunk), 'Lines 3–5');
    assert.equal(hunkDescription(hunk), '+1 −0 · b');
  });
});
