import type { EvidenceBundle } from '../../core/evidence.ts';
import type { GateReport } from '../../core/gate.ts';

/** What stands in a bundle and is otherwise here, though no verdict hangs on it. */

/** Reasons and marks hold times and machines' chance, too; a verdict that differs is a difference and no note. */
export function gateNotes(
  before: EvidenceBundle['gates'],
  now: readonly GateReport[],
): readonly string[] {
  return now.flatMap((here) => {
    const there = before.find(({ id, verdict }) => id === here.id && verdict === here.verdict);
    if (!there) return [];
    const reasons =
      there.reason === here.reason
        ? []
        : [`gate ${here.id}: ${there.reason} in the bundle, ${here.reason} here`];
    return [...reasons, ...listNotes(`marks of gate ${here.id}`, there.marks, here.marks)];
  });
}

export function makerNotes(
  there: EvidenceBundle['madeBy'],
  here: EvidenceBundle['madeBy'],
): readonly string[] {
  const shown = ({ patchwright, node, platform }: typeof there): string =>
    `Patchwright ${patchwright}, Node ${node}, ${platform}`;
  return shown(there) === shown(here)
    ? []
    : [`The bundle was made by ${shown(there)}; here is ${shown(here)}.`];
}

export function settingNotes(
  there: Readonly<Record<string, unknown>>,
  here: Readonly<Record<string, unknown>>,
): readonly string[] {
  const [old, now] = [flat(there), flat(here)];
  return [...new Set([...now.keys(), ...old.keys()])].flatMap((name) => {
    const [before, after] = [old.get(name), now.get(name)];
    if (JSON.stringify(before) === JSON.stringify(after)) return [];
    return Array.isArray(before) && Array.isArray(after)
      ? listNotes(`setting ${name}`, before.map(shownValue), after.map(shownValue))
      : [`setting ${name}: ${shownValue(before)} in the bundle, ${shownValue(after)} here`];
  });
}

function listNotes(
  name: string,
  there: readonly string[],
  here: readonly string[],
): readonly string[] {
  const parts = [
    { place: 'in the bundle', ones: there.filter((one) => !here.includes(one)) },
    { place: 'here', ones: here.filter((one) => !there.includes(one)) },
  ].filter(({ ones }) => ones.length > 0);
  return parts.length === 0
    ? []
    : [`${name}: ${parts.map(({ place, ones }) => `only ${place} ${few(ones)}`).join('; ')}`];
}

const shownOfList = 5;

function few(ones: readonly string[]): string {
  const rest = ones.length - shownOfList;
  return ones.slice(0, shownOfList).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function shownValue(value: unknown): string {
  return value === undefined ? 'not set' : JSON.stringify(value).slice(0, 200);
}

/** `gates.suite.enabled` → its value. */
function flat(value: unknown, path: readonly string[] = []): ReadonlyMap<string, unknown> {
  const isBranch = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isBranch) return new Map([[path.join('.'), value]]);
  return new Map(Object.entries(value).flatMap(([name, one]) => [...flat(one, [...path, name])]));
}
