import { isSame } from './refresh.ts';

/** What a view is made of, as it is now. */
export interface Rows<N> {
  /** What tells a row from all others of its view, whatever else changes. */
  readonly keyOf: (node: N) => string;
  /** All that is shown of it but the rows under it. */
  readonly shownOf: (node: N) => string;
  readonly childrenOf: (parent?: N) => readonly N[];
}

export interface SteadyRows<N> {
  /** Those that the editor draws now. */
  children(parent?: N): N[];
  /** Says which of the rows that the editor has drawn are others now; undefined: all of them. */
  look(): void;
  /** Has the view drawn anew as a whole. */
  anew(): void;
}

/** With more rows than these it is quicker to draw all rows beside them, too. */
const mostApart = 50;

/**
 * The editor knows a row by its node: a click on one whose node it has dropped comes without it, and that is
 * what it does with all that is drawn anew. So nodes stay, and what did not change is left alone.
 */
export function createSteadyRows<N extends object>(
  { keyOf, shownOf, childrenOf }: Rows<N>,
  changed: (nodes: N[] | undefined) => void,
): SteadyRows<N> {
  const nodes = new Map<string, N>();
  /** Of each row whose children were asked for (of none: the roots): what they showed, in their order. */
  const drawn = new Map<string | undefined, ReadonlyMap<string, string>>();

  const steady = (fresh: N): N => {
    const key = keyOf(fresh);
    const node = Object.assign(nodes.get(key) ?? fresh, fresh);
    nodes.set(key, node);
    return node;
  };
  const now = (parent: N | undefined): N[] => childrenOf(parent).map(steady);
  /** With undefined for the view as a whole. Of what was not drawn there is nothing to say. */
  const changedIn = (parent: N | undefined): readonly (N | undefined)[] => {
    const before = drawn.get(parent && keyOf(parent));
    if (!before) return [];
    const children = now(parent);
    if (!isSame([...before.keys()], children.map(keyOf))) return [parent];
    const others = children.flatMap((child) =>
      before.get(keyOf(child)) === shownOf(child) ? changedIn(child) : [child],
    );
    return others.length > mostApart ? [parent] : others;
  };
  const anew = (): void => {
    nodes.clear();
    drawn.clear();
    changed(undefined);
  };
  return {
    children(parent) {
      const children = now(parent);
      const shown = children.map((child) => [keyOf(child), shownOf(child)] as const);
      drawn.set(parent && keyOf(parent), new Map(shown));
      return children;
    },
    look() {
      const found = changedIn(undefined);
      const others = found.filter((node) => node !== undefined);
      if (others.length < found.length) anew();
      else if (others.length > 0) changed(others); // at once: a row may have gone from one to another
    },
    anew,
  };
}
