import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Git } from '../../../src/core/ports.ts';
import { sampleAttempt, sampleRequest, ticketChange } from '../../support/backlog.ts';
import { type Receiver, type Reply, startReceiver } from '../../support/receiver.ts';
import { createRepository } from '../../support/repository.ts';
import { shopFiles } from '../../support/shop.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { makePatch } from '../release/workspace.ts';

describe('API', function () {
  this.timeout(60_000);
  const temp = tempFolder('pw-api');
  let folder = '';
  let git: Git;
  let receiver: Receiver;
  const start = async (settings: Record<string, unknown> = {}): Promise<void> => {
    receiver = await startReceiver(folder, settings);
    await receiver.app.backlog.write([
      ticketChange('exception-1'),
      { kind: 'attempt', id: sampleAttempt.id, fields: sampleAttempt },
      { kind: 'request', id: sampleRequest.id, fields: sampleRequest },
      {
        kind: 'audit',
        entry: { actor: 'patchwright', action: 'ticket.created', subject: 'exception-1' },
      },
    ]);
  };
  beforeEach(async () => {
    folder = temp.path('shop');
    git = await createRepository(folder, shopFiles);
  });
  afterEach(() => receiver.dispose());

  /** A patch that waits, on a branch of the repository. */
  const realRequest = async (): Promise<string> => {
    const patch = await makePatch(git, temp.path('worktree'), (worktree) => {
      writeFileSync(join(worktree, 'src/new.js'), 'module.exports = 1;\n');
    });
    const fields = {
      ...patch,
      gates: sampleRequest.gates,
      ticketId: 'exception-1',
      status: 'PENDING_APPROVAL' as const,
    };
    await receiver.app.backlog.write([
      ticketChange('exception-1', { status: 'ready' }),
      { kind: 'request', id: patch.id, fields },
    ]);
    return patch.id;
  };
  const failure = ({ status, value }: Reply) => [status, value.error.code];

  it('answers as its own document says', async () => {
    await start();
    const { value: document } = await receiver.send('/openapi.json', { method: 'GET' });
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    ajv.addSchema(document, 'api');
    const paths = Object.entries<Record<string, { responses: Record<string, unknown> }>>(
      document.paths,
    );
    const asked = (path: string, method: string): string =>
      method === 'get'
        ? path.replace('{id}', path.includes('tickets') ? 'exception-1' : sampleRequest.id)
        : path;
    const bodies: Record<string, unknown> = {
      '/ingest/errors': [{ message: 'x' }, 7],
      '/ingest/metrics': { metric: 'x', value: 1 },
      '/ingest/feedback': { rating: 'up' },
      '/api/v1/execute': { ticketId: 'nobody' },
    };
    const hold = (path: string, method: string, { status, value }: Reply): void => {
      const pointer = [path, method, 'responses', status, 'content', 'application/json', 'schema']
        .map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1'))
        .map(encodeURIComponent)
        .join('/');
      const isValid = ajv.validate({ $ref: `api#/paths/${pointer}` }, value);
      assert.ok(isValid, `${method} ${path} ${status}: ${ajv.errorsText()}`);
    };
    for (const [path, methods] of paths) {
      for (const method of Object.keys(methods)) {
        const url = asked(path, method);
        const reply = await (method === 'get'
          ? receiver.ask(url)
          : receiver.ask(url, bodies[path] ?? {}));
        hold(path, method, reply);
        if (method === 'get') assert.equal(reply.status, 200, path);
        if (path === '/health') continue;
        const headers = { authorization: '' };
        hold(path, method, await receiver.send(url, { method: method.toUpperCase(), headers }));
      }
    }
  });

  it('shows what the command line shows', async () => {
    await start();
    const [ticket] = (await receiver.ask('/api/v1/tickets')).value;
    assert.deepEqual([ticket.id, ticket.status], ['exception-1', 'open']);
    const whole = (await receiver.ask('/api/v1/tickets/exception-1')).value;
    assert.equal(whole.requests[0].requestId, sampleRequest.id);
    const pending = (await receiver.ask('/api/v1/requests/pending')).value;
    assert.deepEqual(pending, whole.requests);
    const patterns = (await receiver.ask('/api/v1/protected')).value.patterns;
    assert.ok(patterns.includes('.patchwright'));
    assert.equal((await receiver.ask('/api/v1/audit/verify')).value.valid, true);
    assert.equal((await receiver.ask('/api/v1/status')).value.waiting, 1);
  });

  it('says what is wrong with a question', async () => {
    await start();
    assert.deepEqual(failure(await receiver.ask('/api/v1/nothing')), [404, 'not_found']);
    assert.deepEqual(failure(await receiver.ask('/api/v1/tickets/none')), [404, 'not_found']);
    assert.deepEqual(failure(await receiver.ask('/api/v1/tickets?limit=0')), [400, 'bad_request']);
    const status = await receiver.ask('/api/v1/requests?status=nonsense');
    assert.deepEqual(failure(status), [400, 'bad_request']);
    assert.deepEqual(failure(await receiver.ask('/api/v1/status', {})), [405, 'wrong_method']);
  });

  it('decides nothing unless the user allows it', async () => {
    await start();
    const id = await realRequest();
    const base = `/api/v1/requests/${id}`;
    assert.deepEqual(failure(await receiver.ask(`${base}/approve`, {})), [403, 'approvals_off']);
    const no = await receiver.ask(`${base}/reject`, { comment: 'no' });
    assert.deepEqual(failure(no), [403, 'approvals_off']);
    assert.equal((await receiver.ask(base)).value.status, 'PENDING_APPROVAL');
  });

  it('lets nobody decide who is no reviewer', async () => {
    await start({
      'patchwright.server.approvals': true,
      'patchwright.approve.reviewers': ['somebody@else.example'],
    });
    const id = await realRequest();
    const reply = await receiver.ask(`/api/v1/requests/${id}/approve`, {});
    assert.deepEqual(failure(reply), [403, 'not_a_reviewer']);
  });

  it('lands what is approved, once the commit is the one that was seen', async () => {
    await start({ 'patchwright.server.approvals': true });
    const id = await realRequest();
    const path = `/api/v1/requests/${id}/approve`;
    const other = await receiver.ask(path, { commit: 'f'.repeat(40) });
    assert.deepEqual(failure(other), [409, 'stale']);
    const { commit } = (await receiver.ask(`/api/v1/requests/${id}`)).value;
    const { status, value } = await receiver.ask(path, { commit, comment: 'Good.' });
    assert.deepEqual([status, value.outcome], [200, 'landed'], JSON.stringify(value));
    assert.equal(value.commit, await git.run(['rev-parse', 'HEAD']));
    const after = (await receiver.ask(`/api/v1/requests/${id}`)).value;
    assert.deepEqual([after.status, after.reviewComment], ['APPLIED', 'Good.']);
    assert.deepEqual(failure(await receiver.ask(path, {})), [409, 'illegal_move']);
  });

  it('rejects with a comment, and not without', async () => {
    await start({ 'patchwright.server.approvals': true });
    const id = await realRequest();
    const path = `/api/v1/requests/${id}/reject`;
    assert.deepEqual(failure(await receiver.ask(path, {})), [400, 'bad_request']);
    const { value } = await receiver.ask(path, { comment: 'Not like this.' });
    assert.deepEqual(value, { requestId: id, status: 'DENIED' });
  });

  it('begins a draft, and lets it be asked after', async () => {
    await start();
    const reply = await receiver.ask('/api/v1/execute', { ticketId: 'exception-1' });
    assert.deepEqual(
      [reply.status, reply.value],
      [202, { accepted: true, ticketId: 'exception-1' }],
    );
    const none = await receiver.ask('/api/v1/execute', { ticketId: 'nobody' });
    assert.deepEqual(failure(none), [404, 'not_found']);
  });

  it('analyses on demand', async () => {
    writeFileSync(join(folder, 'a.log'), 'ERROR the disk is on fire\n');
    await start();
    const { status, value } = await receiver.ask('/api/v1/analyse', {});
    assert.deepEqual([status, value.signals], [200, 1]);
  });
});
