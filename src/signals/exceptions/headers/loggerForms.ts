import { type Level, levelOf, syslogLevel } from './level.ts';

/** A header that is unlike others', read whole. */
export interface FormHeader {
  readonly level: Level;
  /** Where the message begins and, when more than it follows, ends. */
  readonly start: number;
  readonly end?: number;
  readonly language?: string;
}

interface Form {
  /** A cheap look first: most lines are never tried. */
  readonly may: (line: string) => boolean;
  /** Its first group is the level. */
  readonly header: RegExp;
  readonly language?: string;
  /** What follows the message. */
  readonly tail?: RegExp;
}

const startsWithDigit = (line: string): boolean => isDigit(line.charCodeAt(0));
const isBracketed = (line: string): boolean => line.charCodeAt(0) === 91;

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Rich repeats no time, and says at the end of the line where it was logged. */
const rich =
  /^(?:\[[\d:/., APM-]{5,30}\]|\s{6,40}) (DEBUG|INFO|WARNING|ERROR|CRITICAL) {1,8}(?=\S.{0,4000}\.py:\d{1,7}\s{0,8}$)/;

/** A header of its own though it is indented, as frames and source lines are. */
export function isIndentedHeader(line: string): boolean {
  return line.includes('.py:') && rich.test(line);
}

const date = '\\d{4}[-/]\\d\\d[-/]\\d\\d';
const time = '\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?';

const forms: readonly Form[] = [
  {
    // klog and glog: `E0302 10:00:00.123456    4242 pool.go:88] `
    may: (line) => isDigit(line.charCodeAt(1)) && isDigit(line.charCodeAt(2)),
    header: /^([IWEF])\d{4}(?:\d{4})? \d\d:\d\d:\d\d\.\d{6} {1,8}\d{1,9} [\w./-]{1,100}:\d{1,7}\] /,
  },
  {
    // logrus on a terminal: `ERRO[0001] `
    may: (line) => line.charCodeAt(4) === 91,
    header: /^(INFO|WARN|ERRO|FATA|PANI|DEBU|TRAC)\[[\dT:.+Z-]{1,30}\] /,
    tail: / {2,}[\w.]{1,60}=/,
    language: 'go',
  },
  {
    // zerolog on a terminal: `11:21AM ERR main.go:12 > import failed error="disk full" feed=eu`
    may: (line) => startsWithDigit(line) && line.includes('M '),
    header: /^\d{1,2}:\d\d[AP]M (TRC|DBG|INF|WRN|ERR|FTL|PNC) (?:[\w./@-]{1,160}\.go:\d{1,7} > )?/,
    tail: /(?:^| )[\w.]{1,60}=/,
    language: 'go',
  },
  {
    // Celery: `[2026-03-02 10:00:00,123: ERROR/ForkPoolWorker-1] `
    may: isBracketed,
    header: new RegExp(`^\\[${date} ${time}: ([A-Z]{4,8})/[^\\]\\s]{1,80}\\] `),
    language: 'python',
  },
  {
    // OpenStack: `2026-03-02 10:00:00.123 4121 ERROR nova.compute [req-1 - -] `, before each line of a traceback
    may: (line) => startsWithDigit(line) && isDigit(line.charCodeAt(24)),
    header: new RegExp(
      `^${date} ${time} \\d{1,9} ([A-Z]{4,8}) [a-z_][\\w.]{0,160} (?:\\[[^\\]]{0,200}\\] )?`,
    ),
    language: 'python',
  },
  {
    // Django's verbose form: `ERROR 2026-03-02 10:00:00,123 views 17 140123 `
    may: (line) => isDigit(line.charCodeAt(line.indexOf(' ') + 1)) && line.includes(','),
    header: new RegExp(`^([A-Z]{4,8}) ${date} ${time} \\w{1,60} \\d{1,9} \\d{1,20} `),
    language: 'python',
  },
  {
    // The name and the level alone: `shop.orders ERROR: `; a word without a dot is that of a sentence.
    may: (line) => line.charCodeAt(0) >= 97 && line.includes(': '),
    header: /^[a-z][\w-]{0,60}(?:\.[\w-]{1,60}){1,8} ([A-Z]{4,8}): /,
  },
  {
    // The name, the level and the message, as Python's manual shows it: `shop.orders - ERROR - `
    may: (line) => line.includes(' - '),
    header: /^[A-Za-z_][\w.-]{0,100} - (DEBUG|INFO|WARNING|ERROR|CRITICAL) - (?=\S)/,
    language: 'python',
  },
  {
    may: (line) => line.includes('.py:'),
    header: rich,
    tail: /\s[\w.-]{1,100}\.py:\d{1,7}\s{0,8}$/,
    language: 'python',
  },
  {
    // Flask: `[2026-03-02 10:00:00,123] ERROR in app: `
    may: (line) => isBracketed(line) && line.includes('] ERROR in '),
    header: new RegExp(`^\\[${date} ${time}\\] (ERROR) in [\\w.]{1,80}: `),
    language: 'python',
  },
  {
    // uvicorn fills up to the tenth column
    may: (line) => line.startsWith('ERROR:    '),
    header: /^(ERROR): {4}(?=\S)/,
    language: 'python',
  },
  {
    // env_logger: `[2026-03-02T10:00:00Z ERROR shop::cart] `
    may: isBracketed,
    header: new RegExp(`^\\[${date}T${time}Z ([A-Z]{4,5}) {1,2}[\\w:]{1,160}\\] `),
    language: 'rust',
  },
  {
    // bunyan's command line: `[2026-03-02T10:00:00.123Z] ERROR: shop/4512 on web-1: `
    may: (line) => isBracketed(line) && line.includes(' on '),
    header: new RegExp(
      `^\\[${date}T${time}Z\\] {1,2}([A-Z]{4,5}): [^\\s/]{1,80}(?:/[^\\s/]{1,80})?/\\d{1,9} on [\\w.-]{1,100}: `,
    ),
    language: 'javascript',
  },
  {
    // NestJS: `[Nest] 4512  - 03/02/2026, 10:00:05 AM   ERROR [OrdersService] `
    may: isBracketed,
    header:
      /^\[[\w-]{1,40}\] \d{1,9} {1,4}- \d\d\/\d\d\/\d{4}, \d{1,2}:\d\d:\d\d [AP]M {1,8}([A-Z]{3,7}) (?:\[[^\]]{1,80}\] )?/,
  },
  {
    // Metro, which shows what React Native logs: ` ERROR  `
    may: (line) => line.charCodeAt(0) === 32 && line.charCodeAt(1) >= 65,
    header: /^ (LOG|INFO|WARN|ERROR) {2}(?=\S)/,
    language: 'javascript',
  },
  {
    // signale: `✖  error     `, `[api] › ✖  fatal  `
    may: (line) => line.startsWith('✖') || (isBracketed(line) && line.includes('✖')),
    header: /^(?:\[[^\]]{1,80}\] ){0,3}(?:› )?✖ {2}(error|fatal) {2,12}/,
    language: 'javascript',
  },
  {
    // tslog: time, level, caller, logger and message between tabs
    may: (line) => startsWithDigit(line) && line.includes('\t'),
    header: new RegExp(
      `^${date} ${time}\\t([A-Z]{4,5})\\t\\S{1,300}\\.[cm]?[jt]sx?:\\d{1,7}\\t(?:[\\w.:-]{1,80}\\t)?`,
    ),
    language: 'javascript',
  },
  {
    // Apache httpd 2.4
    may: isBracketed,
    header: new RegExp(
      `^\\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \\d]\\d ${time} \\d{4}\\] \\[(?:\\w{1,40}:)?([a-z]{3,7}\\d?)\\] (?:\\[pid \\d{1,9}(?::tid \\d{1,20})?\\] )?(?:\\[client [^\\]]{1,80}\\] )?`,
    ),
    tail: /, referer: \S/,
  },
  {
    // nginx
    may: (line) => startsWithDigit(line) && line.charCodeAt(20) === 91,
    header: new RegExp(`^${date} ${time} \\[([a-z]{4,6})\\] \\d{1,9}#\\d{1,9}: (?:\\*\\d{1,12} )?`),
    tail: /, client: \S/,
    language: 'nginx',
  },
  {
    // nginx before it writes to a log of its own
    may: (line) => line.startsWith('nginx: ['),
    header: /^nginx: \[(emerg|alert|crit|error|warn)\] /,
    language: 'nginx',
  },
  {
    // Android's logcat: `03-02 10:00:00.123  1702  2395 E Pool: `
    may: (line) => startsWithDigit(line) && line.charCodeAt(2) === 45,
    header: /^\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} {1,6}\d{1,6} {1,6}\d{1,6} ([VDIWEFA]) [^:\n]{1,80}: /,
  },
  {
    // logcat's brief and time forms: `E/flutter ( 4512): `, `03-02 10:00:00.123 E/Pool(  345): `
    may: (line) =>
      line.charCodeAt(1) === 47 || (startsWithDigit(line) && line.charCodeAt(20) === 47),
    header: /^(?:\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} )?([VDIWEFA])\/[^:()\n]{1,80}?\( {0,6}\d{1,7}\): /,
  },
  {
    // Sidekiq: `2026-03-02T10:00:00.123Z pid=17 tid=abc class=Pay jid=0b1c WARN: `
    may: (line) => startsWithDigit(line) && line.includes(' pid='),
    header: new RegExp(
      `^${date}T${time}Z pid=\\d{1,9} tid=\\w{1,20}(?: \\w{1,20}=\\S{1,100}){0,6} ([A-Z]{4,5}): `,
    ),
    language: 'ruby',
  },
  {
    // NLog, and others that part by bars: `2026-03-02 10:00:00.1234|17|main|ERROR|Shop.Cart|`
    may: (line) => startsWithDigit(line) && line.includes('|'),
    header: new RegExp(
      `^${date}[ T]${time}Z?(?:\\|[^|\\s]{0,80}){0,4}?\\|([A-Za-z]{4,8}) {0,8}\\|(?:[^|\\s]{1,200}\\|)?`,
    ),
  },
  {
    // SLF4J's simple logger, and log4j's TTCC: `[main] ERROR shop.Cart - `, `21   [main] ERROR shop.Cart x - `
    may: (line) => line.charCodeAt(0) === 91 || startsWithDigit(line),
    header:
      /^(?:\d{1,9} {1,8})?\[[^\]\n]{1,80}\] \[?([A-Z]{4,5})\]? {1,4}[\w$.]{1,200}(?: \S{0,60})? - /,
  },
  {
    // All in brackets, the thread first: `[main] [2026-03-02 10:00:00] [ERROR] [shop.Cart] `
    may: (line) => isBracketed(line) && line.includes('] ['),
    header:
      /^\[[^\]\n]{1,80}\] \[(?:\d{4}-)?\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\] \[([A-Z]{4,5}) ?\] (?:\[[\w$.]{1,160}\] )?(?:- )?/,
  },
  {
    // Microsoft.Extensions.Logging on one line: `10:00:00 fail: Shop.Worker[3] `, systemd's `<3>Shop.Worker[3] `
    may: (line) => line.includes('] ') && (line.includes(': ') || line.charCodeAt(0) === 60),
    header:
      /^(?:[[\dT][\d\-T:.+Z/ [\]]{4,40} ?)?(?:<(?=\d>))?(trce|dbug|info|warn|fail|crit|[0-7](?=>))(?:: |>)[A-Z][\w.`+]{0,200}\[-?\d{1,10}\] (?:=> .{1,500}? => )?/,
    language: 'csharp',
  },
  {
    // java.util.logging in Japanese, Chinese and Korean
    may: (line) => line.charCodeAt(2) === 58,
    header: /^(重大|严重|심각|警告|경고|情報|信息|정보): /,
  },
  {
    // zap on a terminal: time, level, logger, caller and message between tabs
    may: (line) => startsWithDigit(line) && line.includes('\t'),
    header: new RegExp(
      `^${date}T${time}(?:Z|[+-]\\d{4})\\t([A-Z]{4,6})\\t(?:[\\w.-]{1,80}\\t)?[\\w./@-]{1,160}\\.go:\\d{1,7}\\t`,
    ),
    tail: /\t\{"/,
    language: 'go',
  },
];

/** logrus and .NET shorten their levels to four letters; Java translates them. */
const special: Readonly<Record<string, Level>> = {
  trce: 'none',
  dbug: 'none',
  重大: 'error',
  严重: 'error',
  심각: 'error',
  警告: 'warning',
  경고: 'warning',
  情報: 'none',
  信息: 'none',
  정보: 'none',
  ERRO: 'error',
  FATA: 'fatal',
  PANI: 'fatal',
  DEBU: 'none',
  TRAC: 'none',
};

/** A message before its fields, as klog writes it. */
const quotedMessage = /^"(?:[^"\\]|\\.){1,2000}"(?=$| [\w./-]{1,100}=)/;

export function readForm(line: string): FormHeader | undefined {
  for (const { may, header, language, tail } of forms) {
    if (!may(line)) continue;
    const match = header.exec(line);
    if (!match) continue;
    const word = match[1] ?? '';
    const level = special[word] ?? levelOf(word.replace(/\d$/, '')) ?? syslogLevel(Number(word));
    if (level === undefined) continue;
    const rest = line.slice(match[0].length);
    const quoted = quotedMessage.exec(rest);
    const start = match[0].length + (quoted ? 1 : 0);
    const behind = quoted ? { index: quoted[0].length - 2 } : tail?.exec(rest);
    return {
      level,
      start,
      ...(behind ? { end: start + behind.index } : {}),
      ...(language === undefined ? {} : { language }),
    };
  }
  return undefined;
}
