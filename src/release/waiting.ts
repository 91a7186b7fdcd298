/** Where a person is told what goes on. */
export type Say = (text: string) => void;

/** Longer than git takes for most patches: so long takes a program of the user's that git runs. */
const longMs = 1_000;

/** Says once what is waited for where it takes long: a hook that hangs is nothing that one sees. */
export async function sayingWhatFor<T>(
  work: Promise<T>,
  say: Say | undefined,
  what: () => string | Promise<string>,
): Promise<T> {
  let isOver = false;
  const tell = async (): Promise<void> => {
    const text = await what();
    if (!isOver) say?.(text);
  };
  const timer = setTimeout(() => void tell().catch(() => undefined), longMs); // `work` tells what failed
  try {
    return await work;
  } finally {
    isOver = true;
    clearTimeout(timer);
  }
}
