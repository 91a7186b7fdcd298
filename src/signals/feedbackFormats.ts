import type { Json } from './feedback.ts';

export type DocumentFormat = 'csv' | 'json' | 'markdown';

/** A record with where it begins, in characters; or what is wrong there. */
export type Entry =
  | { readonly kind: 'record'; readonly record: Json; readonly at: number }
  | { readonly kind: 'malformed'; readonly reason: string; readonly at: number };

/** Formats that make sense only as a whole; JSON lines are read line by line instead. */
export function documentFormat(file: string): DocumentFormat | undefined {
  if (/\.csv$/i.test(file)) return 'csv';
  if (/\.json$/i.test(file)) return 'json';
  return /\.(?:md|markdown)$/i.test(file) ? 'markdown' : undefined;
}

export function entriesIn(text: string, format: DocumentFormat): readonly Entry[] {
  if (format === 'csv') return fromCsv(text);
  return format === 'json' ? fromJson(text) : fromMarkdown(text);
}

/** An array of records or plain texts; or an object that has one as its only array. */
function fromJson(text: string): Entry[] {
  if (text.trim() === '') return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [malformed('not JSON, or cut', 0)];
  }
  const list = listIn(value);
  if (!list) return [malformed('not an array of records', 0)];
  return list.map((item): Entry => {
    if (typeof item === 'string') return { kind: 'record', record: { text: item }, at: 0 };
    return isRecord(item) ? { kind: 'record', record: item, at: 0 } : malformed('not a record', 0);
  });
}

function listIn(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (!isRecord(value)) return undefined;
  const lists = Object.values(value).filter((one) => Array.isArray(one));
  return lists.length === 1 ? lists[0] : undefined;
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(reason: string, at: number): Entry {
  return { kind: 'malformed', reason, at };
}

/** Other names that tables give the fields of the specification. */
const columnNames: ReadonlyMap<string, string> = new Map([
  ['comment', 'text'],
  ['comments', 'text'],
  ['feedback', 'text'],
  ['review', 'text'],
  ['body', 'text'],
  ['description', 'text'],
  ['content', 'text'],
  ['score', 'rating'],
  ['stars', 'rating'],
  ['date', 'timestamp'],
  ['time', 'timestamp'],
  ['created_at', 'timestamp'],
  ['email', 'user'],
  ['e_mail', 'user'],
  ['mail', 'user'],
  ['email_address', 'user'],
  ['username', 'user'],
  ['user_name', 'user'],
  ['customer', 'user'],
  ['customer_id', 'user'],
]);

/** As RFC 4180 has it, with `,`, `;` or tabs between the fields. */
function fromCsv(text: string): Entry[] {
  const rows = rowsOf(text, separatorOf(text));
  const first = rows.next();
  const header = first.done ? undefined : first.value.fields.map(columnName);
  if (!header) return [];
  const hasSomething = header.some((name) => /^(?:text|message|rating)$/.test(name));
  if (!hasSomething) return [malformed('its header names neither a text nor a rating', 0)];
  const entries: Entry[] = [];
  for (const { fields, at } of rows) {
    if (fields.length === 1 && fields[0]?.trim() === '') continue;
    if (fields.length > header.length) {
      entries.push(malformed(`${fields.length} fields under a header of ${header.length}`, at));
    } else entries.push({ kind: 'record', record: rowRecord(header, fields), at });
  }
  return entries;
}

function columnName(name: string): string {
  const plain = name
    .replace(/^\uFEFF/, '')
    .trim()
    .toLowerCase()
    .slice(0, 100)
    .replace(/[\s-]{1,20}/g, '_');
  return columnNames.get(plain) ?? plain;
}

function rowRecord(header: readonly string[], fields: readonly string[]): Json {
  const named = header.map((name, i) => [name, fields[i] ?? ''] as const);
  return Object.fromEntries(named.filter(([name, value]) => value !== '' && name !== '__proto__'));
}

function separatorOf(text: string): string {
  const head = text.slice(0, 4_000).split(/\r?\n/, 1)[0] ?? '';
  const count = (separator: string): number => head.split(separator).length;
  return [',', ';', '\t'].reduce((best, one) => (count(one) > count(best) ? one : best));
}

function* rowsOf(
  text: string,
  separator: string,
): Generator<{ readonly fields: readonly string[]; readonly at: number }> {
  let fields: string[] = [];
  let begin = 0;
  for (let at = 0; at < text.length; ) {
    const field = fieldAt(text, at, separator);
    fields.push(field.value);
    at = field.end;
    if (text[at] === separator) {
      at++;
      if (at < text.length) continue;
      fields.push('');
    }
    yield { fields, at: begin };
    fields = [];
    at += text.startsWith('\r\n', at) ? 2 : 1;
    begin = at;
  }
}

/** A quoted field may hold anything; two quotes in it are one. */
function fieldAt(text: string, from: number, separator: string): { value: string; end: number } {
  let at = from;
  let value = '';
  if (text[at] === '"') {
    for (;;) {
      const quote = text.indexOf('"', at + 1);
      value += text.slice(at + 1, quote < 0 ? text.length : quote);
      at = quote < 0 ? text.length : quote + 1;
      if (text[at] !== '"') break;
      value += '"';
    }
  }
  let end = at;
  while (end < text.length && text[end] !== separator && text[end] !== '\n') {
    if (text[end] === '\r' && text[end + 1] === '\n') break;
    end++;
  }
  return { value: value + text.slice(at, end), end };
}

interface Block {
  readonly heading: string;
  readonly lines: string[];
  readonly at: number;
}

/** Each list item is an entry; a `##` section without items is one as a whole. */
function fromMarkdown(text: string): Entry[] {
  return blocksOf(text).flatMap((block) => {
    const items = itemsOf(block);
    if (items.length > 0) return items.flatMap((item) => entryOf(item.text, item.at));
    return block.heading === ''
      ? []
      : entryOf([block.heading, ...block.lines].join('\n'), block.at);
  });
}

function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = [{ heading: '', lines: [], at: 0 }];
  let at = 0;
  let isCode = false;
  for (const line of text.split('\n')) {
    if (/^\s{0,3}(?:```|~~~)/.test(line)) isCode = !isCode;
    const heading = isCode ? null : /^(#{1,6})\s{1,10}(.{0,500})/.exec(line);
    // A title groups what follows, and says nothing itself.
    if (heading)
      blocks.push({ heading: heading[1] === '#' ? '' : (heading[2] ?? '').trim(), lines: [], at });
    else blocks.at(-1)?.lines.push(line.replace(/\r$/, ''));
    at += line.length + 1;
  }
  return blocks;
}

/** Items at the margin, with what is indented below them. */
function itemsOf({ lines, at }: Block): readonly { readonly text: string; readonly at: number }[] {
  const items: { text: string; at: number }[] = [];
  let offset = at;
  let isOpen = false;
  for (const line of lines) {
    const item = /^\s{0,1}(?:[-*+]|\d{1,4}[.)])\s{1,10}(?:\[[ xX]\]\s{1,4})?(.{0,8000})/.exec(line);
    const last = items.at(-1);
    if (item) {
      items.push({ text: item[1] ?? '', at: offset });
      isOpen = true;
    } else if (isOpen && last && /^\s{2,}\S/.test(line)) last.text += `\n${line.trim()}`;
    else if (line.trim() !== '') isOpen = false;
    offset += line.length + 1;
  }
  // "- Rating: 2" and its like are fields of a section, not entries.
  return items.every(({ text }) => fieldLine.test(text)) ? [] : items;
}

const fieldLine =
  /^\s{0,3}(?:[-*+]\s{1,4})?\**(rating|stars|score|user|from|customer|date|time|timestamp|component|sentiment|id|type|category|model)\**\s{0,3}:\**\s{0,3}(.{1,300})$/i;
const fieldNames: ReadonlyMap<string, string> = new Map([
  ['stars', 'rating'],
  ['score', 'rating'],
  ['from', 'user'],
  ['customer', 'user'],
  ['date', 'timestamp'],
  ['time', 'timestamp'],
]);

function entryOf(text: string, at: number): Entry[] {
  const record: Record<string, unknown> = {};
  const kept: string[] = [];
  for (const line of text.split('\n')) {
    const field = fieldLine.exec(line);
    const name = field?.[1]?.toLowerCase() ?? '';
    if (field) record[fieldNames.get(name) ?? name] = plainRating(name, (field[2] ?? '').trim());
    else kept.push(line);
  }
  const body = kept.join('\n').trim();
  if (body === '' && record['rating'] === undefined) return [];
  const rating = record['rating'] ?? ratingIn(body);
  return [{ kind: 'record', record: { ...record, ...(rating ? { rating } : {}), text: body }, at }];
}

function plainRating(name: string, value: string): string {
  return /^(?:rating|stars|score)$/.test(name) ? (ratingIn(value) ?? value) : value;
}

/** `4/5`, `★★☆☆☆`, `👍`. */
function ratingIn(text: string): string | undefined {
  const share = /(?:^|[\s([])([1-5])\s?\/\s?5(?=$|[\s)\].,:])/.exec(text);
  if (share) return share[1];
  const stars = text.match(/★|⭐/gu)?.length;
  if (stars !== undefined && stars <= 5) return String(stars);
  if (text.includes('👍')) return 'up';
  return text.includes('👎') ? 'down' : undefined;
}
