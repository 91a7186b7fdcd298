import protobuf from 'protobufjs/light.js';
import { refusal } from '../refusal.ts';
import type { OtlpKind } from './otlp.ts';
import type { Json } from './records.ts';

type Fields = Readonly<Record<string, string>>;

/** `repeated KeyValue 1`: what is read of each message, as opentelemetry-proto 1.x numbers it. Others are skipped. */
const messages: Readonly<Record<string, Fields>> = {
  Logs: { resourceLogs: 'repeated ResourceLogs 1' },
  ResourceLogs: { resource: 'Resource 1', scopeLogs: 'repeated ScopeLogs 2' },
  ScopeLogs: { logRecords: 'repeated LogRecord 2' },
  LogRecord: {
    timeUnixNano: 'fixed64 1',
    severityNumber: 'int32 2',
    severityText: 'string 3',
    body: 'AnyValue 5',
    attributes: 'repeated KeyValue 6',
    observedTimeUnixNano: 'fixed64 11',
  },
  Traces: { resourceSpans: 'repeated ResourceSpans 1' },
  ResourceSpans: { resource: 'Resource 1', scopeSpans: 'repeated ScopeSpans 2' },
  ScopeSpans: { spans: 'repeated Span 2' },
  Span: {
    name: 'string 5',
    kind: 'int32 6',
    startTimeUnixNano: 'fixed64 7',
    endTimeUnixNano: 'fixed64 8',
    attributes: 'repeated KeyValue 9',
    events: 'repeated SpanEvent 11',
    status: 'Status 15',
  },
  SpanEvent: { timeUnixNano: 'fixed64 1', name: 'string 2', attributes: 'repeated KeyValue 3' },
  Status: { message: 'string 2', code: 'int32 3' },
  Metrics: { resourceMetrics: 'repeated ResourceMetrics 1' },
  ResourceMetrics: { resource: 'Resource 1', scopeMetrics: 'repeated ScopeMetrics 2' },
  ScopeMetrics: { metrics: 'repeated Metric 2' },
  Metric: {
    name: 'string 1',
    unit: 'string 3',
    gauge: 'Gauge 5',
    sum: 'Sum 7',
    histogram: 'Histogram 9',
    exponentialHistogram: 'ExponentialHistogram 10',
  },
  Gauge: { dataPoints: 'repeated NumberPoint 1' },
  Sum: {
    dataPoints: 'repeated NumberPoint 1',
    aggregationTemporality: 'int32 2',
    isMonotonic: 'bool 3',
  },
  Histogram: { dataPoints: 'repeated HistogramPoint 1', aggregationTemporality: 'int32 2' },
  ExponentialHistogram: {
    dataPoints: 'repeated ExponentialPoint 1',
    aggregationTemporality: 'int32 2',
  },
  NumberPoint: {
    timeUnixNano: 'fixed64 3',
    asDouble: 'double 4',
    asInt: 'sfixed64 6',
    attributes: 'repeated KeyValue 7',
  },
  HistogramPoint: {
    timeUnixNano: 'fixed64 3',
    count: 'fixed64 4',
    sum: 'double 5',
    attributes: 'repeated KeyValue 9',
  },
  ExponentialPoint: {
    attributes: 'repeated KeyValue 1',
    timeUnixNano: 'fixed64 3',
    count: 'fixed64 4',
    sum: 'double 5',
  },
  Resource: { attributes: 'repeated KeyValue 1' },
  KeyValue: { key: 'string 1', value: 'AnyValue 2' },
  AnyValue: {
    stringValue: 'string 1',
    boolValue: 'bool 2',
    intValue: 'int64 3',
    doubleValue: 'double 4',
    arrayValue: 'ArrayValue 5',
    kvlistValue: 'KeyValueList 6',
  },
  ArrayValue: { values: 'repeated AnyValue 1' },
  KeyValueList: { values: 'repeated KeyValue 1' },
};

const roots = { logs: 'Logs', traces: 'Traces', metrics: 'Metrics' } as const;

const root = protobuf.Root.fromJSON({
  nested: Object.fromEntries(
    Object.entries(messages).map(([name, fields]) => [
      name,
      {
        fields: Object.fromEntries(
          Object.entries(fields).map(([field, text]) => [field, fieldOf(text)]),
        ),
      },
    ]),
  ),
});

function fieldOf(text: string): { type: string; id: number; rule?: 'repeated' } {
  const words = text.split(' ');
  const isList = words[0] === 'repeated';
  const [type = '', id = ''] = isList ? words.slice(1) : words;
  return { type, id: Number(id), ...(isList ? { rule: 'repeated' as const } : {}) };
}

/**
 * A message of OpenTelemetry's protocol in the form that its JSON has. Of a module of its own, as the library is
 * only needed by who sends protobuf.
 */
export function decodeOtlp(kind: OtlpKind, body: Buffer): Json {
  const type = root.lookupType(roots[kind]);
  try {
    // Only fields that were sent: of values that can be one or the other, the others must stay away.
    return type.toObject(type.decode(body), { longs: String, defaults: false });
  } catch {
    throw refusal(400, 'bad_protobuf', 'The body is no message of OpenTelemetry.');
  }
}
