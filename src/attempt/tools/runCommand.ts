import { stripVTControlCharacters } from 'node:util';
import * as z from 'zod/mini';
import { redact } from '../../core/secrets.ts';
import { systemCode } from '../../core/errors.ts';
import { cutMiddle, maxResultChars } from './output.ts';
import { defineTool, failed } from './tool.ts';

const timeoutMs = 120_000;

/** Offered only where there is a sandbox, and the user allowed commands. */
export const runCommand = defineTool({
  name: 'run_command',
  description:
    'Runs one of the allowed commands in the repository, without a shell and without network. Each word is an argument of its own; what follows an allowed command is passed on. Asked for another one, it names those that are allowed.',
  readOnly: false,
  failureAnswers: true,
  input: z.object({
    argv: z.array(z.string().check(z.maxLength(2_000))).check(z.minLength(1), z.maxLength(50)),
  }),
  detail: ({ argv }) => argv.join(' '),

  async run({ argv }, { commands, root }, signal) {
    if (!commands) return failed('No commands can be run here.');
    if (!isAllowed(argv, commands.allowed)) {
      return failed(`Not allowed. Allowed are: ${commands.allowed.join('; ')}.`);
    }
    const [file = '', ...args] = argv;
    try {
      const result = await commands.shell.run({ file, args, cwd: root, timeoutMs }, signal);
      const output = clean(result.stdout.toString() + result.stderr.toString(), root);
      const code = result.timedOut
        ? `stopped after ${timeoutMs / 1000} s`
        : `exit code ${result.exitCode ?? 'none'}`;
      const text = `${code}\n${cutMiddle(output, maxResultChars - 100)}`;
      return { ok: result.exitCode === 0, text };
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
      return failed(`${file} could not be started (${systemCode(error)}).`);
    }
  },
});

/** `npm run lint` allows `npm run lint src`, not `npm run lint:all` and not `npm run`. */
export function isAllowed(argv: readonly string[], allowed: readonly string[]): boolean {
  return allowed.some((entry) => {
    const words = entry.trim().split(/\s+/);
    return words[0] !== '' && words.every((word, index) => argv[index] === word);
  });
}

function clean(text: string, root: string): string {
  return redact(stripVTControlCharacters(text).replaceAll(root, '.').trim());
}
