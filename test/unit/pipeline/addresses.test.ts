import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compose } from '../../../src/compose.ts';
import { parseSettings } from '../../../src/core/settings.ts';
import { tempFolder } from '../../support/tempFolder.ts';

const address = (i: number): string => `10.${i}.7.${i + 20}`;
const times = <T>(n: number, one: (i: number) => T): T[] =>
  Array.from({ length: n }, (_, i) => one(i));
const jsonLines = (records: readonly unknown[]): string =>
  records.map((one) => `${JSON.stringify(one)}\n`).join('');

const files = {
  'app.log': times(6, (i) =>
    [
      `2026-03-02T10:00:0${i}Z ERROR request failed`,
      `Error: connect ECONNREFUSED ${address(i)}:5432`,
      '    at connect (/srv/app/src/db.js:4:9)',
      `2026-03-02T10:01:0${i}Z ERROR no route to [2001:db8::${i}]:443 from ${address(i)}`,
      '',
    ].join('\n'),
  ).join(''),
  'feedback.jsonl': jsonLines(
    times(6, (i) => ({
      timestamp: `2026-03-02T10:00:0${i}Z`,
      text:
        i % 2
          ? `Printing on ${address(i)} crashes`
          : `The app crashes when printing to ${address(i)}`,
    })),
  ),
  'interactions.jsonl': jsonLines(
    times(120, (i) => ({
      timestamp: new Date(Date.UTC(2026, 2, 2) + i * 60_000).toISOString(),
      message: i % 10 ? `Where is order ${i}` : `How do I allow ${address(i)} in the firewall?`,
      response: i % 10 ? 'On its way' : '',
    })),
  ),
};

describe('IP addresses in evidence', function () {
  this.timeout(60_000);
  const temp = tempFolder('pw-addresses');

  const scanned = async (name: string, settings: Readonly<Record<string, unknown>>) => {
    const folder = temp.path(name);
    mkdirSync(folder);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    const app = await compose({
      folder,
      settings: () => parseSettings(settings),
      apiKey: () => Promise.resolve(undefined),
      environment: {},
      log: () => undefined,
      trusted: true,
    });
    try {
      await app.pipeline.scan();
      const tickets = app.backlog.tickets.list();
      return {
        ids: tickets.map(({ id }) => `${id} ${app.backlog.groups.get(id)?.count}`).sort(),
        text: JSON.stringify(tickets.map(({ title, evidence }) => [title, evidence])),
        kinds: new Set(tickets.map(({ id }) => id.replace(/-.*/, ''))),
      };
    } finally {
      await app.dispose();
    }
  };

  it('are masked unless the setting keeps them; tickets and counts are the same either way', async () => {
    const masked = await scanned('masked', {});
    const kept = await scanned('kept', { 'patchwright.privacy.maskIpAddresses': false });
    assert.deepEqual(masked.ids, kept.ids);
    assert.deepEqual([...masked.kinds].sort(), ['exception', 'feedback', 'interaction']);
    assert.doesNotMatch(masked.text, /10\.\d+\.7\.\d+|2001:db8/);
    assert.match(masked.text, /ECONNREFUSED <ip>:5432/);
    assert.match(kept.text, /ECONNREFUSED 10\.\d+\.7\.\d+:5432/);
    assert.match(kept.text, /2001:db8/);
  });
});
