import * as z from 'zod/mini';
import { levels, type PlanDraft } from '../../core/plan.ts';
import { normalisePath, unreadable } from './paths.ts';
import { defineTool, failed, type Tool } from './tool.ts';

const text = z.string().check(z.minLength(1), z.maxLength(4_000));
const line = z.optional(z.int().check(z.minimum(1)));

/** @param take where the plan goes */
export const planTool = (take: (plan: PlanDraft) => void): Tool =>
  defineTool({
    name: 'plan',
    description:
      'Hands in the finished plan. A person reads it, and a patch is written by it only if they agree.',
    readOnly: false,
    input: z.object({
      summary: text.check(z.describe('One or two sentences: what will be different.')),
      approach: text.check(z.describe('How it is to be done, and why that way.')),
      files: z
        .array(
          z.object({
            path: z.string().check(z.minLength(1), z.maxLength(500)),
            from: line.check(z.describe('First line that changes; leave out for a new file.')),
            to: line.check(z.describe('Last line that changes.')),
            change: z.string().check(z.minLength(1), z.maxLength(1_000)),
          }),
        )
        .check(z.minLength(1), z.maxLength(30))
        .check(z.describe('Every file that is to be changed or made, tests too.')),
      risk: z.enum(levels),
      risk_reason: text,
      complexity: z.enum(levels),
      estimated_lines: z.int().check(z.minimum(1), z.maximum(100_000)),
    }),
    detail: ({ summary }) => summary,

    async run(input) {
      for (const { path, from, to } of input.files) {
        const place = normalisePath(path);
        if (!place.ok) return unreadable(path, place.reason);
        if (from !== undefined && to !== undefined && to < from) {
          return failed(`${path}: \`to\` comes before \`from\`.`);
        }
      }
      const { risk_reason: riskReason, estimated_lines: estimatedLines, ...rest } = input;
      take({ ...rest, files: input.files.map(defined), riskReason, estimatedLines });
      const { summary, approach } = input;
      const submission = { summary, reasoning: approach, testFiles: [] };
      return { ok: true, text: 'Taken.', submission };
    },
  });

/** Without the lines that were left out. */
function defined<
  T extends { readonly from?: number | undefined; readonly to?: number | undefined },
>({ from, to, ...rest }: T) {
  return {
    ...rest,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}
