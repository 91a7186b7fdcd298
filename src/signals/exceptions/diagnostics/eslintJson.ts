import { type Json, objectOf, own, textAt } from '../records/jsonValues.ts';

/** The errors of ESLint's JSON, a list in a single line, in the form that its unix formatter gives them. */
export function linesOfEslint(text: string): readonly string[] | undefined {
  if (!text.startsWith('[{"filePath":"')) return undefined;
  try {
    const files: unknown = JSON.parse(text);
    return Array.isArray(files) ? files.flatMap(linesOfFile) : undefined;
  } catch {
    return undefined; // cut, or no JSON after all
  }
}

function linesOfFile(value: unknown): readonly string[] {
  const file = objectOf(value);
  const messages = file && own(file, 'messages');
  if (!file || !Array.isArray(messages)) return [];
  return messages
    .map(objectOf)
    .filter((message) => message !== undefined && own(message, 'severity') === 2)
    .map((message = {}) => lineOf(textAt(file, 'filePath') ?? '', message));
}

function lineOf(path: string, message: Json): string {
  const place = [path, Number(own(message, 'line') ?? 1), Number(own(message, 'column') ?? 1)];
  const said = (textAt(message, 'message') ?? '').replaceAll('\n', ' ');
  const rule = textAt(message, 'ruleId');
  return `${place.join(':')}: ${said} [Error${rule === undefined ? '' : `/${rule}`}]`;
}
