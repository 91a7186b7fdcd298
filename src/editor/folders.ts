/** Pure decisions about the window's folders, by their addresses. */

/** A session goes on as long as its own folder is there; others may come and go. */
export function keepsSession(open: string | undefined, folders: readonly string[]): boolean {
  return open !== undefined && folders.includes(open);
}
