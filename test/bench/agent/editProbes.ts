import type { Edit } from '../../../src/attempt/edit.ts';

/** Twelve cases that edit engines are measured by; `expected` is left out where it must be refused. */
export interface EditProbe {
  readonly name: string;
  readonly content: string;
  readonly edit: Edit;
  readonly expected?: string;
}

const functions =
  'def sum_of(rows):\n    return len(rows)\n\ndef total_of_orders(orders):\n    return sum(order.price for order in orders)\n';

export const editProbes: readonly EditProbe[] = [
  {
    name: 'two identical matches',
    content: 'x = 1\ny\nx = 1\n',
    edit: { old: 'x = 1', new: 'x = 2' },
  },
  {
    name: 'CRLF',
    content: 'a\r\nb\r\nc\r\n',
    edit: { old: 'a\nb', new: 'a\nB\nb' },
    expected: 'a\r\nB\r\nb\r\nc\r\n',
  },
  {
    name: 'stale block',
    content: 'def pay(cart):\n    total = add(cart.items, tax)\n    return total\n',
    edit: { old: 'def pay(cart):\n    total = add(cart.items)\n    return total\n', new: 'x' },
  },
  {
    name: 'like another function',
    content: functions,
    edit: {
      old: 'def total_of_orders(orders):\n    return sum(order.prices for order in orders)\n',
      new: 'x',
    },
  },
  { name: 'case', content: 'userId = 1\n', edit: { old: 'userID = 1', new: 'x' } },
  {
    name: 'tabs',
    content: 'all:\n\tcc a.c\n\tstrip a\n',
    edit: { old: '\tstrip a', new: '\tstrip -s a' },
    expected: 'all:\n\tcc a.c\n\tstrip -s a\n',
  },
  {
    name: 'no newline at the end',
    content: 'a\nb',
    edit: { old: 'b', new: 'c' },
    expected: 'a\nc',
  },
  {
    name: 'inside a word',
    content: 'return subtotal + tax\n',
    edit: { old: '  total + tax', new: 'x' },
  },
  {
    name: 'indented less',
    content: 'def f(x):\n    if x:\n        return 1\n',
    edit: { old: 'if x:\n    return 1', new: 'if x:\n    return 2' },
  },
  {
    name: 'byte-order mark',
    content: '\uFEFFa\nb\n',
    edit: { old: 'a', new: 'c' },
    expected: '\uFEFFc\nb\n',
  },
  {
    name: '$&',
    content: 'a\nb\n',
    edit: { old: 'b', new: "$& $1 $' $$" },
    expected: "a\n$& $1 $' $$\n",
  },
  { name: 'deletion', content: 'a\nb\nc\n', edit: { old: 'b\n', new: '' }, expected: 'a\nc\n' },
];
