import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createRepository, type Tree, writeTree } from '../../support/repository.ts';

export interface Workspace {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  dispose?(): Promise<void>;
}

/** A small service with a bug, a test that does not see it, and the log that it wrote six times. */
export const service: Tree = {
  'package.json': `${JSON.stringify({ name: 'shop', private: true, scripts: { test: 'node --test' } }, null, 2)}\n`,
  '.gitignore': 'logs/\nnode_modules/\n',
  'src/cart.js': `'use strict';

/** The sum of a cart in cents. */
function total(cart) {
  let sum = 0;
  for (const item of cart.items) {
    sum += item.price.cents * item.quantity;
  }
  return sum;
}

module.exports = { total };
`,
  'test/cart.test.js': `'use strict';
const assert = require('node:assert/strict');
const { test } = require('node:test');
const { total } = require('../src/cart.js');

test('adds what is in the cart', () => {
  assert.equal(total({ items: [{ price: { cents: 250 }, quantity: 2 }] }), 500);
});
`,
};

export function failure(root: string, at: string): string {
  return `${at} ERROR request failed
TypeError: Cannot read properties of undefined (reading 'cents')
    at total (${root}/src/cart.js:7:23)
    at Server.handle (${root}/src/server.js:19:11)
    at Server.emit (node:events:519:28)
`;
}

export const workspaces: Readonly<Record<string, (root: string) => Promise<Workspace>>> = {
  async repository(root) {
    const folder = join(root, 'shop');
    await createRepository(folder, service);
    writeTree(folder, { 'logs/app.log': sixFailures(folder) });
    return { folder, env: {} };
  },
  async plain(root) {
    const folder = join(root, 'notes');
    mkdirSync(folder);
    writeTree(folder, { 'readme.txt': 'No repository here.\n' });
    return { folder, env: {} };
  },
  async untrusted(root) {
    const folder = join(root, 'stranger');
    await createRepository(folder, service);
    writeTree(folder, { 'logs/app.log': sixFailures(folder) });
    return { folder, env: {} };
  },
};

function sixFailures(folder: string): string {
  const times = [0, 1, 2, 3, 4, 5].map((minute) => `2026-03-02T09:0${minute}:00.000Z`);
  return times.map((at) => failure(folder, at)).join('');
}
