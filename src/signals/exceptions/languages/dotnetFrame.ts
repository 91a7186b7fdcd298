import type { Frame } from '../../../core/signal.ts';
import { frameOf, remembering } from '../parts.ts';

/** The words of the frames are translated by .NET Framework; mono adds offsets. */
const frameLine =
  /^(?:(?=at )|\s{1,24})(?:at|bei|à|en|in|в|w|v|vid|em|konum:|場所|在|위치:) (\S.{0,1000}?)(?: ?\[0x[0-9a-f]{1,10}\])?(?: (?:in|dans|en|в|w|v|i|em|na|場所|位置|파일) (.{1,600}?):(?:[^\s\d:]{1,12} ?)?(\d{1,9})\.?)?\s*$/;
/** Unity's player: `Till.Settle (Basket basket) (at Assets/Till.cs:31)`. */
const unityFrame =
  /^([A-Z_][\w.+<>`/]{0,300}[.:][\w<>.|]{1,200} ?\(.{0,500}\)) \(at (.{1,500}):(\d{1,9})\)$/;

/** Loggers cut the indentation off; then only a place makes it a frame. */
const withoutIndent = /^at .{1,1600} in .{1,600}:(?:line )?\d{1,9}\s*$/;

/** Translated, too; the seam where an exception was thrown again speaks of no inner one. */
export const endOfInner = /^\s*--- .{0,100}(?:\binner\b|intern|внутр|内部|내부|wewn)/;
export const seam = /^\s*--- .{1,200}---$|^\s*---$/;

/** What stands between frames. */
export function isSeam(line: string): boolean {
  return endOfInner.test(line) || seam.test(line);
}

/** Java prints `at` and a place in parentheses, JavaScript a line and a column. */
export function isFrame(line: string): boolean {
  return isKnownFrame(line);
}

const isKnownFrame = remembering((line: string): boolean => {
  if (line.endsWith(')') && line.includes(' (at ')) return unityFrame.test(line);
  const mayBe = line.startsWith(' ') || withoutIndent.test(line);
  const match = mayBe && line.includes('(') ? frameLine.exec(line) : null;
  if (!match) return false;
  const called = match[1] ?? '';
  if (
    /\([\w$-]{0,100}\.(?:java|kts?|scala|sc|groovy|clj):\d{1,9}\)|\((?:Native Method|Unknown Source|<generated>|<anonymous>|native|index \d{1,9})\)/.test(
      called,
    )
  )
    return false;
  if (/:\d+:\d+\)?$|^\/|\.[cm]?[jt]sx?:\d+|^(?:async|new|node:)/.test(called)) return false;
  return /^(?:\(wrapper [\w-]{1,40}\) )?(?:[^\s(]{1,600}[.:/][^\s(]{1,300}|lambda_method\d{0,6}) ?\(.{0,1000}\)$/.test(
    called,
  );
});

export const readFrame = remembering((line: string): Frame => {
  const match = unityFrame.exec(line) ?? frameLine.exec(line);
  const called = nameOf(match?.[1] ?? '');
  const shown = match?.[2] ?? '';
  const hasFile = shown !== '' && !shown.startsWith('<');
  return frameOf(hasFile ? shown : pathOf(called), isInApp(called), {
    function: called,
    line: hasFile && match?.[3] !== undefined ? Number(match[3]) : undefined,
  });
});

/** The method as it was written: not the state machines, closures and arguments the compiler made of it. */
function nameOf(called: string): string {
  return called
    .replace(/^\(wrapper [\w-]{1,40}\) /, '')
    .replace(/ ?\(.*$/s, '')
    .replace(/\.<>c(?:__DisplayClass[\d_]{1,20})?(?:`\d)?(?=\.)/g, '')
    .replace(
      /(?:\.<>c__DisplayClass[\d_]{1,20})?\.?<<?(\w{1,100})>b__[\w]{1,20}>d(?:`\d)?\.MoveNext$/,
      '.$1',
    )
    .replace(/[.+/]<(\w{1,100})>d__\d{1,6}(?:`\d)?(?:\[[^\]]{0,100}\])?[.:]{1,2}MoveNext$/, '.$1')
    .replace(
      /<<?(\w{1,100})>?\$?>[bg]__(?:(\w{1,100})\|)?[\d_]{1,20}/,
      (_, outer: string, local: string | undefined) => (local ? `${outer}.${local}` : outer),
    )
    .replace(/\[[^\]]{0,200}\]$/, '');
}

/** Without debug symbols a type most likely lies in a file of its name. */
function pathOf(called: string): string {
  const parts = called
    .replace(/`\d{1,2}/g, '')
    .split(/[.+:]/)
    .filter(Boolean);
  const folder = parts.slice(0, -1).join('/');
  return folder === '' ? 'unknown' : `${folder}.cs`;
}

const foreign =
  /^(?:System|Microsoft|Mono|Internal|Interop|MS|Newtonsoft|NUnit|Xunit|Moq|NSubstitute|FluentAssertions|Serilog|NLog|log4net|Npgsql|MySql|MySqlConnector|Oracle|Dapper|MongoDB|StackExchange|RabbitMQ|MassTransit|MediatR|AutoMapper|FluentValidation|Polly|Grpc|Google|Azure|Amazon|Autofac|Castle|Ninject|Swashbuckle|Hangfire|Quartz|Confluent|Elastic(?:search)?|Nest|RestSharp|Refit|IdentityServer4|Duende|HotChocolate|GraphQL|UnityEngine|UnityEditor|Unity|JetBrains|Sentry|OpenTelemetry|Ardalis|Orleans|NServiceBus|Akka|FSharp|lambda_method\d{0,6})(?:[.+:(]|$)/;

function isInApp(called: string): boolean {
  return called !== '' && !foreign.test(called);
}

export function languageOf(frames: readonly Frame[]): string {
  const file = frames.find((frame) => frame.inApp)?.file ?? '';
  if (/\.fsx?$/.test(file)) return 'fsharp';
  return file.endsWith('.vb') ? 'vb' : 'csharp';
}
