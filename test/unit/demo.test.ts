import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { tools } from '../../src/attempt/tools/tools.ts';
import type { CommandResult } from '../../src/core/ports.ts';
import { createShell } from '../../src/platform/shell.ts';
import { tempFolder } from '../support/tempFolder.ts';

const media = resolve(import.meta.dirname, '../../media');
const demo = join(media, 'demo');

type Step = { readonly name: string; readonly input: Readonly<Record<string, unknown>> };

describe('demo workspace', () => {
  const temp = tempFolder('pw-demo');
  const shell = createShell();
  const node = (...args: string[]): Promise<CommandResult> =>
    shell.run({ file: process.execPath, args, cwd: temp.path('shop'), timeoutMs: 180_000 });
  const read = (path: string): string => readFileSync(temp.path('shop', path), 'utf8');

  beforeEach(() => {
    cpSync(demo, temp.path('shop'), { recursive: true });
  });

  it('passes its own tests as shipped', async () => {
    const run = await node('--test');
    assert.equal(run.exitCode, 0, run.stdout.toString());
    assert.match(run.stdout.toString(), /tests 10\b/);
  }).timeout(240_000);

  it('ships the log that the service really writes', async () => {
    const run = await node('traffic.mjs', 'again.log');
    assert.equal(run.exitCode, 0, run.stderr.toString());
    const shipped = errorsIn(readFileSync(join(demo, 'logs/service.log'), 'utf8'), '/srv/shop/');
    assert.deepEqual(errorsIn(read('again.log'), `${temp.path('shop')}/`), shipped);
    const timesOf = (type: string) => shipped.filter((line) => line.startsWith(type)).length;
    assert.deepEqual([timesOf('TypeError'), timesOf('RangeError'), shipped.length], [7, 2, 9]);
  }).timeout(240_000);

  it('names no other place than the one its service ran in', () => {
    const log = readFileSync(join(demo, 'logs/service.log'), 'utf8');
    const places = new Set([...log.matchAll(/\((\/[^)]*?)\/src\//g)].map((match) => match[1]));
    assert.deepEqual([...places], ['/srv/shop']);
  });

  it('ships its feedback and ignore rules in the form that the demo expects', () => {
    const entries = readFileSync(join(demo, 'feedback.jsonl'), 'utf8').trimEnd().split('\n');
    assert.equal(entries.length, 5);
    for (const line of entries) {
      const entry = JSON.parse(line) as Record<string, unknown>;
      assert.ok(entry['timestamp'] && entry['rating'] && entry['text'], line);
    }
    assert.match(read('gitignore'), /^logs\/$/m);
  });
});

describe('demo recording', () => {
  const temp = tempFolder('pw-demo');
  const shell = createShell();
  const recording = JSON.parse(readFileSync(join(media, 'demo.recording.json'), 'utf8')) as {
    readonly conversations: readonly {
      readonly match: string;
      readonly replies: readonly {
        readonly content: readonly {
          readonly type: string;
          readonly name?: string;
          input?: unknown;
        }[];
      }[];
    }[];
  };
  const conversation = recording.conversations[0];
  const steps = (conversation?.replies ?? [])
    .flatMap((reply) => reply.content)
    .filter((block) => block.type === 'tool_use') as unknown as readonly Step[];

  /** `node --test`, and the names of the tests that failed. */
  async function test(...files: string[]): Promise<{ code: number | null; output: string }> {
    const args = ['--test', ...files];
    const run = await shell.run({ file: process.execPath, args, cwd: temp.path('shop') });
    return { code: run.exitCode, output: run.stdout.toString() };
  }

  function apply({ name, input }: Step): void {
    const path = temp.path('shop', String(input['path']));
    if (name === 'create') {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, String(input['content']), { flag: 'wx' });
    } else if (name === 'edit') {
      const edits = input['edits'] as readonly { readonly old: string; readonly new: string }[];
      const text = edits.reduce(
        (before, edit) => {
          assert.equal(before.split(edit.old).length, 2, `not exactly once: ${edit.old}`);
          return before.replace(edit.old, () => edit.new);
        },
        readFileSync(path, 'utf8'),
      );
      writeFileSync(path, text);
    }
  }

  beforeEach(() => {
    cpSync(demo, temp.path('shop'), { recursive: true });
  });

  it('is about the error that the log holds most often', () => {
    assert.ok(conversation);
    const log = readFileSync(join(demo, 'logs/service.log'), 'utf8');
    assert.ok(log.split(conversation.match).length - 1 >= 5);
  });

  it('looks, writes the test, sees it fail, fixes, sees all pass, and submits', () => {
    const names = steps.map((step) => step.name);
    const order = ['list', 'read', 'create', 'run_tests', 'edit', 'run_tests', 'submit'];
    let from = 0;
    for (const name of order) {
      const at = names.indexOf(name, from);
      assert.ok(at >= from, `${name} is missing after ${names.slice(0, from).join(', ')}`);
      from = at + 1;
    }
    assert.equal(names.at(-1), 'submit');
    assert.deepEqual(steps.at(-1)?.input['test_files'], [
      steps.find((step) => step.name === 'create')?.input['path'],
    ]);
  });

  it('calls the tools that there are, with inputs that they accept', () => {
    const known = new Map(tools.map((tool) => [tool.name, tool]));
    for (const { name, input } of steps) {
      assert.ok(known.has(name), name);
      assert.notEqual(known.get(name)?.detail(input), 'invalid input', name);
    }
  });

  it('fails before its fix, with the error of the log, and passes after it', async () => {
    assert.ok(conversation);
    const files = steps.at(-1)?.input['test_files'] as readonly string[];
    const fix = steps.findIndex((step) => step.name === 'edit');
    for (const step of steps.slice(0, fix)) apply(step);
    const before = await test(...files);
    assert.notEqual(before.code, 0);
    assert.ok(before.output.includes(conversation.match), before.output);
    for (const step of steps.slice(fix)) apply(step);
    const after = await test(...files);
    assert.equal(after.code, 0, after.output);
    const all = await test();
    assert.equal(all.code, 0, all.output);
    assert.match(all.output, /tests 12\b/);
  }).timeout(240_000);

  it('stops the service from failing on the same traffic', async () => {
    for (const step of steps) apply(step);
    const args = ['traffic.mjs', 'fixed.log'];
    await shell.run({ file: process.execPath, args, cwd: temp.path('shop') });
    const errors = errorsIn(readFileSync(temp.path('shop/fixed.log'), 'utf8'), '');
    assert.deepEqual(
      errors.map((line) => line.split(':')[0]),
      ['RangeError', 'RangeError'],
    );
  }).timeout(240_000);
});

/** `Type: message at function (file:line)` of each error, its top frame in the service's own source. */
function errorsIn(log: string, root: string): string[] {
  const pattern = /^(\w+Error: [^\n]*)\n(?: {4}at [^\n]*<anonymous>\)\n)? {4}at ([^\n]*)/gm;
  return [...log.matchAll(pattern)].map(
    (match) => `${match[1]} at ${(match[2] ?? '').replace(root, '')}`,
  );
}
