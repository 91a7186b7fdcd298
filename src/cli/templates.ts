import { readLogTemplates } from '../compose.ts';
import { type Arguments, usageError } from './arguments.ts';
import { exit } from './exitCodes.ts';
import type { Output } from './output.ts';

export const templatesHelp = [
  'templates FILE [--content]',
  "group a log's messages by template (--content: its lines have no header)",
] as const;

/** Opens no backlog and writes nothing. */
export async function templates(
  args: Arguments,
  out: Output,
  signal: AbortSignal,
): Promise<number> {
  const [file] = args.rest;
  if (file === undefined || args.rest.length > 1) throw usageError('`templates` needs one file.');
  const { groups, lines, problems } = await readLogTemplates(file, args.content, signal);
  for (const problem of problems) out.warn(`${problem.file}: ${problem.reason}`);
  out.result({ groups, lines }, () =>
    [...groups]
      .sort((a, b) => b.count - a.count)
      .map(({ template, count }) => `${String(count).padStart(8)}× ${template.slice(0, 300)}`)
      .join('\n'),
  );
  return lines.length === 0 ? exit.nothing : exit.done;
}
