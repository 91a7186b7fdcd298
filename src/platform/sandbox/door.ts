import type { Git, Shell } from '../../core/ports.ts';
import { allowVariable, noSandbox, type SandboxState } from '../../core/sandbox.ts';
import type { Settings } from '../../core/settings.ts';
import { type Found, findSandbox } from './findSandbox.ts';
import { createSandbox } from './sandbox.ts';
import { openSite } from './site.ts';

export interface DoorOptions {
  readonly shell: Shell;
  readonly git: Git;
  /** The user's own folder: what lies in it is not opened to a worktree elsewhere. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** The one door that everything a model wrote or asked to run goes through. */
export interface Door {
  state(settings: Settings['sandbox']): Promise<SandboxState>;
  /**
   * Runs commands on the tree that `folder` lies in. Ask for it before anything in that tree has run.
   * Where there is no sandbox and the user did not choose to do without, it rejects every command.
   * @param installs whether the folders of package managers can be written to
   */
  shell(folder: string, settings: Settings['sandbox'], installs?: boolean): Promise<Shell>;
}

export function createDoor(options: DoorOptions): Door {
  const { shell, git, folder: mainRoot, environment } = options;
  let known: Promise<Found> | undefined;
  const find = async (): Promise<Found> => {
    const found = await (known ??= findSandbox(shell, environment));
    if (!found.usable) known = undefined; // it may be installed meanwhile
    return found;
  };
  const isAllowed = (settings: Settings['sandbox']): boolean =>
    settings.allowWithout || environment[allowVariable] === '1';
  return {
    async state(settings) {
      const found = await find();
      if (found.usable) return { kind: 'held', title: found.title, network: settings.network };
      const { reason, remedy } = found;
      return { kind: isAllowed(settings) ? 'without' : 'refused', reason, remedy };
    },
    async shell(folder, settings, installs = false) {
      const found = await find();
      if (!found.usable) {
        if (isAllowed(settings)) return shell;
        return { run: () => Promise.reject(noSandbox(found)) };
      }
      const { program, architecture } = found;
      const { memoryMb, processes, diskMb, network } = settings;
      const site = await openSite(git, folder, { environment, mainRoot });
      const limits = { memoryMb, processes, diskMb };
      const common = { shell, program, architecture, site, limits, network, environment };
      return createSandbox({ ...common, installs });
    },
  };
}
