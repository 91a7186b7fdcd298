import type { DoctorCode } from '../pipeline.ts';
import { commandId } from './commands.ts';
import { msg } from './l10n.ts';

/** What a button or a link under a message does about it. Pure. */
export interface Remedy {
  /** In English; `t` turns it into the user's language. */
  readonly label: string;
  readonly command: string;
  readonly args?: readonly unknown[];
}

export const showLog: Remedy = { label: msg('Show Log'), command: commandId('showLog') };

const setKey: Remedy = { label: msg('Set API Key…'), command: commandId('setApiKey') };
const changes: Remedy = { label: msg('Show Changes'), command: 'workbench.view.scm' };

export const remedies: Partial<Record<DoctorCode, Remedy>> = {
  missing_key: setKey,
  model_auth: setKey,
  no_git: { label: msg('Initialize Repository'), command: 'git.init' },
  no_folder: { label: msg('Open Folder…'), command: 'vscode.openFolder' },
  untrusted: { label: msg('Manage Workspace Trust'), command: 'workbench.trust.manage' },
  invalid_settings: settings('@ext:patchwright.patchwright'),
  no_sandbox: settings('patchwright.sandbox'),
  no_test_command: settings('patchwright.test'),
  setup_failed: settings('patchwright.test.setup'),
  app_not_started: settings('patchwright.canary'),
  limit_reached: settings('patchwright.limits'),
  would_overwrite: changes,
  operation_in_progress: changes,
  conflict: changes,
  untested_gates: { label: msg('Run Gate Self-Test'), command: commandId('selfTestGates') },
  git_failed: { label: msg('Run Doctor'), command: commandId('doctor') },
};

function settings(query: string): Remedy {
  return { label: msg('Open Settings'), command: 'workbench.action.openSettings', args: [query] };
}
