import * as vscode from 'vscode';
import type { EditorDiagnostic } from '../core/quality.ts';

const severities = ['error', 'warning', 'information', 'hint'] as const;
/** More are a broken set-up, not findings. */
const maxDiagnostics = 20_000;

/** All problems of a folder's files as they are now. */
export function diagnosticsIn(folder: vscode.Uri): readonly EditorDiagnostic[] {
  const all: EditorDiagnostic[] = [];
  for (const [uri, problems] of vscode.languages.getDiagnostics()) {
    const isInside = uri.scheme === 'file' && uri.path.startsWith(`${folder.path}/`);
    if (!isInside) continue;
    for (const one of problems) {
      if (all.length === maxDiagnostics) return all;
      all.push({
        file: uri.path.slice(folder.path.length + 1),
        line: one.range.start.line + 1,
        severity: severities[one.severity] ?? 'hint',
        source: one.source ?? '',
        code: codeOf(one.code),
        message: one.message,
      });
    }
  }
  return all;
}

function codeOf(code: vscode.Diagnostic['code']): string {
  return String((typeof code === 'object' ? code.value : code) ?? '');
}
