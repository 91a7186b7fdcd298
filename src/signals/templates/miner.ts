import { type Slot, slotsOf } from './slots.ts';
import { isSupported } from './support.ts';
import { joinVariables, templateText, tokensOf, wildcard } from './tokens.ts';

/** Groups messages as they come, by what they have in common. */
export interface TemplateMiner {
  /** The message's shape. Shapes that later turn out to be one template share a group then. */
  add(message: string): number;
  groupOf(shape: number): number;
  /** `user <*> logged in`. */
  templateOf(shape: number): string;
}

interface Shape {
  readonly id: number;
  readonly tokens: readonly string[];
  /** Part of a more general one, which alone goes on being compared. */
  absorbed: boolean;
}

/** Shapes that are equal but for one slot. */
interface Family {
  shapes: Shape[];
  general?: Shape;
}

/** More than any program has messages; what comes beyond is grouped by its first words alone. */
const maxShapes = 20_000;
const coarseTokens = 4;
/** Evidence is forgotten when there is too much of it that never came to anything. */
const maxFamilies = 150_000;
const maxFamilyShapes = 100;

/**
 * Messages with their variables masked are equal or not: that alone makes most groups. Beyond it, a word
 * counts as a variable once enough different ones have been seen in its place with all else equal, in one
 * place or in two at a time; a word never becomes a variable on first sight. Work per line is one masking
 * and one look-up; only a line of a new shape is compared, by its slots' hashes.
 */
export function createTemplateMiner(): TemplateMiner {
  const byText = new Map<string, Shape>();
  const shapes: Shape[] = [];
  const parents: number[] = [];
  const families = new Map<number, Family>();

  const groupOf = (id: number): number => {
    let at = id;
    for (let up = parents[at] ?? at; up !== at; up = parents[at] ?? at) at = up;
    return at;
  };

  const absorb = (shape: Shape, general: Shape): void => {
    if (shape === general) return;
    shape.absorbed = true;
    parents[groupOf(shape.id)] = groupOf(general.id);
  };

  const shapeOf = (all: readonly string[]): Shape => {
    const isFull = shapes.length >= maxShapes;
    const known = byText.get(all.join(' '));
    if (known) return known;
    const tokens = isFull ? [...all.slice(0, coarseTokens), wildcard] : all;
    const text = tokens.join(' ');
    const coarse = isFull ? byText.get(text) : undefined;
    if (coarse) return coarse;
    const shape = { id: shapes.length, tokens, absorbed: false };
    byText.set(text, shape);
    shapes.push(shape);
    parents.push(shape.id);
    if (!isFull) relate(shape);
    return shape;
  };

  const relate = (shape: Shape): void => {
    if (families.size > maxFamilies) forget(families);
    for (const slot of slotsOf(shape.tokens)) {
      const family = families.get(slot.key) ?? { shapes: [] };
      families.set(slot.key, family);
      enter(shape, slot, family);
      if (shape.absorbed) return;
    }
  };

  const enter = (shape: Shape, { positions }: Slot, family: Family): void => {
    if (family.general) return absorb(shape, family.general);
    if (family.shapes.length < maxFamilyShapes) family.shapes.push(shape);
    if (family.shapes.length === 1) return;
    const seen = positions.map(
      (at) => new Set(family.shapes.map(({ tokens }) => tokens[at] ?? '')),
    );
    if (!isSupported(shape.tokens, positions, seen)) return;
    const masked = shape.tokens.map((token, at) => (positions.includes(at) ? wildcard : token));
    const general = shapeOf(joinVariables(masked));
    for (const one of family.shapes) absorb(one, general);
    family.general = general;
    family.shapes = [];
  };

  return {
    add: (message) => shapeOf(tokensOf(message)).id,
    groupOf,
    templateOf: (id) => templateText(shapes[groupOf(id)]?.tokens ?? []),
  };
}

function forget(families: Map<number, Family>): void {
  for (const [key, family] of families) if (!family.general) families.delete(key);
}
