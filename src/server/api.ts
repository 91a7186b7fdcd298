import type { App } from '../compose.ts';
import { approvalModes } from '../core/approval.ts';
import { errorMessage } from '../core/errors.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import { requestStatuses } from '../core/patchRequest.ts';
import type { Log } from '../core/ports.ts';
import type { Settings } from '../core/settings.ts';
import { byTurn, type Ticket, ticketStatuses } from '../core/ticket.ts';
import { approvedView, requestView, ticketDetails, ticketView } from '../views.ts';
import { parseJson } from './body.ts';
import { isObject, type Json } from './receive/records.ts';
import { refusal } from './refusal.ts';

/** What of the house is served. */
export type ServedApp = Pick<App, 'backlog' | 'pipeline'>;

export interface ApiDeps {
  readonly app: ServedApp;
  readonly version: string;
  readonly settings: () => Settings;
  readonly log: Log;
}

export interface Call {
  /** What the pattern's groups matched. */
  readonly names: readonly string[];
  readonly query: URLSearchParams;
  /** Undefined for GET. */
  readonly body?: Buffer;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly value: unknown;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  answer(call: Call): Promise<Answer> | Answer;
}

const id = '([\\w-]{1,100})';

/** What the command line shows with `--json`, and the same verbs; the names of fields are shared. */
export function createApi(deps: ApiDeps): readonly Route[] {
  const { app } = deps;
  const { backlog, pipeline } = app;
  const execute = createExecution(deps);
  const get = (path: string, answer: (call: Call) => unknown): Route => ({
    method: 'GET',
    path: new RegExp(`^/api/v1/${path}$`),
    answer: async (call) => ({ status: 200, value: await answer(call) }),
  });
  const post = (path: string, answer: (call: Call) => Promise<Answer> | Answer): Route => ({
    method: 'POST',
    path: new RegExp(`^/api/v1/${path}$`),
    answer,
  });
  return [
    get('status', () => statusOf(deps)),
    get('metrics', ({ query }) => pipeline.insight(numberIn(query, 'days', 30, 366))),
    get('performance', ({ query }) => pipeline.performance(numberIn(query, 'days', 7, 7))),
    get('tickets', ({ query }) => {
      const outlook = pipeline.outlook();
      return backlog.tickets
        .list({ statuses: wordsIn(query, 'status', ticketStatuses) ?? ['open'] })
        .toSorted(byTurn)
        .slice(0, numberIn(query, 'limit', 50, 1_000))
        .map((ticket) => ticketView(ticket, backlog.groups.seen(ticket.id), outlook(ticket)));
    }),
    get(`tickets/${id}`, ({ names }) => {
      const ticket = ticketNamed(app, names[0]);
      return ticketDetails(ticket, {
        group: backlog.groups.seen(ticket.id),
        outlook: pipeline.outlook()(ticket),
        differences: pipeline.differences(ticket.id),
        attempts: backlog.attempts.ofTicket(ticket.id),
        requests: backlog.requests.list({ ticketId: ticket.id }),
      });
    }),
    get('requests', ({ query }) => {
      const statuses = wordsIn(query, 'status', requestStatuses);
      return backlog.requests
        .list(statuses ? { statuses } : {})
        .slice(0, numberIn(query, 'limit', 50, 1_000))
        .map(requestView);
    }),
    get('requests/pending', () =>
      backlog.requests.list({ statuses: ['PENDING_APPROVAL'] }).map(requestView),
    ),
    get(`requests/${id}`, async ({ names }) => requestView(await requestNamed(app, names[0]))),
    get(`requests/${id}/diff`, async ({ names }) => {
      const request = await requestNamed(app, names[0]);
      return { requestId: request.id, diff: request.diff };
    }),
    get('protected', async () => ({ patterns: await pipeline.protectedFiles() })),
    get('audit', ({ query }) =>
      backlog.audit.list({ limit: numberIn(query, 'limit', 50, 10_000) }),
    ),
    get('audit/verify', () => {
      const { events, broken } = backlog.audit.verify();
      return { valid: broken.length === 0, events, broken };
    }),
    post(`requests/${id}/approve`, async ({ names, body, signal }) => {
      assertApprovals(deps);
      const request = await requestNamed(app, names[0]);
      const said = objectIn(body);
      const comment = textIn(said, 'comment');
      const mode = approvalModes.find((one) => one === said.mode);
      if (said.mode !== undefined && !mode) {
        throw refusal(400, 'bad_request', `mode is one of ${approvalModes.join(', ')}.`);
      }
      const options = {
        confirmedProtectedBranch: said.confirmedProtectedBranch === true,
        // What was looked at: another commit in its place must not land.
        ...(typeof said.commit === 'string' ? { seen: said.commit } : {}),
        ...(mode ? { mode } : {}),
        ...(comment ? { comment } : {}),
      };
      return {
        status: 200,
        value: approvedView(request, await pipeline.approve(request.id, options, signal)),
      };
    }),
    post(`requests/${id}/reject`, async ({ names, body }) => {
      assertApprovals(deps);
      const request = await requestNamed(app, names[0]);
      const comment = textIn(objectIn(body), 'comment');
      if (!comment) throw refusal(400, 'bad_request', 'A rejection needs a comment.');
      await pipeline.reject(request.id, comment);
      return { status: 200, value: { requestId: request.id, status: 'DENIED' } };
    }),
    post('execute', ({ body, signal }) => execute(objectIn(body), signal)),
    post('analyse', async ({ signal }) => ({ status: 200, value: await pipeline.scan(signal) })),
  ];
}

function statusOf({ app, version }: ApiDeps) {
  const { tickets, requests, attempts } = app.backlog;
  return {
    version,
    tickets: tickets.countByStatus(),
    waiting: requests.list({ statuses: ['PENDING_APPROVAL'] }).length,
    running: attempts
      .running()
      .map((one) => ({ attemptId: one.id, ticketId: one.ticketId, startedAt: one.startedAt })),
  };
}

/** A draft takes minutes: it is begun, and what came of it is asked for later. One at a time. */
function createExecution({ app, log }: ApiDeps) {
  let current: Promise<void> | undefined;
  return (said: Json, signal: AbortSignal): Answer => {
    const ticketId = textIn(said, 'ticketId');
    const ticket = ticketId === undefined ? undefined : ticketNamed(app, ticketId);
    if (current) throw refusal(409, 'busy', 'A draft is under way.');
    current = app.pipeline
      .draft(ticket?.id, signal)
      .then(
        (request) => log(`Drafted ${request.id}.`),
        (error: unknown) => log(`The draft failed: ${errorMessage(error)}`),
      )
      .finally(() => {
        current = undefined;
      });
    return { status: 202, value: { accepted: true, ticketId: ticket?.id ?? null } };
  };
}

function assertApprovals({ settings }: ApiDeps): void {
  if (settings().server.approvals) return;
  throw refusal(
    403,
    'approvals_off',
    'Decisions over the API are off; your own settings can allow them (patchwright.server.approvals).',
  );
}

function ticketNamed({ backlog }: ServedApp, name = ''): Ticket {
  const ticket = backlog.tickets.get(name);
  if (ticket) return ticket;
  throw refusal(404, 'not_found', 'There is no such ticket.');
}

async function requestNamed({ backlog }: ServedApp, name = ''): Promise<PatchRequest> {
  const request = await backlog.archive.request(name);
  if (request) return request;
  throw refusal(404, 'not_found', 'There is no such patch request.');
}

function objectIn(body: Buffer | undefined): Json {
  if (!body || body.length === 0) return {};
  const value = parseJson(body.toString('utf8'));
  if (isObject(value)) return value;
  throw refusal(400, 'bad_request', 'The body is no JSON object.');
}

function textIn(said: Json, name: string): string | undefined {
  const value = said[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string' && value.length <= 10_000) return value;
  throw refusal(400, 'bad_request', `${name} is no text of 10,000 characters at most.`);
}

function numberIn(query: URLSearchParams, name: string, usual: number, max: number): number {
  const value = Number(query.get(name) ?? usual);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw refusal(400, 'bad_request', `${name} is a whole number from 1 to ${max}.`);
}

function wordsIn<T extends string>(
  query: URLSearchParams,
  name: string,
  known: readonly T[],
): readonly T[] | undefined {
  const given = query.getAll(name);
  const found = known.filter((one) => given.includes(one));
  if (found.length === new Set(given).size) return given.length === 0 ? undefined : found;
  throw refusal(400, 'bad_request', `${name} is one of ${known.join(', ')}.`);
}
