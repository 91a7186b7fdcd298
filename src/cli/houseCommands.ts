import { existsSync, realpathSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { isProven, proofText } from '../core/audit.ts';
import type { ScanReport } from '../core/progress.ts';
import { usageError } from './arguments.ts';
import { cleanUpCommand } from './cleanUpCommand.ts';
import type { Command, Context } from './command.ts';
import { exit } from './exitCodes.ts';
import { progressLine } from './progress.ts';
import { historyCommand } from './historyCommand.ts';
import { metricsCommand } from './metricsCommand.ts';
import { preferencesCommand } from './preferencesCommand.ts';
import { mcpCommand } from './mcpCommand.ts';
import { reportCommand } from './reportCommand.ts';
import { serveCommand } from './serveCommand.ts';
import { runCommand } from './runCommand.ts';
import { syncCommand } from './syncCommand.ts';
import { ticketView } from '../views.ts';
import { count, ticketLine } from './views.ts';

export const houseCommands: Readonly<Record<string, Command>> = {
  scan: {
    usage: '',
    help: 'read what the logs and feedback have gained since the last scan',
    operands: 0,
    overFolders: { linksTickets: true },
    scansAside: true,
    run: scan,
  },
  watch: {
    usage: '',
    help: 'scan whenever a source grows, until interrupted',
    operands: 0,
    scansAside: true,
    run: watch,
  },
  protect: {
    usage: 'FILE',
    help: 'add a file to the protected list',
    operands: 1,
    run: protect,
  },
  history: historyCommand,
  metrics: metricsCommand,
  preferences: preferencesCommand,
  run: runCommand,
  serve: serveCommand,
  sync: syncCommand,
  mcp: mcpCommand,
  report: reportCommand,
  audit: {
    usage: '[verify | export] [--limit N]',
    help: 'list the audit trail, prove that it is whole, or print all of it as JSON lines',
    operands: 1,
    readOnly: true,
    run: audit,
  },
  cleanup: cleanUpCommand,
  doctor: {
    usage: '',
    help: 'say what works and what is missing',
    operands: 0,
    overFolders: {},
    readOnly: true,
    run: doctor,
  },
};

async function scan({ app, out, signal }: Context): Promise<number> {
  const subscription = app.pipeline.onDidProgress((progress) => {
    const line = progressLine(progress);
    if (line) out.say(line);
  });
  try {
    const report = await app.pipeline.scan(signal);
    out.result(report, () => scanText(report));
    await app.pipeline.previewed();
    return exit.done;
  } finally {
    await subscription.dispose();
  }
}

const tooFew =
  'Too little for a ticket so far: an error becomes one when it was seen 5 times (patchwright.thresholds), or once if it ended the program.';

export function scanText(report: ScanReport): string {
  const { created, updated } = report;
  return [
    `Read ${count(report.lines, 'new line')} in ${count(report.files, 'file')}: ${count(report.signals, 'signal')}, ${count(created.length, 'new ticket')}, ${updated.length} updated.`,
    ...(report.signals > 0 && created.length + updated.length === 0 ? [tooFew] : []),
    ...(report.malformed > 0
      ? [`${count(report.malformed, 'malformed record')} skipped (--verbose names them).`]
      : []),
    ...(report.analysis
      ? [
          `Analysed ${count(report.analysis.files, 'source file')} and ${count(report.analysis.reports, 'report')}${report.analysis.left > 0 ? `; ${count(report.analysis.left, 'lesser finding')} wait until others are done` : ''}.`,
        ]
      : []),
    ...report.problems.map((p) => `Could not read ${p.file}: ${p.reason}`),
  ].join('\n');
}

async function watch({ app, out, signal }: Context): Promise<number> {
  const subscription = app.pipeline.onDidProgress((progress) => {
    if (progress.kind === 'scan_failed') out.warn(progress.message);
    if (progress.kind === 'preview_wanted') {
      const { ticketId, reason, title } = progress;
      out.event(
        { event: progress.kind, ticketId, title, reason },
        () => progressLine(progress) ?? '',
      );
    }
    if (progress.kind === 'preview_ended' && progress.ok && progress.unasked) {
      const { previewId, title } = progress;
      out.event(
        { event: 'plan_ready', planId: previewId, title },
        () => progressLine(progress) ?? '',
      );
    }
    if (progress.kind !== 'scanned') return;
    const { created, updated } = progress.report;
    for (const id of [...created, ...updated])
      show(id, created.includes(id) ? 'created' : 'updated');
  });
  const show = (id: string, event: 'created' | 'updated'): void => {
    const ticket = app.backlog.tickets.get(id);
    if (!ticket) return;
    const group = app.backlog.groups.get(id);
    out.event(
      { event, ticket: ticketView(ticket, group) },
      () => `${event === 'created' ? 'new    ' : 'updated'} ${ticketLine(ticket, group)}`,
    );
  };
  const watcher = app.watch();
  await app.pipeline.scan(signal);
  out.say('Watching. Press Ctrl+C to stop.');
  const alive = setInterval(() => undefined, 60_000); // the watchers alone keep no process alive
  await new Promise<void>((done) => {
    if (signal.aborted) done();
    signal.addEventListener('abort', () => done(), { once: true });
  });
  clearInterval(alive);
  watcher.dispose();
  await subscription.dispose();
  return exit.done;
}

/** The file as named from here, as the list names it: from the workspace folder. */
async function protect({ app, args, out }: Context): Promise<number> {
  const [name] = args.rest;
  if (!name) throw usageError('`protect` needs a file.');
  const path = [resolve(name), resolve(app.folder, name)].find((file) => existsSync(file));
  if (!path) throw usageError(`There is no file ${name}.`);
  const inside = relative(realpathSync(app.folder), realpathSync(path)).split(sep).join('/');
  if (inside === '' || inside.startsWith('../') || inside === '..') {
    throw usageError(`${name} is not in ${app.folder}.`);
  }
  await app.pipeline.protect(inside);
  out.result({ protected: inside }, () => `${inside} is protected: no patch may change it.`);
  return exit.done;
}

async function audit({ app, args, out }: Context): Promise<number> {
  const [what] = args.rest;
  if (what !== undefined && what !== 'verify' && what !== 'export') {
    throw usageError(`There is no \`audit ${what}\`.`);
  }
  if (what === 'export') {
    const checkpoint = app.backlog.audit.checkpoint();
    if (checkpoint) out.event({ checkpoint }, () => JSON.stringify({ checkpoint }));
    for (const event of app.backlog.audit.exported()) {
      out.event(event, () => JSON.stringify(event));
    }
    return exit.done;
  }
  if (what === 'verify') {
    const proof = app.backlog.audit.verify();
    const valid = isProven(proof);
    out.result({ valid, ...proof }, () => proofText(proof));
    return valid ? exit.done : exit.failed;
  }
  const events = app.backlog.audit.list({ limit: args.limit });
  out.result(
    events,
    () =>
      events.map((e) => `${e.timestamp} ${e.actor} ${e.action} ${e.subject}`).join('\n') ||
      'No events.',
  );
  return events.length === 0 ? exit.nothing : exit.done;
}

async function doctor({ app, out }: Context): Promise<number> {
  const checks = await app.pipeline.doctor();
  const mark = (ok: boolean, optional = false): string => (ok ? '✓' : optional ? '!' : '✗');
  out.result(checks, () =>
    checks
      .map((c) => {
        const fix = c.fix ? `\n    ${c.fix}` : '';
        return `${mark(c.ok, c.optional)} ${c.title.padEnd(16)} ${c.detail}${fix}`;
      })
      .join('\n'),
  );
  return checks.every((c) => c.ok || c.optional) ? exit.done : exit.failed;
}
