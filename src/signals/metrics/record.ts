import { type Json, parseRecord } from '../jsonRecord.ts';
import { type MetricType, metricTypes, type Observation } from '../../core/metric.ts';
import { redact } from '../../core/secrets.ts';
import { isSketchable } from '../../core/sketch.ts';
import { visible } from '../title.ts';
import { endpointOf } from './endpoint.ts';
import { millisecondsPer, typeOf, unitInName } from './units.ts';

export type MetricRecord =
  | { readonly kind: 'metric'; readonly observation: Observation }
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'blank' };

const maxLineChars = 20_000;
const maxNameChars = 100;
/** Clocks differ a little; what lies further ahead would push out what is true. */
const maxAheadMs = 86_400_000;

/** One line of a metrics file (spec: timestamp, metric, value, and optional unit, type, endpoint, threshold). */
export function readMetric(line: string, now: number): MetricRecord {
  if (line.trim() === '') return { kind: 'blank' };
  if (line.length > maxLineChars) return malformed('too long for a metric');
  const record = parseRecord(line);
  return record ? observe(record, now) : malformed('not a JSON object');
}

function observe(record: Json, now: number): MetricRecord {
  const name = word(get(record, 'metric', 'name', 'metric_name'), maxNameChars);
  if (name === undefined) return malformed('no name of a metric');
  const value = get(record, 'value');
  if (typeof value !== 'number' || !isSketchable(value)) {
    return malformed('its value is not a finite number');
  }
  const at = timeOf(get(record, 'timestamp', 'ts', 'time', '@timestamp'), now);
  if (at === undefined) return malformed('its time is none, or lies in the future');
  const type = typeIn(record) ?? typeOf(name);
  const unit = word(get(record, 'unit'), 20) ?? '';
  const scale = scaleOf(type, unit, name, value);
  const scaled = value * scale.factor;
  if (isAbsurd(type, scaled)) return malformed(`no ${type} can be ${value}`);
  const threshold = thresholdOf(get(record, 'threshold'), type, scale);
  const endpoint = word(get(record, 'endpoint', 'route', 'path'), 1_000) ?? '';
  return {
    kind: 'metric',
    observation: {
      name,
      type,
      endpoint: endpointIn(endpoint),
      unit: scale.unit,
      value: scaled,
      at,
      ...(threshold === undefined ? {} : { threshold }),
    },
  };
}

function malformed(reason: string): MetricRecord {
  return { kind: 'malformed', reason };
}

function get(record: Json, ...keys: readonly string[]): unknown {
  const key = keys.find((one) => Object.hasOwn(record, one));
  return key === undefined ? undefined : record[key];
}

function word(value: unknown, max: number): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  return visible(redact(value.slice(0, max)))
    .replace(/\s{1,1000}/g, ' ')
    .trim()
    .slice(0, max);
}

function typeIn(record: Json): MetricType | undefined {
  const named = get(record, 'type', 'metric_type');
  return metricTypes.find((type) => type === named);
}

/** ISO 8601 text, or seconds or milliseconds since 1970. `now` when there is none. */
export function timeOf(value: unknown, now: number): number | undefined {
  if (value === undefined || value === null) return now;
  const at =
    typeof value === 'string' && value.length <= 40
      ? Date.parse(value)
      : typeof value === 'number'
        ? value * (value > 1e11 ? 1 : 1_000)
        : Number.NaN;
  return at >= 0 && at <= now + maxAheadMs ? at : undefined;
}

interface Scale {
  readonly factor: number;
  readonly unit: string;
}

/** Response times are kept in ms, error rates as shares of 1; all else in the unit it comes in. */
function scaleOf(type: MetricType, unit: string, name: string, value: number): Scale {
  if (type === 'response_time') {
    return { factor: millisecondsPer(unit) ?? millisecondsPer(unitInName(name)) ?? 1, unit: 'ms' };
  }
  if (type !== 'error_rate') return { factor: 1, unit };
  const inPercent = /^(?:%|percent|pct)$/i.test(unit) || /percent|pct/i.test(name) || value > 1;
  return { factor: inPercent ? 0.01 : 1, unit: '' };
}

function isAbsurd(type: MetricType, value: number): boolean {
  if (!isSketchable(value)) return true;
  return type === 'other' ? false : value < 0 || (type === 'error_rate' && value > 1);
}

/** One that nothing could keep is none. */
function thresholdOf(value: unknown, type: MetricType, scale: Scale): number | undefined {
  if (typeof value !== 'number' || !isSketchable(value) || value <= 0) return undefined;
  if (type === 'error_rate') return value > 1 ? value / 100 : value;
  return isSketchable(value * scale.factor) ? value * scale.factor : undefined;
}

function endpointIn(text: string): string {
  if (text === '') return '';
  const call = /^([A-Za-z]{3,7})\s{1,4}(\/.{0,990})$/.exec(text);
  return call ? endpointOf(call[1] ?? '', call[2] ?? '') : endpointOf('', text);
}
