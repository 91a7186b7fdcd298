/** The lane that costs no token: the tool that found it mends it, and the gates judge that like any patch. */
import { join } from 'node:path';
import { patchOf } from '../attempt/patch.ts';
import type { Worktree } from '../attempt/worktree.ts';
import { isPatchwrightError, PatchwrightError } from '../core/errors.ts';
import { gatesPassed } from '../core/gate.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import type { Progress } from '../core/progress.ts';
import type { Settings } from '../core/settings.ts';
import type { Ticket } from '../core/ticket.ts';
import { type ToolFinding, toolFindingOf, toolName } from '../core/toolFix.ts';
import { fixWithTool, isInstalled } from '../gates/static/fix.ts';
import { nextTicket } from './claim.ts';
import { attempt, eventsOf, type Job, note, toTesting, type Wanted } from './attempt.ts';
import { draft } from './draft.ts';
import type { House } from './house.ts';
import { feedbackOf, judge } from './judge.ts';
import { newRequest } from './request.ts';

/** By the tool that found it where it can, else by a model. */
export async function draftTicket(
  house: House,
  wanted: Wanted,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<PatchRequest> {
  const settings = house.settings();
  const { kind } = await house.sandbox(settings);
  const mended =
    kind === 'refused' ? undefined : await fixByTool(house, wanted, settings, tell, signal);
  return mended ?? draft(house, wanted, tell, signal);
}

/** undefined: no tool can, or the gates refused what it did; then a model has to. */
async function fixByTool(
  house: House,
  { ticketId, again }: Wanted,
  settings: Settings,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<PatchRequest | undefined> {
  const ticket = ticketNamed(house, ticketId, settings);
  const finding = ticket && toolFindingOf(ticket);
  if (!finding || !isInstalled(finding, house.folder)) return undefined;
  if (await hasFailedHere(house, ticket, finding)) return undefined;
  const model = { name: toolName(finding) };
  try {
    const start = { ticketId: ticket.id, again, settings, model, tell, signal };
    return await attempt(house, start, (job, worktree) => mend(job, worktree, finding));
  } catch (error) {
    if (!isPatchwrightError(error, 'gates_failed') && !isPatchwrightError(error, 'nothing_to_do')) {
      throw error;
    }
    house.log(`${finding.tool} did not mend ${ticket.id} by itself: ${error.why}`);
    return undefined;
  }
}

function ticketNamed(
  house: House,
  ticketId: string | undefined,
  settings: Settings,
): Ticket | undefined {
  if (ticketId !== undefined) return house.backlog.tickets.get(ticketId);
  try {
    return nextTicket(house, settings);
  } catch (error) {
    if (isPatchwrightError(error, 'nothing_to_do')) return undefined; // said when one is claimed
    throw error;
  }
}

/** The same tool on the same commit would come to the same. */
async function hasFailedHere(
  { backlog, git }: House,
  { id }: Ticket,
  finding: ToolFinding,
): Promise<boolean> {
  const head = await git.run(['rev-parse', 'HEAD']);
  return backlog.attempts
    .ofTicket(id)
    .some(({ model, base }) => model === toolName(finding) && base === head);
}

async function mend(job: Job, worktree: Worktree, finding: ToolFinding): Promise<PatchRequest> {
  const { house, settings, ticket, ledger, signal } = job;
  const { tool, rule, file } = finding;
  ledger.submissions += 1;
  ledger.costUsd = 0;
  note(job, { kind: 'stage', text: `${tool} may mend this by itself; no model is asked` });
  const root = join(worktree.path, worktree.prefix);
  const held = await house.held(root, settings);
  const timeoutMs = settings.test.timeoutSeconds * 1000;
  if (!(await fixWithTool(held, root, finding, timeoutMs, signal))) throw notMended(tool, rule);
  await toTesting(job);
  const summary = `${tool} mended what it reports as ${rule} in ${file}; no model took part.`;
  const { commit } = await worktree.commit({
    ticketId: ticket.id,
    attemptId: job.attempt.id,
    title: ticket.title,
    summary,
    testFiles: [],
    model: toolName(finding),
  });
  ledger.patch = await patchOf(worktree.git, worktree.base, commit, worktree.branch, []);
  const tests = await house.findTests(root, settings);
  const on = eventsOf(job);
  const judging = { house, settings, ticket, finding, on, useCache: true, signal };
  ledger.gates = await judge(judging, worktree, ledger.patch, tests, await house.protection());
  if (!gatesPassed(ledger.gates)) throw refused(tool, feedbackOf(ledger.gates));
  return newRequest(job, { reasoning: summary });
}

function notMended(tool: string, rule: string): PatchwrightError {
  return new PatchwrightError('nothing_to_do', {
    what: `${tool} can't mend ${rule} by itself.`,
    why: 'It is not installed there, or changes nothing.',
    remedy: '',
  });
}

function refused(tool: string, why: string): PatchwrightError {
  return new PatchwrightError('gates_failed', {
    what: `What ${tool} made of it did not pass the gates.`,
    why: why.split('\n')[0] ?? '',
    remedy: 'A model is asked next.',
  });
}
