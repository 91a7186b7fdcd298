import type { Said } from '../core/team.ts';
import { commandId } from './commands.ts';
import { t } from './l10n.ts';
import type { LinkedText } from './linkedDocument.ts';
import type { Remedy } from './remedies.ts';
import { statusWords } from './reviewView.ts';
import { dotted, exactly, plural, shorten } from './text.ts';

/** A patch of somebody else, with what is known of it here. */
export interface TheirPatch {
  readonly request: Said<'request'>;
  /** Of the ticket, where that has come too. */
  readonly title: string | undefined;
  readonly approvals: readonly Said<'approval'>[];
}

export function isWaiting({ status }: Said<'request'>): boolean {
  return status === 'PENDING_APPROVAL';
}

/** A patch of this clone that others have said yes to. */
export interface Heard {
  readonly requestId: string;
  readonly title: string;
  readonly approvals: readonly Said<'approval'>[];
}

export interface TeamSource {
  readonly theirs: readonly TheirPatch[];
  readonly heard: readonly Heard[];
  /** Whether the backlog is shared at all. */
  readonly isOn: boolean;
  /** Where there are several. */
  readonly folder?: string | undefined;
}

/** Patches of the others, as a document with links. Pure; all of it was written elsewhere. */
export function teamDocument({ theirs, heard, isOn, folder }: TeamSource): LinkedText {
  const lines: string[] = [];
  const links: { line: number; remedy: Remedy }[] = [];
  const link = (label: string, command: string, ...args: readonly string[]): void => {
    links.push({ line: lines.length, remedy: { label, command, args } });
    lines.push(`→ ${label}`);
  };
  const waiting = theirs.filter(({ request }) => isWaiting(request)).length;
  const title = t('Patchwright: {0} of others to decide about', plural(waiting, 'patch'));
  lines.push(`# ${dotted([title, folder])}`, '');
  if (isOn) link(t('Sync Now'), commandId('sync'));
  else {
    lines.push(
      theirs.length + heard.length > 0
        ? t('Sharing the backlog is off; what is shown came before.')
        : t('Sharing the backlog is off, so patches of others do not come here.'),
    );
    link(t('Open Settings'), 'workbench.action.openSettings', 'patchwright.sync');
  }
  lines.push('');
  for (const { requestId, title, approvals } of heard) {
    lines.push(`## ${t('Yours: {0}', shorten(title, 120))}`, '', ...approvals.map(yesText));
    link(t('Open Diff'), commandId('openDiff'), requestId);
    lines.push('');
  }
  for (const { request, title, approvals } of theirs) {
    lines.push(`## ${shorten(title ?? request.ticketId, 120)}`, '', headline(request));
    lines.push(gatesText(request));
    if (request.reasoning) lines.push(shorten(request.reasoning, 400));
    if (request.reviewComment)
      lines.push(t('Said there: {0}', shorten(request.reviewComment, 400)));
    for (const yes of approvals) lines.push(yesText(yes));
    if (request.diff === undefined) {
      lines.push(t('Its patch is long, or may hold a secret, and was kept back.'));
    } else {
      link(t('Show Patch'), commandId('openTheirs'), request.id);
      if (isWaiting(request)) {
        link(t('Say Yes…'), commandId('vouch'), request.id);
        link(t('Take It Over'), commandId('takeOver'), request.id);
      }
    }
    lines.push('');
  }
  return { text: `${lines.join('\n')}\n`, links };
}

function headline({ by, status, ticketId, createdAt, confidence, id }: Said<'request'>): string {
  return dotted([
    person(by),
    t(statusWords[status]),
    shorten(ticketId, 100),
    id.slice(0, 8),
    exactly(shorten(createdAt, 40)),
    t('confidence {0}', confidence.toFixed(2)),
  ]);
}

function gatesText({ gates }: Said<'request'>): string {
  const passed = gates.filter(({ verdict }) => verdict === 'passed').map(({ id }) => id);
  return t('There these gates passed: {0}; here none has run.', passed.join(', ') || '–');
}

function yesText({ by, at, comment }: Said<'approval'>): string {
  const said = comment ? `: ${shorten(comment, 400)}` : '';
  return `${t('Yes of {0}, {1}', person(by), exactly(shorten(at, 40)))}${said}`;
}

function person(name: string): string {
  return shorten(name.replace(/^user:/, ''), 100);
}
