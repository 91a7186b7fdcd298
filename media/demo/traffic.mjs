// Starts the service on a free port, sends it some requests, and stops it. What the service prints is the log.
//   node traffic.mjs [log file]      PACE_MS: pause between two requests (default none)
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const file = process.argv[2] ?? join(here, 'logs', 'service.log');
const paceMs = Number(process.env.PACE_MS ?? 0);

const customers = [
  { items: [{ sku: 'mug', quantity: 2 }] },
  { items: [{ sku: 'poster' }, { sku: 'notebook', quantity: 3 }], coupon: 'WELCOME10' },
  { items: [{ sku: 'lamp' }], coupon: 'STAFF20' },
  { items: [{ sku: 'tote' }], coupon: 'SUMMER15' },
  { items: [{ sku: 'notebook', quantity: 10 }], coupon: 'STAFF20' },
  { items: [{ sku: 'sofa' }] },
  { items: [{ sku: 'mug' }, { sku: 'poster' }], coupon: 'STAFF20' },
  { items: [{ sku: 'poster', quantity: 2 }], coupon: 'POSTER5' },
  { items: [{ sku: 'tote', quantity: 2 }], coupon: 'STAFF20' },
  { items: [{ sku: 'lamp', quantity: 40 }] },
  { items: [{ sku: 'notebook' }], coupon: 'STAFF20' },
  { items: [{ sku: 'mug', quantity: 6 }], coupon: 'WELCOME10' },
  { items: [{ sku: 'poster', quantity: 3 }], coupon: 'STAFF20' },
  { items: [{ sku: 'lamp' }, { sku: 'mug' }], coupon: 'STAFF20' },
];

mkdirSync(dirname(file), { recursive: true });
const log = openSync(file, 'w');
const service = spawn(process.execPath, [join('src', 'main.js')], {
  cwd: here,
  env: { ...process.env, PORT: '0' },
  stdio: ['ignore', log, log],
});
const ended = once(service, 'exit');
const port = await listening();

async function listening() {
  while (service.exitCode === null) {
    const found = /listening on port (\d+)\n/.exec(readFileSync(file, 'utf8'));
    if (found) return found[1];
    await pause(20);
  }
  throw new Error(`the service did not start; see ${file}`);
}

async function send(method, path, body) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  await pause(paceMs);
  return response.json();
}

for (const [index, { items, coupon }] of customers.entries()) {
  const { id } = await send('POST', '/carts', { items });
  if (id) await send('POST', `/carts/${id}/checkout`, { coupon });
  if (index === 5) await send('GET', '/orders?since=yesterday');
  if (index === 11) await send('GET', '/orders?since=last%20week');
  if (index % 4 === 0) await send('GET', '/health');
}
service.kill('SIGTERM');
await ended;
