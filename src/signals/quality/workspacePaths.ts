/** Which file of the workspace a path of a report means. */
export interface WorkspacePaths {
  /**
   * undefined: none, or one outside of the workspace.
   * @param report the report's own path, relative to the workspace
   */
  find(path: string, report: string): string | undefined;
}

const maxChars = 4_096;
const dependencies = /(?:^|\/)(?:node_modules|site-packages|vendor|\.venv|\.git|\.patchwright)\//;

/**
 * Only files that are there can be meant, so that no path leads out. A path of another machine or of a
 * container means the file that its end names; a relative one may start at the report's folder or above it.
 * @param root the workspace folder, absolute
 * @param files all files of the workspace, relative to it with `/`
 */
export function createWorkspacePaths(root: string, files: readonly string[]): WorkspacePaths {
  const known = new Set(files);
  const base = root.replaceAll('\\', '/').replace(/\/$/, '');

  const below = (path: string, folder: string): string | undefined => {
    const plain = normal(folder === '' ? path : `${folder}/${path}`);
    return plain !== undefined && known.has(plain) ? plain : undefined;
  };
  /** The longest end of the path that is a file here; a name alone could be anyone's. */
  const ending = (path: string): string | undefined => {
    const parts = path.split('/').filter(Boolean);
    for (let i = 0; i < parts.length - 1; i++) {
      const end = parts.slice(i).join('/');
      if (known.has(end)) return end;
    }
    return undefined;
  };
  return {
    find(raw, report) {
      const path = plainPath(raw);
      if (path === undefined || dependencies.test(path)) return undefined;
      if (path.startsWith(`${base}/`)) return below(path.slice(base.length + 1), '');
      if (/^(?:\/|[A-Za-z]:\/)/.test(path)) return ending(path.replace(/^[A-Za-z]:/, ''));
      for (let folder = parentOf(report); ; folder = parentOf(folder)) {
        const found = below(path, folder);
        if (found !== undefined || folder === '') return found;
      }
    },
  };
}

function plainPath(raw: string): string | undefined {
  if (raw === '' || raw.length > maxChars || raw.includes('\0')) return undefined;
  const path = raw.replaceAll('\\', '/');
  if (!path.startsWith('file:'))
    return /^[a-z][a-z0-9+.-]{1,20}:\/\//i.test(path) ? undefined : path;
  try {
    return decodeURIComponent(path.replace(/^file:\/{0,2}[^/]{0,200}/, '')).replace(
      /^\/(?=[A-Za-z]:\/)/,
      '',
    );
  } catch {
    return undefined;
  }
}

/** Without `.` and `..`; undefined when it leads out. */
function normal(path: string): string | undefined {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

function parentOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}
