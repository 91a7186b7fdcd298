import assert from 'node:assert/strict';
import { linkTickets } from '../../../src/core/causeLinks.ts';
import type { Ticket } from '../../../src/core/ticket.ts';
import { ticketOf } from '../../support/nouns.ts';

/** A ticket as a log makes it; its identity is the given one, else one of its own. */
let made = 0;
function thrown(text: string, given: Partial<Given> = {}): Ticket {
  made += 1;
  const { type, message } = { ...headOf(text), ...given };
  const parts = (given.parts ?? ['type']).map((label) => ({ label, value: 'x' }));
  return ticketOf({
    id: `exception-${made}`,
    title: `${type}: ${message}`,
    evidence: [{ at: '2026-03-02T09:10:00.000Z', file: 'app.log', offset: 0, text }],
    metadata: {
      exceptionType: type,
      fingerprint: { version: 2, hash: given.hash ?? `hash ${made}`, parts },
      ...(given.language ? { language: given.language } : {}),
    },
  });
}

interface Given {
  readonly type: string;
  readonly message: string;
  readonly hash: string;
  readonly parts: readonly string[];
  readonly language: string;
}

function headOf(text: string): Pick<Given, 'type' | 'message'> {
  const [, type = 'Error', message = ''] = /([\w.]+): (.*)/.exec(text) ?? [];
  return { type, message };
}

/** What the first says of the second, and the second of the first. */
function between(a: Ticket, b: Ticket): readonly (string | undefined)[] {
  const links = linkTickets([
    { id: '/a', name: 'a', tickets: [a] },
    { id: '/b', name: 'b', tickets: [b] },
  ]);
  const [ofA, ofB] = [links('/a', a.id), links('/b', b.id)];
  return [ofA[0]?.rule, ofB[0]?.rule];
}

describe('tickets of several folders with one cause', () => {
  it('are those of the same error in code that both have', () => {
    const text = 'TypeError: Cannot read properties of undefined (reading "id")';
    const given = { hash: 'h', parts: ['file', 'function'] };
    const [a, b] = [thrown(text, given), thrown(text, given)];
    assert.deepEqual(between(a, b), ['same_error', 'same_error']);
  });

  it("are not those that only share a file's name and what a runtime says", () => {
    const text = 'TypeError: Cannot read properties of undefined (reading "id")';
    const given = { hash: 'h', parts: ['file', 'message'] };
    const [a, b] = [thrown(text, given), thrown(text, given)];
    assert.deepEqual(between(a, b), [undefined, undefined]);
  });

  const pool = (app: string, host: string, where = 'pg-pool/index.js:45:11') =>
    [
      `Error: timeout exceeded when trying to connect to ${host}`,
      `    at PendingItem.cancel (/srv/${app}/node_modules/${where})`,
      '    at process.processTimers (node:internal/timers:523:9)',
      `    at load (/srv/${app}/src/db.js:12:5)`,
    ].join('\n');

  it('are those thrown at the same place of a package that both use', () => {
    const [a, b] = [thrown(pool('api', '10.0.0.7')), thrown(pool('jobs', '10.0.0.8'))];
    assert.deepEqual(between(a, b), ['same_package', 'same_package']);
  });

  it('are not those that have only a framework, or only words, in common', () => {
    const routed = (app: string) =>
      [
        'Error: no such order: 17',
        `    at find (/srv/${app}/src/orders.js:3:9)`,
        `    at Layer.handle (/srv/${app}/node_modules/express/lib/router/layer.js:95:5)`,
      ].join('\n');
    assert.deepEqual(between(thrown(routed('a')), thrown(routed('b'))), [undefined, undefined]);
    const [a, b] = [thrown(pool('a', 'x')), thrown(pool('b', 'x', 'mysql2/lib/pool.js:45:11'))];
    assert.deepEqual(between(a, b), [undefined, undefined]);
  });

  it('finds the place in the text of other languages, too', () => {
    const python = (app: string) =>
      [
        'Traceback (most recent call last):',
        `  File "/srv/${app}/app.py", line 4, in <module>`,
        `  File "/srv/${app}/.venv/lib/python3.12/site-packages/boto3/s3/transfer.py", line 9, in upload_file`,
        'boto3.exceptions.S3UploadFailedError: Failed to upload a.txt to bucket-9',
      ].join('\n');
    const given = { type: 'S3UploadFailedError', message: 'Failed to upload', language: 'python' };
    const rules = between(thrown(python('a'), given), thrown(python('b'), given));
    assert.deepEqual(rules, ['same_package', 'same_package']);
    const go = (version: string) =>
      [
        'panic: sql: database is closed',
        'goroutine 1 [running]:',
        `\t/root/go/pkg/mod/github.com/jmoiron/sqlx@${version}/sqlx.go:350 +0x1d`,
        '\t/srv/main.go:9 +0x25',
      ].join('\n');
    const rulesOfGo = between(thrown(go('v1.3.5')), thrown(go('v1.4.0')));
    assert.deepEqual(rulesOfGo, ['same_package', 'same_package']);
  });

  const cause = 'LedgerMismatch: order 45 does not balance against ledger "main"';

  for (const [where, quoting] of [
    [
      'an answer in JSON',
      `Error: POST /orders answered 500: {"error":"LedgerMismatch","message":"order 7 does not balance against ledger \\"main\\""}`,
    ],
    [
      'a Java chain',
      `com.shop.CheckoutException: checkout failed\n\tat com.shop.Cart.pay(Cart.java:31)\nCaused by: com.ledger.${cause}\n\t... 12 more`,
    ],
    [
      'a Python chain',
      `ledger.${cause}\n\nThe above exception was the direct cause of the following exception:\n\nTraceback (most recent call last):\nCheckoutError: checkout failed`,
    ],
  ] as const) {
    it(`are those of which one tells of the other in ${where}`, () => {
      const by = thrown(quoting, { type: 'CheckoutError', message: 'checkout failed' });
      assert.deepEqual(between(thrown(cause), by), ['quoted', 'quotes']);
    });
  }

  it('takes few words for a quotation only behind a type of its own', () => {
    const said = (type: string) => `${type}: stock is empty`;
    const by = (type: string) =>
      thrown(`Error: 502 from stock service: ${said(type)}`, { message: '502 from stock service' });
    assert.deepEqual(between(thrown(said('StockEmpty')), by('StockEmpty')), ['quoted', 'quotes']);
    assert.deepEqual(between(thrown(said('Error')), by('Error')), [undefined, undefined]);
  });

  it('takes what systems say everywhere for no quotation', () => {
    const said = 'Error: could not connect to server: Connection refused';
    const by = thrown(`SyncError: sync failed\nCaused by: ${said}`, { message: 'sync failed' });
    assert.deepEqual(between(thrown(said), by), [undefined, undefined]);
  });

  for (const [form, a, b] of [
    ['request id', 'requestId=4f9c2a17-1f2e-4c55 failed', 'x-request-id: 4f9c2a17-1f2e-4c55'],
    ['JSON field', '{"req_id":"ab12cd34ef","msg":"x"}', '"correlationId": "ab12cd34ef"'],
    [
      'trace parent',
      'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      'trace_id=4bf92f3577b34da6a3ce929d0e0e4736',
    ],
  ] as const) {
    it(`are those of one request: ${form}`, () => {
      const rules = between(thrown(`AError: x\n${a}`), thrown(`BError: y\n${b}`));
      assert.deepEqual(rules, ['same_request', 'same_request']);
    });
  }

  it('takes neither an empty id, nor one of a whole deployment, for that of a request', () => {
    const zeros = 'trace_id=00000000000000000000000000000000';
    const none = between(thrown(`AError: x\n${zeros}`), thrown(`BError: y\n${zeros}`));
    assert.deepEqual(none, [undefined, undefined]);
    const four = (name: string) =>
      [1, 2, 3, 4].map((i) => thrown(`${name}${i}: x request_id=abc123def`));
    const [a, b] = [four('A'), four('B')];
    const links = linkTickets([
      { id: '/a', name: 'a', tickets: a },
      { id: '/b', name: 'b', tickets: b },
    ]);
    assert.deepEqual(
      a.flatMap(({ id }) => links('/a', id)),
      [],
    );
  });

  it('leaves out tickets of the same folder, and those that count for another one', () => {
    const given = { hash: 'h', parts: ['function'] };
    const [a, b] = [thrown('Error: x', given), thrown('Error: x', given)];
    const links = linkTickets([
      { id: '/a', name: 'a', tickets: [a, b] },
      {
        id: '/b',
        name: 'b',
        tickets: [{ ...b, metadata: { ...b.metadata, mergedInto: 'exception-9' } }],
      },
    ]);
    assert.deepEqual([links('/a', a.id), links('/a', b.id), links('/b', b.id)], [[], [], []]);
  });

  it('are found among thousands whose texts say over and over how others begin', () => {
    const folderOf = (id: string) => ({
      id,
      name: id,
      tickets: Array.from({ length: 1_000 }, (_, at) => {
        const word = `${at}`.replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)] ?? '');
        return thrown(`Error: order total went wrong for ${id} ${word}\n`.repeat(60));
      }),
    });
    const answer = thrown('Error: 500: StockIsGone: reservation has run out of stock for cart');
    const cause = thrown('StockIsGone: reservation has run out of stock for cart');
    const [a, b] = [folderOf('a'), folderOf('b')];
    const links = linkTickets([
      { ...a, tickets: [...a.tickets, answer] },
      { ...b, tickets: [...b.tickets, cause] },
    ]);
    assert.deepEqual(
      links('a', answer.id).map(({ ticketId, rule }) => [ticketId, rule]),
      [[cause.id, 'quotes']],
    );
  });

  it('says how the other one stands, so that closing one is seen to close no other', () => {
    const given = { hash: 'h', parts: ['function'] };
    const [a, b] = [thrown('Error: x', given), thrown('Error: x', given)];
    const links = linkTickets([
      { id: '/a', name: 'a', tickets: [{ ...a, status: 'closed' }] },
      { id: '/b', name: 'b', tickets: [b] },
    ]);
    assert.equal(links('/b', b.id)[0]?.status, 'closed');
    assert.equal(links('/a', a.id)[0]?.status, 'open');
  });
});
