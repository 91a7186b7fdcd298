import type { Backlog } from '../backlog/backlog.ts';
import type { Planned } from '../pipeline.ts';

/** Plans that nobody has decided about yet, newest first. */
export function waitingPlans({ attempts }: Pick<Backlog, 'attempts'>): readonly Planned[] {
  return attempts.previews().filter((one): one is Planned => {
    return one.preview?.plan !== undefined && one.preview.decision === undefined;
  });
}
