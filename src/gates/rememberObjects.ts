import type { Git, GitOptions } from '../core/ports.ts';

const maxAnswerBytes = 4 << 20;
const maxBytes = 64 << 20;

/**
 * Objects never change: what git has said of them once in a judging is not asked again. Only commands
 * that name each object by its whole id are remembered; all else, and git elsewhere, is as before.
 */
export function rememberObjects(git: Git): Git {
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
