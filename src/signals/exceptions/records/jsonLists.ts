import { type Json, objectAt, objectOf, own, textAt } from './jsonValues.ts';

const maxListChars = 4 << 20;
const maxRecords = 10_000;

/** Cheap, and true for all that `linesOfList` takes. */
export function mayBeList(text: string): boolean {
  return text.startsWith('[{"') || text.startsWith('{"resourceLogs":[');
}

/** The records of a line that holds a list of them, a line each; undefined when it is none. */
export function linesOfList(text: string): readonly string[] | undefined {
  if (!mayBeList(text) || text.length > maxListChars) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const records = Array.isArray(value) ? value.map(objectOf) : exported(objectOf(value) ?? {});
    return records
      .slice(0, maxRecords)
      .flatMap((record) => (record ? [JSON.stringify(record)] : []));
  } catch {
    return undefined; // cut, or no JSON after all
  }
}

/** OpenTelemetry's protocol in JSON, as collectors write it to files: records below their scope and resource. */
function exported(request: Json): readonly Json[] {
  return listAt(request, 'resourceLogs')
    .flatMap((resource) => listAt(resource, 'scopeLogs'))
    .flatMap((scope) => listAt(scope, 'logRecords'))
    .map((record) => {
      const body = objectAt(record, 'body');
      const attributes = listAt(record, 'attributes').map(attribute);
      return {
        severityText: textAt(record, 'severityText') ?? severityOf(own(record, 'severityNumber')),
        timestamp: Number(own(record, 'timeUnixNano') ?? own(record, 'observedTimeUnixNano')),
        body: body && textAt(body, 'stringValue'),
        attributes: Object.fromEntries(attributes),
      };
    });
}

function attribute(pair: Json): [string, unknown] {
  const value = objectAt(pair, 'value');
  return [textAt(pair, 'key') ?? '', value && Object.values(value)[0]];
}

/** From 1 to 24, four for each level. */
function severityOf(number: unknown): string | undefined {
  if (typeof number !== 'number') return undefined;
  return ['trace', 'debug', 'info', 'warn', 'error', 'fatal'][Math.floor((number - 1) / 4)];
}

function listAt(record: Json, key: string): readonly Json[] {
  const value = own(record, key);
  return Array.isArray(value) ? value.map(objectOf).filter((item) => item !== undefined) : [];
}
