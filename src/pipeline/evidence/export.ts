import { canaryOf } from '../../core/canary.ts';
import { PatchwrightError } from '../../core/errors.ts';
import { type EvidenceBundle, evidenceFormat, evidenceVersion } from '../../core/evidence.ts';
import { redact } from '../../core/secrets.ts';
import type { Settings } from '../../core/settings.ts';
import { findSecrets } from '../../gates/secrets/scanner.ts';
import { wholeRequestOf } from '../lookUp.ts';
import type { House } from '../house.ts';
import { seal, sha256Of } from './seal.ts';

/** Everything that proves a request's patch. Throws `not_found`, and `gates_failed` where it would give a secret away. */
export async function exportEvidence(
  house: House,
  requestId: string,
  signal: AbortSignal,
): Promise<EvidenceBundle> {
  const { backlog, git } = house;
  const request = await wholeRequestOf(house, requestId);
  const { base, commit, testFiles, ticketId } = request;
  await assertThere(house, commit);
  const treeOf = (of: string): Promise<string> => git.run(['rev-parse', `${of}^{tree}`]);
  const diff = (await git.bytes([...whole, base, commit], { signal })).toString('utf8');
  const tests = await Promise.all(
    testFiles.map(async (path) => {
      const content = (await git.bytes(['cat-file', 'blob', `${commit}:${path}`])).toString('utf8');
      return { path, content, sha256: sha256Of(content) };
    }),
  );
  const shown = [{ name: 'the patch', text: diff }].concat(
    tests.map(({ path, content }) => ({ name: path, text: content })),
  );
  await assertNoSecrets(shown, await house.acceptedSecrets(), signal);
  const ticket = backlog.tickets.get(ticketId);
  const attempt = backlog.attempts.get(request.attemptId);
  const words = masked({
    request: {
      id: request.id,
      ticketId,
      title: ticket?.title ?? '',
      reasoning: request.reasoning,
      createdAt: request.createdAt,
      confidence: request.confidence.value,
      exceptionType: ticket?.metadata.exceptionType ?? null,
    },
    model: {
      name: request.model,
      costUsd: request.costUsd ?? null,
      steps: attempt?.steps ?? null,
      usage: attempt ? { ...attempt.usage } : null,
    },
    gates: request.gates.map(({ id, verdict, reason, durationMs, evidence, marks, output }) => ({
      id,
      verdict,
      reason,
      durationMs,
      evidence: [...evidence],
      marks: [...marks],
      output,
    })),
    settings: await rulesOf(house, house.settings()),
    canary: canaryOf(request),
  });
  return seal({
    format: evidenceFormat,
    version: evidenceVersion,
    madeAt: house.clock.now().toISOString(),
    madeBy: madeBy(house),
    request: words.request,
    model: words.model,
    base: { commit: base, tree: await treeOf(base) },
    patch: {
      commit,
      tree: await treeOf(commit),
      diff,
      sha256: sha256Of(diff),
      testFiles: [...testFiles],
    },
    tests,
    gates: words.gates,
    ...(words.canary ? { canary: words.canary } : {}),
    settings: words.settings,
  });
}

/** Renames as a deletion and an addition: then the text alone says what comes out. */
const whole = [
  'diff-tree',
  '-r',
  '-p',
  '--binary',
  '--full-index',
  '--no-renames',
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
  '--src-prefix=a/',
  '--dst-prefix=b/',
];

export function madeBy({ version }: Pick<House, 'version'>): EvidenceBundle['madeBy'] {
  return {
    patchwright: version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}

/** Settings that verdicts depend on. */
export async function rulesOf(
  house: Pick<House, 'protection'>,
  { limits, gates, test, sandbox }: Settings,
): Promise<Readonly<Record<string, unknown>>> {
  return { limits, gates, test, sandbox, protected: (await house.protection()).patterns };
}

/** Every text in it redacted. */
export function masked<T>(value: T): T {
  if (typeof value === 'string') return redact(value) as T;
  if (Array.isArray(value)) return value.map((one: unknown) => masked(one)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, one]) => [name, masked(one as unknown)]);
  return Object.fromEntries(entries) as T;
}

async function assertThere({ git }: House, commit: string): Promise<void> {
  const options = { okCodes: [0, 1, 128] };
  const { code } = await git.code(['cat-file', '-e', `${commit}^{commit}`], options);
  if (code === 0) return;
  throw new PatchwrightError('not_found', {
    what: `The commit ${commit.slice(0, 10)} is gone.`,
    why: 'Its branch was deleted and git has cleaned up since.',
    remedy: 'Draft the ticket again.',
  });
}

/** A patch can't be redacted and still be the patch; what it removes or stands beside counts, too. */
async function assertNoSecrets(
  sources: readonly { readonly name: string; readonly text: string }[],
  accepted: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  for (const source of sources) {
    const found = (await findSecrets(source, signal)).find((one) => !accepted.has(one.fingerprint));
    if (!found) continue;
    throw new PatchwrightError('gates_failed', {
      what: 'The evidence was not written.',
      why: `Line ${found.line} of ${found.source} holds a secret: ${found.rule} ${found.masked}.`,
      remedy: `If it is none, put ${found.fingerprint} into .patchwright/secrets-allow.`,
    });
  }
}
