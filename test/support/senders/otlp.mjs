// node otlp.mjs URL KEY json|protobuf: exports as a service does that uses OpenTelemetry's SDK.
import { SeverityNumber, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { TracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';

const [, , url, key, form] = process.argv;
const kind = form === 'protobuf' ? 'proto' : 'http';
const { OTLPLogExporter } = await import(`@opentelemetry/exporter-logs-otlp-${kind}`);
const { OTLPTraceExporter } = await import(`@opentelemetry/exporter-trace-otlp-${kind}`);
const { OTLPMetricExporter } = await import(`@opentelemetry/exporter-metrics-otlp-${kind}`);
const headers = { authorization: `Bearer ${key}` };
const to = (name) => ({ url: `${url}/v1/${name}`, headers, compression: 'gzip' });
const resource = resourceFromAttributes({ 'service.name': 'shop', 'service.version': '1.4.2' });

const logs = new LoggerProvider({
  resource,
  processors: [new SimpleLogRecordProcessor({ exporter: new OTLPLogExporter(to('logs')) })],
});
const traces = new TracerProvider({
  resource,
  spanProcessors: [new SimpleSpanProcessor({ exporter: new OTLPTraceExporter(to('traces')) })],
});
const exporter = new OTLPMetricExporter(to('metrics'));
const metrics = new MeterProvider({
  resource,
  readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
});

function total(articles) {
  return articles.reduce((sum, article) => sum + article.price.cents, 0);
}

const logger = logs.getLogger('shop');
logger.emit({ severityNumber: SeverityNumber.ERROR, body: 'No route to the warehouse' });
logger.emit({ severityNumber: SeverityNumber.INFO, body: 'All is well' });
const span = traces.getTracer('shop').startSpan('GET /cart', {
  kind: SpanKind.SERVER,
  attributes: { 'http.route': '/cart', 'http.request.method': 'GET' },
});
try {
  total([{}]);
} catch (error) {
  span.recordException(error);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
span.end();
const meter = metrics.getMeter('shop');
meter.createGauge('queue_length').record(17);
meter.createCounter('requests').add(5);
const histogram = meter.createHistogram('http.server.request.duration', { unit: 's' });
histogram.record(0.25, { 'http.route': '/pay', 'http.request.method': 'POST' });
histogram.record(0.75, { 'http.route': '/pay', 'http.request.method': 'POST' });
await Promise.all([logs.forceFlush(), traces.forceFlush(), metrics.forceFlush()]);
await Promise.all([logs.shutdown(), traces.shutdown(), metrics.shutdown()]);
console.log(JSON.stringify({ sent: true }));
