import { type Arguments, parseArguments, usageError } from './cli/arguments.ts';
import type { Command } from './cli/command.ts';
import { commands } from './cli/commands.ts';
import { demo } from './cli/demo.ts';
import { exit, exitCodeOf } from './cli/exitCodes.ts';
import { foldersOf } from './cli/folder.ts';
import { openApp } from './cli/openApp.ts';
import { createOutput, type Output, plain } from './cli/output.ts';
import { explainPlace, placeOf, whereElse } from './cli/place.ts';
import { sandbox } from './cli/sandbox.ts';
import { scanSecrets } from './cli/scanSecrets.ts';
import { signals } from './cli/signals.ts';
import { templates } from './cli/templates.ts';
import { runTogether } from './cli/together.ts';
import { usage } from './cli/usage.ts';
import { versionOf } from './platform/version.ts';
import { errorMessage, isPatchwrightError } from './core/errors.ts';

/** The same house without an editor: arguments in, text or JSON and an exit code out. */
async function main(argv: readonly string[]): Promise<number> {
  const args = parseArguments(argv);
  if (args.version) {
    process.stdout.write(`${versionOf()}\n`);
    return exit.done;
  }
  if (args.help || args.command === undefined || args.command === 'help') {
    process.stdout.write(usage());
    return args.help || args.command ? exit.done : exit.usage;
  }
  const out = createOutput(args.json, args.verbose);
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  if (args.folders.length > 1 && commands[args.command] === undefined) {
    throw usageError(`${args.command} takes one folder.`);
  }
  if (args.command === 'demo') return demo(args, out, process.env, controller.signal);

  if (args.command === 'sandbox') return sandbox(args, out, process.env, controller.signal);
  if (args.command === 'signals') return signals(args, out, controller.signal);
  if (args.command === 'scan-secrets') return scanSecrets(args, out, controller.signal);
  if (args.command === 'templates') return templates(args, out, controller.signal);

  const command = commands[args.command];
  if (!command) throw usageError(`There is no command ${JSON.stringify(args.command)}.`);
  const tooMany = args.rest[command.operands];
  if (tooMany !== undefined)
    throw usageError(`${args.command} does not take ${JSON.stringify(tooMany)}.`);
  const folders = foldersOf(args, process.env);
  if (args.all || folders.length > 1) {
    return runTogether(args.command, command, folders, { args, out, signal: controller.signal });
  }
  return runHere(command, args, out, controller.signal);
}

async function runHere(
  command: Command,
  given: Arguments,
  out: Output,
  signal: AbortSignal,
): Promise<number> {
  const place = await placeOf(given);
  const args = { ...given, folder: place.folder };
  if (place.isAbove) out.warn(`The backlog is that of ${place.folder}.`);
  const app = await openApp(args, out, process.env, command);
  try {
    for (const notice of app.backlog.notices) out.warn(notice);
    if (!command.readOnly) await app.pipeline.recover();
    const code = await command.run({ app, args, out, signal });
    const elsewhere = code === exit.nothing ? whereElse(place) : undefined;
    if (elsewhere) out.warn(`${elsewhere.why} ${elsewhere.remedy}`);
    return code;
  } catch (error) {
    throw explainPlace(error, place);
  } finally {
    await app.dispose();
  }
}

/** Failures are told on stderr; with --json also as a document on stdout, so that scripts can read why. */
function report(error: unknown, json: boolean): number {
  const message = plain(errorMessage(error));
  if (json) {
    const code = isPatchwrightError(error) ? error.code : 'internal';
    process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
  }
  process.stderr.write(`patchwright: ${message}\n`);
  if (!isPatchwrightError(error) && error instanceof Error && process.env.PATCHWRIGHT_DEBUG) {
    process.stderr.write(`${error.stack ?? ''}\n`);
  }
  return exitCodeOf(error);
}

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exit.done);
});

const argv = process.argv.slice(2);
void main(argv)
  .catch((error: unknown) => report(error, argv.includes('--json')))
  .then((code) => {
    process.exitCode = code;
  });
