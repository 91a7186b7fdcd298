import { resolve } from 'node:path';
import { readLogs } from '../compose.ts';
import { type Arguments, usageError } from './arguments.ts';
import { exit } from './exitCodes.ts';
import type { Output } from './output.ts';

export const signalsHelp = [
  'signals FILE… [--folder DIR]',
  'show the errors in log files, grouped; a rotated set is one log',
] as const;

type Findings = Awaited<ReturnType<typeof readLogs>>;
type Group = Findings['groups'] extends ReadonlyMap<string, readonly (infer G)[]> ? G : never;

/** Opens no backlog and writes nothing. */
export async function signals(args: Arguments, out: Output, signal: AbortSignal): Promise<number> {
  if (args.rest.length === 0) throw usageError('`signals` needs the name of a log file.');
  const found = await readLogs(args.rest, resolve(args.folder), signal);
  for (const { file, reason } of found.problems) out.warn(`${file}: ${reason}`);
  out.result(Object.fromEntries(found.groups), () => textOf(found));
  const isEmpty = [...found.groups.values()].every((groups) => groups.length === 0);
  return isEmpty ? exit.nothing : exit.done;
}

function textOf({ groups }: Findings): string {
  return [...groups]
    .map(([file, found]) =>
      [
        `${file}: ${found.length === 0 ? 'nothing found' : `${found.length} group${found.length === 1 ? '' : 's'}`}`,
        ...found.flatMap(groupText),
      ].join('\n'),
    )
    .join('\n\n');
}

function groupText(group: Group): string[] {
  const { count, severity, kind, language } = group;
  const place = placeText(group);
  return [
    `${String(count).padStart(6)}× ${severity} ${kind} (${language})  ${headOf(group)}`,
    ...(place === '' ? [] : [`        at ${group.function ? `${group.function} ` : ''}${place}`]),
    ...group.chain.map((cause) => {
      const at = placeText(cause);
      return `        caused by ${headOf(cause)}${at === '' ? '' : ` at ${at}`}`;
    }),
  ];
}

function headOf({ type, message }: { readonly type: string | null; readonly message: string }) {
  const line = message.trim().split('\n', 1)[0]?.slice(0, 200) ?? '';
  return type === null ? line : line === '' ? type : `${type}: ${line}`;
}

function placeText({ file, line }: Pick<Group, 'file' | 'line'>): string {
  if (file === null) return '';
  return line === null ? file : `${file}:${line}`;
}
