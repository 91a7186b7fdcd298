import type { PatchFile } from '../../src/core/attempt.ts';
import type { GateReport, Verdict } from '../../src/core/gate.ts';
import type { PatchRequest } from '../../src/core/patchRequest.ts';

/** Plain examples around a patch request, each field of which a test can override. */
export function requestOf(fields: Partial<PatchRequest> = {}): PatchRequest {
  return {
    id: '6f1c2f0e-5b7a-4f0d-9f57-0c9f2f3a1b2c',
    ticketId: 'exception-abababab',
    attemptId: 'd8b2a0f4-1111-4222-8333-444455556666',
    createdAt: '2026-03-02T09:10:00.000Z',
    status: 'PENDING_APPROVAL',
    branch: 'improvement/exception-abababab',
    base: 'a'.repeat(40),
    commit: 'b'.repeat(40),
    files: [fileOf('test/cart.test.js', { status: 'added' }), fileOf('src/cart.js')],
    testFiles: ['test/cart.test.js'],
    diff: '--- a/src/cart.js\n+++ b/src/cart.js\n',
    newCode: 'module.exports = {};\n',
    reasoning: 'An empty cart has no items.',
    component: 'src',
    improvementType: 'bug_fix',
    confidence: { value: 0.91, parts: [{ label: 'reproduction', value: 1 }] },
    gates: [gateReportOf('protected'), gateReportOf('size')],
    feedbackIds: [],
    model: 'recorded',
    ...fields,
  };
}

export function fileOf(path: string, fields: Partial<PatchFile> = {}): PatchFile {
  return {
    path,
    status: 'modified',
    oldMode: '100644',
    newMode: '100644',
    added: 1,
    removed: 0,
    ...fields,
  };
}

export function gateReportOf(id: GateReport['id'], verdict: Verdict = 'passed'): GateReport {
  return { id, verdict, reason: 'Its reason.', durationMs: 5, evidence: [], output: '', marks: [] };
}
