import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import {
  Client,
  SSEClientTransport,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { httpStatus } from './httpStatus.ts';
import type { McpServer } from './servers.ts';

/** What a server said when it was asked. */
export interface Answer {
  /** `name version`, as it calls itself. */
  readonly server: string;
  readonly tools: readonly string[];
}

export interface Asking {
  readonly timeoutMs: number;
  /** The whole environment of a server that is started. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

const maxStderrChars = 4_000;

/**
 * Starts it or connects to it, initialises, lists its tools and pings it; closes it whatever comes. Of a
 * module of its own, as the library is large and few need it.
 */
export async function askServer(server: McpServer, asking: Asking): Promise<Answer> {
  if (server.kind === 'unknown') throw new Error(server.why);
  if (server.kind === 'stdio') return askProcess(server, asking);
  if (server.sse) return ask(new SSEClientTransport(...httpOf(server)), asking);
  try {
    const transport = new StreamableHTTPClientTransport(...httpOf(server));
    return await ask(transport, asking, () => transport.terminateSession());
  } catch (error) {
    // Servers of the older transport refuse a POST to the address of their stream.
    const status = httpStatus(error);
    if (asking.signal.aborted || !status || ![400, 404, 405, 406].includes(status)) throw error;
    return ask(new SSEClientTransport(...httpOf(server)), asking);
  }
}

function httpOf({ url, headers }: McpServer & { kind: 'http' }) {
  return [new URL(url), { requestInit: { headers: { ...headers } } }] as const;
}

async function askProcess(server: McpServer & { kind: 'stdio' }, asking: Asking): Promise<Answer> {
  const fromFile = server.envFile ? parseEnv(await readFile(server.envFile, 'utf8')) : {};
  const transport = new StdioClientTransport({
    command: server.command,
    args: [...server.args],
    cwd: server.cwd,
    env: { ...asking.environment, ...definedOf(fromFile), ...server.env },
    stderr: 'pipe',
  });
  let said = '';
  transport.stderr?.on('data', (piece: Buffer) => {
    said = (said + piece.toString('utf8')).slice(-maxStderrChars);
  });
  try {
    return await ask(transport, asking);
  } catch (error) {
    const last = said.trim().split('\n').at(-1);
    if (!last || !(error instanceof Error)) throw error;
    throw new Error(`${error.message}: ${last}`, { cause: error });
  }
}

function definedOf(variables: NodeJS.Dict<string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).filter((one): one is [string, string] => one[1] !== undefined),
  );
}

async function ask(
  transport: Parameters<Client['connect']>[0],
  { timeoutMs, signal }: Asking,
  farewell: () => Promise<unknown> = async () => undefined,
): Promise<Answer> {
  // Servers of before may leave unanswered what they don't know, but for those that owe each request a reply.
  const owesReply = transport instanceof StreamableHTTPClientTransport;
  const probe = { timeoutMs: owesReply ? timeoutMs : Math.min(timeoutMs / 3, 5_000) };
  const client = new Client(
    { name: 'patchwright-doctor', version: '1.0.0' },
    { versionNegotiation: { mode: 'auto', probe } },
  );
  const options = { timeout: timeoutMs, maxTotalTimeout: timeoutMs, signal };
  try {
    await client.connect(transport, options);
    const hasTools = client.getServerCapabilities()?.tools !== undefined;
    const { tools } = hasTools ? await client.listTools({}, options) : { tools: [] };
    // The newer protocol has no ping; to be asked again who it is does the same.
    if (client.getProtocolEra() === 'modern') await client.discover(options);
    else await client.ping(options);
    const { name = 'unnamed', version = '' } = client.getServerVersion() ?? {};
    return { server: `${name} ${version}`.trim(), tools: tools.map((tool) => tool.name) };
  } finally {
    await farewell().catch(() => undefined); // it need not know sessions
    await client.close();
  }
}
