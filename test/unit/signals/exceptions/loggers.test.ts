import assert from 'node:assert/strict';
import { summaries } from '../support/readLines.ts';

const java =
  'java.lang.IllegalStateException: no price\n\tat shop.Cart.price(Cart.java:7)\n\tat shop.Main.main(Main.java:3)';
const net =
  'System.InvalidOperationException: no price\n   at Shop.Cart.PriceOf(String sku) in /src/Cart.cs:line 7\n   at Shop.Program.Main() in /src/Program.cs:line 3';
const go = 'main.total\n\t/srv/app/cart.go:7\nmain.main\n\t/srv/app/main.go:3';
const node = 'OrderError: order 17 lost\n    at save (/srv/app/order.js:3:8)';
const logs: Readonly<Record<string, string>> = {
  'flink wide':
    '2026-03-02 10:00:00,123 ERROR com.acme.Sink                                [] - order failed',
  cassandra: 'ERROR [Compaction:7] 2026-03-02 10:00:00,123 CompactionTask.java:211 - order failed',
  jenkins: '2026-03-02 10:00:00.123+0000 [id=32]\tSEVERE\thudson.model.Queue#save: order failed',
  minecraft:
    '[10:00:00] [Server thread/INFO]: up\n[10:00:02] [Worker-Main-3/ERROR] [com.acme.Chunk/]: order failed',
  gelf: '{"version":"1.1","host":"web-1","timestamp":1795954104.4,"level":3,"short_message":"order failed"}',
  'jboss stderr': java
    .split('\n')
    .map((line) => `10:00:03,123 ERROR [stderr] (default task-8) ${line}`)
    .join('\n'),
  'jboss json': JSON.stringify({
    level: 'ERROR',
    message: 'order failed',
    exception: {
      refId: 1,
      exceptionType: 'java.lang.IllegalStateException',
      message: 'no price',
      frames: [{ class: 'shop.Cart', method: 'price', line: 7 }],
      causedBy: {
        exception: { exceptionType: 'java.io.IOException', message: 'gone', frames: [] },
      },
    },
  }),
  'commons-logging simple': `2026/03/02 10:00:00:123 UTC [ERROR] Cart - order failed <com.acme.Lost: no price>com.acme.Lost: no price
\tat shop.Cart.price(Cart.java:7)`,
  'maui in logcat': ['UNHANDLED EXCEPTION:', ...net.split('\n')]
    .map((line) => `03-02 10:00:00.123  4711  4711 I MonoDroid: ${line}`)
    .join('\n'),
  spark: '26/03/02 10:00:00 ERROR Executor: order failed',
  signale: '✖  error     Order 17 failed\n✔  success   error page drawn',
  tslog: '2026-03-02 10:00:00.123\tERROR\tsrc/order.ts:9\tshop\tOrder 17 failed',
  'tslog json': JSON.stringify({
    message: 'Order 17 failed',
    level: 'ERROR',
    error: {
      name: 'OrderError',
      message: 'order 17 lost',
      stack: [{ fullFilePath: '/srv/app/order.ts:3:8', method: 'async save' }],
      cause: {
        name: 'TypeError',
        message: 'no row',
        stack: [{ fullFilePath: '/srv/app/db.ts:2:5', method: 'insert' }],
      },
    },
  }),
  'winston simple': `error: Order 17 failed ${JSON.stringify({ id: 17, stack: node })}`,
  'logfmt with a stack': `time=2026-03-02T10:00:00Z level=error msg="Order 17 failed" stack=${JSON.stringify(node)}`,
  'info with a stack': `info: Order 17 done ${JSON.stringify({ stack: node })}`,
  'a class behind a message': `2026-03-02T10:00:00Z ERROR desk: Order 17 failed ${node.replace('OrderError', 'OrderLost')}`,
  'a local time': '3/12/2026, 9:05:07 PM error: Order 17 failed\n3/12/2026, 9:05:08 PM info: error',
  'a time behind the level': 'ERROR 2026-03-02T10:00:00.123Z Order 17 failed',
  'datadog status': JSON.stringify({
    date: '2026-03-02T10:00:00Z',
    status: 'error',
    service: 'desk',
    message: 'Order 17 failed',
  }),
  'a status that is no level': JSON.stringify({ status: 'error', message: 'no such user' }),
  'pino with a nested key': JSON.stringify({
    level: 50,
    time: 1,
    payload: { err: { type: 'OrderError', message: 'order 17 lost', stack: node } },
    msg: 'Order 17 failed',
  }),
  "Lambda's JSON": JSON.stringify({
    timestamp: '2026-03-02T10:00:00Z',
    level: 'ERROR',
    message: {
      errorType: 'OrderError',
      errorMessage: 'order 17 lost',
      stackTrace: ['    at save (/srv/app/order.js:3:8)'],
    },
  }),
  'bunyan short': '10:00:00.123Z ERROR shop: Order 17 failed\n10:00:00.124Z  INFO shop: error',
  'slf4j simple': '[main] ERROR com.acme.Cart - order failed',
  'log4j ttcc': '21   [main] FATAL com.acme.Cart  - order failed',
  'log4j %c{1}:%L': '02 Mar 2026 10:00:00,123 ERROR Cart:9 - order failed',
  'log4j level first': 'ERROR 2026-03-02 10:00:00,123 [main] com.acme.Cart - order failed',
  'log4j2 thread behind the logger':
    '[ERROR] 2026-03-02 10:00:00,123 com.acme.Cart [main] {} - order failed',
  'log4j2 %F:%L': '2026-03-02T10:00:00,123 ERROR [main] c.a.Cart (Cart.java:9) - order failed',
  'logback short:%L:': '2026-03-02T10:00:00.123Z ERROR [r-7] [main] c.a.Cart:13: order failed',
  'logback class.method(file:line)':
    '2026-03-02 10:00:00,123 ERROR [main] com.acme.Cart.pay(Cart.java:13) order failed',
  'java.util.logging in German':
    'März 02, 2026 10:00:00 AM com.acme.Cart pay\nSCHWERWIEGEND: order failed\nWARNUNG: slow',
  'java.util.logging in Japanese':
    '3月 02, 2026 10:00:00 午前 com.acme.Cart pay\n重大: order failed\n警告: slow\n情報: done',
  'serilog text default': '[10:00:00 ERR] Order 17 failed',
  'serilog text file': `2026-03-02 10:00:00.123 +00:00 [ERR] Order 17 failed\n${net}`,
  'serilog compact': JSON.stringify({
    '@t': '2026-03-02T10:00:00.123Z',
    '@mt': 'Order {Id} of {@Cart:l} failed',
    '@l': 'Error',
    Id: 17,
    Cart: 'c1',
  }),
  'serilog compact x': JSON.stringify({
    '@t': '2026-03-02T10:00:00.123Z',
    '@m': 'Order 17 failed',
    '@i': 'abc',
    '@l': 'Error',
    '@x': net,
  }),
  'serilog json formatter': JSON.stringify({
    Timestamp: '2026-03-02T10:00:00.123Z',
    Level: 'Error',
    MessageTemplate: 'Order {Id} failed',
    Exception: net,
    Properties: { Id: 17 },
  }),
  'zap json': JSON.stringify({
    level: 'error',
    ts: 1700000000.12,
    caller: 'shop/cart.go:7',
    msg: 'order failed',
    error: 'no price',
    stacktrace: go,
  }),
  'zap console': `2026-03-02T10:00:00.123Z\tERROR\tshop/cart.go:7\torder failed\t{"order": 17, "error": "no price"}\n${go}`,
  'zap dpanic': JSON.stringify({ level: 'dpanic', ts: 1700000000.12, msg: 'order failed' }),
  'slog text':
    'time=2026-03-02T10:00:00.123Z level=ERROR source=/srv/app/cart.go:7 msg="order failed" err="no price"',
  'slog text bare': 'time=2026-03-02T10:00:00.123Z level=ERROR msg=failed',
  'slog text +1': 'time=2026-03-02T10:00:00.123Z level=ERROR+2 msg="order failed"',
  'slog json': JSON.stringify({
    time: '2026-03-02T10:00:00.123Z',
    level: 'ERROR',
    source: { function: 'main.total', file: '/srv/app/cart.go', line: 7 },
    msg: 'order failed',
    err: 'no price',
  }),
  'slog default': '2026/03/02 10:00:00 ERROR order failed id=17 err="no price"',
  'logrus tty': 'ERRO[0001] order failed                                 error="no price" id=17',
  'logrus logfmt': 'time="2026-03-02T10:00:00Z" level=error msg="order failed" error="no price"',
  'zerolog console': '10:00AM ERR order failed error="no price" id=17',
  'zerolog json': JSON.stringify({
    level: 'error',
    error: 'no price',
    time: '2026-03-02T10:00:00Z',
    message: 'order failed',
  }),
  klog: 'E0302 10:00:00.123456    4242 pool.go:88] "order failed" err="no price" id=17',
  'glog with the year': 'E20260302 10:00:00.123456 4242 pool.cc:88] order failed',
  'glog fatal': 'F0302 10:00:00.123456 4242 pool.cc:88] Check failed: a == b',
  'log4j json': JSON.stringify({
    instant: { epochSecond: 1700000000, nanoOfSecond: 5 },
    thread: 'main',
    level: 'ERROR',
    loggerName: 'shop',
    message: 'order failed',
    thrown: {
      commonElementCount: 0,
      name: 'java.lang.IllegalStateException',
      message: 'no price',
      localizedMessage: 'no price',
      extendedStackTrace: [
        { class: 'shop.Cart', method: 'price', file: 'Cart.java', line: 7, exact: true },
        { class: 'shop.Main', method: 'main', file: 'Main.java', line: 3 },
      ],
      cause: { name: 'java.io.IOException', message: 'disk', extendedStackTrace: [] },
    },
  }),
  'log4j json string': JSON.stringify({
    timeMillis: 1700000000000,
    level: 'ERROR',
    loggerName: 'shop',
    message: 'order failed',
    thrown: {
      name: 'java.lang.IllegalStateException',
      message: 'no price',
      extendedStackTrace: java,
    },
  }),
  ecs: JSON.stringify({
    '@timestamp': '2026-03-02T10:00:00Z',
    'log.level': 'ERROR',
    message: 'order failed',
    'error.type': 'java.lang.IllegalStateException',
    'error.message': 'no price',
    'error.stack_trace': java,
  }),
  'ecs nested': JSON.stringify({
    '@timestamp': '2026-03-02T10:00:00Z',
    log: { level: 'error' },
    message: 'order failed',
    error: { type: 'java.lang.IllegalStateException', message: 'no price', stack_trace: java },
  }),
  logstash: JSON.stringify({
    '@timestamp': '2026-03-02T10:00:00Z',
    '@version': '1',
    message: 'order failed',
    logger_name: 'shop',
    thread_name: 'main',
    level: 'ERROR',
    level_value: 40000,
    stack_trace: java + '\n',
  }),
  'logback json': JSON.stringify({
    sequenceNumber: 0,
    timestamp: 1700000000000,
    nanoseconds: 1,
    level: 'ERROR',
    threadName: 'main',
    loggerName: 'shop',
    context: {},
    mdc: {},
    message: 'order failed',
    throwable: {
      className: 'java.lang.IllegalStateException',
      message: 'no price',
      stepArray: [
        { className: 'shop.Cart', methodName: 'price', fileName: 'Cart.java', lineNumber: 7 },
      ],
    },
  }),
  'log4j text': `2026-03-02 10:00:00,123 ERROR [main] s.Cart: order failed\n${java}`,
  'logback text': `10:00:00.123 [main] ERROR shop.Cart -- order failed\n${java}`,
  jul: 'Mar 02, 2026 10:00:00 AM shop.Cart price\nSEVERE: order failed',
  tomcat:
    '02-Mar-2026 10:00:00.123 SEVERE [main] org.apache.catalina.core.StandardService.startInternal Failed to start connector',
  journald: JSON.stringify({
    __REALTIME_TIMESTAMP: '1772445600000000',
    PRIORITY: '3',
    MESSAGE: 'order failed',
    _PID: '12',
    SYSLOG_IDENTIFIER: 'shop',
    _HOSTNAME: 'h',
  }),
  'journald info line with level': JSON.stringify({
    PRIORITY: '6',
    MESSAGE: '2026-03-02T10:00:00Z ERROR order failed',
    _PID: '12',
    SYSLOG_IDENTIFIER: 'shop',
  }),
  'journald bytes': JSON.stringify({
    PRIORITY: '3',
    MESSAGE: [111, 114, 100, 101, 114, 32, 108, 111, 115, 116],
    _PID: '12',
  }),
  docker: JSON.stringify({
    log: '2026-03-02T10:00:00Z ERROR order failed\n',
    stream: 'stderr',
    time: '2026-03-02T10:00:00.1Z',
  }),
  'docker json in json': JSON.stringify({
    log: JSON.stringify({ level: 'error', msg: 'order failed' }) + '\n',
    stream: 'stdout',
    time: 'x',
  }),
  cri: '2026-03-02T10:00:00.123456789Z stderr F ERROR order failed',
  'kubectl prefix': '[pod/shop-5d/api] ERROR order failed',
  'kubectl timestamps': '2026-03-02T10:00:00.123456789Z ERROR order failed',
  nginx:
    '2026/03/02 10:00:00 [error] 123#124: *45 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: shop, request: "GET / HTTP/1.1", upstream: "http://10.0.0.2:80/", host: "shop"',
  'nginx crit':
    '2026/03/02 10:00:00 [crit] 123#124: *45 open() "/x" failed (13: Permission denied)',
  apache:
    '[Mon Mar 02 10:00:00.123456 2026] [core:error] [pid 12:tid 345] (13)Permission denied: [client 10.0.0.1:5] AH00035: access to / denied',
  'apache old':
    '[Mon Mar 02 10:00:00 2026] [error] [client 10.0.0.1] File does not exist: /var/www/x',
  rfc3164: '<11>Mar  2 10:00:00 host shop[12]: order failed',
  'rfc3164 text': 'Mar  2 10:00:00 host shop[12]: ERROR order failed',
  'rfc3164 nopid': 'Mar  2 10:00:00 host shop: ERROR order failed',
  rfc5424:
    '<11>1 2026-03-02T10:00:00.123Z host shop 12 ID47 [ex@32473 iut="3" a="b \\"] c"] order failed',
  'rfc5424 nil': '<10>1 2026-03-02T10:00:00.123Z host shop - - - \ufefforder failed',
  'rfc5424 info': '<14>1 2026-03-02T10:00:00.123Z host shop 12 - - all is well',
  logfmt: 'ts=2026-03-02T10:00:00Z caller=cart.go:7 level=error msg="order failed" err="no price"',
  'heroku app': '2026-03-02T10:00:00.123456+00:00 app[web.1]: ERROR order failed',
  'heroku router':
    '2026-03-02T10:00:00.123456+00:00 heroku[router]: at=error code=H12 desc="Request timeout" method=GET path="/x" host=shop fwd="1.2.3.4" dyno=web.1 connect=1ms service=30000ms status=503 bytes=0 protocol=https',
  pm2: '0|api      | ERROR order failed',
  'pm2 date': '0|api  | 2026-03-02T10:00:00: ERROR order failed',
  'pm2 json': JSON.stringify({
    message: 'ERROR order failed\n',
    timestamp: '2026-03-02T10:00:00',
    type: 'err',
    process_id: 0,
    app_name: 'api',
  }),
  compose: 'shop-api-1  | ERROR order failed',
  pino: JSON.stringify({
    level: 50,
    time: 1700000000000,
    pid: 1,
    hostname: 'h',
    msg: 'order failed',
  }),
  'winston text': 'error: order failed {"timestamp":"x"}',
  'winston ts': '2026-03-02T10:00:00.123Z error: order failed',
  'loguru json': JSON.stringify({
    text: '2026-03-02 10:00:00 | ERROR | shop:price:7 - order failed\n',
    record: {
      elapsed: {},
      exception: { type: 'ValueError', value: 'no price', traceback: true },
      extra: {},
      file: { name: 'cart.py', path: '/srv/cart.py' },
      function: 'price',
      level: { icon: 'x', name: 'ERROR', no: 40 },
      line: 7,
      message: 'order failed',
      module: 'cart',
      name: 'shop',
      process: { id: 1 },
      thread: { id: 1 },
      time: { repr: 'x', timestamp: 1700000000.5 },
    },
  }),
  'loguru json tb': JSON.stringify({
    text: '2026-03-02 10:00:00 | ERROR | shop:price:7 - order failed\nTraceback (most recent call last):\n  File "/srv/cart.py", line 7, in price\n    return p[sku]\nKeyError: \'x\'\n',
    record: {
      exception: { type: 'KeyError', value: 'x', traceback: true },
      level: { name: 'ERROR', no: 40 },
      message: 'order failed',
      time: { timestamp: 1700000000.5 },
    },
  }),
  'python-json-logger': JSON.stringify({
    asctime: '2026-03-02 10:00:00,123',
    levelname: 'ERROR',
    name: 'shop',
    message: 'order failed',
  }),
  'structlog json': JSON.stringify({
    event: 'order failed',
    level: 'error',
    timestamp: '2026-03-02T10:00:00Z',
  }),
  uvicorn: 'ERROR:    order failed',
  gunicorn: '[2026-03-02 10:00:00 +0000] [12] [ERROR] order failed',
  django: '[02/Mar/2026 10:00:00] ERROR [shop.views:33] order failed',
  celery: '[2026-03-02 10:00:00,123: ERROR/ForkPoolWorker-1] order failed',
  env_logger: '[2026-03-02T10:00:00Z ERROR shop::cart] order failed',
  tracing: '2026-03-02T10:00:00.123456Z ERROR shop::cart: order failed order=17',
  'tracing spans': '2026-03-02T10:00:00.123456Z ERROR request{id=5}: shop::cart: order failed',
  'tracing json': JSON.stringify({
    timestamp: '2026-03-02T10:00:00Z',
    level: 'ERROR',
    fields: { message: 'order failed', order: 17 },
    target: 'shop::cart',
  }),
  rails: 'E, [2026-03-02T10:00:00.123456 #12] ERROR -- : order failed',
  monolog: '[2026-03-02T10:00:00.123456+00:00] app.ERROR: order failed {"id":17} []',
  laravel: '[2026-03-02 10:00:00] production.ERROR: order failed {"id":17}',
  'dotnet console': 'fail: Shop.Cart[0]\n      order failed',
  'dotnet console exc': `fail: Shop.Cart[0]\n      order failed\n${net.replace(/^/gm, '      ')}`,
  'dotnet json': JSON.stringify({
    EventId: 0,
    LogLevel: 'Error',
    Category: 'Shop.Cart',
    Message: 'order failed',
    Exception: net,
  }),
  nlog: '2026-03-02 10:00:00.1234|ERROR|Shop.Cart|order failed',
  elixir: '10:00:00.123 [error] order failed',
  logcat: '03-02 10:00:00.123  1702  2395 E ShopPool: order failed',
  mysql: '2026-03-02T10:00:00.123456Z 12 [ERROR] [MY-010119] [Server] order failed',
  postgres: '2026-03-02 10:00:00.123 UTC [12] ERROR:  order failed',
  gcp: JSON.stringify({
    severity: 'ERROR',
    message: 'order failed',
    timestamp: '2026-03-02T10:00:00Z',
  }),
  'gcp text': JSON.stringify({
    severity: 'ERROR',
    textPayload: 'order failed',
    timestamp: '2026-03-02T10:00:00Z',
    resource: {},
  }),
  'gcp jsonPayload': JSON.stringify({
    severity: 'ERROR',
    jsonPayload: { message: 'order failed' },
    timestamp: '2026-03-02T10:00:00Z',
    resource: {},
  }),
  lambda: '2026-03-02T10:00:00.123Z\t6bc28136-xmpl-4365-b021-0ce6b2e64ab0\tERROR\torder failed',
  otel: JSON.stringify({
    timestamp: '2026-03-02T10:00:00Z',
    severityText: 'ERROR',
    severityNumber: 17,
    body: 'order failed',
    attributes: {},
  }),
  'systemd short': 'Mar 02 10:00:00 host shop[12]: ERROR order failed',
  'github actions': '2026-03-02T10:00:00.1234567Z ##[error]order failed',
  vscode: '2026-03-02 10:00:00.123 [error] order failed',
  'k8s event json': JSON.stringify({
    level: 'error',
    ts: '2026-03-02T10:00:00Z',
    logger: 'controller',
    msg: 'Reconciler error',
    error: 'order failed',
  }),
};

/** `severity type: message @ function file:line` */
const expected: Readonly<Record<string, readonly string[]>> = {
  "Lambda's JSON": ['error OrderError: order 17 lost @ save /srv/app/order.js:3'],
  'winston simple': ['error OrderError: order 17 lost @ save /srv/app/order.js:3'],
  'logfmt with a stack': ['error OrderError: order 17 lost @ save /srv/app/order.js:3'],
  'info with a stack': ['warning OrderError: order 17 lost @ save /srv/app/order.js:3'],
  'a class behind a message': ['error OrderLost: order 17 lost @ save /srv/app/order.js:3'],
  'a local time': ['error LoggedError: Order 17 failed'],
  'a time behind the level': ['error LoggedError: Order 17 failed'],
  'datadog status': ['error LoggedError: Order 17 failed'],
  'a status that is no level': [],
  'pino with a nested key': ['error OrderError: order 17 lost @ save /srv/app/order.js:3'],
  signale: ['error LoggedError: Order 17 failed'],
  tslog: ['error LoggedError: Order 17 failed'],
  'tslog json': ['error OrderError: order 17 lost @ save /srv/app/order.ts:3'],
  'bunyan short': ['error LoggedError: shop: Order 17 failed'],
  'serilog text default': ['error LoggedError: Order 17 failed'],
  'serilog text file': [
    'error System.InvalidOperationException: no price @ Shop.Cart.PriceOf /src/Cart.cs:7',
  ],
  'serilog compact': ['error LoggedError: Order 17 of c1 failed'],
  'serilog compact x': [
    'error System.InvalidOperationException: no price @ Shop.Cart.PriceOf /src/Cart.cs:7',
  ],
  'serilog json formatter': [
    'error System.InvalidOperationException: no price @ Shop.Cart.PriceOf /src/Cart.cs:7',
  ],
  'zap json': ['error error: no price @ main.total /srv/app/cart.go:7'],
  'zap console': ['error error: order failed @ main.total /srv/app/cart.go:7'],
  'zap dpanic': ['fatal LoggedError: order failed'],
  'slog text': ['error LoggedError: order failed: no price @ - /srv/app/cart.go:7'],
  'slog text bare': ['error LoggedError: failed'],
  'slog text +1': ['error LoggedError: order failed'],
  'slog json': ['error LoggedError: order failed: no price @ main.total /srv/app/cart.go:7'],
  'slog default': ['error LoggedError: order failed id=17 err="no price"'],
  'logrus tty': ['error LoggedError: order failed: no price'],
  'logrus logfmt': ['error LoggedError: order failed: no price'],
  'zerolog console': ['error LoggedError: order failed: no price'],
  'zerolog json': ['error LoggedError: order failed: no price'],
  klog: ['error LoggedError: order failed: no price @ - pool.go:88'],
  'glog with the year': ['error LoggedError: order failed @ - pool.cc:88'],
  'glog fatal': ['fatal LoggedError: Check failed: a == b @ - pool.cc:88'],
  'log4j json': [
    'error java.lang.IllegalStateException: no price @ shop.Cart.price shop/Cart.java:7',
  ],
  'log4j json string': [
    'error java.lang.IllegalStateException: no price @ shop.Cart.price shop/Cart.java:7',
  ],
  ecs: ['error java.lang.IllegalStateException: no price @ shop.Cart.price shop/Cart.java:7'],
  'ecs nested': [
    'error java.lang.IllegalStateException: no price @ shop.Cart.price shop/Cart.java:7',
  ],
  logstash: ['error java.lang.IllegalStateException: no price @ shop.Cart.price shop/Cart.java:7'],
  'logback json': [
    'error java.lang.IllegalStateException: no price @ shop.Cart.price shop/Cart.java:7',
  ],
  'log4j text': [
    'error java.lang.IllegalStateException: no price @ shop.Cart.price shop/Cart.java:7',
  ],
  'logback text': [
    'error java.lang.IllegalStateException: no price @ shop.Cart.price shop/Cart.java:7',
  ],
  jul: ['error LoggedError: order failed'],
  tomcat: ['error LoggedError: Failed to start connector'],
  journald: ['error LoggedError: order failed'],
  'journald info line with level': ['error LoggedError: order failed'],
  'journald bytes': ['error LoggedError: order lost'],
  docker: ['error LoggedError: order failed'],
  'docker json in json': ['error LoggedError: order failed'],
  cri: ['error LoggedError: order failed'],
  'kubectl prefix': ['error LoggedError: order failed'],
  'kubectl timestamps': ['error LoggedError: order failed'],
  nginx: [
    'error LoggedError: connect() failed (111: Connection refused) while connecting to upstream',
  ],
  'nginx crit': ['fatal LoggedError: open() "/x" failed (13: Permission denied)'],
  apache: [
    'error LoggedError: (13)Permission denied: [client 10.0.0.1:5] AH00035: access to / denied',
  ],
  'apache old': ['error LoggedError: File does not exist: /var/www/x'],
  rfc3164: ['error LoggedError: order failed'],
  'rfc3164 text': ['error LoggedError: order failed'],
  'rfc3164 nopid': ['error LoggedError: order failed'],
  rfc5424: ['error LoggedError: order failed'],
  'rfc5424 nil': ['fatal LoggedError: order failed'],
  'rfc5424 info': [],
  logfmt: ['error LoggedError: order failed: no price @ - cart.go:7'],
  'heroku app': ['error LoggedError: order failed'],
  'heroku router': ['error LoggedError: H12 Request timeout'],
  pm2: ['error LoggedError: order failed'],
  'pm2 date': ['error LoggedError: order failed'],
  'pm2 json': ['error LoggedError: order failed'],
  compose: ['error LoggedError: order failed'],
  pino: ['error LoggedError: order failed'],
  'winston text': ['error LoggedError: order failed {"timestamp":"x"}'],
  'winston ts': ['error LoggedError: order failed'],
  'loguru json': ['error ValueError: no price'],
  'loguru json tb': ["error KeyError: 'x' @ price /srv/cart.py:7"],
  'python-json-logger': ['error LoggedError: order failed'],
  'structlog json': ['error LoggedError: order failed'],
  uvicorn: ['error LoggedError: order failed'],
  gunicorn: ['error LoggedError: order failed'],
  django: ['error LoggedError: order failed'],
  celery: ['error LoggedError: order failed'],
  env_logger: ['error LoggedError: order failed'],
  tracing: ['error LoggedError: order failed order=17'],
  'tracing spans': ['error LoggedError: request{id=5}: shop::cart: order failed'],
  'tracing json': ['error LoggedError: order failed'],
  rails: ['error LoggedError: order failed'],
  monolog: ['error LoggedError: order failed {"id":17} []'],
  laravel: ['error LoggedError: order failed {"id":17}'],
  'dotnet console': ['error LoggedError: order failed'],
  'dotnet console exc': [
    'error System.InvalidOperationException: no price @ Shop.Cart.PriceOf /src/Cart.cs:7',
  ],
  'dotnet json': [
    'error System.InvalidOperationException: no price @ Shop.Cart.PriceOf /src/Cart.cs:7',
  ],
  nlog: ['error LoggedError: order failed'],
  elixir: ['error LoggedError: order failed'],
  logcat: ['error LoggedError: order failed'],
  mysql: ['error LoggedError: order failed'],
  postgres: ['error LoggedError: order failed'],
  gcp: ['error LoggedError: order failed'],
  'gcp text': ['error LoggedError: order failed'],
  'gcp jsonPayload': ['error LoggedError: order failed'],
  lambda: ['error LoggedError: order failed'],
  otel: ['error LoggedError: order failed'],
  'systemd short': ['error LoggedError: order failed'],
  'github actions': ['error LoggedError: order failed'],
  vscode: ['error LoggedError: order failed'],
  'flink wide': ['error LoggedError: order failed'],
  cassandra: ['error LoggedError: order failed @ - CompactionTask.java:211'],
  jenkins: ['error LoggedError: order failed'],
  minecraft: ['error LoggedError: order failed'],
  gelf: ['error LoggedError: order failed'],
  'jboss stderr': [
    'error java.lang.IllegalStateException: no price @ shop.Cart.price shop/Cart.java:7',
  ],
  'jboss json': [
    'error java.lang.IllegalStateException: no price @ shop.Cart.price shop/Cart.java:7',
  ],
  'commons-logging simple': ['error com.acme.Lost: no price @ shop.Cart.price shop/Cart.java:7'],
  'maui in logcat': [
    'error System.InvalidOperationException: no price @ Shop.Cart.PriceOf /src/Cart.cs:7',
  ],
  spark: ['error LoggedError: Executor: order failed'],
  'slf4j simple': ['error LoggedError: order failed'],
  'log4j ttcc': ['fatal LoggedError: order failed'],
  'log4j %c{1}:%L': ['error LoggedError: order failed @ - Cart.java:9'],
  'log4j level first': ['error LoggedError: order failed'],
  'log4j2 thread behind the logger': ['error LoggedError: order failed'],
  'log4j2 %F:%L': ['error LoggedError: order failed @ - Cart.java:9'],
  'logback short:%L:': ['error LoggedError: order failed @ - Cart.java:13'],
  'logback class.method(file:line)': ['error LoggedError: order failed @ - com/acme/Cart.java:13'],
  'java.util.logging in German': ['error LoggedError: order failed'],
  'java.util.logging in Japanese': ['error LoggedError: order failed'],
  'k8s event json': ['error LoggedError: Reconciler error: order failed'],
};

describe('loggers and transports', () => {
  for (const [name, log] of Object.entries(logs)) {
    it(`reads an error of ${name}`, () => assert.deepEqual(summaries(log), expected[name]));
  }

  it('quotes the texts in a message of Serilog, as it does, but no ids', () => {
    const stock = (item: string): string =>
      JSON.stringify({ '@mt': 'Stock of {Item} is {Left}', '@l': 'Error', Item: item, Left: 4 });
    assert.deepEqual(summaries(`${stock('rope')}\n${stock('r-17')}\n`), [
      'error LoggedError: Stock of "rope" is 4',
      'error LoggedError: Stock of r-17 is 4',
    ]);
  });
});

describe("Go's loggers", () => {
  it('say what failed in a field, too, and there alone where there is no message', () => {
    const reason = 'error LoggedError: no price';
    const both = 'error LoggedError: order failed: no price';
    const lines: readonly (readonly [string, string])[] = [
      ['10:00AM ERR  error="no price" id=17', reason],
      ['10:00AM ERR cart.go:7 > order failed error="no price" id=17', `${both} @ - cart.go:7`],
      ['{"level":"error","error":"no price","time":"2026-03-02T10:00:00Z"}', reason],
      ['ERRO[0001] order failed                                 error="no price" id=17', both],
      ['ts=2026-03-02T10:11:12Z level=error component=web err="no price"', reason],
    ];
    for (const [line, found] of lines) assert.deepEqual(summaries(line), [found], line);
    assert.deepEqual(summaries('10:00AM DBG retried error="no price"'), []);
    assert.deepEqual(summaries('ts=2026-03-02T10:11:12Z level=error component=web'), []);
  });

  it('names the class of what was logged without a stack, in whatever name space', () => {
    assert.deepEqual(
      summaries(String.raw`[ERROR] Timeout::Error: execution expired
[ERROR] Shop\Cart\Exception: no price
[ERROR] shop.errors.PriceError: no price`),
      [
        'error Timeout::Error: execution expired',
        String.raw`error Shop\Cart\Exception: no price`,
        'error PriceError: no price',
      ],
    );
  });
});
