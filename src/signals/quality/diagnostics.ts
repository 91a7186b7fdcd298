import type { EditorDiagnostic } from '../../core/quality.ts';
import type { Report } from './report.ts';

/** What the editor shows as problems. Information and hints are for who looks at the line. */
export function readDiagnostics(diagnostics: readonly EditorDiagnostic[]): Report {
  const lint = diagnostics.flatMap(({ severity, file, line, source, code, message }) =>
    severity !== 'error' && severity !== 'warning'
      ? []
      : [{ tool: toolOf(source), path: file, line, rule: code, severity, message }],
  );
  return { lint, tools: lint.map(({ tool }) => tool) };
}

/** The same linter is called the same wherever its findings come from. */
function toolOf(source: string): string {
  const known = ['ESLint', 'Ruff'].find((name) => name.toLowerCase() === source.toLowerCase());
  return known ?? (source || 'The editor');
}
