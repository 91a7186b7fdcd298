import { statSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { App } from '../compose.ts';
import { isPatchwrightError } from '../core/errors.ts';
import { gateTitles } from '../core/gate.ts';
import type { GivenPatch, GivenTest } from '../pipeline/given.ts';
import { type Arguments, usageError } from './arguments.ts';
import { type Command, type Context, gatesNamed, requestNamed, ticketNamed } from './command.ts';
import { exit } from './exitCodes.ts';
import { evidenceCommands } from './evidenceCommands.ts';
import { contentOf } from './files.ts';
import { sayingProgress } from './progress.ts';
import { gatesView, requestView } from '../views.ts';
import { canaryLines, gateText, requestText, selfTestLines } from './views.ts';

export const gateCommands: Readonly<Record<string, Command>> = {
  gates: {
    usage:
      'REQUEST | TICKET | selftest | --patch FILE [--test FILE]… [--ticket ID] [--base REV] [--no-cache]',
    help: "show the gate results of a request or of a ticket's last attempt, judge any patch, or test the gates",
    operands: 1,
    readOnly: true,
    run: gates,
  },
  propose: {
    usage: '--patch FILE --ticket ID [--test FILE]… [-m WHY]',
    help: 'put a patch of your own or of another tool forward, through the same gates',
    operands: 0,
    run: propose,
  },
  ...evidenceCommands,
  canary: {
    usage: 'REQUEST',
    help: 'start the app without and with a patch (patchwright.canary.start) and compare them under the same load; exit code 4 when it got worse',
    operands: 1,
    run: canary,
  },
};

async function gates(context: Context): Promise<number> {
  const { app, args, out } = context;
  if (args.patch !== undefined) return judge(context, args.patch);
  const [name = ''] = args.rest;
  if (name === 'selftest') return selfTest(context);
  const { requestId, gates: reports } = await gatesNamed(app, name);
  const view = gatesView(requestId, reports);
  out.result(view, () => reports.map(gateText).join('\n'));
  return view.passed ? exit.done : exit.refused;
}

async function canary({ app, args, out, signal }: Context): Promise<number> {
  const { id } = requestNamed(app, args.rest[0]);
  const result = await sayingProgress(app, out, () => app.pipeline.canary(id, signal));
  out.result({ requestId: id, ...result }, () => canaryLines(result).join('\n'));
  return result.verdict === 'worse' ? exit.refused : exit.done;
}

/** Over patches that are known to be bad. */
async function selfTest({ app, out, signal }: Context): Promise<number> {
  const result = await app.pipeline.selfTest(
    (done, of, id) => out.say(`${String(done + 1).padStart(2)}/${of} ${id}`),
    signal,
  );
  out.result(result, () => selfTestLines(result));
  return result.passed ? exit.done : exit.refused;
}

async function judge({ app, args, out, signal }: Context, patch: string): Promise<number> {
  if (args.rest.length > 0) throw usageError('`gates` takes a request or --patch, not both.');
  const ticketId = args.ticket === undefined ? undefined : ticketNamed(app, args.ticket).id;
  const { reports } = await app.pipeline.judge(
    givenPatch(app, args, patch),
    { useCache: args.useCache, ...(ticketId === undefined ? {} : { ticketId }) },
    { started: (id) => out.say(`Running: ${gateTitles[id]}`), ended: () => undefined },
    signal,
  );
  const view = gatesView(undefined, reports);
  out.result(view, () => reports.map(gateText).join('\n'));
  return view.passed ? exit.done : exit.refused;
}

async function propose({ app, args, out, signal }: Context): Promise<number> {
  if (args.patch === undefined) throw usageError('`propose` needs --patch FILE.');
  const ticketId = ticketNamed(app, args.ticket).id;
  const proposal = {
    ...givenPatch(app, args, args.patch),
    ticketId,
    reasoning: args.message ?? 'No reason was given.',
    by: args.model ?? 'external',
  };
  try {
    const request = await sayingProgress(app, out, () => app.pipeline.propose(proposal, signal));
    out.result(requestView(request), () => requestText(request, args));
    return exit.done;
  } catch (error) {
    const reports = app.backlog.attempts.ofTicket(ticketId).at(-1)?.gates;
    if (!isPatchwrightError(error, 'gates_failed') || !reports) throw error;
    out.result(gatesView(undefined, reports), () => reports.map(gateText).join('\n'));
    return exit.refused;
  }
}

function givenPatch(app: App, args: Arguments, patch: string): GivenPatch {
  return {
    diff: contentOf(patch === '-' ? 0 : patch, patch === '-' ? 'stdin' : patch),
    tests: args.tests.map((name) => givenTest(app.folder, name)),
    ...(args.base === undefined ? {} : { base: args.base }),
  };
}

/** As seen from the folder, else from here. */
function givenTest(folder: string, name: string): GivenTest {
  const posix = name.split(sep).join('/');
  const file = [resolve(folder, name), resolve(name)].find(
    (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false,
  );
  if (file === undefined) return { name: posix };
  const path = relative(resolve(folder), file).split(sep).join('/');
  const inside = !path.startsWith('../') && !isAbsolute(path);
  const content = contentOf(file, name);
  return { name: posix, onDisk: { content, ...(inside ? { path } : {}) } };
}
