/** Where what programs hand in waits to be read, relative to the workspace folder, with `/`. */
export const inboxFolder = '.patchwright/inbox';

/** As the kinds of sources: a file of each is read like any other of its kind. */
export const inboxKinds = ['log', 'feedback', 'metrics'] as const;
export type InboxKind = (typeof inboxKinds)[number];

/**
 * The name of a writer's file. Its number goes up; nothing in it looks like a rotated log's name, whose
 * content might have been counted under another one.
 * @param pid the writer's process: nobody else may remove its files while it lives
 */
export function inboxFile(kind: InboxKind, pid: number, writer: string, number: number): string {
  return `${kind}.p${pid}.w${writer}.n${number}.jsonl`;
}

const pattern = /^(log|feedback|metrics)\.p(\d{1,10})\.w([0-9a-f]{1,32})\.n\d{1,9}\.jsonl$/;

/** What a file's name in the inbox says; undefined for what is none of its files. */
export function inboxNameOf(
  name: string,
): { readonly kind: InboxKind; readonly pid: number; readonly writer: string } | undefined {
  const [, kindText, pid, writer] = pattern.exec(name) ?? [];
  const kind = inboxKinds.find((one) => one === kindText);
  return kind && writer ? { kind, pid: Number(pid), writer } : undefined;
}

/** @param path relative to the workspace folder, with `/` */
export function inboxKindOf(path: string): InboxKind | undefined {
  if (!path.startsWith(`${inboxFolder}/`)) return undefined;
  return inboxNameOf(path.slice(inboxFolder.length + 1))?.kind;
}
