import assert from 'node:assert/strict';
import { createLogReader } from '../../../../src/signals/logReader.ts';
import { summaries, summaryOf } from '../support/readLines.ts';

/** A file, a line and a function that a person would look for; how frameworks, clouds and CI runners really write them. */
interface Case {
  readonly log: string;
  readonly found: readonly string[];
}

const runner = '2026-11-02T09:14:33.1234567Z ';

const cases: Readonly<Record<string, Case>> = {
  "Python's pools of processes": {
    log: `multiprocessing.pool.RemoteTraceback: 
"""
Traceback (most recent call last):
  File "/usr/lib/python3.11/multiprocessing/pool.py", line 48, in mapstar
    return list(map(*args))
           ^^^^^^^^^^^^^^^^
  File "/srv/till/fee.py", line 3, in fee
    return 1 / x
           ~~^~~
ZeroDivisionError: division by zero
"""

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/srv/till/main.py", line 6, in <module>
    pool.map(fee, [0])
  File "/usr/lib/python3.11/multiprocessing/pool.py", line 774, in get
    raise self._value
ZeroDivisionError: division by zero
`,
    found: ['error ZeroDivisionError: division by zero @ fee /srv/till/fee.py:3'],
  },
  "ZIO's logged cause": {
    log: `timestamp=2026-11-02T09:14:33.123456Z level=ERROR thread=#zio-fiber-14 message="" cause="Exception in thread "zio-fiber-14" java.lang.RuntimeException: no fee for 17
	at till.Fees.of(Fees.scala:21)
	at till.Main.run(Main.scala:9)"
timestamp=2026-11-02T09:14:34.123456Z level=INFO thread=#zio-fiber-15 message="up"
`,
    found: ['error java.lang.RuntimeException: no fee for 17 @ till.Fees.of till/Fees.scala:21'],
  },
  Clojure: {
    log: `Execution error (ArithmeticException) at till.core/fee (core.clj:12).
Divide by zero

Full report at:
/tmp/clojure-123456.edn
`,
    found: ['error ArithmeticException: Divide by zero @ till.core/fee core.clj:12'],
  },
  "Playwright's list of failures": {
    log: `  1) [chromium] › tests/till.spec.ts:3:5 › shows the fee ──────────

    Error: expect(received).toBe(expected) // Object.is equality

    Expected: "4"
    Received: "3"

      5 |   const text = await page.textContent('#fee');
    > 6 |   expect(text).toBe('4');
        |                ^

        at /srv/till/tests/till.spec.ts:6:16

  1 failed
`,
    found: [
      'error Error: expect(received).toBe(expected) // Object.is equality @ - /srv/till/tests/till.spec.ts:6',
    ],
  },
  'pm2 with times': {
    log: `0|api  | 2026-11-02 09:14:33: TypeError: pay is not a function
0|api  | 2026-11-02 09:14:33:     at settle (/srv/till/pay.js:9:3)
1|web  | 2026-11-02 09:14:33: GET / 200
0|api  | 2026-11-02 09:14:33:     at main (/srv/till/main.js:2:1)
`,
    found: ['error TypeError: pay is not a function @ settle /srv/till/pay.js:9'],
  },
  "OpenTelemetry's log records": {
    log: `${JSON.stringify({
      timeUnixNano: '1793610873123456789',
      severityText: 'ERROR',
      body: 'settling failed',
      attributes: {
        'exception.type': 'ValueError',
        'exception.message': 'no card',
        'exception.stacktrace':
          'Traceback (most recent call last):\n  File "/srv/till/pay.py", line 9, in settle\n    raise ValueError("no card")\nValueError: no card\n',
      },
    })}\n`,
    found: ['error ValueError: no card @ settle /srv/till/pay.py:9'],
  },
  'places that loggers write beside a message': {
    log: `time=2026-11-02T09:14:33.123Z level=ERROR source=/srv/till/pay.go:44 msg="settling failed" order=17
time="2026-11-02T09:14:33Z" level=error msg="settling failed" func=main.settle file="/srv/till/pay.go:81"
2026-11-02T09:14:33.123+0100	ERROR	till/pay.go:51	settling failed	{"order": 17}
{"MESSAGE":"settling failed","PRIORITY":"3","_PID":"17","SYSLOG_IDENTIFIER":"till","CODE_FILE":"src/pay.c","CODE_LINE":"81"}
`,
    found: [
      'error LoggedError: settling failed @ - /srv/till/pay.go:44',
      'error LoggedError: settling failed @ - /srv/till/pay.go:81',
      'error LoggedError: settling failed @ - till/pay.go:51',
      'error LoggedError: settling failed @ - src/pay.c:81',
    ],
  },
  'records that have letters for something else': {
    log: `{"t":1,"c":"red","s":"E","msg":"compass heading east"}
{"c":3,"s":"F","message":"temperature unit is fahrenheit"}
`,
    found: [],
  },
  MongoDB: {
    log: `{"t":{"$date":"2026-11-02T09:14:33.123+00:00"},"s":"E","c":"STORAGE","id":22435,"msg":"settling failed"}
{"t":{"$date":"2026-11-02T09:14:33.123+00:00"},"s":"I","c":"NETWORK","id":1,"msg":"up"}
`,
    found: ['error LoggedError: settling failed'],
  },
  Deno: {
    log: `error: Uncaught (in promise) TypeError: Cannot read properties of undefined (reading 'total')
    const sum = basket.total + fee;
                       ^
    at settle (file:///srv/till/src/pay.ts:14:24)
    at async Server.#respond (ext:deno_http/00_serve.ts:311:18)
    at async file:///srv/till/main.ts:8:3
`,
    found: [
      "error TypeError: Cannot read properties of undefined (reading 'total') @ settle /srv/till/src/pay.ts:14",
    ],
  },
  Bun: {
    log: `12 | export function settle(basket) {
13 |   const fee = 3;
14 |   return basket.total + fee;
              ^
TypeError: undefined is not an object (evaluating 'basket.total')
      at settle (/srv/till/src/pay.ts:14:10)
      at /srv/till/src/main.ts:3:1

Bun v1.1.34 (Linux x64)
`,
    found: [
      "error TypeError: undefined is not an object (evaluating 'basket.total') @ settle /srv/till/src/pay.ts:14",
    ],
  },
  'a Kotlin coroutine': {
    log: `Exception in thread "DefaultDispatcher-worker-2 @coroutine#5" java.lang.IllegalStateException: till 4 is closed
	at com.till.Till$settle$2.invokeSuspend(Till.kt:31)
	at kotlin.coroutines.jvm.internal.BaseContinuationImpl.resumeWith(ContinuationImpl.kt:33)
	at kotlinx.coroutines.DispatchedTask.run(DispatchedTask.kt:104)
	Suppressed: kotlinx.coroutines.internal.DiagnosticCoroutineContextException: [CoroutineName(till), StandaloneCoroutine{Cancelling}@4d3167f4, Dispatchers.Default]
`,
    found: [
      'error java.lang.IllegalStateException: till 4 is closed @ com.till.Till$settle.invokeSuspend com/till/Till.kt:31',
    ],
  },
  Laravel: {
    log: `[2026-11-02 09:14:33] production.ERROR: settle(): Argument #1 ($basket) must be of type App\\Basket, null given, called in /var/www/app/Http/Controllers/TillController.php on line 27 {"userId":12,"exception":"[object] (TypeError(code: 0): settle(): Argument #1 ($basket) must be of type App\\\\Basket, null given, called in /var/www/app/Http/Controllers/TillController.php on line 27 at /var/www/app/helpers.php:8)
[stacktrace]
#0 /var/www/app/Http/Controllers/TillController.php(27): settle(NULL)
#1 /var/www/vendor/laravel/framework/src/Illuminate/Routing/Controller.php(54): App\\\\Http\\\\Controllers\\\\TillController->pay()
#2 {main}
"} 
`,
    found: [
      'error TypeError: settle(): Argument #1 ($basket) must be of type App\\\\Basket, null given, called in /var/www/app/Http/Controllers/TillController.php on line 27 @ settle /var/www/app/helpers.php:8',
    ],
  },
  Symfony: {
    log: `[2026-11-02T09:14:33.123456+00:00] request.CRITICAL: Uncaught PHP Exception App\\Exception\\TillClosed: "Till 4 is closed" at /srv/app/src/Till.php line 40 {"exception":"[object] (App\\\\Exception\\\\TillClosed(code: 0): Till 4 is closed at /srv/app/src/Till.php:40)"} []
`,
    found: ['fatal App\\Exception\\TillClosed: Till 4 is closed @ - /srv/app/src/Till.php:40'],
  },
  'monolog JSON': {
    log: `{"message":"Till failed","context":{"exception":{"class":"LogicException","message":"Till 4 is closed","code":0,"file":"/srv/app/src/Till.php:40","trace":["/srv/app/src/Shop.php:12","/srv/app/public/index.php:9"]}},"level":400,"level_name":"ERROR","channel":"app","datetime":"2026-11-02T09:14:33.123456+00:00","extra":{}}
`,
    found: ['error LogicException: Till 4 is closed @ - /srv/app/src/Till.php:40'],
  },
  'Rails with tags': {
    log: `[7c2f0e1a-1111-4222-8333-944445555666] Completed 500 Internal Server Error in 12ms (ActiveRecord: 1.2ms | Allocations: 900)
[7c2f0e1a-1111-4222-8333-944445555666]   
[7c2f0e1a-1111-4222-8333-944445555666] NoMethodError (undefined method 'total' for nil):
[7c2f0e1a-1111-4222-8333-944445555666]   
[7c2f0e1a-1111-4222-8333-944445555666] app/models/till.rb:14:in 'Till#settle'
[7c2f0e1a-1111-4222-8333-944445555666] app/controllers/tills_controller.rb:8:in 'TillsController#pay'
`,
    found: [
      "error NoMethodError: undefined method 'total' for nil @ Till#settle app/models/till.rb:14",
    ],
  },
  'a GenServer': {
    log: `09:14:33.123 [error] GenServer Till.Server terminating
** (RuntimeError) till 4 is closed
    (till 0.1.0) lib/till.ex:22: Till.Server.handle_call/3
    (stdlib 5.2) gen_server.erl:1131: :gen_server.try_handle_call/4
    (stdlib 5.2) proc_lib.erl:241: :proc_lib.init_p_do_apply/3
Last message (from #PID<0.120.0>): :settle
State: %{open: false}
`,
    found: ['error RuntimeError: till 4 is closed @ Till.Server.handle_call/3 lib/till.ex:22'],
  },
  'tracing JSON': {
    log: `{"timestamp":"2026-11-02T09:14:33.123456Z","level":"ERROR","fields":{"message":"could not settle basket","error":"till closed"},"target":"till::pay","filename":"src/pay.rs","line_number":31,"span":{"name":"settle"},"spans":[{"name":"settle"}]}
`,
    found: ['error LoggedError: could not settle basket: till closed @ - src/pay.rs:31'],
  },
  'zap with a stack': {
    log: `{"level":"error","ts":1793610873.123,"caller":"till/pay.go:31","msg":"could not settle","error":"till closed","stacktrace":"main.settle\\n\\t/srv/till/pay.go:31\\nmain.main\\n\\t/srv/till/main.go:12\\nruntime.main\\n\\t/usr/local/go/src/runtime/proc.go:271"}
`,
    found: ['error error: till closed @ main.settle /srv/till/pay.go:31'],
  },
  'slog JSON with its source': {
    log: `{"time":"2026-11-02T09:14:33.123456789Z","level":"ERROR","source":{"function":"main.settle","file":"/srv/till/pay.go","line":31},"msg":"could not settle","err":"till closed"}
`,
    found: ['error LoggedError: could not settle: till closed @ main.settle /srv/till/pay.go:31'],
  },
  'structlog JSON': {
    log: `{"basket": 4, "event": "settle failed", "level": "error", "timestamp": "2026-11-02T09:14:33.123456Z", "exception": "Traceback (most recent call last):\\n  File \\"/srv/till/pay.py\\", line 14, in settle\\n    return FEES[kind]\\n           ~~~~^^^^^^\\nKeyError: 'cash'"}
`,
    found: ["error KeyError: 'cash' @ settle /srv/till/pay.py:14"],
  },
  'structlog on a console': {
    log: `2026-11-02 09:14:33 [error    ] settle failed                  [till.pay] basket=4
Traceback (most recent call last):
  File "/srv/till/pay.py", line 14, in settle
    return FEES[kind]
KeyError: 'cash'
`,
    found: ["error KeyError: 'cash' @ settle /srv/till/pay.py:14"],
  },
  Rich: {
    log: `2026-11-02 09:14:33 [error    ] settle failed                  basket=4
╭─────────────────────────────── Traceback (most recent call last) ────────────────────────────────╮
│ /srv/till/main.py:30 in main                                                                     │
│                                                                                                  │
│   28                                                                                             │
│   29 def main():                                                                                 │
│ ❱ 30 │   settle("cash")                                                                          │
│   31                                                                                             │
│                                                                                                  │
│ /srv/till/pay.py:14 in settle                                                                    │
│                                                                                                  │
│   12 def settle(kind):                                                                           │
│   13 │   fee = 3                                                                                 │
│ ❱ 14 │   return FEES[kind]                                                                       │
╰──────────────────────────────────────────────────────────────────────────────────────────────────╯
KeyError: 'cash'
`,
    found: ["error KeyError: 'cash' @ settle /srv/till/pay.py:14"],
  },
  'loguru that diagnoses': {
    log: `2026-11-02 09:14:33.123 | ERROR    | till.main:main:31 - settle failed
Traceback (most recent call last):

  File "/srv/till/main.py", line 40, in <module>
    main()
    └ <function main at 0x7f2a1c0>

> File "/srv/till/main.py", line 30, in main
    settle("cash")
    └ <function settle at 0x7f2a1d0>

  File "/srv/till/pay.py", line 14, in settle
    return FEES[kind]
           │    └ 'cash'
           └ {'card': 1}

KeyError: 'cash'
`,
    found: ["error KeyError: 'cash' @ settle /srv/till/pay.py:14"],
  },
  Celery: {
    log: `[2026-11-02 09:14:33,123: ERROR/ForkPoolWorker-2] Task till.settle[0b1c2d3e-1111-4222-8333-944445555666] raised unexpected: KeyError('cash')
Traceback (most recent call last):
  File "/usr/lib/python3.11/site-packages/celery/app/trace.py", line 453, in trace_task
    R = retval = fun(*args, **kwargs)
  File "/srv/till/pay.py", line 14, in settle
    return FEES[kind]
KeyError: 'cash'
`,
    found: ["error KeyError: 'cash' @ settle /srv/till/pay.py:14"],
  },
  gunicorn: {
    log: `[2026-11-02 09:14:33 +0000] [17] [ERROR] Error handling request /pay
Traceback (most recent call last):
  File "/usr/lib/python3.11/site-packages/gunicorn/workers/sync.py", line 134, in handle
    self.handle_request(listener, req, client, addr)
  File "/srv/till/pay.py", line 14, in settle
    return FEES[kind]
KeyError: 'cash'
`,
    found: ["error KeyError: 'cash' @ settle /srv/till/pay.py:14"],
  },
  "gunicorn's arbiter": {
    log: `[2026-11-02 09:14:33 +0000] [7] [CRITICAL] WORKER TIMEOUT (pid:17)
`,
    found: ['fatal LoggedError: WORKER TIMEOUT (pid:17)'],
  },
  uvicorn: {
    log: `INFO:     10.0.0.9:51234 - "GET /pay HTTP/1.1" 500 Internal Server Error
ERROR:    Exception in ASGI application
Traceback (most recent call last):
  File "/usr/lib/python3.11/site-packages/uvicorn/protocols/http/h11_impl.py", line 403, in run_asgi
    result = await app(self.scope, self.receive, self.send)
  File "/srv/till/pay.py", line 14, in settle
    return FEES[kind]
KeyError: 'cash'
`,
    found: ["error KeyError: 'cash' @ settle /srv/till/pay.py:14"],
  },
  Django: {
    log: `ERROR 2026-11-02 09:14:33,123 log 17 140213 Internal Server Error: /pay/
Traceback (most recent call last):
  File "/usr/lib/python3.11/site-packages/django/core/handlers/exception.py", line 55, in inner
    response = get_response(request)
  File "/srv/till/pay.py", line 14, in settle
    return FEES[kind]
KeyError: 'cash'
`,
    found: ["error KeyError: 'cash' @ settle /srv/till/pay.py:14"],
  },
  'pytest-xdist': {
    log: `[gw1] [ 33%] FAILED tests/test_pay.py::test_settles 
=================================== FAILURES ===================================
_________________________________ test_settles _________________________________
[gw1] linux -- Python 3.11.2 /usr/bin/python3

    def test_settles():
        total = settle("card")
>       assert total == 4
E       assert 3 == 4

tests/test_pay.py:9: AssertionError
=========================== short test summary info ============================
FAILED tests/test_pay.py::test_settles - assert 3 == 4
========================= 1 failed, 2 passed in 0.61s ==========================
`,
    found: ['error AssertionError: assert 3 == 4 @ test_settles tests/test_pay.py:9'],
  },
  'Jest in a GitHub workflow': {
    log: `${runner}FAIL src/pay.test.js
${runner}  till
${runner}    ✓ opens (2 ms)
${runner}    ✕ settles (4 ms)
${runner}
${runner}  ● till › settles
${runner}
${runner}    expect(received).toBe(expected) // Object.is equality
${runner}
${runner}    Expected: 4
${runner}    Received: 3
${runner}
${runner}       5 | test('settles', () => {
${runner}       6 |   const total = settle('card');
${runner}    >  7 |   expect(total).toBe(4);
${runner}         |                 ^
${runner}       8 | });
${runner}
${runner}      at Object.<anonymous> (src/pay.test.js:7:17)
${runner}
${runner}Tests:       1 failed, 1 passed, 2 total
${runner}##[error]Process completed with exit code 1.
`,
    found: [
      'error AssertionError: expect(received).toBe(expected) // Object.is equality @ Object.<anonymous> src/pay.test.js:7',
      'error LoggedError: Process completed with exit code 1.',
    ],
  },
  'a workflow as gh shows it': {
    log: `test	Run npm test	${runner}TypeError: fees is not a function
test	Run npm test	${runner}    at settle (/home/runner/work/till/till/src/pay.js:14:9)
test	Run npm test	${runner}    at main (/home/runner/work/till/till/src/main.js:3:1)
`,
    found: [
      'error TypeError: fees is not a function @ settle /home/runner/work/till/till/src/pay.js:14',
    ],
  },
  'Docker Compose': {
    log: `db-1   | 2026-11-02 09:14:33.120 UTC [1] LOG:  checkpoint complete
web-1  | TypeError: fees is not a function
web-1  |     at settle (/app/src/pay.js:14:9)
db-1   | 2026-11-02 09:14:33.130 UTC [1] LOG:  checkpoint starting: time
web-1  |     at main (/app/src/main.js:3:1)
`,
    found: ['error TypeError: fees is not a function @ settle /app/src/pay.js:14'],
  },
  stern: {
    log: `till-7d9f8b6c5d-x2x4z web TypeError: fees is not a function
till-7d9f8b6c5d-x2x4z web     at settle (/app/src/pay.js:14:9)
till-7d9f8b6c5d-p9q8w web GET /pay 200 3ms
till-7d9f8b6c5d-x2x4z web     at main (/app/src/main.js:3:1)
`,
    found: ['error TypeError: fees is not a function @ settle /app/src/pay.js:14'],
  },
  'stern, a hash in letters': {
    log: `till-6bxq4kjzwt-x2x4z web TypeError: fees is not a function
till-6bxq4kjzwt-x2x4z web     at settle (/app/src/pay.js:14:9)
till-6bxq4kjzwt-p9q8w web GET /pay 200 3ms
till-6bxq4kjzwt-x2x4z web     at main (/app/src/main.js:3:1)
`,
    found: ['error TypeError: fees is not a function @ settle /app/src/pay.js:14'],
  },
  Heroku: {
    log: `2026-11-02T09:14:33.123456+00:00 app[web.1]: TypeError: fees is not a function
2026-11-02T09:14:33.123460+00:00 app[web.1]:     at settle (/app/src/pay.js:14:9)
2026-11-02T09:14:33.123470+00:00 heroku[router]: at=info method=GET path="/" status=200
2026-11-02T09:14:33.123480+00:00 app[web.1]:     at main (/app/src/main.js:3:1)
`,
    found: ['error TypeError: fees is not a function @ settle /app/src/pay.js:14'],
  },
  'Lambda, Node': {
    log: `2026-11-02T09:14:33.123Z	0b1c2d3e-1111-4222-8333-944445555666	ERROR	Invoke Error 	{"errorType":"TypeError","errorMessage":"fees is not a function","stack":["TypeError: fees is not a function","    at settle (/var/task/src/pay.js:14:9)","    at Runtime.handler (/var/task/index.js:3:1)"]}
`,
    found: ['error TypeError: fees is not a function @ settle /var/task/src/pay.js:14'],
  },
  'Lambda, Python': {
    log: `[ERROR] KeyError: 'cash'
Traceback (most recent call last):
  File "/var/task/handler.py", line 9, in handler
    return settle("cash")
  File "/var/task/pay.py", line 14, in settle
    return FEES[kind]
END RequestId: 0b1c2d3e-1111-4222-8333-944445555666
`,
    found: ["error KeyError: 'cash' @ settle /var/task/pay.py:14"],
  },
  'Lambda, JSON': {
    log: `{"timestamp":"2026-11-02T09:14:33Z","level":"ERROR","message":"'cash'","logger":"root","requestId":"0b1c2d3e","errorType":"KeyError","errorMessage":"'cash'","stackTrace":["  File \\"/var/task/handler.py\\", line 9, in handler\\n    return settle(\\"cash\\")\\n","  File \\"/var/task/pay.py\\", line 14, in settle\\n    return FEES[kind]\\n"]}
`,
    found: ["error KeyError: 'cash' @ settle /var/task/pay.py:14"],
  },
  'Google, jsonPayload': {
    log: `{"insertId":"x1","jsonPayload":{"message":"TypeError: fees is not a function\\n    at settle (/workspace/src/pay.js:14:9)\\n    at main (/workspace/src/main.js:3:1)"},"resource":{"type":"cloud_run_revision"},"severity":"ERROR","timestamp":"2026-11-02T09:14:33.123Z"}
`,
    found: ['error TypeError: fees is not a function @ settle /workspace/src/pay.js:14'],
  },
  'Google, textPayload': {
    log: `{"textPayload":"TypeError: fees is not a function\\n    at settle (/workspace/src/pay.js:14:9)\\n    at main (/workspace/src/main.js:3:1)","severity":"ERROR","timestamp":"2026-11-02T09:14:33.123Z"}
`,
    found: ['error TypeError: fees is not a function @ settle /workspace/src/pay.js:14'],
  },
  'Azure App Service': {
    log: `2026-11-02 09:14:33.123 +00:00 [Error] Till.Pay: Settle failed
System.InvalidOperationException: Till 4 is closed
   at Till.Pay.Settle(Basket basket) in /src/Till/Till.cs:line 31
   at Till.Program.Main() in /src/Till/Program.cs:line 9
`,
    found: [
      'error System.InvalidOperationException: Till 4 is closed @ Till.Pay.Settle /src/Till/Till.cs:31',
    ],
  },
  "ASP.NET's console": {
    log: `fail: Microsoft.AspNetCore.Server.Kestrel[13]
      Connection id "0HN7", Request id "0HN7:00000002": An unhandled exception was thrown by the application.
      System.InvalidOperationException: Till 4 is closed
         at Till.Pay.Settle(Basket basket) in /src/Till/Till.cs:line 31
         at Till.Program.Main() in /src/Till/Program.cs:line 9
`,
    found: [
      'error System.InvalidOperationException: Till 4 is closed @ Till.Pay.Settle /src/Till/Till.cs:31',
    ],
  },
  'a Windows event': {
    log: `Application: Till.exe
CoreCLR Version: 8.0.724.31311
.NET Version: 8.0.7
Description: The process was terminated due to an unhandled exception.
Exception Info: System.InvalidOperationException: Till 4 is closed
   at Till.Pay.Settle(Basket basket) in C:\\src\\Till\\Till.cs:line 31
   at Till.Program.Main() in C:\\src\\Till\\Program.cs:line 9
`,
    found: [
      'error System.InvalidOperationException: Till 4 is closed @ Till.Pay.Settle C:\\src\\Till\\Till.cs:31',
    ],
  },
  logcat: {
    log: `11-02 09:14:33.123  4242  4242 E AndroidRuntime: FATAL EXCEPTION: main
11-02 09:14:33.123  4242  4242 E AndroidRuntime: Process: com.till.app, PID: 4242
11-02 09:14:33.123  4242  4242 E AndroidRuntime: java.lang.IllegalStateException: till 4 is closed
11-02 09:14:33.123  4242  4242 E AndroidRuntime: 	at com.till.app.Till.settle(Till.kt:31)
11-02 09:14:33.123  4242  4242 E AndroidRuntime: 	at android.os.Handler.dispatchMessage(Handler.java:106)
`,
    found: [
      'fatal java.lang.IllegalStateException: till 4 is closed @ com.till.app.Till.settle com/till/app/Till.kt:31',
    ],
  },
  Swift: {
    log: `Till/Till.swift:31: Fatal error: Unexpectedly found nil while unwrapping an Optional value
`,
    found: [
      'fatal FatalError: Unexpectedly found nil while unwrapping an Optional value @ - Till/Till.swift:31',
    ],
  },
  'an NSException': {
    log: `2026-11-02 09:14:33.123456+0000 Till[4242:99999] *** Terminating app due to uncaught exception 'NSInvalidArgumentException', reason: '-[Basket total]: unrecognized selector sent to instance 0x600001c0'
*** First throw call stack:
(
	0   CoreFoundation                      0x00000001804ae0f8 __exceptionPreprocess + 172
	1   libobjc.A.dylib                     0x0000000180087db4 objc_exception_throw + 56
	2   Till                                0x0000000100b2c1a4 -[TillController settle:] + 96
)
libc++abi: terminating due to uncaught exception of type NSException
`,
    found: [
      'fatal NSInvalidArgumentException: -[Basket total]: unrecognized selector sent to instance 0x600001c0',
    ],
  },
  Unity: {
    log: `NullReferenceException: Object reference not set to an instance of an object
  at Till.Settle (Basket basket) [0x00012] in /Users/dev/Till/Assets/Scripts/Till.cs:31 
  at TillUi.OnClick () [0x00001] in /Users/dev/Till/Assets/Scripts/TillUi.cs:12 
`,
    found: [
      'error NullReferenceException: Object reference not set to an instance of an object @ Till.Settle /Users/dev/Till/Assets/Scripts/Till.cs:31',
    ],
  },
  "Unity's player": {
    log: `NullReferenceException: Object reference not set to an instance of an object
Till.Settle (Basket basket) (at Assets/Scripts/Till.cs:31)
TillUi.OnClick () (at Assets/Scripts/TillUi.cs:12)
`,
    found: [
      'error NullReferenceException: Object reference not set to an instance of an object @ Till.Settle Assets/Scripts/Till.cs:31',
    ],
  },
  Electron: {
    log: `[4242:1102/091433.123456:ERROR:CONSOLE(14)] "Uncaught TypeError: fees is not a function", source: file:///opt/till/renderer/pay.js (14)
`,
    found: ['error TypeError: fees is not a function @ - /opt/till/renderer/pay.js:14'],
  },
  'Next.js 14': {
    log: ` ⨯ TypeError: Cannot read properties of undefined (reading 'total')
    at Pay (./app/pay.tsx:14:18)
    at stringify (<anonymous>)
  12 | export default function Pay() {
  13 |   const basket = load();
> 14 |   return basket.total;
     |                 ^
  15 | } {
  digest: '123456789'
}
`,
    found: [
      "error TypeError: Cannot read properties of undefined (reading 'total') @ Pay ./app/pay.tsx:14",
    ],
  },
  'Next.js 15': {
    log: ` ⨯ app/pay.tsx (14:17) @ Pay
 ⨯ TypeError: Cannot read properties of undefined (reading 'total')
    at Pay (./app/pay.tsx:14:18)
digest: "123456789"
`,
    found: [
      "error TypeError: Cannot read properties of undefined (reading 'total') @ Pay ./app/pay.tsx:14",
    ],
  },
  'Vite, SSR module': {
    log: `9:14:33 AM [vite] Error when evaluating SSR module /src/entry-server.ts:
|- TypeError: fees is not a function
    at settle (/srv/till/src/pay.ts:14:9)
    at eval (/srv/till/src/entry-server.ts:3:1)
`,
    found: ['error TypeError: fees is not a function @ settle /srv/till/src/pay.ts:14'],
  },
  'Vite, one line': {
    log: `9:14:33 AM [vite] (ssr) Error when evaluating SSR module /src/entry-server.ts: fees is not a function
      at settle (/srv/till/src/pay.ts:14:9)
      at eval (/srv/till/src/entry-server.ts:3:1)
`,
    found: ['error Error: fees is not a function @ settle /srv/till/src/pay.ts:14'],
  },
  NestJS: {
    log: `[Nest] 4242  - 11/02/2026, 9:14:33 AM   ERROR [ExceptionsHandler] Cannot read properties of undefined (reading 'total')
TypeError: Cannot read properties of undefined (reading 'total')
    at PayService.settle (/srv/till/src/pay.service.ts:14:24)
    at PayController.pay (/srv/till/src/pay.controller.ts:9:5)
`,
    found: [
      "error TypeError: Cannot read properties of undefined (reading 'total') @ PayService.settle /srv/till/src/pay.service.ts:14",
    ],
  },
  'an AWS SDK': {
    log: `/app/node_modules/@aws-sdk/client-dynamodb/dist-cjs/index.js:2000
  throw error;
  ^

ResourceNotFoundException: Requested resource not found
    at throwDefaultError (/app/node_modules/@smithy/smithy-client/dist-cjs/index.js:840:20)
    at async settle (/app/src/pay.js:14:9) {
  '$fault': 'client',
  '$metadata': {
    httpStatusCode: 400,
    requestId: 'ABCDEF0123456789',
    attempts: 1,
    totalRetryDelay: 0
  },
  __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException'
}

Node.js v20.11.0
`,
    found: [
      'fatal ResourceNotFoundException: Requested resource not found @ settle /app/src/pay.js:14',
    ],
  },
  Prisma: {
    log: `PrismaClientKnownRequestError: 
Invalid \`prisma.basket.create()\` invocation in
/app/src/pay.js:14:30

  11 async function settle(basket) {
  12   const fee = 3;
  13   
→ 14   await prisma.basket.create(
Unique constraint failed on the fields: (\`number\`)
    at Ln.handleRequestError (/app/node_modules/@prisma/client/runtime/library.js:121:7315)
    at async settle (/app/src/pay.js:14:3) {
  code: 'P2002',
  clientVersion: '5.19.0',
  meta: { modelName: 'Basket', target: [ 'number' ] }
}
`,
    found: [
      'error PrismaClientKnownRequestError: Invalid `prisma.basket.create()` invocation in @ settle /app/src/pay.js:14',
    ],
  },
  ECS: {
    log: `{"@timestamp":"2026-11-02T09:14:33.123Z","log.level":"ERROR","message":"Settle failed","ecs.version":"1.2.0","service.name":"till","process.thread.name":"http-nio-8080-exec-1","log.logger":"com.till.Till","error.type":"java.lang.IllegalStateException","error.message":"till 4 is closed","error.stack_trace":"java.lang.IllegalStateException: till 4 is closed\\n\\tat com.till.Till.settle(Till.java:31)\\n\\tat com.till.Main.main(Main.java:9)\\n"}
`,
    found: [
      'error java.lang.IllegalStateException: till 4 is closed @ com.till.Till.settle com/till/Till.java:31',
    ],
  },
  'ECS, nested': {
    log: `{"@timestamp":"2026-11-02T09:14:33.123Z","log":{"level":"ERROR","logger":"com.till.Till"},"process":{"pid":1},"service":{"name":"till"},"message":"Settle failed","error":{"type":"java.lang.IllegalStateException","message":"till 4 is closed","stack_trace":"java.lang.IllegalStateException: till 4 is closed\\n\\tat com.till.Till.settle(Till.java:31)\\n"},"ecs":{"version":"8.11"}}
`,
    found: [
      'error java.lang.IllegalStateException: till 4 is closed @ com.till.Till.settle com/till/Till.java:31',
    ],
  },
  Quarkus: {
    log: `2026-11-02 09:14:33,123 ERROR [io.qua.ver.htt.run.QuarkusErrorHandler] (executor-thread-1) HTTP Request to /pay failed, error id: 0b1c2d3e-1111-4222-8333-944445555666-1: java.lang.IllegalStateException: till 4 is closed
	at com.till.Till.settle(Till.java:31)
	at io.quarkus.vertx.core.runtime.VertxCoreRecorder$14.runWith(VertxCoreRecorder.java:582)
`,
    found: [
      'error java.lang.IllegalStateException: till 4 is closed @ com.till.Till.settle com/till/Till.java:31',
    ],
  },
  Ktor: {
    log: `2026-11-02 09:14:33.123 [eventLoopGroupProxy-4-1] ERROR io.ktor.server.Application - 500 Internal Server Error: GET - /pay
java.lang.IllegalStateException: till 4 is closed
	at com.till.Till.settle(Till.kt:31)
	at io.ktor.util.pipeline.SuspendFunctionGun.loop(SuspendFunctionGun.kt:120)
`,
    found: [
      'error java.lang.IllegalStateException: till 4 is closed @ com.till.Till.settle com/till/Till.kt:31',
    ],
  },
  Akka: {
    log: `[ERROR] [11/02/2026 09:14:33.123] [till-akka.actor.default-dispatcher-4] [akka://till/user/till] till 4 is closed
java.lang.IllegalStateException: till 4 is closed
	at com.till.Till$$anonfun$receive$1.applyOrElse(Till.scala:31)
	at akka.actor.Actor.aroundReceive(Actor.scala:537)
`,
    found: [
      'error java.lang.IllegalStateException: till 4 is closed @ com.till.Till$$anonfun$receive.applyOrElse com/till/Till.scala:31',
    ],
  },
  systemd: {
    log: `Nov 02 09:14:33 host1 till[4242]: Traceback (most recent call last):
Nov 02 09:14:33 host1 till[4242]:   File "/srv/till/pay.py", line 14, in settle
Nov 02 09:14:33 host1 till[4242]:     return FEES[kind]
Nov 02 09:14:33 host1 till[4242]: KeyError: 'cash'
Nov 02 09:14:33 host1 systemd[1]: till.service: Main process exited, code=exited, status=1/FAILURE
`,
    found: ["error KeyError: 'cash' @ settle /srv/till/pay.py:14"],
  },
  GitLab: {
    log: `2026-11-02T09:14:33.123456Z 01O TypeError: fees is not a function
2026-11-02T09:14:33.123457Z 01O     at settle (/builds/till/src/pay.js:14:9)
2026-11-02T09:14:33.123458Z 01O     at main (/builds/till/src/main.js:3:1)
`,
    found: ['error TypeError: fees is not a function @ settle /builds/till/src/pay.js:14'],
  },
  Vitest: {
    log: ` FAIL  src/pay.test.ts > till > settles
AssertionError: expected 3 to be 4 // Object.is equality

- Expected
+ Received

- 4
+ 3

 ❯ src/pay.test.ts:7:17
      5| test('settles', () => {
      6|   const total = settle('card');
      7|   expect(total).toBe(4);
       |                 ^
      8| });
`,
    found: ['error AssertionError: expected 3 to be 4 // Object.is equality @ - src/pay.test.ts:7'],
  },
  'zerolog with a stack': {
    log: `{"level":"error","error":"till closed","stack":[{"func":"settle","line":"31","source":"pay.go"},{"func":"main","line":"12","source":"main.go"}],"time":1793610873,"message":"could not settle"}
`,
    found: ['error error: till closed @ settle pay.go:31'],
  },
  'color-eyre': {
    log: `The application panicked (crashed).
Message:  till 4 is closed
Location: src/pay.rs:31

Backtrace omitted. Run with RUST_BACKTRACE=1 environment variable to display it.
`,
    found: ['fatal panic: till 4 is closed @ - src/pay.rs:31'],
  },
  anyhow: {
    log: `Error: could not settle

Caused by:
    0: till 4 is closed
    1: No such file or directory (os error 2)
`,
    found: ['fatal Error: could not settle'],
  },
  asyncio: {
    log: `Task exception was never retrieved
future: <Task finished name='Task-3' coro=<settle() done, defined at /srv/till/pay.py:10> exception=RuntimeError('closed')>
Traceback (most recent call last):
  File "/srv/till/pay.py", line 14, in settle
    raise RuntimeError('closed')
RuntimeError: closed
`,
    found: ['error RuntimeError: closed @ settle /srv/till/pay.py:14'],
  },
  Sidekiq: {
    log: `2026-11-02T09:14:33.123Z pid=4242 tid=abc class=SettleJob jid=0b1c2d3e4f WARN: NoMethodError: undefined method 'total' for nil
2026-11-02T09:14:33.123Z pid=4242 tid=abc class=SettleJob jid=0b1c2d3e4f WARN: /srv/app/app/models/till.rb:14:in 'Till#settle'
/srv/app/app/jobs/settle_job.rb:8:in 'SettleJob#perform'
`,
    found: [
      "warning NoMethodError: undefined method 'total' for nil @ Till#settle /srv/app/app/models/till.rb:14",
    ],
  },
  Puma: {
    log: `2026-11-02 09:14:33 +0000 Rack app ("GET /pay" - (10.0.0.9)): #<NoMethodError: undefined method 'total' for nil>
/srv/app/app/models/till.rb:14:in 'Till#settle'
/srv/app/app/controllers/tills_controller.rb:8:in 'pay'
`,
    found: [
      "error NoMethodError: undefined method 'total' for nil @ Till#settle /srv/app/app/models/till.rb:14",
    ],
  },
  Dart: {
    log: `Unhandled exception:
Bad state: till 4 is closed
#0      settle (package:till/pay.dart:14:5)
#1      main (file:///srv/till/bin/main.dart:3:3)
#2      _delayEntrypointInvocation.<anonymous closure> (dart:isolate-patch/isolate_patch.dart:297:19)
`,
    found: ['fatal StateError: Bad state: till 4 is closed @ settle till/lib/pay.dart:14'],
  },
};

const others = Array.from(
  { length: 30 },
  (_, i) => `10.0.0.7 - - [02/Mar/2026:10:11:${10 + i} +0000] "GET /cart/${i} HTTP/1.1" 200 512\n`,
).join('');

describe('errors as they are written every day', () => {
  for (const [name, { log, found }] of Object.entries(cases)) {
    it(`${name}: alone, and found among other lines`, () => {
      assert.deepEqual(summaries(log), found);
      const reader = createLogReader(0, 'bytes');
      reader.feed(Buffer.from(others + log + others), 0, 'final');
      reader.end();
      assert.deepEqual(
        reader.take().map(({ event }) => summaryOf(event)),
        found,
      );
    });
  }
});
