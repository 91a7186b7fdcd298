import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { shortType } from '../../../src/signals/fingerprint.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { follow, logSettings } from './support/scanFolder.ts';

interface Expected {
  readonly kind: string;
  readonly language: string;
  readonly type: string | null;
  readonly message: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly lines?: readonly number[];
  readonly count: number;
  readonly countMin?: number;
  readonly countMax?: number;
  readonly optional?: boolean;
}

interface Entry {
  readonly file?: string;
  readonly files?: readonly string[];
  readonly tier: string;
  readonly groupsAccepted?: readonly number[];
  readonly expected: readonly Expected[];
}

const corpus = resolve(import.meta.dirname, '../../../../shared/corpus');
const entries: readonly Entry[] = existsSync(corpus)
  ? (JSON.parse(readFileSync(join(corpus, 'manifest.json'), 'utf8')) as { files: readonly Entry[] })
      .files
  : [];
const ours = new Set(['python', 'javascript', 'typescript']);

/** Exceptions of the languages there are grammars for; a trace cut in two by a rotation is not one yet. */
const wanted = ({ expected, tier }: Entry): readonly Expected[] =>
  tier === 'rotation'
    ? []
    : expected.filter(
        ({ kind, language, optional }) => kind === 'exception' && ours.has(language) && !optional,
      );

describe('real error output', () => {
  const folder = tempFolder();
  if (entries.length === 0) {
    it('shared/corpus', function () {
      console.log('    skipped: shared/corpus is not beside the project');
      this.skip();
    });
  }

  const groupsOf = async (entry: Entry) => {
    const names = entry.files ?? [entry.file ?? ''];
    cpSync(join(corpus, 'ws'), folder.path(), { recursive: true });
    mkdirSync(folder.path('logs'));
    for (const name of names) cpSync(join(corpus, 'logs', name), folder.path('logs', name));
    const { signals } = await follow(
      folder.path(),
      logSettings({ 'sources.logs': ['logs/**'] }),
    ).scan(true);
    const groups = new Map<
      string,
      { type: string; message: string; file: string; line: number | undefined; count: number }
    >();
    for (const signal of signals) {
      if (signal.kind !== 'exception') continue;
      const { type, message, frames } = signal.exception;
      const top = frames.find(({ inApp }) => inApp);
      const known = groups.get(signal.fingerprint.hash);
      groups.set(signal.fingerprint.hash, {
        type: shortType(type),
        message,
        count: (known?.count ?? 0) + 1,
        file: basename(signal.location?.file ?? top?.file ?? ''),
        line: signal.location?.line ?? top?.line,
      });
    }
    return [...groups.values()];
  };

  for (const entry of entries) {
    const name = entry.file ?? entry.files?.[0] ?? '';
    if (entry.tier === 'negative') {
      it(`${name}: no false alarm`, async () => assert.deepEqual(await groupsOf(entry), []));
    }
    if (wanted(entry).length === 0) continue;
    it(`${name}: every exception, in its group and place, as often as it happened`, async () => {
      const groups = await groupsOf(entry);
      for (const one of wanted(entry)) {
        const matches = groups.filter(
          (group) =>
            (one.type === null || shortType(one.type) === group.type) &&
            (one.file === null || basename(one.file) === group.file) &&
            (one.line === null || [one.line, ...(one.lines ?? [])].includes(group.line ?? -1)),
        );
        assert.ok(
          matches.length > 0,
          `${one.type} at ${one.file}:${one.line} in ${JSON.stringify(groups)}`,
        );
        if (entry.groupsAccepted) continue;
        const fits = ({ count }: { count: number }): boolean =>
          count >= (one.countMin ?? one.count) && count <= (one.countMax ?? one.count);
        assert.ok(matches.some(fits), `${one.type} ×${one.count} in ${JSON.stringify(matches)}`);
      }
    });
  }
});
