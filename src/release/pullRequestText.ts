import { gateTally, gateTitles, type Verdict } from '../core/gate.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import { redact } from '../core/secrets.ts';
import type { Ticket } from '../core/ticket.ts';
import { oneLine } from './commit.ts';

/** What a reviewer on a forge reads. Sanitised: titles, evidence and reasoning come from outside. */
export function pullRequestText(
  request: PatchRequest,
  ticket: Ticket,
  remark = '',
): { readonly title: string; readonly body: string } {
  const tally = gateTally(request.gates);
  const body = [
    quoted(ticket.description),
    '## Why',
    quoted(request.reasoning),
    `Ticket \`${ticket.id}\`: ${plain(ticket.priority.reason)} Risk ${ticket.risk.value}/10: ${plain(ticket.risk.reason)}`,
    '## Proof',
    `Confidence ${request.confidence.value.toFixed(2)}, ${tally.passed} of ${tally.of} gates passed.`,
    [
      '| gate | verdict | what it found |',
      '| --- | --- | --- |',
      ...request.gates.map(
        ({ id, verdict, reason }) =>
          `| ${gateTitles[id]} | ${marks[verdict]} ${verdict.replace('_', ' ')} | ${plain(reason)} |`,
      ),
    ].join('\n'),
    ...markedIn(request),
    ...proofIn(request),
    '## How to verify',
    [
      `1. Check out \`${request.base.slice(0, 12)}\` with ${files(request.testFiles)} of this branch and run ${request.testFiles.length === 1 ? 'it' : 'them'}: the test fails.`,
      '2. Check out this branch and run the same: it passes, and so does the whole suite.',
    ].join('\n'),
    `Written by ${plain(request.model)} and judged by Patchwright's gates; commit \`${request.commit}\` is what was judged.`,
    plain(remark),
  ];
  return {
    title: oneLine(redact(`Fix ${ticket.title}`)),
    body: redact(body.filter(Boolean).join('\n\n')).slice(0, maxChars),
  };
}

/** GitHub takes 65,536. */
const maxChars = 60_000;

const marks: Readonly<Record<Verdict, string>> = {
  passed: '✅',
  failed: '❌',
  skipped: '⏭',
  not_configured: '➖',
};

function markedIn({ gates }: PatchRequest): string[] {
  const all = gates.flatMap((gate) => gate.marks);
  return all.length === 0
    ? []
    : ['### To look at', all.map((mark) => `- ${plain(mark)}`).join('\n')];
}

function proofIn({ gates }: PatchRequest): string[] {
  const lines = gates.find(({ id }) => id === 'reproduction')?.evidence ?? [];
  return lines.length === 0
    ? []
    : ['### The test, before and after', lines.map((line) => `- ${plain(line)}`).join('\n')];
}

function files(paths: readonly string[]): string {
  return paths.map((path) => `\`${path.replace(/`/g, '')}\``).join(', ');
}

/**
 * No mention, link, image, HTML or table break of a log line's making acts on the forge. Masked first: of a
 * key with an underscore in it no rule would know the escaped form.
 */
function plain(text: string): string {
  return oneLine(redact(text), 500)
    .replace(/[\\`*_[\]<>|#!]/g, '\\$&')
    .replaceAll('@', '@\u200b');
}

function quoted(text: string): string {
  return redact(text)
    .slice(0, 4_000)
    .split(/\r?\n/)
    .map((line) => `> ${plain(line)}`)
    .join('\n');
}
