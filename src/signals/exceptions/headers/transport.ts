import { stripVTControlCharacters } from 'node:util';
import { type Level, levelOf, syslogLevel } from './level.ts';

/** What carries a log (docker, compose, CRI, kubectl, syslog, pm2, foreman) writes before every line. */
export interface Carried {
  /** Which process said it; lines of different streams never belong to one exception. */
  readonly stream: string;
  readonly text: string;
  /** The carrier cut the line; the next one of the stream goes on. */
  readonly partial: boolean;
  /** What the carrier was told of the line. */
  readonly level?: Level;
  /** ISO 8601, when the carrier wrote one. */
  readonly timestamp?: string;
}

const cri =
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d) (stdout|stderr) ([FP]) /;
const foreman = /^\d\d:\d\d:\d\d ([\w.-]{1,60})\s{1,40}\| ?/;
/** `api-1     | `, `0|api   | `; PowerShell heads its boxes with `Line |`. */
const compose =
  /^(?!Line \|$|\d{1,6}\s{1,8}\|)((?:\d{1,5}\|)?[A-Za-z0-9][\w.-]{0,80})\s{1,60}\|(?: |$)/;
/** `[pod/shop-5d/api] `; PyTorch's launchers: `[rank0]: `. */
const kubectl = /^\[(pod\/[^\]\s]{1,200}|rank\d{1,6})\]:? /;
/** RFC 3164, and what rsyslog writes of it; a program without its pid only after a time of that form. */
const syslog =
  /^(?:<(\d{1,3})>)?(?:(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?|\d{4}-\d\d-\d\dT\S{8,30}) ([\w.-]{1,80} [\w./@-]{1,80}(?:\([\w-]{1,40}\))?\[\d{1,9}\])|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})? (?![AP]M )([\w.-]{1,80} [\w./@-]{1,80}(?:\([\w-]{1,40}\))?)): ?/;
/** RFC 5424: priority, host and program, process, message id, structured data. */
const syslogNew =
  /^<(\d{1,3})>\d \S{1,40} (\S{1,255} \S{1,48} \S{1,128}) \S{1,32} (?:-|(?:\[[^\s\]"=]{1,64}(?: [^\s=\]"]{1,64}="(?:[^"\\]|\\.){0,500}"){0,20}\]){1,5})(?: |$)\ufeff?/;
/** Heroku, and Fly with its region; what Fly calls a level says where a machine's output came from. */
const heroku =
  /^\d{4}-\d\d-\d\dT\S{8,30} ((?:app|heroku|runner|proxy)\[[\w.-]{1,60}\])(?:: | [a-z]{3} \[\w{4,5}\])/;
/** Syslog over TCP counts the bytes of each message before it (RFC 6587). */
const counted = /^\d{1,6} (?=<\d{1,3}>\S)/;

/** Loki's logcli: time and labels. */
const logcli =
  /^\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:\d\d) (\{[a-z_]\w{0,60}="[^}]{0,1000}\}) /;
/** `aws logs tail`: time and log stream, whose name ends in a long number; one alone is the id of a trace. */
const cloudWatch = /^\d{4}-\d\d-\d\dT[\d:.]{8,15}(?:Z|\+00:00) (\S{0,400}[/\]][0-9a-f]{32}) /;
/** GitLab's job logs: the number and kind of the stream. */
const gitlab = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})\d{3}Z ([\da-f]{2}[OE])[ +]/;
/** Logs that `gh run view --log` shows: job, step and the runner's own line. */
const workflow = /^([^\t]{1,100}\t[^\t]{1,100})\t\ufeff?(?=\d{4}-\d\d-\d\dT[\d:.]{8,20}Z )/;
/**
 * stern: pod and container; the pod's name as a deployment gives it, or anything might be one. Its hash is of
 * letters and digits that make no words (Kubernetes' `SafeEncodeString`), or hexadecimal.
 */
const stern =
  /^([a-z0-9][a-z0-9.-]{0,100}-(?:[bcdfghj-np-tvwxz2456789]{8,10}|[a-f0-9]{8,10})-[a-z0-9]{5} [a-z0-9][a-z0-9-]{0,60}) /;
/** An invocation of AWS Lambda that failed: the record of its error behind the header. */
const invocation =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\t[\da-f-]{36}\tERROR\t(?:Invoke Error|Uncaught Exception|Unhandled Promise Rejection) ?\t(?=\{"errorType")/;

/** PHP-FPM: what a child wrote to its standard error, a line at a time, in quotes. */
const fpm =
  /^\[[^\]]{1,40}\] WARNING: \[pool ([\w.-]{1,60}\] child \d{1,9})(?:, script '[^']{0,500}' \([^)]{0,500}\))? said into std(?:err|out): "(?:NOTICE: PHP message: )?/;

export function peel(line: string): Carried {
  if (line.includes('\t')) {
    const step = workflow.exec(line);
    if (step) return { ...peel(line.slice(step[0].length)), stream: step[1] ?? '' };
    const failed = invocation.exec(line);
    if (failed) {
      const text = line.slice(failed[0].length);
      return { ...plain(text), level: 'error', timestamp: failed[1] ?? '' };
    }
  }
  const first = line.charCodeAt(0);
  const isDigit = first >= 48 && first <= 57;
  if (isDigit) {
    const octets = line.includes(' <') ? counted.exec(line) : null;
    if (octets) return peel(line.slice(octets[0].length));
    const container = cri.exec(line);
    if (container) {
      return {
        stream: container[1] ?? '',
        text: line.slice(container[0].length),
        partial: container[2] === 'P',
      };
    }
    const job = line.charCodeAt(26) === 90 ? gitlab.exec(line) : null;
    if (job) {
      const text = line.slice(job[0].length);
      return { stream: job[2] ?? '', text, partial: false, timestamp: `${job[1]}Z` };
    }
    return (
      carried(line, foreman) ??
      carried(line, heroku) ??
      carried(line, logcli) ??
      carried(line, cloudWatch) ??
      named(line) ??
      logged(line) ??
      stamped(line) ??
      plain(line)
    );
  }
  if (first === 91) return timed(carried(line, kubectl)) ?? child(line) ?? plain(line);
  if (first === 60) return logged(line) ?? plain(line);
  const isWord = (first >= 65 && first <= 90) || (first >= 97 && first <= 122);
  if (!isWord) return plain(line);
  const pod = first >= 97 && line.includes('-') ? carried(line, stern) : undefined;
  return pod ?? named(line) ?? logged(line) ?? plain(line);
}

/**
 * `kubectl logs --timestamps`, `docker logs -t` (nanoseconds) and GitHub's runners (100 of them) write
 * their own time before each line. Where a level follows, it is rather the line's own header.
 */
const stamp =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})\d{4}(?:\d\d)?Z (?![A-Z]{4,8}\b|\[\w+\]|\s*\t)/;

function stamped(line: string): Carried | undefined {
  const match = line.charCodeAt(26) >= 48 ? stamp.exec(line) : null;
  if (!match) return undefined;
  return {
    stream: '',
    text: line.slice(match[0].length),
    partial: false,
    timestamp: `${match[1]}Z`,
  };
}

function named(line: string): Carried | undefined {
  return line.includes('|') ? timed(carried(line, compose)) : undefined;
}

/** `docker compose logs --timestamps`, `kubectl logs --prefix --timestamps`: the name, then the time. */
function timed(named: Carried | undefined): Carried | undefined {
  const inner = named && stamped(named.text);
  return inner ? { ...inner, stream: named.stream } : named;
}

function logged(line: string): Carried | undefined {
  const match = syslogNew.exec(line) ?? syslog.exec(line);
  const sender = match?.[2] ?? match?.[3] ?? '';
  if (!match || levelOf(sender.slice(0, sender.indexOf(' '))) !== undefined) return undefined;
  // rsyslog writes control characters as #ooo.
  const said = line.slice(match[0].length).replaceAll('#011', '\t');
  const text = said.includes('#033')
    ? stripVTControlCharacters(said.replaceAll('#033', '\x1b'))
    : said;
  const level = syslogLevel(Number(match[1] ?? Number.NaN));
  return { stream: sender, text, partial: false, ...(level === undefined ? {} : { level }) };
}

function child(line: string): Carried | undefined {
  const said = line.includes(' said into std') ? carried(line, fpm) : undefined;
  return said && { ...said, text: said.text.replace(/"(?:, pipe is closed)?$/, '') };
}

function carried(line: string, pattern: RegExp): Carried | undefined {
  const match = pattern.exec(line);
  if (!match) return undefined;
  return { stream: match[1] ?? '', text: line.slice(match[0].length), partial: false };
}

export function plain(line: string): Carried {
  return { stream: '', text: line, partial: false };
}
