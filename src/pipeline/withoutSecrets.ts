import type { PatchRequest } from '../core/patchRequest.ts';
import type { Ticket } from '../core/ticket.ts';
import { findSecrets } from '../gates/secrets/scanner.ts';

export interface Masked {
  readonly request: PatchRequest;
  readonly ticket: Ticket;
  /** How many values were masked. */
  readonly count: number;
}

/** What is told of a patch outside, looked through as the patch itself is: every value that looks like a secret masked. */
export async function withoutSecrets(
  request: PatchRequest,
  ticket: Ticket,
  signal?: AbortSignal,
): Promise<Masked> {
  const { title, description, priority, risk } = ticket;
  const told = [
    title,
    description,
    priority.reason,
    risk.reason,
    request.reasoning,
    ...request.gates.flatMap(({ reason, marks, evidence }) => [reason, ...marks, ...evidence]),
  ];
  const found = await findSecrets({ name: 'pull request', text: told.join('\n') }, signal);
  const values = new Map(found.map(({ value, masked }) => [value, masked]));
  const mask = (text: string): string =>
    [...values].reduce((rest, [value, masked]) => rest.replaceAll(value, masked), text);
  return {
    count: values.size,
    request: {
      ...request,
      reasoning: mask(request.reasoning),
      gates: request.gates.map((gate) => ({
        ...gate,
        reason: mask(gate.reason),
        marks: gate.marks.map(mask),
        evidence: gate.evidence.map(mask),
      })),
    },
    ticket: {
      ...ticket,
      title: mask(title),
      description: mask(description),
      priority: { ...priority, reason: mask(priority.reason) },
      risk: { ...risk, reason: mask(risk.reason) },
    },
  };
}
