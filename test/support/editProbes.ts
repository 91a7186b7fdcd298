import type { Edit } from '../../src/attempt/edit.ts';

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

/** Further ones, of several edits too: `tells` is what a refusal has to say. */
export interface FurtherProbe {
  readonly name: string;
  readonly content: string;
  readonly edits: readonly Edit[];
  readonly expected?: string;
  readonly tells?: RegExp;
}

const wide = `${'x'.repeat(100_000)}needle${'y'.repeat(100_000)}`;
const blocks = 'if a:\n    if b:\n        run()\n    if b:\n        run()\n';

export const furtherProbes: readonly FurtherProbe[] = [
  {
    name: 'mixed endings: a line is added where the lines end in LF',
    content: 'a\r\nb\r\nc\r\nd\ne\n',
    edits: [{ old: 'd\ne', new: 'd\nnew\ne' }],
    expected: 'a\r\nb\r\nc\r\nd\nnew\ne\n',
  },
  {
    name: 'mixed endings: a line in the middle goes',
    content: 'a\r\nb\nc\r\n',
    edits: [{ old: 'b\n', new: '' }],
    expected: 'a\r\nc\r\n',
  },
  {
    name: 'the model sends CRLF for a file that has LF',
    content: 'a\nb\n',
    edits: [{ old: 'a\r\nb', new: 'a\r\nc' }],
    expected: 'a\nc\n',
  },
  {
    name: 'a file whose lines end in CR alone',
    content: 'a\rb\rc',
    edits: [{ old: 'b', new: 'b\nnew' }],
    expected: 'a\rb\rnew\rc',
  },
  {
    name: 'spaces for a tab',
    content: '\treturn 1\n',
    edits: [{ old: '    return 1', new: '    return 2' }],
    tells: /only in white space/,
  },
  {
    name: 'a no-break space',
    content: 'x\u00a0= 1\n',
    edits: [{ old: 'x = 1', new: 'x = 2' }],
    tells: /only in white space/,
  },
  {
    name: 'characters composed another way',
    content: 'name = "Zoë"\n'.normalize('NFD'),
    edits: [{ old: 'name = "Zoë"'.normalize('NFC'), new: 'x' }],
    tells: /look the same/,
  },
  {
    name: 'text around what is composed another way',
    content: 'name = "Zoë"\n'.normalize('NFD'),
    edits: [{ old: 'name =', new: 'title =' }],
    expected: 'title = "Zoë"\n'.normalize('NFD'),
  },
  {
    name: 'a zero-width space in the file',
    content: 'user\u200bName = 1\n',
    edits: [{ old: 'userName = 1', new: 'x' }],
    tells: /look the same/,
  },
  {
    name: 'a zero-width joiner beside the edit stays',
    content: '// 👩‍💻 wrote it\nx = 1\n',
    edits: [{ old: 'x = 1', new: 'x = 2' }],
    expected: '// 👩‍💻 wrote it\nx = 2\n',
  },
  {
    name: 'emoji that share their first bytes',
    content: 'a 👍 b 👎\n',
    edits: [{ old: '👍', new: '👎👎' }],
    expected: 'a 👎👎 b 👎\n',
  },
  {
    name: 'white space at the end of a line that was left out',
    content: 'x = 1  \ny = 2\n',
    edits: [{ old: 'x = 1\ny = 2', new: 'z' }],
    tells: /only in white space/,
  },
  {
    name: 'white space at the end of a line beside the edit',
    content: 'x = 1  \ny\n',
    edits: [{ old: 'x = 1', new: 'x = 2' }],
    expected: 'x = 2  \ny\n',
  },
  {
    name: 'a hard break of Markdown in the replacement',
    content: 'a\nb\n',
    edits: [{ old: 'a\n', new: 'a  \n' }],
    expected: 'a  \nb\n',
  },
  {
    name: 'edits that overlap',
    content: 'a b c\n',
    edits: [
      { old: 'a b', new: 'x' },
      { old: 'b c', new: 'y' },
    ],
    tells: /edit 2 of 2.*\n[^]*None of the 2 edits/,
  },
  {
    name: 'old text that an earlier edit wrote',
    content: 'one\n',
    edits: [
      { old: 'one', new: 'two' },
      { old: 'two', new: 'three' },
    ],
    expected: 'three\n',
  },
  {
    name: 'two names swapped by way of a third',
    content: 'left right\n',
    edits: [
      { old: 'left', new: '@' },
      { old: 'right', new: 'left' },
      { old: '@', new: 'right' },
    ],
    expected: 'right left\n',
  },
  {
    name: 'an earlier edit makes the next one ambiguous',
    content: 'a\nb\n',
    edits: [
      { old: 'a', new: 'b' },
      { old: 'b', new: 'c' },
    ],
    tells: /edit 2 of 2: `old` is found 2 times/,
  },
  {
    name: 'the same edit twice',
    content: 'a = 1\n',
    edits: [
      { old: 'a = 1', new: 'b = 2' },
      { old: 'a = 1', new: 'b = 2' },
    ],
    tells: /edit 2 of 2/,
  },
  { name: 'empty old text', content: 'a\n', edits: [{ old: '', new: 'b' }], tells: /empty/ },
  {
    name: 'empty old text of an empty file',
    content: '',
    edits: [{ old: '', new: 'b' }],
    tells: /empty/,
  },
  {
    name: 'the whole file',
    content: 'a\r\nb\r\n',
    edits: [{ old: 'a\nb\n', new: 'c\nd\n' }],
    expected: 'c\r\nd\r\n',
  },
  {
    name: 'a very long line',
    content: `${wide}\n`,
    edits: [{ old: 'xneedley', new: 'xpiny' }],
    expected: `${wide.replace('needle', 'pin')}\n`,
  },
  {
    name: 'characters that mean something in a pattern',
    content: 'axxb\na.*b [c]+? ^$ (d|e) \\1\n',
    edits: [{ old: 'a.*b [c]+? ^$ (d|e) \\1', new: 'a.*b' }],
    expected: 'axxb\na.*b\n',
  },
  {
    name: 'the replacement holds the old text twice',
    content: 'x\n',
    edits: [{ old: 'x', new: 'x + x' }],
    expected: 'x + x\n',
  },
  {
    name: 'lines added behind a file without a newline at its end',
    content: 'a\nlast',
    edits: [{ old: 'last', new: 'last\nmore' }],
    expected: 'a\nlast\nmore',
  },
  {
    name: 'a newline at the end that is not there',
    content: 'a\nlast',
    edits: [{ old: 'last\n', new: 'more\n' }],
    tells: /ends there without a line break/,
  },
  {
    name: 'the newline at the end of the file',
    content: 'a\n',
    edits: [{ old: 'a\n', new: 'a' }],
    expected: 'a',
  },
  {
    name: 'nested blocks that are the same',
    content: blocks,
    edits: [{ old: '    if b:\n        run()', new: '    pass' }],
    tells: /found 2 times \(at lines 2, 4\)/,
  },
  {
    name: 'a nested block with the line before it',
    content: blocks,
    edits: [{ old: 'if a:\n    if b:\n        run()', new: 'if a:\n    pass' }],
    expected: 'if a:\n    pass\n    if b:\n        run()\n',
  },
  {
    name: 'a line that begins like a deeper one',
    content: '  go()\n    go()\n',
    edits: [{ old: '  go()', new: '  stop()' }],
    tells: /found 2 times/,
  },
  {
    name: 'before the first line',
    content: '#!/bin/sh\necho\n',
    edits: [{ old: '#!/bin/sh\n', new: '#!/bin/sh\nset -e\n' }],
    expected: '#!/bin/sh\nset -e\necho\n',
  },
  {
    name: 'the first line of a file with a byte-order mark goes',
    content: '\uFEFFa\r\nb\r\n',
    edits: [{ old: 'a\n', new: '' }],
    expected: '\uFEFFb\r\n',
  },
  {
    name: 'line separators of Unicode and form feeds are no line breaks',
    content: 'a\u2028b\fc\u0085d\n',
    edits: [{ old: 'd', new: 'e' }],
    expected: 'a\u2028b\fc\u0085e\n',
  },
  {
    name: 'line numbers copied along',
    content: 'a = 1\nb = 2\n',
    edits: [{ old: '1\ta = 1\n2\tb = 2', new: 'x' }],
    tells: /nearest text is at lines 1–2/,
  },
  {
    name: 'a line break written as its escape',
    content: 'a = 1\nb = 2\n',
    edits: [{ old: 'a = 1\\nb = 2', new: 'x' }],
    tells: /not in the file/,
  },
  {
    name: 'a letter of another alphabet that looks the same',
    content: 'const а = load();\n', // Cyrillic
    edits: [{ old: 'const a = load();', new: 'x' }],
    tells: /nearest text is at line 1/,
  },
];
