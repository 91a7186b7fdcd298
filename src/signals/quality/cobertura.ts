import { XMLParser } from 'fast-xml-parser';
import { field, type FileCoverage, isObject, items, lineOf, string } from './report.ts';

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseAttributeValue: false,
  parseTagValue: false,
  processEntities: false, // a report is not to be trusted with entities
  isArray: (name, _path, _leaf, isAttribute) =>
    !isAttribute && ['source', 'package', 'class', 'line'].includes(name),
});

/** The one declaration that real reports have names a DTD; with a subset of its own it could define entities. */
const definesEntities = /<!ENTITY|<!DOCTYPE[^>[]{0,2000}\[/i;

/** Cobertura's XML, as coverage.py, coverlet, istanbul, gocover-cobertura and others write it. undefined: it is none. */
export function readCobertura(text: string): FileCoverage[] | undefined {
  if (definesEntities.test(text)) return undefined;
  const report = field(parse(text.replace(/<!DOCTYPE[^>[]{0,2000}>/i, '')), 'coverage');
  if (!isObject(report)) return undefined;
  const [source = ''] = items(field(field(report, 'sources'), 'source')).map(string);
  const files = new Map<string, Map<number, boolean>>();
  for (const one of items(field(field(report, 'packages'), 'package'))) {
    for (const type of items(field(field(one, 'classes'), 'class'))) addClass(files, type);
  }
  return [...files].flatMap(([name, hits]) => {
    const missed = [...hits].filter(([, isHit]) => !isHit).map(([line]) => line);
    missed.sort((a, b) => a - b);
    const found = hits.size;
    const path = pathOf(decoded(source), name);
    return found === 0 ? [] : [{ path, found, hit: found - missed.length, missed }];
  });
}

function parse(text: string): unknown {
  try {
    return parser.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Classes of one file add up: a line is run when any of them says so. */
function addClass(files: Map<string, Map<number, boolean>>, type: unknown): void {
  const name = decoded(string(field(type, '@filename')));
  if (name === '') return;
  const hits = files.get(name) ?? new Map<number, boolean>();
  files.set(name, hits);
  for (const one of items(field(field(type, 'lines'), 'line'))) {
    const line = lineOf(field(one, '@number'));
    const count = Number(string(field(one, '@hits')));
    if (line !== undefined) hits.set(line, (hits.get(line) ?? false) || count > 0);
  }
}

function pathOf(source: string, name: string): string {
  const isWhole = /^(?:[/\\]|[A-Za-z]:)/.test(name);
  return isWhole || source === '' || source === '.'
    ? name
    : `${source.replace(/[/\\]$/, '')}/${name}`;
}

function decoded(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}
