import { type App, compose } from '../../src/compose.ts';
import type { Git } from '../../src/core/ports.ts';
import { allowVariable } from '../../src/core/sandbox.ts';
import { parseSettings } from '../../src/core/settings.ts';
import { ticketOf } from './nouns.ts';
import { createRepository, writeTree } from './repository.ts';
import { requestOf } from './requests.ts';
import { missingSandbox } from './sandbox.ts';

/** A small service; `change` is put where its routes are made. */
export const service = (change = ''): string => `
const http = require('node:http');
const kept = [];
const routes = {
  '/': () => 'ok',
  '/orders': () => JSON.stringify(Array.from({ length: 50 }, (_, id) => ({ id, total: id * 3 }))),
  '/search': () => 'nothing found',
  '/upload': () => 'thanks',
};
let served = 0;
${change}
http
  .createServer((request, response) => {
    served += 1;
    let length = 0;
    request.on('data', (piece) => { length += piece.length; });
    request.on('end', () => {
      try {
        response.end(routes[request.url](length));
      } catch (error) {
        console.error(error.message);
        response.writeHead(500).end();
      }
    });
  })
  .listen(process.env.PORT, '127.0.0.1', () => console.log('listening'));
`;

export const slower = (ms: number): string => `const orders = routes['/orders'];
routes['/orders'] = () => { const end = Date.now() + ${ms}; while (Date.now() < end); return orders(); };`;
export const leaking = (bytes: number): string =>
  `routes['/search'] = () => { kept.push(Buffer.alloc(${bytes}, served)); return 'found'; };`;
/** One upload of so many fails. */
export const failing = (each: number): string => `let uploads = 0;
routes['/upload'] = (length) => { if ((uploads += 1) % ${each} === 0) throw new Error('no ' + length); return 'thanks'; };`;

export const serviceSettings = {
  'patchwright.canary.start': 'node server.js',
  'patchwright.canary.seconds': 1,
  'patchwright.canary.requests': ['/orders', 'GET /search', 'POST /upload {"name":"a"}'],
};

/** The service in a repository, and the house over it. */
export async function openService(
  folder: string,
  cache: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<{ readonly git: Git; readonly app: App }> {
  const git = await createRepository(folder, { 'server.js': service() });
  const app = await compose({
    folder: git.cwd,
    settings: () => parseSettings(settings),
    apiKey: () => Promise.resolve(undefined),
    environment: {
      ...process.env,
      PATCHWRIGHT_CACHE: cache,
      ...(missingSandbox() ? { [allowVariable]: '1' } : {}),
    },
    log: () => undefined,
    trusted: true,
  });
  return { git, app };
}

/** A request whose patch leaves the service so; its id. */
export async function requestedFor(
  { git, app }: { readonly git: Git; readonly app: App },
  server: string,
): Promise<string> {
  const base = await git.run(['rev-parse', 'HEAD']);
  writeTree(git.cwd, { 'server.js': server });
  await git.run(['commit', '-q', '-am', 'the patch', '--allow-empty']);
  const commit = await git.run(['rev-parse', 'HEAD']);
  await git.run(['branch', '--force', 'improvement/patch']);
  await git.run(['reset', '-q', '--hard', base]);
  const request = requestOf({ base, commit, branch: 'improvement/patch', testFiles: [] });
  const { id, ...fields } = request;
  const ticket = ticketOf({ id: request.ticketId, status: 'ready' });
  await app.backlog.write([
    { kind: 'ticket', id: ticket.id, fields: ticket },
    { kind: 'request', id, fields },
  ]);
  return id;
}
