import type { ExceptionSignal, FeedbackSignal, Signal } from '../../src/core/signal.ts';
import { type SignalGroup, type Ticket, ticketIdOf } from '../../src/core/ticket.ts';

/** Plain examples of the nouns, each field of which a test can override. */

const at = '2026-03-02T09:00:00.000Z';

export function exceptionSignal(fields: Partial<ExceptionSignal> = {}): ExceptionSignal {
  return {
    kind: 'exception',
    fingerprint: {
      version: 1,
      hash: 'ab'.repeat(32),
      parts: [{ label: 'type', value: 'TypeError' }],
    },
    title: 'TypeError: x is undefined',
    at,
    source: { file: 'logs/app.log', offset: 0 },
    severity: 'error',
    exception: {
      kind: 'exception',
      language: 'javascript',
      type: 'TypeError',
      message: 'x is undefined',
      frames: [{ file: '/srv/app/src/cart.js', function: 'total', line: 7, inApp: true }],
      causes: [],
      severity: 'error',
      raw: 'TypeError: x is undefined\n    at total (/srv/app/src/cart.js:7:3)',
    },
    location: { file: 'src/cart.js', line: 7, function: 'total' },
    ...fields,
  };
}

export function feedbackSignal(fields: Partial<FeedbackSignal> = {}): FeedbackSignal {
  return {
    kind: 'feedback',
    fingerprint: { version: 1, hash: 'cd'.repeat(32), parts: [] },
    title: 'The total is wrong',
    at,
    source: { file: 'feedback.jsonl', offset: 0 },
    feedback: {
      id: 'f1',
      timestamp: at,
      text: 'The total is wrong',
      sentiment: 'negative',
      metadata: {},
    },
    ...fields,
  };
}

export function groupOf(signal: Signal, fields: Partial<SignalGroup> = {}): SignalGroup {
  return {
    id: ticketIdOf(signal),
    fingerprint: signal.fingerprint.hash,
    kind: signal.kind,
    count: 1,
    firstSeen: signal.at,
    lastSeen: signal.at,
    ...fields,
  };
}

export function ticketOf(fields: Partial<Ticket> = {}): Ticket {
  return {
    id: 'exception-abababab',
    title: 'TypeError: x is undefined',
    description: 'TypeError: x is undefined in src/cart.js:7.',
    category: 'bug_fix',
    status: 'open',
    priority: { value: 'medium', reason: 'Seen 6 times; the program went on.' },
    risk: { value: 3, reason: 'Its stack touches 1 file of this workspace.' },
    effort: { value: 2, reason: 'The stack names the place.' },
    createdAt: at,
    updatedAt: at,
    evidence: [],
    proposedSolution: '',
    testPlan: '',
    filesToModify: ['src/cart.js'],
    metadata: {},
    ...fields,
  };
}
