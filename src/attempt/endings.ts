/** Why an attempt ended without a patch, as a person should read it. */
import { PatchwrightError } from '../core/errors.ts';
import { escapeInvisible } from './visible.ts';

/** How often a model that calls no tool is asked to go on. */
export const maxNudges = 2;

export function refused(said: string): PatchwrightError {
  const reason = escapeInvisible(said).slice(0, 300);
  return new PatchwrightError('model_refused', {
    what: 'The model declined to work on this ticket.',
    why: reason ? `It said: ${reason}` : 'It gave no reason.',
    remedy: 'Reword the ticket, choose another model (patchwright.model.name), or fix it by hand.',
  });
}

/** @param result what it was to hand in; default: a patch */
export function noSubmission(result = 'patch'): PatchwrightError {
  return new PatchwrightError('no_submission', {
    what: `The model ended without submitting a ${result}.`,
    why: `It stopped calling tools, though it was asked ${maxNudges} times to go on.`,
    remedy: 'Add what you know to the ticket and draft it again, or choose another model.',
  });
}

export function stuck(loop: string): PatchwrightError {
  return new PatchwrightError('model_stuck', {
    what: 'The attempt was stopped, as the model was going in circles.',
    why: `After a warning, ${loop}.`,
    remedy: 'Add what you know to the ticket and draft it again, or choose another model.',
  });
}

export function contextFull(): PatchwrightError {
  return new PatchwrightError('model_bad_reply', {
    what: 'The attempt was stopped, as the conversation no longer fits the model.',
    why: "It has filled the model's context window, also without its older tool results.",
    remedy: 'Split the ticket into smaller ones, or choose a model with a larger context window.',
  });
}

export function gatesFailed(submissions: number, feedback: string): PatchwrightError {
  const firstLine = feedback.trim().split('\n')[0] ?? '';
  return new PatchwrightError('gates_failed', {
    what: 'The patch did not pass the gates.',
    why: `${submissions === 1 ? 'The only submission' : `The last of ${submissions} submissions`} failed: ${firstLine.slice(0, 300)}`,
    remedy:
      'Look at the gates, then draft the ticket again or raise patchwright.limits.submissionsPerAttempt.',
  });
}
