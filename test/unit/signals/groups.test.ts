import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { type FindingGroup, findGroups } from '../../../src/signals/groups.ts';
import { readGroups } from '../../../src/signals/readGroups.ts';
import { tempFolder } from '../../support/tempFolder.ts';

const trace = (time: string, sku: string): string =>
  [
    `${time} ERROR shop.api: order failed`,
    'Traceback (most recent call last):',
    '  File "/srv/app/shop/api.py", line 12, in order',
    '    total(cart)',
    '  File "/srv/app/shop/cart.py", line 7, in total',
    '    return prices[sku]',
    `KeyError: '${sku}'`,
    '',
  ].join('\n');
const info = (time: string): string => `${time} INFO shop.api: request done\n`;

describe('groups of a log', () => {
  const temp = tempFolder('pw-groups');

  const groupsOf = async (files: Readonly<Record<string, string | Buffer>>) => {
    mkdirSync(temp.path('logs'));
    for (const [name, text] of Object.entries(files)) writeFileSync(temp.path('logs', name), text);
    const names = Object.keys(files).map((name) => temp.path('logs', name));
    const found = await findGroups(names, temp.path());
    return { ...found, all: [...found.groups.values()] };
  };
  const brief = (groups: readonly FindingGroup[] | undefined): string[] =>
    (groups ?? []).map(
      ({ count, severity, kind, type, message, file, line }) =>
        `${count} ${severity} ${kind} ${type}: ${message.split('\n')[0]} ${file}:${line}`,
    );

  it('count the same bug once per occurrence, with the file of the folder it lies in', async () => {
    mkdirSync(temp.path('shop'));
    writeFileSync(temp.path('shop/cart.py'), '');
    const log = ['a-1', 'b-2', 'c-3'].map((sku, i) => trace(`2026-03-02T10:00:0${i}Z`, sku));
    const { groups } = await groupsOf({ 'app.log': log.join(info('2026-03-02T10:00:09Z')) });
    assert.deepEqual(brief(groups.get(temp.path('logs/app.log'))), [
      "3 error exception KeyError: 'a-1' shop/cart.py:7",
    ]);
  });

  it('find the one of several files of a name that has the line, and what the report quotes of it', async () => {
    for (const [crate, text] of Object.entries({
      bins: 'fn main() {\n    take(4);\n}\n',
      lids: 'fn main() {}\n',
      pots: '//\n//\n',
    })) {
      mkdirSync(temp.path(`${crate}/src`), { recursive: true });
      writeFileSync(temp.path(`${crate}/src/main.rs`), text);
    }
    const { all } = await groupsOf({
      'run.log': "thread 'main' panicked at src/main.rs:3:5:\nbin 4 is gone\n",
      'build.log':
        'error[E0425]: cannot find function `take`\n --> src/main.rs:2:5\n  |\n2 |     take(4);\n  |     ^^^^\n',
      'other.log': "thread 'main' panicked at src/main.rs:1:5:\nbin 4 is gone\n",
    });
    assert.deepEqual(all.map(brief), [
      ['1 fatal exception panic: bin 4 is gone bins/src/main.rs:3'],
      ['1 error diagnostic E0425: cannot find function `take` bins/src/main.rs:2'],
      ['1 fatal exception panic: bin 4 is gone src/main.rs:1'],
    ]);
  });

  it('join a trace that a rotation cut in the middle of a line, whatever the order given', async () => {
    const whole = [1, 2, 3].map((i) => trace(`2026-03-02T10:00:0${i}Z`, `s-${i}`)).join('');
    const [first, second] = [whole.indexOf('return prices') + 6, whole.lastIndexOf('total(cart)')];
    const { all } = await groupsOf({
      'app.log': whole.slice(second),
      'app.log.2.gz': gzipSync(whole.slice(0, first)),
      'app.log.1': whole.slice(first, second),
    });
    assert.deepEqual(all.map(brief), [
      ["3 error exception KeyError: 's-1' /srv/app/shop/cart.py:7"],
    ]);
  });

  it('do not count an archive again that lies beside its plain file', async () => {
    const old = trace('2026-03-01T10:00:00Z', 'x-1');
    const { all } = await groupsOf({
      'app.log': info('2026-03-02T10:00:00Z'),
      'app.log.1': old,
      'app.log.1.gz': gzipSync(old),
    });
    assert.deepEqual(all.map(brief), [
      ["1 error exception KeyError: 'x-1' /srv/app/shop/cart.py:7"],
    ]);
  });

  it('trust the times in the files more than the numbers in their names', async () => {
    const whole = trace('2026-03-02T10:00:00Z', 'x-1') + trace('2026-03-02T11:00:00Z', 'x-2');
    const at = whole.indexOf('total(cart)', whole.indexOf('11:00'));
    const [old, young] = [whole.slice(0, at), whole.slice(at) + info('2026-03-02T12:00:00Z')];
    const { all } = await groupsOf({ 'app.log.1': old, 'app.log.2': young });
    assert.deepEqual(brief(all[0]), ["2 error exception KeyError: 'x-1' /srv/app/shop/cart.py:7"]);
  });

  it('show the chain down to the root cause, and the worst severity', async () => {
    const cause = trace('', 'x').split('\n').slice(1, -1).join('\n');
    const chained = [
      cause,
      '',
      'The above exception was the direct cause of the following exception:',
      '',
      'Traceback (most recent call last):',
      '  File "/srv/app/shop/api.py", line 14, in order',
      '    raise OrderError("no price") from e',
      'shop.errors.OrderError: no price',
      '',
    ].join('\n');
    const { all } = await groupsOf({ 'app.log': chained });
    const [group] = all[0] ?? [];
    assert.equal(group?.type?.split('.').at(-1), 'OrderError');
    assert.deepEqual(group?.chain, [
      { type: 'KeyError', message: "'x'", file: '/srv/app/shop/cart.py', line: 7 },
    ]);
  });

  it('name the place of the cause where only a framework has wrapped it', async () => {
    const { all } = await groupsOf({
      'app.log': `org.springframework.web.util.NestedServletException: Request processing failed
	at org.springframework.web.servlet.FrameworkServlet.processRequest(FrameworkServlet.java:1014)
	at org.springframework.web.servlet.FrameworkServlet.doGet(FrameworkServlet.java:898)
Caused by: java.lang.IllegalStateException: no price
	at com.acme.shop.Cart.total(Cart.java:31)
	at org.springframework.web.servlet.DispatcherServlet.doDispatch(DispatcherServlet.java:1067)
	... 2 more
`,
    });
    const [group] = all[0] ?? [];
    assert.match(group?.type ?? '', /NestedServletException$/);
    assert.match(group?.file ?? '', /Cart\.java$/);
    assert.deepEqual([group?.line, group?.function?.split('.').at(-1)], [31, 'total']);
  });

  it('say what could not be read, read the rest, and write nothing', async () => {
    const log = trace('2026-03-02T10:00:00Z', 'x-1');
    mkdirSync(temp.path('logs'));
    writeFileSync(temp.path('logs/cut.log.gz'), gzipSync(log.repeat(400)).subarray(0, -9));
    writeFileSync(temp.path('logs/app.log'), log);
    const before = readdirSync(temp.path(), { recursive: true });
    const names = ['cut.log.gz', 'app.log', 'none.log'].map((name) => temp.path('logs', name));
    const { groups, problems } = await findGroups(names, temp.path());
    assert.deepEqual(
      problems.map(({ file }) => file),
      [names[2]],
    );
    assert.equal(groups.get(names[1] ?? '')?.[0]?.count, 1);
    assert.ok((groups.get(names[0] ?? '')?.[0]?.count ?? 0) > 300);
    assert.deepEqual(readdirSync(temp.path(), { recursive: true }), before);
  });

  it('count what stands at the very end and might have gone on', async () => {
    const { all } = await groupsOf({ 'app.log': '2026-03-02T10:00:00Z error: no space left\n' });
    assert.deepEqual(brief(all[0]), ['1 error log null: no space left null:null']);
  });

  it('keep errors apart that were only logged, whatever their values', async () => {
    const lines = Array.from({ length: 20 }, (_, i) => [
      `2026-03-02T10:00:0${i % 10}Z ERROR [w-${i}] connection to database at 10.0.${i}.1:5432 refused`,
      `2026-03-02T10:00:0${i % 10}Z ERROR [w-${i}] connection to cache at 10.0.${i}.1:6379 refused`,
      `2026-03-02T10:00:0${i % 10}Z ERROR [w-${i}] mail to u${i}@shop${i}.example.com bounced after ${i} s`,
      `2026-03-02T10:00:0${i % 10}Z INFO  [w-${i}] 0 errors`,
    ]).flat();
    const { all } = await groupsOf({ 'app.log': `${lines.join('\n')}\n` });
    assert.deepEqual(
      all[0]?.map(({ count }) => count),
      [20, 20, 20],
    );
  });

  it('mask secrets, and leave what is only personal to who reads their own log', async () => {
    const key = ['sk', 'ant', 'api03', 'A1b2C3d4'.repeat(6)].join('-');
    const text = `2026-03-02T10:00:00Z ERROR mail to ann@example.com with ${key} bounced\n`;
    const { all } = await groupsOf({ 'app.log': text });
    const [group] = all[0] ?? [];
    assert.match(group?.message ?? '', /^mail to ann@example\.com with \S+ bounced$/);
    assert.ok(!JSON.stringify(all).includes(key));
  });

  it('tell of so many different errors only, and say how many others there were', async () => {
    const word = (i: number) =>
      i.toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'[+digit] ?? '');
    const errors = Array.from(
      { length: 5_020 },
      (_, i) => `Error: no ${word(i)}\n    at ${word(i)}Of (/srv/app/${word(i)}.js:${i}:1)\n`,
    );
    const { all, problems } = await groupsOf({ 'app.log': errors.join('') + errors.at(-1) });
    assert.equal(all[0]?.length, 5_000);
    assert.deepEqual(problems, [
      {
        file: temp.path('logs/app.log'),
        reason:
          'it tells of more than 5000 different errors: 21 occurrences of others were left out',
      },
    ]);
  }).timeout(60_000);

  it('are the same in a thread of its own, which ends when cancelled', async () => {
    const log = ['x-1', 'x-2'].map((sku, i) => trace(`2026-03-02T10:00:0${i}Z`, sku)).join('');
    writeFileSync(temp.path('app.log'), log);
    const files = [temp.path('app.log'), temp.path('none.log')];
    const request = { files, folder: temp.path() };
    const found = await findGroups(files, temp.path());
    assert.deepEqual(await readGroups(request), found);
    const controller = new AbortController();
    const reading = readGroups(request, controller.signal);
    controller.abort();
    await assert.rejects(reading, { code: 'cancelled' });
  }).timeout(60_000);

  it('reject when cancelled', async () => {
    writeFileSync(temp.path('app.log'), trace('2026-03-02T10:00:00Z', 'x-1'));
    await assert.rejects(findGroups([temp.path('app.log')], temp.path(), AbortSignal.abort()), {
      code: 'cancelled',
    });
  });
});
