import type { Git, GitOptions } from '../core/ports.ts';
import { readBlobs } from './readBlobs.ts';
import { modes, treeChanges } from './treeChanges.ts';

const maxAnswerBytes = 4 << 20;
const maxBytes = 64 << 20;
const [maxFilesAhead, maxBytesAhead] = [50, 16 << 20];

/**
 * Objects never change: what git has said of them once in a judging is not asked again. Only commands
 * that name each object by its whole id are remembered; all else, and git elsewhere, is as before.
 * @param ahead contents of blobs that are known already, by name
 */
export function rememberObjects(git: Git, ahead: ReadonlyMap<string, Buffer> = new Map()): Git {
  const answers = new Map<string, Promise<Answer>>();
  let bytes = 0;
  const ask = async (args: readonly string[], options: GitOptions): Promise<Answer> => {
    const okCodes = options.okCodes ?? [0];
    if (okCodes.length === 1) return { code: 0, stdout: await git.bytes(args, options) };
    const { code, out } = await git.code(args, options);
    return { code, stdout: Buffer.from(out) };
  };
  const remembered = (args: readonly string[], options: GitOptions = {}): Promise<Answer> => {
    if (!namesObjects(args) || options.extraEnv || options.input !== undefined)
      return ask(args, options);
    const read = knownBlob(ahead, args, options);
    if (read) return Promise.resolve(read);
    const key = JSON.stringify([args, options.okCodes ?? [0], options.maxOutputBytes ?? null]);
    const known = answers.get(key);
    if (known) return known;
    const answer = ask(args, options);
    answers.set(key, answer);
    const keep = ({ stdout }: Answer): void => {
      if (stdout.length > maxAnswerBytes || bytes + stdout.length > maxBytes) answers.delete(key);
      else bytes += stdout.length;
    };
    answer.then(keep, () => answers.delete(key));
    return answer;
  };
  return {
    ...git,
    run: async (args, options) => textOf(await remembered(args, options)),
    bytes: async (args, options) => (await remembered(args, options)).stdout,
    code: async (args, options) => {
      const answer = await remembered(args, options);
      return { code: answer.code, out: textOf(answer) };
    },
  };
}

interface Answer {
  readonly code: number;
  readonly stdout: Buffer;
}

/** What `cat-file` would say of a blob that has been read. */
function knownBlob(
  ahead: ReadonlyMap<string, Buffer>,
  [command, how, name]: readonly string[],
  { maxOutputBytes = maxAnswerBytes }: GitOptions,
): Answer | undefined {
  const blob = command === 'cat-file' && name !== undefined ? ahead.get(name) : undefined;
  if (!blob || blob.length > maxOutputBytes) return undefined;
  if (how === 'blob') return { code: 0, stdout: blob };
  if (how === '-s') return { code: 0, stdout: Buffer.from(`${blob.length}\n`) };
  return how === '-e' ? { code: 0, stdout: Buffer.alloc(0) } : undefined;
}

/** Both sides of each file that a patch changes, since every gate looks at them. */
export async function changedBlobs(
  git: Git,
  { base, commit }: { readonly base: string; readonly commit: string },
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Buffer>> {
  const changes = await treeChanges(git, base, commit, signal);
  if (changes.length > maxFilesAhead) return new Map();
  const names = changes
    .flatMap(({ path, status, newMode, newBlob }) => [
      ...(status === 'D' || newMode === modes.gitlink ? [] : [newBlob, `${commit}:${path}`]),
      ...(status === 'A' ? [] : [`${base}:${path}`]),
    ])
    .filter((name) => !name.includes('\n'));
  const input = names.map((name) => `${name}\n`).join('');
  const listed = await git.run(['cat-file', '--batch-check=%(objectsize)'], { input, signal });
  const bytes = listed.split('\n').reduce((sum, size) => sum + (Number(size) || 0), 0);
  return bytes > maxBytesAhead ? new Map() : readBlobs(git, names, signal);
}

function textOf({ stdout }: Answer): string {
  return stdout.toString('utf8').replace(/\r?\n$/, '');
}

const readers = new Set(['cat-file', 'diff-tree', 'ls-tree']);
const wholeId = /^([0-9a-f]{40}|[0-9a-f]{64})(\^\{tree\}|:[^]*)?$/;

function namesObjects([command = '', ...args]: readonly string[]): boolean {
  if (!readers.has(command)) return false;
  const end = args.indexOf('--');
  const words = (end < 0 ? args : args.slice(0, end)).filter((word) => !word.startsWith('-'));
  const names = command === 'cat-file' && words[0] === 'blob' ? words.slice(1) : words;
  return names.length > 0 && names.every((name) => wholeId.test(name));
}
