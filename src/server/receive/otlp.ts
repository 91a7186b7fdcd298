import type { InboxRecord } from '../inbox.ts';
import { isObject, type Json, objectsIn, textOf, timedRecords, type Writer } from './records.ts';

/** The three signals of OpenTelemetry's protocol (opentelemetry-proto 1.x), as their JSON form has them. */
export type OtlpKind = 'logs' | 'traces' | 'metrics';
type Attributes = Readonly<Record<string, unknown>>;

/** What a series of cumulative histograms had come to, so that the next one says what was new. */
export interface Totals {
  /** @returns the mean of what came since the last time; undefined where there is nothing to tell it by */
  meanSince(key: string, count: number, sum: number): number | undefined;
}

const maxSeries = 5_000;

export function createTotals(): Totals {
  const known = new Map<string, { readonly count: number; readonly sum: number }>();
  return {
    meanSince(key, count, sum) {
      const before = known.get(key);
      if (!before && known.size >= maxSeries) known.clear();
      known.set(key, { count, sum });
      // Fewer than before: the program began anew.
      const base = before && before.count <= count ? before : { count: 0, sum: 0 };
      return count > base.count ? (sum - base.sum) / (count - base.count) : undefined;
    },
  };
}

export function readOtlp(
  kind: OtlpKind,
  message: Json,
  writer: Writer,
  totals: Totals,
): readonly InboxRecord[] {
  switch (kind) {
    case 'logs':
      return scopes(message, 'resourceLogs', 'scopeLogs').flatMap(({ resource, scope }) =>
        objectsIn(scope.logRecords).flatMap((record) => logRecords(record, resource, writer)),
      );
    case 'traces':
      return scopes(message, 'resourceSpans', 'scopeSpans').flatMap(({ resource, scope }) =>
        objectsIn(scope.spans).flatMap((span) => spanRecords(span, resource, writer)),
      );
    case 'metrics':
      return scopes(message, 'resourceMetrics', 'scopeMetrics').flatMap(({ resource, scope }) =>
        objectsIn(scope.metrics).flatMap((metric) =>
          metricRecords(metric, resource, writer, totals),
        ),
      );
  }
}

function scopes(message: Json, outer: string, inner: string) {
  return objectsIn(message[outer]).flatMap((one) => {
    const resource = isObject(one.resource) ? attributesOf(one.resource.attributes) : {};
    return objectsIn(one[inner]).map((scope) => ({ resource, scope }));
  });
}

function attributesOf(list: unknown): Attributes {
  const pairs = objectsIn(list).flatMap(({ key, value }) =>
    typeof key === 'string' ? [[key, valueOf(value)] as const] : [],
  );
  return Object.fromEntries(pairs.filter(([key]) => key !== '__proto__'));
}

/** Texts, numbers and flags; of lists and maps their JSON. */
function valueOf(value: unknown): unknown {
  if (!isObject(value)) return undefined;
  const { stringValue, intValue, doubleValue, boolValue, arrayValue, kvlistValue } = value;
  const plain = stringValue ?? doubleValue ?? boolValue;
  if (plain !== undefined && plain !== null) return plain;
  if (intValue !== undefined && intValue !== null) return Number(intValue);
  const nested = arrayValue ?? kvlistValue;
  return isObject(nested) ? JSON.stringify(nested).slice(0, 4_000) : undefined;
}

function logRecords(record: Json, resource: Attributes, writer: Writer): readonly InboxRecord[] {
  const attributes = attributesOf(record.attributes);
  const severity = Number(record.severityNumber ?? 0);
  const type = textOf(attributes['exception.type']);
  const stack = textOf(attributes['exception.stacktrace']);
  const isThrown = type !== undefined || stack !== undefined;
  // 17 to 20 are errors, 21 to 24 fatal; 0 where only the text says so.
  const isBad =
    severity === 0
      ? /^(?:err|fatal|crit)/i.test(textOf(record.severityText) ?? '')
      : severity >= 17;
  const body = valueOf(record.body);
  const said = typeof body === 'string' ? body : JSON.stringify(body);
  if (!isThrown && (!isBad || !said)) return [];
  return [
    writer.error({
      level: severity >= 21 ? 'fatal' : 'error',
      at: timeIn(record, 'timeUnixNano') ?? timeIn(record, 'observedTimeUnixNano'),
      release: textOf(resource['service.version']),
      ...(isThrown
        ? { type, stack, message: textOf(attributes['exception.message']) ?? said }
        : { message: said }),
    }),
  ];
}

/** SERVER and CONSUMER: work that somebody waits for. JSON may give the name. */
const entryKinds = new Set<unknown>([2, 5, 'SPAN_KIND_SERVER', 'SPAN_KIND_CONSUMER']);

function spanRecords(span: Json, resource: Attributes, writer: Writer): readonly InboxRecord[] {
  const release = textOf(resource['service.version']);
  const thrown = objectsIn(span.events).flatMap((event) => {
    if (event.name !== 'exception') return [];
    const attributes = attributesOf(event.attributes);
    return [
      writer.error({
        level: 'error',
        at: timeIn(event, 'timeUnixNano'),
        type: textOf(attributes['exception.type']),
        message: textOf(attributes['exception.message']),
        stack: textOf(attributes['exception.stacktrace']),
        release,
      }),
    ];
  });
  return [...thrown, ...(entryKinds.has(span.kind) ? durationRecords(span, writer) : [])];
}

function durationRecords(span: Json, writer: Writer): readonly InboxRecord[] {
  const end = timeIn(span, 'endTimeUnixNano');
  const value = nanoseconds(span.endTimeUnixNano, span.startTimeUnixNano) / 1e6;
  if (!(value >= 0)) return [];
  const attributes = attributesOf(span.attributes);
  const code = isObject(span.status) ? span.status.code : undefined;
  return timedRecords(writer, {
    endpoint: endpointOf(attributes) ?? textOf(span.name),
    at: end,
    ms: value,
    failed: code === 2 || code === 'STATUS_CODE_ERROR',
  });
}

function endpointOf(attributes: Attributes): string | undefined {
  const route = textOf(attributes['http.route']) ?? textOf(attributes['url.path']);
  const method = textOf(attributes['http.request.method']) ?? textOf(attributes['http.method']);
  return route === undefined || method === undefined ? route : `${method} ${route}`;
}

/** What grows for ever (counters) says nothing by itself, and would look like a leak. */
function metricRecords(
  metric: Json,
  resource: Attributes,
  writer: Writer,
  totals: Totals,
): readonly InboxRecord[] {
  const name = textOf(metric.name);
  if (name === undefined) return [];
  const unit = unitOf(textOf(metric.unit));
  const write = (point: Json, value: number): InboxRecord =>
    writer.metric({
      metric: name,
      value,
      unit,
      at: timeIn(point, 'timeUnixNano'),
      endpoint: endpointOf(attributesOf(point.attributes)),
    });
  const sum = isObject(metric.sum) && metric.sum.isMonotonic !== true ? metric.sum : undefined;
  const levels = [metric.gauge, sum].flatMap((one) =>
    isObject(one) ? objectsIn(one.dataPoints) : [],
  );
  const histograms = [metric.histogram, metric.exponentialHistogram].filter(isObject);
  return [
    ...levels.flatMap((point) => {
      const value = Number(point.asDouble ?? point.asInt ?? Number.NaN);
      return Number.isFinite(value) ? [write(point, value)] : [];
    }),
    ...histograms.flatMap((histogram) =>
      objectsIn(histogram.dataPoints).flatMap((point) => {
        const mean = meanOf(histogram, point, `${JSON.stringify(resource)} ${name}`, totals);
        return mean === undefined ? [] : [write(point, mean)];
      }),
    ),
  ];
}

function meanOf(histogram: Json, point: Json, series: string, totals: Totals): number | undefined {
  const [count, sum] = [Number(point.count ?? 0), Number(point.sum ?? Number.NaN)];
  if (!(count > 0) || !Number.isFinite(sum)) return undefined;
  const { aggregationTemporality: of } = histogram;
  if (of === 1 || of === 'AGGREGATION_TEMPORALITY_DELTA') return sum / count;
  return totals.meanSince(`${series} ${JSON.stringify(point.attributes ?? [])}`, count, sum);
}

/** UCUM's `By` and `1`, and `{request}` and the like, which are none. */
function unitOf(unit: string | undefined): string | undefined {
  if (unit === 'By') return 'bytes';
  return unit === undefined || unit === '1' || unit.startsWith('{') ? undefined : unit;
}

function timeIn(record: Json, name: string): number | undefined {
  const at = Number(record[name] ?? 0);
  return at > 0 ? at : undefined;
}

/** 64 bits, as text; their difference fits a number. */
function nanoseconds(end: unknown, start: unknown): number {
  try {
    return Number(BigInt(String(end)) - BigInt(String(start)));
  } catch {
    return Number.NaN;
  }
}
