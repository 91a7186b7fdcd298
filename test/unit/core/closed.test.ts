import assert from 'node:assert/strict';
import { closedNow } from '../../../src/core/closed.ts';
import { defaultSettings } from '../../../src/core/settings.ts';
import { fold } from '../../../src/core/fold.ts';
import type { Ticket, TicketMetadata } from '../../../src/core/ticket.ts';
import { countRecent, type Recent } from '../../../src/core/triage.ts';
import { nothingVersioned, type WorkspaceVersion } from '../../../src/core/versions.ts';
import { exceptionSignal, feedbackSignal, groupOf, ticketOf } from '../../support/nouns.ts';

const minuteMs = 60_000;
const closedAt = '2026-03-10T12:00:00.000Z';
const afterMs = (ms: number): string => new Date(Date.parse(closedAt) + ms).toISOString();
const versioned = (name: string, at = '2026-03-01T00:00:00.000Z'): WorkspaceVersion => ({
  manifest: { name, at },
  tags: [],
});

/** Closed after `times` occurrences, one in `everyMs`. */
function closed(
  times: number,
  everyMs: number,
  version: WorkspaceVersion = nothingVersioned,
  metadata: TicketMetadata = {},
): Ticket {
  const seen = Array.from({ length: times }, (_, i) => afterMs(-(times - i) * everyMs));
  const recent = seen.reduce<Recent | undefined>((sum, at) => countRecent(sum, at, 1), undefined);
  const group = { count: times, firstSeen: seen[0] ?? '', lastSeen: seen.at(-1) ?? '' };
  const mark = closedNow(group, recent, version, metadata.releases ?? [], closedAt);
  return ticketOf({ status: 'closed', metadata: { ...metadata, closed: mark } });
}

/** The ticket after it was seen again at these times. */
function again(
  ticket: Ticket,
  times: readonly string[],
  version?: WorkspaceVersion,
  release?: string,
): Ticket {
  let now = ticket;
  for (const at of times) {
    const signal = exceptionSignal({ at, ...(release === undefined ? {} : { release }) });
    const result = fold(signal, groupOf(signal), now, defaultSettings, at, version);
    assert.equal(result.kind, 'updated');
    if (result.kind === 'updated') now = { ...now, ...result.fields };
  }
  return now;
}

const every = (ms: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => afterMs((i + 1) * ms));

describe('a ticket closed as not worth fixing', () => {
  it('stays closed at the rate it had, for however long', () => {
    const hourly = closed(48, 60 * minuteMs);
    assert.equal(again(hourly, every(60 * minuteMs, 500)).status, 'closed');
    const busy = closed(6_000, minuteMs);
    assert.equal(again(busy, every(minuteMs, 3_000)).status, 'closed');
    // Twice as often is not clearly more.
    assert.equal(again(busy, every(minuteMs / 2, 3_000)).status, 'closed');
  });

  it('is not opened by a few more of something rare', () => {
    const rare = closed(6, 7 * 24 * 60 * minuteMs);
    assert.equal(again(rare, every(1_000, 9)).status, 'closed');
  });

  it('is opened by a rise within an hour, with the numbers', () => {
    const ticket = again(closed(48, 60 * minuteMs), every(minuteMs, 10));
    assert.equal(ticket.status, 'open');
    assert.equal(ticket.metadata.reopened?.why, 'higher_rate');
    assert.match(
      ticket.metadata.reopened?.reason ?? '',
      /10 times within the last hour.*was [12]\./,
    );
    assert.equal(ticket.metadata.closed, undefined);
  });

  it('is opened by a rise that only a day shows', () => {
    const daily = closed(30, 24 * 60 * minuteMs);
    const ticket = again(daily, every(100 * minuteMs, 14));
    assert.equal(ticket.status, 'open');
    assert.match(ticket.metadata.reopened?.reason ?? '', /within the last day/);
  });

  it('does not count lines of before it was closed, whenever they are read', () => {
    const old = Array.from({ length: 200 }, (_, i) => afterMs(-i * 100));
    assert.equal(again(closed(6, minuteMs), old, versioned('9.0.0')).status, 'closed');
  });

  it('is opened when it is seen in a newer version of the workspace, by nothing less', () => {
    const ticket = closed(6, minuteMs, versioned('1.9.0'));
    const seen = every(minuteMs, 1);
    for (const version of [versioned('1.9.0'), versioned('1.8.0'), nothingVersioned, undefined]) {
      assert.equal(again(ticket, seen, version).status, 'closed');
    }
    // The line was written before the version was raised.
    assert.equal(again(ticket, seen, versioned('1.10.0', afterMs(5 * minuteMs))).status, 'closed');
    const opened = again(ticket, seen, versioned('1.10.0'));
    assert.equal(opened.status, 'open');
    assert.equal(opened.metadata.reopened?.why, 'new_release');
    assert.match(opened.metadata.reopened?.reason ?? '', /version 1\.10\.0.*closed at 1\.9\.0/);
  });

  it('is opened by a tag that came since, not by one that was there', () => {
    const [v1, v2] = [
      { name: 'v1', at: '2026-01-01T00:00:00.000Z' },
      { name: 'v2', at: '2026-03-10T11:00:00.000Z' },
    ] as const;
    const ticket = closed(6, minuteMs, { tag: v1, tags: [v1] });
    assert.equal(again(ticket, every(minuteMs, 1), { tag: v1, tags: [v1] }).status, 'closed');
    assert.equal(again(ticket, every(minuteMs, 1), { tag: v2, tags: [v2, v1] }).status, 'open');
    const fetched = { name: 'v0', at: '2025-01-01T00:00:00.000Z' };
    const other = { tag: fetched, tags: [v1, fetched] };
    assert.equal(again(ticket, every(minuteMs, 1), other).status, 'closed');
  });

  it('goes by the release that the log itself names', () => {
    const ticket = closed(6, minuteMs, versioned('1.0.0'), { releases: ['shop@1.1.0'] });
    const seen = every(minuteMs, 1);
    const newer = versioned('2.0.0');
    assert.equal(
      again(ticket, seen, newer, 'shop@1.1.0').status,
      'closed',
      'an old one still runs',
    );
    assert.equal(again(ticket, seen, newer, 'shop@1.0.9').status, 'closed');
    assert.equal(again(ticket, seen, undefined, 'shop@1.2.0').status, 'open');
    const hashes = closed(6, minuteMs, nothingVersioned, { releases: ['9f8e7d6'] });
    assert.equal(again(hashes, seen, undefined, '9f8e7d6').status, 'closed');
    assert.equal(again(hashes, seen, undefined, '1a2b3c4').status, 'open');
  });

  it('is opened by feedback in the same way', () => {
    let ticket = closed(6, minuteMs);
    for (const at of every(minuteMs, 40)) {
      const signal = feedbackSignal({ at });
      const result = fold(signal, groupOf(signal), ticket, defaultSettings, at);
      if (result.kind === 'updated') ticket = { ...ticket, ...result.fields };
    }
    assert.equal(ticket.status, 'open');
  });

  it('stays closed without a mark, or with one that is none, and when it is merged', () => {
    const seen = every(1_000, 100);
    for (const metadata of [{}, { closed: 'yes' }, { closed: { at: 3 } }] as TicketMetadata[]) {
      assert.equal(again(ticketOf({ status: 'closed', metadata }), seen).status, 'closed');
    }
    const merged = closed(6, minuteMs, nothingVersioned, { mergedInto: 'exception-1' });
    assert.equal(again(merged, seen).status, 'closed');
  });
});
