import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

const frames = `    at priceOf (/srv/app/src/cart.js:8:12)
    at async Promise.all (index 0)
    at Module._compile (node:internal/modules/cjs/loader:1521:14)
    at /srv/app/node_modules/express/lib/router.js:1:2`;
const message = "TypeError: Cannot read properties of undefined (reading 'cents')";

describe('javascript grammar', () => {
  it('reads a stack and knows whose frames are whose', () => {
    const [event] = eventsIn(`${message}\n${frames}\nGET /cart 200`);
    assert.equal(event?.severity, 'error');
    assert.deepEqual(
      event.frames.map(({ file, inApp }) => [file, inApp]),
      [
        ['/srv/app/src/cart.js', true],
        ['index 0', false],
        ['node:internal/modules/cjs/loader', false],
        ['/srv/app/node_modules/express/lib/router.js', false],
      ],
    );
    assert.deepEqual(event.frames[0], {
      file: '/srv/app/src/cart.js',
      function: 'priceOf',
      line: 8,
      column: 12,
      inApp: true,
    });
  });

  it('calls an uncaught one fatal and makes one event of head, stack and tail', () => {
    const uncaught = `/srv/app/src/cart.js:8\n  return p.cents / 100;\n           ^\n\n${message}\n${frames}\n\nNode.js v24.1.0`;
    assert.deepEqual(summaries(`${uncaught}\n${uncaught}`), [
      `fatal ${message} @ priceOf /srv/app/src/cart.js:8`,
      `fatal ${message} @ priceOf /srv/app/src/cart.js:8`,
    ]);
  });

  it('keeps the chain of causes and what an aggregate holds', () => {
    const [event, ...others] = eventsIn(`request failed TypeError: render failed
    at top (/srv/app/cause.js:13:45)
    ... 5 lines matching cause stack trace ...
    at node:internal/main/run_main_module:28:49 {
  [cause]: Error: order 1 could not be loaded
      at load (/srv/app/cause.js:8:11) {
    [cause]: Error: connect ECONNREFUSED 10.0.0.7:5432
        at query (/srv/app/cause.js:3:23) {
      code: 'ECONNREFUSED'
    }
  }
}
[AggregateError: All promises were rejected] {
  [errors]: [
    Error: replica 10 unreachable
        at ping (/srv/app/aggregate.js:4:9)
        at async Promise.any (index 0),
    RangeError: replica 11 unreachable
        at ping (/srv/app/aggregate.js:5:9)
  ]
}
done`);
    assert.equal(event?.type, 'TypeError');
    assert.deepEqual(
      event.causes.map((cause) => cause.message),
      ['order 1 could not be loaded', 'connect ECONNREFUSED 10.0.0.7:5432'],
    );
    assert.equal(others.length, 1);
    assert.equal(others[0]?.type, 'AggregateError');
    assert.deepEqual(
      others[0].causes.map((cause) => cause.type),
      ['Error', 'RangeError'],
    );
    assert.equal(others[0].frames[0]?.function, 'ping');
  });

  const single: readonly (readonly [string, string, string])[] = [
    [
      'a code in brackets and a property tail',
      `Error [ERR_X]: bad\n    at f (/srv/a.js:1:2) {\n  code: 'ERR_X',\n  info: {\n    a: 1\n  }\n}`,
      'error Error: bad @ f /srv/a.js:1',
    ],
    [
      'a Windows path',
      'Error: bad\n    at Object.run (C:\\Users\\me\\app\\src\\a.js:10:5)',
      'error Error: bad @ Object.run C:\\Users\\me\\app\\src\\a.js:10',
    ],
    [
      'file URLs and async frames',
      'Error: bad\n    at async load (file:///srv/app/a%20b.mjs:3:9)',
      'error Error: bad @ load /srv/app/a b.mjs:3',
    ],
    [
      'a module that is not there',
      `node:internal/modules/esm/resolve:283
    throw new ERR_MODULE_NOT_FOUND(
          ^

Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/srv/a.mjs' imported from /srv/app/b.mjs
    at finalizeResolution (node:internal/modules/esm/resolve:283:11) {
  code: 'ERR_MODULE_NOT_FOUND'
}

Node.js v24.1.0`,
      "fatal Error: Cannot find module '/srv/a.mjs' imported from /srv/app/b.mjs @ - /srv/app/b.mjs:-",
    ],
    [
      'a syntax error, whose place is only above the stack',
      `/srv/app/bad.js:3
  const a = ;
            ^

SyntaxError: Unexpected token ';'
    at wrapSafe (node:internal/modules/cjs/loader:1464:18)
    at Object.<anonymous> (/srv/app/main.js:1:1)

Node.js v24.1.0`,
      "fatal SyntaxError: Unexpected token ';' @ - /srv/app/bad.js:3",
    ],
    [
      'a thrown string',
      `/srv/app/a.js:13\nthrow 'plain ' + x;\n^\nplain string thrown 5\n(Use \`node --trace-uncaught ...\` to show where the exception was thrown)\n\nNode.js v24.1.0`,
      'fatal Uncaught: plain string thrown 5 @ - /srv/app/a.js:13',
    ],
    [
      'an unhandled rejection that is no error',
      `node:internal/process/promises:389
      new UnhandledPromiseRejection(reason);
      ^

UnhandledPromiseRejection: This error originated either by throwing. The promise rejected with the reason "undefined".
    at throwUnhandledRejectionsMode (node:internal/process/promises:389:7) {
  code: 'ERR_UNHANDLED_REJECTION'
}

Node.js v24.1.0`,
      'fatal UnhandledPromiseRejection: This error originated either by throwing. The promise rejected with the reason "undefined".',
    ],
    [
      'a log line with a header before it',
      '2026-03-02T10:11:12.000Z ERROR api - TypeError: x is undefined\n    at f (/srv/a.js:1:2)',
      'error TypeError: x is undefined @ f /srv/a.js:1',
    ],
    [
      'a class whose name says nothing',
      'NotFound: order 7\n    at f (/srv/a.js:1:2)',
      'error NotFound: order 7 @ f /srv/a.js:1',
    ],
    [
      'browsers other than Chrome',
      'TypeError: p is undefined\npriceOf@http://localhost:3000/static/cart.js:8:12\n@http://localhost:3000/static/index.js:4:1',
      'error TypeError: p is undefined @ priceOf /static/cart.js:8',
    ],
  ];
  const otherForms: readonly (readonly [string, string, string])[] = [
    [
      'the name that an error was given',
      'Error [QuotaError]: used up\n    at f (/srv/a.js:1:2)',
      'error QuotaError: used up @ f /srv/a.js:1',
    ],
    [
      'the name of a class that Sequelize gave another one',
      'ConnectionError [SequelizeConnectionError]: gone\n    at f (/srv/a.js:1:2)',
      'error SequelizeConnectionError: gone @ f /srv/a.js:1',
    ],
    [
      "an error of Next's dev server, with its place in the file as written",
      ` ⨯ lib/crops.js (3:20) @ rows
 ⨯ TypeError: no rows
    at crops (webpack-internal:///./lib/crops.js:18:22)`,
      'error TypeError: no rows @ crops lib/crops.js:3',
    ],
    [
      "an error in Firefox's standard output",
      'JavaScript error: http://127.0.0.1:8137/js/shop.js, line 4: ReferenceError: tool is not defined',
      'error ReferenceError: tool is not defined @ - /js/shop.js:4',
    ],
    [
      'an error below the label of hapi',
      'Debug: internal, implementation, error \n    Error: no seat\n    at f (/srv/a.js:1:2)',
      'error Error: no seat @ f /srv/a.js:1',
    ],
    [
      'what Babel cannot parse',
      `SyntaxError: /srv/app/pay.jsx: Support for the syntax 'jsx' isn't enabled (2:3):

  1 | export const a = (
    at constructor (/srv/node_modules/@babel/parser/lib/index.js:367:19)`,
      "error SyntaxError: /srv/app/pay.jsx: Support for the syntax 'jsx' isn't enabled (2:3): @ - /srv/app/pay.jsx:2",
    ],
    [
      'an error of the system as Bun prints it',
      `ENOENT: no such file or directory, open '/srv/seats.csv'
    path: "/srv/seats.csv",
   errno: -2,
    code: "ENOENT"

      at load (/srv/app.ts:26:71)`,
      "error Error: ENOENT: no such file or directory, open '/srv/seats.csv' @ load /srv/app.ts:26",
    ],
    [
      'an error as tslog prints it',
      ` OrderError  order 17 lost
error stack:
  • order.ts\tasync save
\tsrc/order.ts:3
Caused by (1): TypeError: no row
  • db.ts\tinsert
\tsrc/db.ts:2`,
      'error OrderError: order 17 lost @ save src/order.ts:3',
    ],
  ];
  const afterPlace: readonly (readonly [string, string, string])[] = [
    [
      'an uncaught one with lines of code below the carets',
      `file:///srv/app/enum.ts:1
enum Color { Red = 'r' }
^^^^^^^^^^^^^^^^^^^^^^^^
export const c = Color.Red;

SyntaxError [ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX]: TypeScript enum is not supported
    at parseTypeScript (node:internal/modules/typescript:68:40)

Node.js v24.1.0`,
      'fatal SyntaxError: TypeScript enum is not supported @ - /srv/app/enum.ts:1',
    ],
    [
      'an uncaught one at the end of its file, where there is no code',
      `/srv/app/view.js:4



SyntaxError: Unexpected end of input
    at wrapSafe (node:internal/modules/cjs/loader:1861:18)
    at Object.<anonymous> (/srv/app/main.js:1:13)

Node.js v24.1.0`,
      'fatal SyntaxError: Unexpected end of input @ - /srv/app/view.js:4',
    ],
    [
      'what ts-node cannot compile',
      `/srv/node_modules/ts-node/src/index.ts:859
    return new TSError(diagnosticText, diagnosticCodes, diagnostics);
           ^
TSError: ⨯ Unable to compile TypeScript:
src/pay.ts(3,9): error TS2322: Type 'string' is not assignable to type 'number'.

    at createTSError (/srv/node_modules/ts-node/src/index.ts:859:12)`,
      'fatal TSError: ⨯ Unable to compile TypeScript: @ - src/pay.ts:3',
    ],
    [
      'what rollup cannot parse',
      `[!] RollupError: src/pay.js (3:5): Expression expected
src/pay.js (3:5)
1: export const a = {
    at getRollupError (/srv/node_modules/rollup/dist/shared/parseAst.js:326:41)
  [cause] RollupError: Expression expected
      at getRollupError (/srv/node_modules/rollup/dist/shared/parseAst.js:326:41)`,
      'error RollupError: src/pay.js (3:5): Expression expected @ - src/pay.js:3',
    ],
  ];
  for (const [name, text, expected] of [...single, ...otherForms, ...afterPlace]) {
    it(`reads ${name}`, () => assert.deepEqual(summaries(text), [expected]));
  }

  it('joins a syntax error at run time with the message logged above it', () => {
    const text = `2026-03-02T10:00:00Z ERROR [r-1] GET /crop -> 500
SyntaxError: Unexpected end of JSON input
    at JSON.parse (<anonymous>)
    at crop (/srv/app/server.js:4:128)`;
    assert.deepEqual(summaries(text), [
      'error SyntaxError: Unexpected end of JSON input @ crop /srv/app/server.js:4',
    ]);
  });

  it('knows an own class behind other text by the frame below', () => {
    const text = `[12:00:00] lookup 11 PlantNotFound: plant 11 not found
    at find (/srv/app/plants.js:6:66)
[12:00:01] lookup 12 PlantService: started
[12:00:02] done`;
    assert.deepEqual(summaries(text), [
      'error PlantNotFound: plant 11 not found @ find /srv/app/plants.js:6',
    ]);
  });

  it('reads a file without a folder as ours, unless old versions of Node have it as theirs', () => {
    const [event] = eventsIn(
      'Error: bad\n    at emit (events.js:315:20)\n    at net (_stream_readable.js:5:1)\n    at price (shop.js:5:31)',
    );
    assert.deepEqual(
      event?.frames.map(({ inApp }) => inApp),
      [false, false, true],
    );
  });

  it('takes no warning, no talk about errors and no foreign stack for an exception', () => {
    const text = `(node:1) MaxListenersExceededWarning: Possible leak
(node:1) Warning: x
    at f (/srv/a.js:1:2)
error: false
compiled with 0 errors
INFO user searched for "TypeError: x"
java.lang.IllegalStateException: no
	at com.acme.Main.main(Main.java:14)
Caused by popular demand
see /srv/app/a.js:8
 Shop  open
error stacks: 3
done`;
    const foreign =
      'error java.lang.IllegalStateException: no @ com.acme.Main.main com/acme/Main.java:14';
    assert.deepEqual(summaries(text), [foreign]);
    assert.equal(eventsIn(text)[0]?.language, 'java');
  });
});
