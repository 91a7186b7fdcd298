import { at, field, isObject, type Report, string } from './report.ts';

/** What ends a program or is no Python: the part of its rules that Ruff's own guide has every project begin with. */
const errors = /^(?:E9|F63|F7|F82)/;

/** `ruff check --output-format json`. undefined: it is none. */
export function readRuff(document: unknown): Report | undefined {
  if (!Array.isArray(document) || document.length === 0) return undefined;
  const isRuff = (one: unknown): boolean =>
    isObject(one) && typeof one['filename'] === 'string' && isObject(one['location']);
  if (!document.every(isRuff)) return undefined;
  const lint = (document as readonly unknown[]).map((one) => {
    const rule = string(field(one, 'code'));
    const isError = rule === '' || /syntax/i.test(rule) || errors.test(rule);
    return {
      tool: 'Ruff',
      path: string(field(one, 'filename')),
      rule: rule || 'syntax',
      severity: isError ? ('error' as const) : ('warning' as const),
      message: string(field(one, 'message')),
      ...at(field(field(one, 'location'), 'row')),
    };
  });
  return { lint, tools: ['Ruff'] };
}
