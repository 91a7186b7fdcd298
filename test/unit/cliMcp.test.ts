import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { cli } from '../support/cli.ts';
import { createRepository } from '../support/repository.ts';
import { shopFiles, shopLog } from '../support/shop.ts';
import { tempFolder } from '../support/tempFolder.ts';

const program = resolve(import.meta.dirname, '../../dist/cli.cjs');

describe('command line: mcp', function () {
  this.timeout(120_000);
  const temp = tempFolder('pw-mcp');
  let client: Client;
  let folder = '';

  beforeEach(async () => {
    folder = temp.path('shop');
    await createRepository(folder, shopFiles);
    mkdirSync(join(folder, 'logs'));
    writeFileSync(join(folder, 'logs/service.log'), shopLog(6));
    const env = { PATH: process.env['PATH'] ?? '', PATCHWRIGHT_CACHE: temp.path('cache') };
    assert.equal((await cli(['scan', '--folder', folder], env)).code, 0);
    client = new Client({ name: 'test', version: '1.0.0' });
    const args = [program, 'mcp', '--folder', folder];
    await client.connect(new StdioClientTransport({ command: process.execPath, args, env }));
  });
  afterEach(() => client.close());

  const call = async (name: string, given: Record<string, unknown> = {}) => {
    const result = await client.callTool({ name, arguments: given });
    const [content] = result.content as { text: string }[];
    return { isError: result.isError === true, text: content?.text ?? '' };
  };

  it('offers tools to read and to propose, and none to decide', async () => {
    const { tools } = await client.listTools();
    assert.deepEqual(
      tools.map(({ name }) => name),
      ['list_tickets', 'read_ticket', 'propose_patch', 'read_gates'],
    );
  });

  it('lists tickets and reads evidence', async () => {
    const [ticket] = JSON.parse((await call('list_tickets')).text);
    assert.match(ticket.id, /^exception-/);
    const read = JSON.parse((await call('read_ticket', { ticketId: ticket.id })).text);
    assert.ok(read.evidence.length > 0);
    assert.equal(read.odds.chance, 0.5);
    const none = await call('read_ticket', { ticketId: 'exception-none' });
    assert.deepEqual([none.isError, /There is no ticket/.test(none.text)], [true, true]);
  });

  it('takes a patch through the gates, and says which one refused it', async () => {
    const [{ id }] = JSON.parse((await call('list_tickets')).text);
    const diff = '--- /dev/null\n+++ b/notes.txt\n@@ -0,0 +1 @@\n+nothing\n';
    const { text } = await call('propose_patch', { ticketId: id, diff, reasoning: 'A note.' });
    const { accepted, passed, gates } = JSON.parse(text);
    assert.deepEqual([accepted, passed], [false, false]);
    assert.ok(gates.some(({ verdict }: { verdict: string }) => verdict === 'failed'));
    const later = JSON.parse((await call('read_gates', { name: id })).text);
    assert.deepEqual([later.status, later.passed], ['failed', false]);
  });
});
