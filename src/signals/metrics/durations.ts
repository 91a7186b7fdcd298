import { stripVTControlCharacters } from 'node:util';
import type { Observation } from '../../core/metric.ts';
import { redact } from '../../core/secrets.ts';
import { isSketchable } from '../../core/sketch.ts';
import { visible } from '../title.ts';
import { callInText } from './callsInText.ts';
import { callInJson } from './jsonCalls.ts';
import { createOpenRequests, type OpenRequests } from './openRequests.ts';

const maxLineChars = 4_000;
/** A day: what says it took longer is no call. */
const longestMs = 86_400_000;

/** What a log line may have to tell. Cheap: most lines of most logs say nothing of it. */
export const durationHint =
  /\d ?(?:ms|[µμ]s|us|ns|s|secs?|seconds|mins?|minutes?|(?:milli|micro|nano)s\w{0,8})\b|[Dd]uration|[Ee]lapsed|[Ll]atency|[Rr]esponse_?[Tt]ime|request_time|"(?:GET|POST|PUT|PATCH|DELETE|HEAD) |(?:GET|POST|PUT|PATCH|DELETE) "?\//;

/**
 * How long a log line says that something took (metric `response_time`, per endpoint or operation), and
 * whether a request failed (`request_errors`: 1 for a status of 500 and more, else 0).
 * @param requests those that the lines before have begun
 */
export function observationsIn(
  line: string,
  now: number,
  requests: OpenRequests = createOpenRequests(),
): readonly Observation[] {
  const cut = line.slice(0, maxLineChars);
  if (!durationHint.test(cut)) return [];
  const text = (cut.includes('\x1b') ? stripVTControlCharacters(cut) : cut).trim();
  const call = text.startsWith('{')
    ? callInJson(text, now)
    : requests.follow(text, callInText(text, now));
  // Whoever tries addresses that are none must not fill the list of endpoints.
  if (!call || call.status === 404) return [];
  const endpoint = clean(call.endpoint);
  const base = { endpoint, at: call.at };
  const found: Observation[] = [];
  if (call.ms !== undefined && call.ms <= longestMs && isSketchable(call.ms)) {
    found.push({
      ...base,
      name: 'response_time',
      type: 'response_time',
      unit: 'ms',
      value: call.ms,
    });
  }
  if (call.status !== undefined) {
    const value = call.status >= 500 ? 1 : 0;
    found.push({ ...base, name: 'request_errors', type: 'error_rate', unit: '', value });
  }
  return found;
}

/** Endpoints repeat; looking for secrets in each of them again would take most of the time. */
const known = new Map<string, string>();
const maxKnown = 1_000;

function clean(endpoint: string): string {
  const before = known.get(endpoint);
  if (before !== undefined) return before;
  if (known.size >= maxKnown) known.clear();
  const text = visible(redact(endpoint));
  known.set(endpoint, text);
  return text;
}
