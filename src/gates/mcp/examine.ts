import { throwIfCancelled } from '../../core/errors.ts';
import type { ProcessMark } from '../../core/ports.ts';
import { firstWords, plural } from '../finding.ts';
import { httpStatus } from './httpStatus.ts';
import { type McpServer, mcpFiles, readServers, type Surroundings } from './servers.ts';
import { whyBroken } from './whyBroken.ts';

/** How one server does. */
export interface McpRow {
  readonly name: string;
  readonly file: string;
  readonly state: 'works' | 'broken' | 'needs_input';
  readonly detail: string;
}

export interface McpDeps extends Surroundings {
  /** Marks what is started, so that it can be ended with all that it starts itself. */
  mark(): ProcessMark;
  /** '' or undefined: there is no such file. */
  read(file: string): Promise<string | undefined>;
  readonly timeoutMs?: number;
}

/** With a package to be fetched first. */
const defaultTimeoutMs = 30_000;

/** Every server that the workspace's files name: started, asked and stopped, side by side. */
export async function examineServers(
  deps: McpDeps,
  signal?: AbortSignal,
): Promise<readonly McpRow[]> {
  const servers: McpServer[] = [];
  for (const [file, key] of mcpFiles) {
    const source = await deps.read(file);
    for (const server of source ? readServers(file, key, source, deps) : []) {
      if (!servers.some((known) => isSame(known, server))) servers.push(server);
    }
  }
  return Promise.all(servers.map((server) => examine(server, deps, signal)));
}

/** Editors and agents often have the same server, each in its own file. */
function isSame(a: McpServer, b: McpServer): boolean {
  return JSON.stringify({ ...a, file: '' }) === JSON.stringify({ ...b, file: '' });
}

async function examine(server: McpServer, deps: McpDeps, signal?: AbortSignal): Promise<McpRow> {
  throwIfCancelled(signal);
  const { name, file } = server;
  if (server.kind === 'unknown') {
    const state = server.needsInput ? 'needs_input' : 'broken';
    return { name, file, state, detail: firstWords(server.why) };
  }
  const timeoutMs = deps.timeoutMs ?? defaultTimeoutMs;
  const limit = AbortSignal.timeout(timeoutMs);
  const mark = deps.mark();
  const stop = signal ? AbortSignal.any([signal, limit]) : limit;
  // To ask politely takes seconds where nobody answers.
  stop.addEventListener('abort', () => mark.end(), { once: true });
  const started = performance.now();
  try {
    const { askServer } = await import('./mcpClient.ts');
    const answer = await askServer(server, {
      timeoutMs,
      environment: { ...environmentOf(deps.environment), ...mark.env },
      signal: stop,
    });
    const ms = Math.round(performance.now() - started);
    const tools = plural(answer.tools.length, 'tool');
    return {
      name,
      file,
      state: 'works',
      detail: firstWords(`${answer.server}: ${tools}, answers in ${ms} ms.`),
    };
  } catch (error) {
    throwIfCancelled(signal);
    if (limit.aborted) {
      return { name, file, state: 'broken', detail: `did not answer within ${timeoutMs / 1000} s` };
    }
    return httpStatus(error) === 401
      ? { name, file, state: 'needs_input', detail: 'needs you to sign in' }
      : { name, file, state: 'broken', detail: whyBroken(error, server) };
  } finally {
    mark.end();
  }
}

/** As in the editor, but without what steers Node, git and editors, and without our own key. */
function environmentOf(environment: NodeJS.ProcessEnv): Record<string, string> {
  const hidden = /^(ELECTRON_|VSCODE_|NODE_|GIT_|PATCHWRIGHT_|ANTHROPIC_)/;
  return Object.fromEntries(
    Object.entries(environment).filter(
      (one): one is [string, string] => one[1] !== undefined && !hidden.test(one[0]),
    ),
  );
}
