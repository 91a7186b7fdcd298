/** An attempt once more from its transcript: the recorded replies, today's code, no model. */
import { PatchwrightError } from '../core/errors.ts';
import type { Block, Message, Model } from '../core/model.ts';
import { redact } from '../core/secrets.ts';
import type { Submission } from '../core/attempt.ts';
import { type AgentDeps, runAgent } from './agent.ts';
import type { TranscriptEntry } from './transcript.ts';

type Of<K extends TranscriptEntry['kind']> = Extract<TranscriptEntry, { kind: K }>;

export interface Recorded {
  readonly start: Of<'start'>;
  readonly sent: readonly Of<'sent'>[];
  readonly replies: readonly Of<'reply'>[];
  /** undefined: the process was killed. */
  readonly end: Of<'end'> | undefined;
}

/** Something that came out differently from how it was recorded. */
export interface Difference {
  readonly step: number;
  readonly what: string;
  readonly recorded: string;
  readonly replayed: string;
}

export interface Replayed {
  readonly steps: number;
  readonly submission?: Submission;
  readonly differences: readonly Difference[];
}

/** @param saved what was saved of an attempt, in order; a crash may have cut its end */
export function recordedIn(saved: readonly unknown[]): Recorded {
  const entries = saved as readonly TranscriptEntry[]; // written by us
  const start = entries.find((entry) => entry.kind === 'start');
  const sent = entries.filter((entry) => entry.kind === 'sent');
  if (!start || sent.length === 0) throw unreadable();
  return {
    start,
    sent,
    replies: entries.filter((entry) => entry.kind === 'reply'),
    end: entries.find((entry) => entry.kind === 'end'),
  };
}

/** Runs the loop on the recorded replies. Gates are not run again: they answer as they did. */
export async function replay(
  recorded: Recorded,
  deps: Omit<AgentDeps, 'model' | 'submit' | 'saveTranscript'>,
  signal: AbortSignal,
): Promise<Replayed> {
  const sent: Of<'sent'>[] = [];
  let end: Of<'end'> | undefined;
  const verdicts = rejections(recorded);
  const running = runAgent(
    {
      ...deps,
      model: modelOf(recorded),
      submit: () => Promise.resolve(verdicts.shift() ?? { accepted: true, feedback: '' }),
      saveTranscript: (entry) => {
        if (entry.kind === 'sent') sent.push(asSaved(entry));
        if (entry.kind === 'end') end = asSaved(entry);
        return Promise.resolve();
      },
    },
    textOf(recorded.sent[0]?.message),
    signal,
  );
  await running.catch((error: unknown) => {
    if (signal.aborted || end === undefined) throw error; // else it is how the attempt ended
  });
  const differences = [...differencesOf(recorded.sent, sent), ...differentEnd(recorded.end, end)];
  const submission = end?.submission;
  return { steps: end?.step ?? 0, differences, ...(submission ? { submission } : {}) };
}

/** What is saved is redacted; so only what is redacted alike can be compared. */
function asSaved<T extends TranscriptEntry>(entry: T): T {
  return JSON.parse(redact(JSON.stringify(entry))) as T;
}

function modelOf({ start, replies }: Recorded): Model {
  const left = [...replies];
  return {
    name: start.model,
    ...(start.contextTokens === undefined ? {} : { contextTokens: start.contextTokens }),
    reply: () => {
      const next = left.shift();
      return next ? Promise.resolve(next) : Promise.reject(atEnd());
    },
  };
}

const rejected = 'Not accepted. Correct the patch and submit again.\n';

/** What the gates said to submissions, in order; the one that was accepted ended the attempt. */
function rejections({
  sent,
}: Recorded): { readonly accepted: boolean; readonly feedback: string }[] {
  return sent
    .flatMap(({ message }) => message.content)
    .flatMap((block) =>
      block.type === 'tool_result' && block.content.startsWith(rejected)
        ? [{ accepted: false, feedback: block.content.slice(rejected.length) }]
        : [],
    );
}

function textOf(message: Message | undefined): string {
  return (message?.content ?? [])
    .flatMap((block) => (block.type === 'text' ? [block.text] : []))
    .join('');
}

function differencesOf(
  recorded: readonly Of<'sent'>[],
  replayed: readonly Of<'sent'>[],
): Difference[] {
  const found: Difference[] = [];
  for (const [index, before] of recorded.entries()) {
    const now = replayed[index];
    if (!now) break; // told by how it ended
    for (const [at, block] of before.message.content.entries()) {
      const [was, is] = [comparable(block), comparable(now.message.content[at])];
      if (was !== is) found.push({ step: before.step, what: 'told', recorded: was, replayed: is });
    }
  }
  return found;
}

/** Of a test run only the verdict: its output has times in it. */
function comparable(block: Block | undefined): string {
  if (block?.type === 'text') return block.text;
  if (block?.type !== 'tool_result') return '';
  return /^Verdict: .*/.exec(block.content)?.[0] ?? block.content;
}

function differentEnd(
  recorded: Of<'end'> | undefined,
  replayed: Of<'end'> | undefined,
): Difference[] {
  if (!recorded || !replayed) return [];
  const [was, is] = [recorded, replayed].map(
    ({ submission, error }) => submission?.summary ?? error ?? '',
  );
  if (was === is) return [];
  return [{ step: replayed.step, what: 'ended', recorded: was ?? '', replayed: is ?? '' }];
}

function atEnd(): PatchwrightError {
  return new PatchwrightError('model_bad_reply', {
    what: 'The transcript ends here.',
    why: 'The attempt got no further reply of its model.',
    remedy: '',
  });
}

function unreadable(): PatchwrightError {
  return new PatchwrightError('corrupt', {
    what: 'The transcript of this attempt cannot be replayed.',
    why: 'It is not there, or its beginning is missing.',
    remedy: 'Draft the ticket again.',
  });
}
