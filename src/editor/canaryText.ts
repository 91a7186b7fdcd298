import { type Canary, type CanaryVerdict, canaryOf, figureText } from '../core/canary.ts';
import { msg, t } from './l10n.ts';

export const canaryVerdicts: Readonly<Record<CanaryVerdict, string>> = {
  worse: msg('Worse than the base under load'),
  not_worse: msg('Not worse than the base under load'),
  unclear: msg('Not clearly better or worse than the base under load'),
};

/** What the page says of it; nothing where it was not tried on the patch as it is now. Pure. */
export function canaryLines(request: {
  readonly commit: string;
  readonly canary?: Canary;
}): readonly string[] {
  const canary = canaryOf(request);
  if (!canary) return [];
  const { verdict, findings, figures, requests, starts, load } = canary;
  const told = new Set(findings.map((line) => line.replace(/^[^:]+: /, '')));
  return [
    t(canaryVerdicts[verdict]),
    ...findings,
    ...figures.map(figureText).filter((line) => !told.has(line)),
    t('{0} starts, {1} requests to each side: {2}', starts, requests, load.join(', ')),
  ];
}
