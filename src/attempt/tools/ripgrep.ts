import { systemCode } from '../../core/errors.ts';
import type { Shell } from '../../core/ports.ts';

const maxOutputBytes = 2 << 20;
const timeoutMs = 15_000;

/** No configuration of the user's, hidden files as git sees them, the same order each time. */
const options = [
  '--no-config',
  '--hidden',
  '--glob=!.git',
  '--no-follow',
  '--sort=path',
  '--null',
  '--no-heading',
  '--with-filename',
  '--line-number',
  '--color=never',
  '--max-columns=4000',
  '--max-columns-preview',
];

export interface RipgrepQuery {
  readonly pattern: string;
  readonly regex: boolean;
  readonly ignoreCase: boolean;
  /** As `pathspecs` gives them. */
  readonly specs: readonly string[];
}

export type RipgrepAnswer =
  /** Each `file NUL line NUL text`. */
  | { readonly ok: true; readonly lines: readonly string[] }
  | { readonly ok: false; readonly reason?: string };

/** undefined: ripgrep is not installed. Its expressions take linear time, whatever they are. */
export async function ripgrep(
  { pattern, regex, ignoreCase, specs }: RipgrepQuery,
  shell: Shell,
  root: string,
  signal: AbortSignal,
): Promise<RipgrepAnswer | undefined> {
  const args = [
    ...options,
    ...(regex ? [] : ['--fixed-strings']),
    ...(ignoreCase ? ['--ignore-case'] : []),
    ...specs.flatMap(toGlobs).map((glob) => `--glob=${glob}`),
    '--regexp',
    pattern,
    '--',
    './', // without it, it reads its standard input
  ];
  try {
    const command = { file: 'rg', args, cwd: root, maxOutputBytes, timeoutMs };
    const { exitCode, stdout, stderr } = await shell.run(command, signal);
    if (exitCode === 0 || exitCode === 1) return { ok: true, lines: linesOf(stdout.toString()) };
    const [, reason] = /\nerror: (.{1,300})/.exec(stderr.toString()) ?? [];
    return { ok: false, ...(reason ? { reason } : {}) };
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'EACCES') return undefined;
    throw error;
  }
}

/** The same files for ripgrep: anchored, so that a leading `!` means itself. */
function toGlobs(spec: string): string[] {
  const [, magic, path = ''] = /^:\((literal|glob)\)(.*)$/s.exec(spec) ?? [];
  if (magic === 'glob') return [`/${path}`];
  const literal = path.replace(/[*?[\]{}\\]/g, '\\$&');
  return [`/${literal}`, `/${literal}/**`];
}

function linesOf(out: string): string[] {
  return out
    .split('\n')
    .map((line) => line.replace(/^\.\//, '').replace(/^([^\0]*\0\d+):/, '$1\0'));
}
