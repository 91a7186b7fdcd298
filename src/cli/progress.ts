import type { App } from '../compose.ts';
import type { Progress } from '../core/progress.ts';
import type { Output } from './output.ts';
import { cost, gateLine } from './views.ts';

/** Tells what happens while `work` goes on. */
export async function sayingProgress<T>(app: App, out: Output, work: () => Promise<T>): Promise<T> {
  const subscription = app.pipeline.onDidProgress((progress) => {
    const line = progressLine(progress);
    if (line) out.say(line);
  });
  try {
    return await work();
  } finally {
    await subscription.dispose();
  }
}

/** One line for each thing that happens while a patch is made; undefined for what is not worth one. */
export function progressLine(progress: Progress): string | undefined {
  switch (progress.kind) {
    case 'attempt_started':
      return `Drafting ${progress.ticketId} on ${progress.branch}`;
    case 'preview_started':
      return `Planning: ${progress.title}`;
    case 'preview':
    case 'attempt':
      return attemptLine(progress.progress);
    case 'preview_ended':
      return progress.ok && progress.unasked
        ? `A plan for "${progress.title}" waits for your decision: ${progress.previewId.slice(0, 8)}`
        : undefined;
    case 'gate':
      return `  ${gateLine(progress.report)}`;
    case 'auto_approved':
      return `Approved by itself (patchwright.approve.auto): ${autoText(progress)}`;
    case 'release_looked':
      return `${progress.ticketId}: ${progress.sentence}${worseText(progress)}`;
    case 'landing':
    case 'canary':
      return `  ${progress.text}`;
    case 'attempt_ended':
      return progress.ok ? progress.message : undefined;
    case 'preview_wanted':
      return `${progress.ticketId}: ${progress.reason} ${progress.title}`;
    case 'scanning':
    case 'scanned':
    case 'scan_failed':
    case 'gate_started':
      return undefined;
  }
}

function autoText({ approved, requestId }: Extract<Progress, { kind: 'auto_approved' }>): string {
  if (approved.kind !== 'landed') return approved.kind.replace('_', ' ');
  const { branch, commit } = approved.release;
  return `merged into ${branch} as ${commit.slice(0, 12)}. Undo it with \`patchwright rollback ${requestId.slice(0, 8)}\`.`;
}

function worseText({
  verdict,
  rolledBack,
  requestId,
}: Extract<Progress, { kind: 'release_looked' }>): string {
  if (rolledBack) return ' It was rolled back.';
  if (verdict !== 'worse') return '';
  return ` Take it back with \`patchwright rollback ${requestId.slice(0, 8)}\`.`;
}

function attemptLine(
  progress: Extract<Progress, { kind: 'attempt' }>['progress'],
): string | undefined {
  switch (progress.kind) {
    case 'stage':
      return `  ${progress.text}`;
    case 'said':
      return progress.text
        .trim()
        .split('\n')
        .map((line) => `  │ ${line}`)
        .join('\n');
    case 'tool':
      return `  ${progress.ok ? '→' : failedMark(progress.name)} ${progress.name} ${progress.detail}`;
    case 'step':
      return `  step ${progress.step} · ${cost(progress)}`;
  }
}

/** A test that fails is often just what is wanted; anything else that fails is not. */
function failedMark(tool: string): string {
  return tool === 'run_tests' ? '→ (fails)' : '✗';
}
