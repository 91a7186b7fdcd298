/** In the environment of a process that the editor starts: the settings of its window. */
export const settingsVariable = 'PATCHWRIGHT_SETTINGS';

/** As `parseSettings` takes them. */
export function flatSettings(settings: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`patchwright.${key}`, value as unknown]),
  );
}
