import { PatchwrightError } from '../core/errors.ts';

const maxNamed = 3;

/** The provider has a list of its models, and this one is not on it. */
export function unknownModel(name: string, there: readonly string[]): PatchwrightError {
  const close = closest(name, there);
  const others = close.length > 0 ? close : there.slice(0, maxNamed);
  return new PatchwrightError('invalid_settings', {
    what: `There is no model ${JSON.stringify(name.slice(0, 100))}.`,
    why: `The provider lists ${there.length} models, and none of that name.`,
    remedy: `${close.length > 0 ? 'Did you mean' : 'There are, for example,'} ${others.join(', ')}${close.length > 0 ? '?' : '.'} Set patchwright.model.name.`,
  });
}

/** Those that share most of their pairs of letters with the name, the closest first. */
export function closest(name: string, there: readonly string[]): readonly string[] {
  const wanted = pairsOf(name);
  return there
    .map((other) => ({ other, alike: likeness(wanted, pairsOf(other)) }))
    .filter(({ alike }) => alike >= 0.5)
    .sort((a, b) => b.alike - a.alike)
    .slice(0, maxNamed)
    .map(({ other }) => other);
}

function pairsOf(text: string): ReadonlySet<string> {
  const letters = text.toLowerCase().replace(/[^a-z0-9]/g, '');
  return new Set(Array.from(letters.slice(1), (letter, i) => `${letters[i]}${letter}`));
}

function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size + b.size === 0) return 0;
  const shared = [...a].filter((pair) => b.has(pair)).length;
  return (2 * shared) / (a.size + b.size);
}
