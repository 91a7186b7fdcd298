import { open, startChild } from './backlog.ts';

export interface CrashResult {
  readonly kills: number;
  readonly acknowledged: number;
  /** Acknowledged and not there afterwards. */
  readonly lost: readonly string[];
  /** What opening had to tell: damage, in other words. */
  readonly notices: readonly string[];
  readonly brokenAudit: number;
  /** Lines neither acknowledged nor, at most one a kill, under way: counted too often. */
  readonly surplus: number;
}

/**
 * Kills a process that writes, at a random moment after it has begun, again and again on one backlog,
 * and then looks for everything it had acknowledged.
 */
export async function crashTest(folder: string, kills: number): Promise<CrashResult> {
  const acknowledged: string[] = [];
  for (let number = 1; number <= kills; number++) {
    const child = startChild('write', folder, `k${number}`);
    await child.until(1 + Math.floor(Math.random() * 60));
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
    await child.kill();
    acknowledged.push(...child.said);
  }
  const backlog = await open(folder);
  const there = new Set(backlog.tickets.list().map(({ id }) => id));
  const result = {
    kills,
    acknowledged: acknowledged.length,
    lost: acknowledged.filter((id) => !there.has(id)),
    notices: [...backlog.notices],
    brokenAudit: backlog.audit.verify().broken.length,
    surplus: (backlog.groups.get('shared')?.count ?? 0) - there.size,
  };
  await backlog.dispose();
  return result;
}
