import { at, field, isObject, items, type Report, string } from './report.ts';

/** ESLint's JSON formatter; Biome's, stylelint's and others' of the same form are not told apart. undefined: it is none. */
export function readEslint(document: unknown): Report | undefined {
  if (!Array.isArray(document) || document.length === 0) return undefined;
  if (!document.every((one) => isObject(one) && Array.isArray(one['messages']))) return undefined;
  const lint = (document as readonly unknown[]).flatMap((file) => {
    const path = string(field(file, 'filePath'));
    if (path === '') return [];
    return items(field(file, 'messages')).map((message) => {
      const isError = field(message, 'severity') === 2 || field(message, 'fatal') === true;
      return {
        tool: 'ESLint',
        path,
        // Without a rule the file could not be read at all.
        rule: string(field(message, 'ruleId')) || 'syntax',
        severity: isError ? ('error' as const) : ('warning' as const),
        message: string(field(message, 'message')),
        ...at(field(message, 'line')),
      };
    });
  });
  return { lint, tools: ['ESLint'] };
}
