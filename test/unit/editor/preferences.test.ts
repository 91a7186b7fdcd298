import assert from 'node:assert/strict';
import { preferencesDocument } from '../../../src/editor/preferencesText.ts';
import type { Learned } from '../../../src/pipeline.ts';

const learned: Learned = {
  enabled: true,
  since: '2026-03-05T08:00:00.000Z',
  models: [
    {
      taskType: 'bug_fix',
      model: 'big',
      acceptance: { value: 0.8, count: 12 },
      costUsd: { value: 0.4, count: 12 },
      minutes: { value: 3.12, count: 12 },
    },
  ],
  suggestions: [
    { role: 'patching', taskType: 'bug_fix', model: 'big', explores: false, reason: 'It is good.' },
  ],
  reviews: {
    decisions: 9,
    parts: { morning: 1 },
    days: { Mon: 1 },
    habit: { part: 'morning', days: ['Mon'] },
  },
  settings: [
    {
      setting: 'patchwright.selection.maxRisk',
      now: 7,
      suggested: 4,
      evidence: 'Of 9 patches for tickets of a risk above 4, 0 were approved and stayed.',
    },
  ],
};

const linesOf = (given: Learned) => {
  const { text, links } = preferencesDocument(given);
  const lines = text.split('\n');
  return { text, links: links.map(({ line, remedy }) => ({ line: lines[line], ...remedy })) };
};

describe('the document of learned preferences', () => {
  it('names its folder where there are several', () => {
    assert.match(preferencesDocument(learned, 'api').text, /^# Patchwright: .+ taught · api\n/);
    assert.match(preferencesDocument(learned).text, /^# Patchwright: .+ taught\n/);
  });

  it('says what was learned, what it suggests and why, and how to be rid of it', () => {
    const { text, links } = linesOf(learned);
    assert.match(text, /maxRisk: 4 instead of 7\nOf 9 patches for tickets of a risk above 4/);
    assert.match(text, /- Bug: big\. It is good\./);
    assert.match(text, /- Bug, big: 80 % approved · tried 12× · \$0\.40 · 3\.1 minutes/);
    assert.match(text, /You usually review in the morning, Mon\. Patches are told then/);
    assert.deepEqual(
      links.map(({ line, command, args }) => [line, command, args]),
      [
        ['→ Apply', 'patchwright.applySuggestion', ['patchwright.selection.maxRisk']],
        ['→ Export as JSON', 'patchwright.exportPreferences', []],
        ['→ Forget All of This…', 'patchwright.resetPreferences', []],
        ['→ Switch Learning Off', 'patchwright.switchLearning', ['off']],
      ],
    );
  });

  it('shows nothing of it while learning is off, but how to switch it on', () => {
    const { text, links } = linesOf({ ...learned, enabled: false });
    assert.ok(!text.includes('big') && !text.includes('maxRisk'), text);
    assert.deepEqual(
      links.map(({ command, args }) => [command, args]),
      [['patchwright.switchLearning', ['on']]],
    );
  });

  it('says so where too little is known', () => {
    const { since: _, ...rest } = learned;
    const nothing = { ...rest, models: [], suggestions: [], settings: [] };
    const reviews = { decisions: 1, parts: {}, days: {} };
    const { text, links } = linesOf({ ...nothing, reviews });
    assert.match(text, /too little is known[\s\S]*Nothing was learned yet[\s\S]*1 decisions/);
    assert.equal(links.length, 3);
  });

  it('makes no line and no link of what a name holds', () => {
    const model = 'x\n→ Apply\n## y';
    const [standing] = learned.models;
    const { text, links } = linesOf({
      ...learned,
      models: standing ? [{ ...standing, model }] : [],
    });
    assert.ok(!text.includes('\n## y') && !text.includes('\n→ Apply\n## y'), text);
    assert.equal(links.length, 4);
  });
});
