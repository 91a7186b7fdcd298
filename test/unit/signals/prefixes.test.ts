import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { createLogReader } from '../../../src/signals/logReader.ts';
import { carryFor } from '../../../src/signals/prefixes.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { summaryOf } from './support/readLines.ts';
import { follow } from './support/scanFolder.ts';

const trace = [
  'TypeError: pay is not a function',
  '    at settle (/srv/till/pay.js:9:3)',
  '    at main (/srv/till/main.js:2:1)',
];
const expected = 'error TypeError: pay is not a function @ settle /srv/till/pay.js:9';

/** How runners of several commands name them before each line. */
const runners: Readonly<Record<string, (name: string) => string>> = {
  concurrently: (name) => `[${name}] `,
  'concurrently without names': (name) => `[${name === 'api' ? 0 : 1}] `,
  'concurrently in colour': (name) => `\x1b[34m[${name}]\x1b[39m `,
  turbo: (name) => `${name}:dev: `,
  pnpm: (name) => `packages/${name} dev: `,
  'logcli of Loki': (name) => `2026-11-02T09:14:33Z {app="${name}", pod="${name}-1"} `,
  'aws logs tail': (name) =>
    `2026-11-02T09:14:33.000000+00:00 2026/11/02/[$LATEST]${(name === 'api' ? 'a1' : 'b2').repeat(16)} `,
};

function foundIn(text: string): string[] {
  const reader = createLogReader(0, 'bytes');
  reader.feed(Buffer.from(text), 0, 'final');
  reader.end();
  return reader.take().map(({ event }) => summaryOf(event));
}

describe('lines that name their command', () => {
  for (const [runner, before] of Object.entries(runners)) {
    it(`puts together the trace of one between the lines of another: ${runner}`, () => {
      const lines = trace.flatMap((line) => [before('api') + line, `${before('web')}GET / 200`]);
      assert.deepEqual(foundIn(`${before('web')}ready\n${lines.join('\n')}\n`), [expected]);
    });
  }

  it('puts them together below what the runner says first, and within what a carrier has carried', () => {
    const opening = ['##[group]Run npx turbo dev', 'Packages in scope: api, web'];
    const lines = [...trace, ...trace].flatMap((line) => [
      `api:dev: ${line}`,
      'web:dev: GET / 200',
    ]);
    const timed = [...opening, ...lines].map((line) => `2026-03-02T10:00:00.1234567Z ${line}`);
    assert.deepEqual(foundIn(`${timed.join('\n')}\n`), [expected, expected]);
  });

  it('gives lines without a name to who spoke last', () => {
    const log = `[api] ready\n[web] ready\n[api] up\n[web] up\n[api] ${trace.join('\n')}\n[web] GET / 200\n`;
    assert.deepEqual(foundIn(log), [expected]);
  });

  it('takes the id of a trace between time and level for no log stream', () => {
    const log = `2026-03-02T10:00:00.123Z 4bf92f3577b34da6a3ce929d0e0e4736 ERROR shop.Cart - could not save
java.lang.IllegalStateException: no price
\tat shop.Cart.price(Cart.java:7)
\tat shop.Main.main(Main.java:3)
`;
    assert.deepEqual(foundIn(log), [
      'error java.lang.IllegalStateException: no price @ shop.Cart.price shop/Cart.java:7',
    ]);
  });

  it("leaves alone a logger's levels and times, and what compilers say", () => {
    const levels = '[info] up\n[error] lost the lease\n[info] up\n[error] lost the lease\n';
    assert.deepEqual(foundIn(levels), Array(2).fill('error LoggedError: lost the lease'));
    const places = '[lib/a.ex:3] up\n[lib/b.ex:9] up\n'.repeat(3);
    assert.equal(carryFor(Buffer.from(places)), undefined);
    assert.deepEqual(
      foundIn('a.c:7: error: no fee\na.c:9: error: no till\na.c:12: error: no pay\n').length,
      3,
    );
  });

  describe('and no logger that aligns its levels', () => {
    const time = '2026-03-02 10:00:00';
    const loggers: Readonly<Record<string, (level: string) => string>> = {
      'Spring Boot': (level) => `${time}.123 ${level.padStart(5)} 1 --- [  main] c.a.Shop  : `,
      'logback %-5level': (level) => `${time}.123 [pool-1-thread-2] ${level.padEnd(5)} c.a.Shop - `,
      'logback %5level': (level) => `${time},123 ${level.padStart(5)} [main] c.a.Shop - `,
      'logback %10thread': (level) => `${time},123     [main] ${level.padStart(5)} c.a.Shop - `,
      'log4j %5p': (level) => `[${time},123] ${level.padStart(5)} c.a.Shop - `,
      'Python %8s': (level) => `${time},123 ${level.padStart(8)} `,
      'Python with a name': (level) => `${time},123 ${'shop.api'.padStart(12)} ${level} `,
      'Serilog padded': (level) => `${time}.123 +00:00 [${level.padStart(5)}] `,
      NLog: (level) => `${time}.1234 ${level.padStart(6)} Shop.Api - `,
      'winston padded': (level) => `${time} ${`${level.toLowerCase()}:`.padEnd(9)}`,
      'two blanks, boxed': (level) => `[${time}]  ${level} `,
    };
    for (const [logger, head] of Object.entries(loggers)) {
      const lines = [`${head('INFO')}job began`, `${head('ERROR')}payment failed`];
      const stack = [`${head('ERROR')}payment failed`, ...trace];
      const [boxed] = /^\[?[\d-]+ [\d:.,]+\]?/.exec(head('INFO')) ?? [];

      it(`finds all errors, and stacks: ${logger}`, () => {
        const logged = 'error LoggedError: payment failed';
        assert.deepEqual(foundIn(`${[...lines, ...lines].join('\n')}\n`), [logged, logged]);
        const detailed = [...lines, `${time}    of this order`, ...lines, lines[0]];
        assert.deepEqual(foundIn(`${detailed.join('\n')}\n`), [logged, logged]);
        assert.deepEqual(foundIn(`${[...lines, lines[0], ...stack].join('\n')}\n`), [
          logged,
          expected,
        ]);
        const timed = trace.map((line) => `${boxed} ${line}`);
        const all = [...lines, lines[0], stack[0], ...timed, lines[0]];
        assert.deepEqual(foundIn(`${all.join('\n')}\n`), [logged, expected]);
      });
    }

    it('still takes indented words of a command for no levels', () => {
      const output = ['response of the bank', '    error: { code: 1 }', '    code: 7', 'done'];
      assert.deepEqual(foundIn(`${output.map((line) => `${time} ${line}`).join('\n')}\n`), []);
    });
  });

  describe('in a log that grows', () => {
    const temp = tempFolder('pw-prefixes');
    const told = '[api] ready\n[web] ready\n[api] up\n[web] up\n';
    const growth = trace
      .slice(0, 2)
      .map((line) => `[api] ${line}\n`)
      .join('');
    const framesOf = ({ signals }: Awaited<ReturnType<ReturnType<typeof follow>['scan']>>) =>
      signals.map((one) => (one.kind === 'exception' ? one.exception.frames.length : -1));

    it('are known by its head, not by what is new', async () => {
      const file = temp.path('grows/app.log');
      mkdirSync(temp.path('grows'), { recursive: true });
      writeFileSync(file, told);
      const follower = follow(temp.path('grows'));
      assert.deepEqual(framesOf(await follower.scan(true)), []);
      appendFileSync(file, growth);
      assert.deepEqual(framesOf(await follower.scan(true)), [1]);
    });

    it('are known within a record of several lines', async () => {
      mkdirSync(temp.path('spread'), { recursive: true });
      const file = temp.path('spread/app.log');
      const record = (message: string): string =>
        `${JSON.stringify({ level: 'error', message, time: 0 }, undefined, 2)}\n`;
      const log = record('no till') + record(trace.join('\n'));
      const titles = async (): Promise<string[]> =>
        (await follower.scan(true)).signals.map(({ title }) => title);
      const follower = follow(temp.path('spread'));
      writeFileSync(file, log.slice(0, -40));
      assert.deepEqual(await titles(), ['no till']);
      appendFileSync(file, log.slice(-40));
      assert.deepEqual(await titles(), ['TypeError: pay is not a function']);
      assert.deepEqual(await titles(), []);
    });

    it('are of who spoke last, also where a scan begins without a name', async () => {
      const file = temp.path('spoke/app.log');
      mkdirSync(temp.path('spoke'), { recursive: true });
      writeFileSync(file, `${told.repeat(300)}[api] now\n`);
      const follower = follow(temp.path('spoke'));
      await follower.scan(true);
      appendFileSync(
        file,
        `${trace[0]}\n${trace[1]}\n[web] GET / 200\n[api] ${trace[2]}\n[web] up\n`,
      );
      assert.deepEqual(framesOf(await follower.scan(true)), [2]);
    });

    it('are known still when it was packed', async () => {
      const file = temp.path('packed/app.log');
      mkdirSync(temp.path('packed'), { recursive: true });
      writeFileSync(file, told);
      const follower = follow(temp.path('packed'));
      await follower.scan(true);
      appendFileSync(file, growth);
      writeFileSync(temp.path('packed/app.log.1.gz'), gzipSync(readFileSync(file)));
      writeFileSync(file, '');
      assert.deepEqual(framesOf(await follower.scan(true)), [1]);
    });
  });
});
