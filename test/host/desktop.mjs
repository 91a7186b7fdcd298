// Whether tests can run in desktop VS Code here: it can be downloaded and has a display.

const probeMs = 3_000;
const releases = 'https://update.code.visualstudio.com/api/releases/stable';

/** PATCHWRIGHT_TEST_HOST=desktop or =browser decides without looking. */
export async function findDesktop() {
  const asked = process.env.PATCHWRIGHT_TEST_HOST;
  if (asked) return asked === 'desktop';
  const display =
    process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  return Boolean(display) && canDownload();
}

async function canDownload() {
  try {
    const answer = await fetch(releases, { signal: AbortSignal.timeout(probeMs) });
    return answer.ok && Array.isArray(await answer.json());
  } catch {
    return false; // no network, or something in between that answers for it
  }
}
