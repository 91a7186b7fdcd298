import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startRecordedModel } from '../compose.ts';
import { allowVariable } from '../core/sandbox.ts';
import { copyWorkspace } from '../platform/demoWorkspace.ts';
import { type Arguments, usageError } from './arguments.ts';
import { scanText } from './houseCommands.ts';
import { requestText } from './views.ts';
import { exit } from './exitCodes.ts';
import { openApp } from './openApp.ts';
import type { Output } from './output.ts';
import { progressLine } from './progress.ts';
import { changes, gateText, ticketLine, ticketText } from './views.ts';

export const demoHelp = [
  'demo [DIR] [--model NAME]',
  'do the main job on a copy of the demo workspace (in a new folder, or DIR)',
] as const;

/** The main job on a copy of the demo workspace: scan → tickets → draft → gates → patch request. */
export async function demo(
  args: Arguments,
  out: Output,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<number> {
  const media = mediaFolder();
  const folder = realpathSync(emptyFolder(args.rest[0]));
  await copyWorkspace(join(media, 'demo'), folder);
  const real = args.model !== undefined;
  if (real && !environment.ANTHROPIC_API_KEY) throw usageError('--model needs ANTHROPIC_API_KEY.');
  const recorded = real ? undefined : await startRecordedModel(join(media, 'demo.recording.json'));
  out.say(`Demo workspace: ${folder}`);
  out.say(
    recorded
      ? `Model: ${recorded.name}, a recorded one: scripted replies through the real protocol and SDK. The tests really run.`
      : `Model: ${args.model ?? ''}`,
  );
  const app = await openApp(
    { folder, ...(real && args.model ? { model: args.model } : {}) },
    out,
    // The recorded patch is our own; a real model's is held or not run.
    recorded ? { ...environment, ...recorded.environment, [allowVariable]: '1' } : environment,
    {},
  );
  const subscription = app.pipeline.onDidProgress((progress) => {
    const line = progressLine(progress);
    if (line) out.say(line);
  });
  try {
    const { backlog, pipeline } = app;
    out.say('\n1. Scan: read what the service wrote into its log');
    out.say(`  ${scanText(await pipeline.scan(signal))}`);
    out.say(
      '  (An error becomes a ticket when it was seen 5 times, or once if it ended the program.)',
    );
    out.say('\n2. Tickets');
    for (const ticket of backlog.tickets.list()) {
      out.say(`  ${ticketLine(ticket, backlog.groups.get(ticket.id))}`);
    }
    out.say('\n3. Draft the top ticket: a test that fails, then the fix, in a worktree of its own');
    const request = await pipeline.draft(undefined, signal);
    const ticket = backlog.tickets.get(request.ticketId);
    if (ticket) out.say(`\n${ticketText(ticket, backlog.groups.get(ticket.id), [], [])}`);
    out.say(`\n4. The patch (${changes(request)}, ${request.commit.slice(0, 12)})\n`);
    out.say(request.diff);
    out.say('5. Gates');
    for (const report of request.gates) out.say(`  ${gateText(report).replaceAll('\n', '\n  ')}`);
    out.result({ folder, requestId: request.id, ticketId: request.ticketId }, () =>
      [
        '\n6. The patch request waits for you',
        `  ${requestText(request, { folder }).replaceAll('\n', '\n  ')}`,
        '',
        '  In VS Code: npm run demo -- --open',
      ].join('\n'),
    );
    return exit.done;
  } finally {
    await subscription.dispose();
    await app.dispose();
    await recorded?.dispose();
  }
}

function emptyFolder(wanted: string | undefined): string {
  if (wanted === undefined) return mkdtempSync(join(tmpdir(), 'patchwright-demo-'));
  mkdirSync(wanted, { recursive: true });
  if (readdirSync(wanted).length > 0) throw usageError(`${wanted} is not empty.`);
  return wanted;
}

/** Beside the bundle when built, two folders up when run from the sources. */
function mediaFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const candidates = [join(here, '..', 'media'), join(here, '..', '..', 'media')];
  return candidates.find((path) => existsSync(join(path, 'demo'))) ?? join(here, '..', 'media');
}
