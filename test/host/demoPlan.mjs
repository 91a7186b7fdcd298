// Which model the demo uses, decided once for the command line and for the window.

/**
 * A real model only when one is named and there is a key for it; else the recorded one, in both.
 * @param args of the command line; @param environment of this process; @param recorded its address and key.
 * @returns whether it is real, what is added to the environment of both, and the window's user settings.
 */
export function demoPlan(args, environment, recorded) {
  const model = modelOf(args);
  const real = Boolean(model && environment.ANTHROPIC_API_KEY);
  return {
    real,
    env: real ? {} : { ANTHROPIC_BASE_URL: recorded.baseUrl, ANTHROPIC_API_KEY: recorded.apiKey },
    settings: real ? { 'patchwright.model.name': model } : {},
  };
}

/**
 * Desktop VS Code. A window of an instance that runs already would get that one's environment, and
 * secrets: user data of its own make it a new instance. `--wait`: ends when its window is closed.
 */
export function desktopArguments({ project, userData, folder }) {
  return [
    '--new-window',
    '--wait',
    `--user-data-dir=${userData}`,
    `--extensionDevelopmentPath=${project}`,
    '--disable-workspace-trust', // the folder is a copy that we made
    folder,
  ];
}

/** `--model NAME` or `--model=NAME`. */
function modelOf(args) {
  const at = args.findIndex((arg) => arg === '--model' || arg.startsWith('--model='));
  if (at < 0) return undefined;
  const arg = args[at];
  return arg === '--model' ? args[at + 1] : arg.slice('--model='.length);
}
