import assert from 'node:assert/strict';
import type { Release } from '../../../src/core/patchRequest.ts';
import type { Progress } from '../../../src/core/progress.ts';
import type { Dialogs } from '../../../src/editor/dialogs.ts';
import { createReleaseNotice } from '../../../src/editor/releaseNotice.ts';

let looks = 0;
const looked = (verdict: 'worse' | 'better'): Progress => ({
  kind: 'release_looked',
  at: `2026-11-20T22:00:00.${String((looks += 1)).padStart(3, '0')}Z`,
  releaseId: 'release-1',
  requestId: 'request-1',
  ticketId: 'exception-1',
  verdict,
  sentence: '5 times as many of this error.',
  rolledBack: false,
});

describe('what is told of a release', () => {
  let now: Date;
  let told: string[];
  let mentioned: string[];
  let pressed: string | undefined;
  let rolledBack: string[];
  let stored: Map<string, unknown>;
  let planned: { readonly ms: number; readonly work: () => void } | undefined;

  const notice = (quietHours: string) =>
    createReleaseNotice({
      dialogs: {
        tell: (_, message) => {
          told.push(message);
          return Promise.resolve(pressed);
        },
        mention: (message) => void mentioned.push(message),
      } as Partial<Dialogs> as Dialogs,
      actions: {
        rollBack: (id) => Promise.resolve(rolledBack.push(id)),
        openDiff: () => Promise.resolve(),
      },
      log: assert.fail,
      memory: {
        get: (key: string) => stored.get(key) as never,
        update: async (key, value) => void stored.set(key, structuredClone(value)),
      },
      quietHours: () => quietHours,
      folderName: (id) => (id === 'api' ? 'api' : undefined),
      now: () => now,
      after(ms, work) {
        planned = { ms, work };
        return { dispose: () => (planned = undefined) };
      },
    });

  beforeEach(() => {
    now = new Date('2026-11-20T23:00:00'); // this machine's clock
    [told, mentioned, rolledBack] = [[], [], []];
    [pressed, planned] = [undefined, undefined];
    stored = new Map();
  });

  it('comes at once where no hours are quiet, and can be acted on', async () => {
    pressed = 'Roll Back';
    notice('').onProgress(looked('worse'), 'only');
    assert.equal(told.length, 1);
    await new Promise((done) => setImmediate(done));
    assert.deepEqual(rolledBack, ['release-1']);
  });

  it('names the folder where several are open', () => {
    notice('').onProgress(looked('worse'), 'api');
    notice('').onProgress(looked('better'), 'only');
    assert.match(told[0] ?? '', /exception-1 \(api\)/);
    assert.deepEqual(mentioned, ['exception-1: 5 times as many of this error.']);
  });

  it('waits until the quiet hours are over, and leaves nothing out', () => {
    const { onProgress } = notice('22:00-07:00');
    onProgress(looked('worse'), 'only');
    onProgress(looked('better'), 'only');
    onProgress(
      {
        kind: 'auto_approved',
        ticketId: 'exception-2',
        requestId: 'request-2',
        approved: { kind: 'kept', branch: 'improvement/x' },
      },
      'only',
    );
    assert.deepEqual([told, mentioned], [[], []]);
    assert.equal(planned?.ms, 8 * 3_600_000);
    now = new Date('2026-11-21T07:00:00');
    planned?.work();
    assert.equal(told.length, 2);
    assert.match(told[1] ?? '', /exception-2/);
    assert.equal(mentioned.length, 1);
    planned = undefined;
    onProgress(looked('worse'), 'only');
    assert.equal(told.length, 3);
    assert.equal(planned, undefined);
  });

  it('waits for the next window where this one is closed before, and is told once', () => {
    const first = notice('22:00-07:00');
    first.onProgress(looked('worse'), 'only');
    first.dispose();
    const second = notice('22:00-07:00');
    second.resume();
    assert.deepEqual(told, [], 'it is still quiet');
    assert.equal(planned?.ms, 8 * 3_600_000);
    second.dispose();
    now = new Date('2026-11-21T09:00:00');
    const third = notice('22:00-07:00');
    third.resume();
    third.resume();
    notice('22:00-07:00').resume();
    assert.equal(told.length, 1);
    assert.equal(planned, undefined);
  });

  it('plans nothing for what it does not tell, and nothing once it is disposed', () => {
    const quiet = notice('22:00-07:00');
    quiet.onProgress({ kind: 'scanning' }, 'only');
    assert.equal(planned, undefined);
    quiet.onProgress(looked('worse'), 'only');
    quiet.dispose();
    assert.equal(planned, undefined);
  });

  it('comes, once, of a look that a run outside the editor has made, but not of what was before', () => {
    const at = (minutesAgo: number) => new Date(now.getTime() - minutesAgo * 60_000).toISOString();
    const releaseOf = (id: string, minutesAgo: number): Release => ({
      id,
      requestId: id,
      ticketId: `exception-${id}`,
      commit: 'c'.repeat(40),
      branch: 'work',
      backupRef: '',
      appliedAt: at(5_000),
      looks: [{ minutes: 5, at: at(minutesAgo), verdict: 'worse', sentence: 'More of it.' }],
    });
    const landed = (...releases: Release[]) => [{ sessionId: 'only', releases }];
    const old = releaseOf('1', 90);
    notice('').resume(landed(old));
    assert.deepEqual(told, [], 'nothing is known of before');
    const [missed, own] = [releaseOf('2', 60), releaseOf('3', 0)];
    const open = notice('');
    open.resume(landed(old, missed, own));
    open.resume(landed(old, missed, own));
    assert.equal(told.length, 1, 'whoever looked just now tells it');
    assert.match(told[0] ?? '', /exception-2/);
    const progress = { ...looked('worse'), releaseId: own.id, at: own.looks?.[0]?.at } as Progress;
    open.onProgress(progress, 'only');
    now = new Date(now.getTime() + 600_000);
    notice('').resume(landed(old, missed, own));
    assert.equal(told.length, 2);
  });
});
