import assert from 'node:assert/strict';
import { createSteadyRows } from '../../../src/editor/steadyRows.ts';

interface Node {
  readonly key: string;
  readonly text: string;
}

describe('rows that the editor has drawn', () => {
  /** What there is: texts by the key of their row, below the key of the row that they are under. */
  let tree: Record<string, Readonly<Record<string, string>>>;
  let said: (readonly Node[] | undefined)[];

  function rowsOfTree() {
    return createSteadyRows<Node>(
      {
        keyOf: ({ key }) => key,
        shownOf: ({ text }) => text,
        childrenOf: (parent) =>
          Object.entries(tree[parent?.key ?? 'root'] ?? {}).map(([key, text]) => ({ key, text })),
      },
      (nodes) => said.push(nodes),
    );
  }

  function drawn() {
    const rows = rowsOfTree();
    const roots = rows.children();
    return { rows, roots, under: roots.map((root) => rows.children(root)) };
  }

  beforeEach(() => {
    said = [];
    tree = {
      root: { open: 'Open 2', ready: 'Ready 1' },
      open: { a: 'first', b: 'second' },
      ready: { c: 'third' },
    };
  });

  it('are left alone while nothing about them changes', () => {
    drawn().rows.look();
    assert.deepEqual(said, []);
  });

  it('are not looked at before they are drawn', () => {
    const rows = rowsOfTree();
    rows.look();
    rows.children();
    tree['open'] = { a: 'other', b: 'second' };
    rows.look();
    assert.deepEqual(said, []);
  });

  it('are drawn anew one by one, each by the node that the editor knows it by', () => {
    const { rows, under } = drawn();
    tree['open'] = { a: 'other', b: 'second' };
    rows.look();
    assert.deepEqual(said, [[{ key: 'a', text: 'other' }]]);
    assert.equal(said[0]?.[0], under[0]?.[0]);
    assert.equal(rows.children({ key: 'open', text: '' })[0], under[0]?.[0]);
  });

  it('are drawn anew with those beside them when one joins or leaves, or their order changes', () => {
    const orders: readonly Readonly<Record<string, string>>[] = [
      { a: 'first', b: 'second', d: 'fourth' },
      { a: 'first' },
      { b: 'second', a: 'first' },
    ];
    for (const order of orders) {
      const { rows, roots } = drawn();
      tree = { ...tree, open: order };
      rows.look();
      assert.deepEqual(said.splice(0), [[roots[0]]]);
      tree = { ...tree, open: { a: 'first', b: 'second' } };
    }
  });

  it('are told of at once when one goes from here to there, so that it is nowhere twice', () => {
    const { rows, roots } = drawn();
    tree = {
      root: { open: 'Open 1', ready: 'Ready 2' },
      open: { a: 'first' },
      ready: { b: 'second', c: 'third' },
    };
    rows.look();
    assert.deepEqual(said, [roots]);
  });

  it('are all drawn anew when there are other roots, and not again before they are asked for', () => {
    const { rows } = drawn();
    tree = { root: { ready: 'Ready 1' }, ready: { c: 'third' } };
    rows.look();
    tree = { root: {} };
    rows.look();
    assert.deepEqual(said, [undefined]);
  });

  it('are drawn anew with their parent when most of them changed', () => {
    const all = (word: string) =>
      Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`t${at}`, word]));
    tree['open'] = all('just now');
    const { rows, roots } = drawn();
    tree['open'] = all('1 min ago');
    rows.look();
    assert.deepEqual(said, [[roots[0]]]);
  });
});
