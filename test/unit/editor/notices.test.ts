import assert from 'node:assert/strict';
import { defaultSettings, parseSettings } from '../../../src/core/settings.ts';
import {
  isWorthTelling,
  mayWait,
  type Notice,
  toldOf,
  waitBefore,
} from '../../../src/editor/notices.ts';

const rules = defaultSettings.notifications;
const ready = (given: Partial<Notice & { kind: 'ready' }> = {}): Notice & { kind: 'ready' } => ({
  kind: 'ready',
  sessionId: 's1',
  requestId: 'r1',
  title: 'TypeError: x',
  confidence: 0.5,
  priority: 'medium',
  ...given,
});
const preview: Notice = {
  kind: 'preview',
  sessionId: 's1',
  ticketId: 't1',
  title: 'Exports crash',
  reason: '10 users report the same.',
};
const at = (time: string): Date => new Date(`2026-11-20T${time}:00`); // this machine's clock

describe('what pops up', () => {
  it('is a ready patch of high confidence or priority, and what many users report', () => {
    assert.equal(isWorthTelling(ready(), rules), false);
    assert.equal(isWorthTelling(ready({ confidence: 0.9 }), rules), true);
    assert.equal(isWorthTelling(ready({ priority: 'high' }), rules), true);
    assert.equal(isWorthTelling(ready({ priority: 'critical' }), rules), true);
    assert.equal(isWorthTelling(ready({ priority: undefined }), rules), false);
    assert.equal(
      isWorthTelling(ready({ confidence: 0.5 }), { ...rules, minConfidence: 0.5 }),
      true,
    );
    assert.equal(isWorthTelling(preview, rules), true);
  });

  it('may wait until the person usually reviews, unless it is urgent or asked for by many', () => {
    assert.deepEqual(
      [ready(), ready({ priority: 'high' }), ready({ priority: 'critical' }), preview].map(mayWait),
      [true, false, false, false],
    );
  });

  it('waits until the quiet hours are over, also past midnight', () => {
    const night = { ...rules, quietHours: '22:00-07:00' };
    assert.equal(waitBefore(night, at('21:59')), 0);
    assert.equal(waitBefore(night, at('22:00')), 9 * 3_600_000);
    assert.equal(waitBefore(night, at('06:59')), 60_000);
    assert.equal(waitBefore(night, at('07:00')), 0);
    const noon = { ...rules, quietHours: '12:00-13:30' };
    assert.equal(waitBefore(noon, at('13:00')), 30 * 60_000);
    assert.equal(waitBefore(noon, at('14:00')), 0);
  });

  it('never comes when it is switched off', () => {
    assert.equal(waitBefore({ ...rules, enabled: false }, at('12:00')), undefined);
    assert.equal(waitBefore(rules, at('03:00')), 0);
  });

  it('says which patch, with its confidence, and leads to its diff', () => {
    const { message, button, target } = toldOf([ready({ confidence: 0.934 })]);
    assert.equal(message, 'A patch is ready to review (confidence 0.93): TypeError: x');
    assert.equal(button, 'Open Diff');
    assert.deepEqual(target, { kind: 'request', id: 'r1' });
    assert.deepEqual(toldOf([preview]).target, { kind: 'ticket', id: 't1', sessionId: 's1' });
  });

  it('is one, however many there are', () => {
    const { message, target } = toldOf([ready(), preview, ready({ requestId: 'r2' })]);
    assert.equal(message, '2 patches to review. 1 ticket reported by many users.');
    assert.deepEqual(target, { kind: 'review' });
  });

  it('takes only two times of the day for quiet hours', () => {
    const key = 'patchwright.notifications.quietHours';
    assert.equal(parseSettings({ [key]: '23:30-06:00' }).notifications.quietHours, '23:30-06:00');
    for (const wrong of ['22-7', '24:00-07:00', '22:00', 'at night'])
      assert.throws(() => parseSettings({ [key]: wrong }), /quietHours/);
  });
});
