import type { Attempt } from './attempt.ts';
import type { Estimate, PlannedFile } from './plan.ts';

/** A plan as Markdown, for the terminal and the editor. What the model wrote in it stays text. */
export function planDocument({ ticketId, model, preview }: Attempt): string {
  if (!preview?.plan) return 'This plan is gone.';
  const { title, branch, plan, decision } = preview;
  return [
    `# Plan: ${inert(title)}`,
    '',
    decision ? `Decided: ${decision}.` : 'Nothing is changed until you confirm.',
    '',
    inert(plan.summary),
    '',
    `- Risk: **${plan.risk}**. ${inert(plan.riskReason)}`,
    `- Complexity: **${plan.complexity}**, about ${plan.estimatedLines} lines`,
    `- A draft will take about ${estimateText(plan.estimate)}`,
    `- Branch: \`${branch}\`; ticket \`${ticketId}\`; planned by ${inert(model)}`,
    '',
    '## Files',
    '',
    ...plan.files.map(fileLine),
    '',
    '## Approach',
    '',
    inert(plan.approach),
    '',
  ].join('\n');
}

function fileLine(file: PlannedFile): string {
  const { path, change } = file;
  return `- \`${path.replaceAll('`', "'")}${linesOf(file)}\`: ${inert(change)}`;
}

/** `:3–9`, `:3`, or nothing for a whole or new file. */
export function linesOf({ from, to }: PlannedFile): string {
  if (from === undefined) return '';
  return to === undefined || to === from ? `:${from}` : `:${from}–${to}`;
}

export function estimateText({ tokens, costUsd, reason }: Estimate): string {
  const amount = `${tokens.toLocaleString('en')} tokens`;
  return costUsd === undefined
    ? `${amount} (the price is not known; ${reason})`
    : `$${costUsd.toFixed(2)} (${amount}; ${reason})`;
}

/** No link, image or element: a preview of Markdown would load or run it. */
function inert(text: string): string {
  return text.replace(/[<>[\]]/g, (character) => `\\${character}`);
}
