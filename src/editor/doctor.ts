import * as vscode from 'vscode';
import { isPatchwrightError } from '../core/errors.ts';
import type { DoctorCheck } from '../pipeline.ts';
import { checkLine, doctorDocument } from './doctorText.ts';
import { t } from './l10n.ts';
import { type LinkedDocument, registerLinkedDocument } from './linkedDocument.ts';
import type { Sessions } from './sessions.ts';

const address = vscode.Uri.from({ scheme: 'patchwright-doctor', path: '/Patchwright Doctor.md' });

/** What works and what is missing, as a document with links that mend. */
export function registerDoctor(sessions: Sessions, log: vscode.LogOutputChannel): LinkedDocument {
  return registerLinkedDocument(address, async () => {
    const checks = await examine(sessions);
    for (const check of checks) log.info(checkLine(check));
    return doctorDocument(checks);
  });
}

function inFolder(check: DoctorCheck, folder: string): DoctorCheck {
  return { ...check, title: `${folder}: ${check.title}` };
}

/** Works without a session too: then it says what is missing for one. */
async function examine(sessions: Sessions): Promise<readonly DoctorCheck[]> {
  const { isTrusted } = vscode.workspace;
  const unopened = sessions
    .unopened()
    .map(({ name, why }): DoctorCheck => ({ title: name, ok: false, detail: why }));
  const trust: DoctorCheck = isTrusted
    ? { title: t('Workspace Trust'), ok: true, detail: t('This folder is trusted.') }
    : {
        title: t('Workspace Trust'),
        ok: false,
        code: 'untrusted',
        detail: t('This folder is not trusted; nothing runs.'),
        fix: t('Trust it if you know who wrote it.'),
      };
  try {
    const all = await sessions.readyAll();
    if (!isTrusted) return [trust];
    const checks = all.map(async ({ app, folder }) => {
      const found = await app.pipeline.doctor();
      return all.length === 1 ? found : found.map((check) => inFolder(check, folder.name));
    });
    return [...(await Promise.all(checks)).flat(), ...unopened];
  } catch (error) {
    if (!isPatchwrightError(error)) throw error;
    const { what, why, remedy, code } = error;
    return [trust, { title: what, ok: false, code, detail: why, fix: remedy }];
  }
}
