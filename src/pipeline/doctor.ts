import { errorMessage, isPatchwrightError } from '../core/errors.ts';
import type { House } from './house.ts';

/** What works and what is missing, each with the fix. */
export interface DoctorCheck {
  readonly title: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly fix?: string;
  /** Worth knowing, but Patchwright works without it. */
  readonly optional?: boolean;
}

export async function examine(house: House): Promise<readonly DoctorCheck[]> {
  return Promise.all([
    check('Settings', async () => {
      house.settings();
      return 'All patchwright.* settings are valid.';
    }),
    check('Workspace trust', async () => {
      if (house.trusted) return 'The folder is trusted.';
      throw new Error('The folder is not trusted: Patchwright shows tickets and runs nothing.');
    }),
    check('git', async () => gitVersion(await house.git.run(['--version']))),
    check('Repository', async () => {
      const head = await house.git.run(['rev-parse', '--short', 'HEAD']);
      return `HEAD is ${head}.`;
    }),
    check('Test command', async () => {
      const tests = await house.findTests(house.folder, house.settings());
      if (tests) return tests.title;
      throw new Error('No test command was found. Set patchwright.test.command.');
    }),
    check('Model', async () => {
      const model = await house.openModel(house.settings());
      return `${model.name}${model.price ? '' : ' (price not known: tokens are shown instead)'}`;
    }),
    check('Log sources', async () => {
      const { logs, enabled } = house.settings().sources;
      return enabled.logs ? logs.join(', ') : 'Switched off.';
    }),
    check('Audit trail', async () => {
      const { events, broken } = house.backlog.audit.verify();
      if (broken.length === 0) return `${events} events, the chain is whole.`;
      throw new Error(`${broken.length} breaks in the chain, the first at ${broken[0] ?? ''}.`);
    }),
    Promise.resolve({
      title: 'Sandbox',
      ok: false,
      optional: true,
      detail:
        'Tests run with a scrubbed environment and a time limit, but without file or network isolation.',
    }),
  ]);
}

async function check(title: string, examineIt: () => Promise<string>): Promise<DoctorCheck> {
  try {
    return { title, ok: true, detail: await examineIt() };
  } catch (error) {
    if (!isPatchwrightError(error)) return { title, ok: false, detail: errorMessage(error) };
    return {
      title,
      ok: false,
      detail: `${error.what} ${error.why}`.trim(),
      ...(error.remedy ? { fix: error.remedy } : {}),
    };
  }
}

/** merge-tree --write-tree, which landing needs, came with git 2.38. */
function gitVersion(text: string): string {
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(text) ?? [];
  if (Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 38)) return text;
  throw new Error(`${text} is too old; Patchwright needs git 2.38 or newer.`);
}
