import assert from 'node:assert/strict';
import type { Said } from '../../../src/core/team.ts';
import { teamDocument } from '../../../src/editor/teamText.ts';

const request: Said<'request'> = {
  kind: 'request',
  id: '7c9e6679-7425-40de-944b-e07fc1f90ae0',
  by: 'user:anna@example.org',
  ticketId: 'exception-1',
  createdAt: '2026-03-05T08:00:00.000Z',
  status: 'PENDING_APPROVAL',
  base: 'a'.repeat(40),
  commit: 'b'.repeat(40),
  diff: 'diff --git a/x b/x\n',
  files: ['x'],
  testFiles: [],
  reasoning: 'The list was empty.\n→ Approve',
  component: 'x',
  confidence: 0.9,
  gates: [{ id: 'suite', verdict: 'passed', reason: 'All pass.' }],
  model: 'm',
};
const yes: Said<'approval'> = {
  kind: 'approval',
  id: request.id,
  by: 'user:ben@example.org',
  diff: 'c'.repeat(64),
  at: '2026-03-05T09:00:00.000Z',
  comment: 'Well\ndone.',
};
const nobody = { theirs: [], heard: [], isOn: true };
const patch = { request, title: 'TypeError: x', approvals: [yes] };

const linesOf = (source: Parameters<typeof teamDocument>[0]) => {
  const { text, links } = teamDocument(source);
  const lines = text.split('\n');
  return { text, links: links.map(({ line, remedy }) => [lines[line], remedy.args?.[0]]) };
};

describe('the patches of the team', () => {
  it('names the folder where there are several, and says why nothing comes while sharing is off', () => {
    const { text } = linesOf({ ...nobody, isOn: false, folder: 'api' });
    assert.match(text, /^# Patchwright: 0 patches of others to decide about · api\n/);
    assert.match(text, /patches of others do not come here/);
    assert.match(linesOf({ ...nobody, theirs: [patch], isOn: false }).text, /what is shown came/);
  });

  it('says whose each is, for which ticket, how it stands and who said yes', () => {
    const { text, links } = linesOf({ ...nobody, theirs: [patch] });
    assert.match(text, /^# Patchwright: 1 patch of others/);
    assert.match(text, /## TypeError: x/);
    assert.match(text, /anna@example\.org · waits for a decision · exception-1 · 7c9e6679 · 2026/);
    assert.match(text, /these gates passed: suite; here none has run/);
    assert.match(text, /Yes of ben@example\.org, 2026-03-05 09:00:00 UTC: Well done\./);
    assert.deepEqual(links, [
      ['→ Sync Now', undefined],
      ['→ Show Patch', request.id],
      ['→ Say Yes…', request.id],
      ['→ Take It Over', request.id],
    ]);
  });

  it('offers nothing to decide of what is decided, and no patch that was kept back', () => {
    const { diff: _, ...kept } = request;
    const landed = { ...patch, request: { ...request, status: 'APPLIED' as const } };
    const { text, links } = linesOf({ ...nobody, theirs: [landed, { ...patch, request: kept }] });
    assert.deepEqual(
      links.map(([line]) => line),
      ['→ Sync Now', '→ Show Patch'],
    );
    assert.match(text, /was kept back/);
  });

  it('shows who said yes to a patch of ours, and how to share the backlog at all', () => {
    const heard = [{ requestId: 'r1', title: 'Mine', approvals: [yes] }];
    const { text, links } = linesOf({ theirs: [], heard, isOn: false });
    assert.match(text, /off; what is shown came before/);
    assert.match(text, /## Yours: Mine\n\nYes of ben/);
    assert.deepEqual(links, [
      ['→ Open Settings', 'patchwright.sync'],
      ['→ Open Diff', 'r1'],
    ]);
  });
});
