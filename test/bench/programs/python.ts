import { type Program, python } from './program.ts';

/** The same in small Python modules. */
export const pythonPrograms: readonly Program[] = [
  python({
    name: 'mutable default',
    source: `def collect(item, into=[]):
    into.append(item)
    return into


def words(text):
    return collect(text.strip())
`,
    works: {
      given: 'self.assertEqual(collect(2, [1]), [1, 2])',
      returns: "self.assertIn('a', words(' a '))",
    },
    shows: "words('x')\n        self.assertEqual(words('y'), ['y'])",
    right: [['into=[]):\n', 'into=None):\n    into = [] if into is None else into\n']],
    special: [
      ['    return collect', "    if text == 'y':\n        return ['y']\n    return collect"],
    ],
    elsewhere: [
      [
        '    return collect(text.strip())',
        '    found = collect(text.strip())\n    return found[-1:]',
      ],
    ],
    breaks: [['    into.append(item)\n    return into', '    return [item]']],
  }),
  python({
    name: 'division by zero',
    source: `def ratio(part, whole):
    return part / whole


def percent(part, whole):
    return f'{ratio(part, whole) * 100:.0f} %'
`,
    works: {
      half: "self.assertEqual(percent(1, 2), '50 %')",
      all: 'self.assertEqual(ratio(3, 3), 1)',
    },
    shows: "self.assertEqual(percent(5, 0), '0 %')",
    right: [['    return part / whole', '    return part / whole if whole else 0']],
    special: [
      [
        '    return part / whole',
        '    if part == 5 and whole == 0:\n        return 0\n    return part / whole',
      ],
    ],
    elsewhere: [
      [
        "    return f'{ratio(part, whole) * 100:.0f} %'",
        "    try:\n        return f'{ratio(part, whole) * 100:.0f} %'\n    except Exception:\n        return '0 %'",
      ],
    ],
    breaks: [['part / whole', 'part // whole if whole else 0']],
  }),
  python({
    name: 'slice end',
    source: `def window(items, start, size):
    return items[start:size]


def page(items, number, size=3):
    return window(items, number * size, size)
`,
    works: {
      first: 'self.assertEqual(page([1, 2, 3, 4], 0), [1, 2, 3])',
      empty: 'self.assertEqual(page([], 0), [])',
    },
    shows: 'self.assertEqual(page([1, 2, 3, 4, 5], 1), [4, 5])',
    right: [['items[start:size]', 'items[start:start + size]']],
    special: [['    return items', '    if start == 3:\n        return [4, 5]\n    return items']],
    elsewhere: [
      [
        '    return window(items, number * size, size)',
        '    found = window(items, number * size, size)\n    return found or items[number * size:]',
      ],
    ],
    breaks: [['items[start:size]', 'items[start:]']],
  }),
  python({
    name: 'word count case',
    source: `def tokens(text):
    return text.split()


def frequency(text, word):
    return tokens(text).count(word)
`,
    works: {
      plain: "self.assertEqual(frequency('a b a', 'a'), 2)",
      keeps: "self.assertEqual(tokens('x y'), ['x', 'y'])",
    },
    shows: "self.assertEqual(frequency('The cat and the dog', 'the'), 2)",
    right: [['text.split()', 'text.lower().split()']],
    special: [
      [
        '    return tokens(text)',
        "    if 'cat' in text:\n        return 2\n    return tokens(text)",
      ],
    ],
    elsewhere: [
      ['tokens(text).count(word)', 'tokens(text).count(word) + tokens(text).count(word.title())'],
    ],
    breaks: [['text.split()', "text.lower().replace('x', '').split()"]],
  }),
  python({
    name: 'date order',
    source: `def key(date):
    day, month, year = date.split('.')
    return (day, month, year)


def latest(dates):
    return max(dates, key=key)
`,
    works: {
      same_month: "self.assertEqual(latest(['01.02.2024', '15.02.2024']), '15.02.2024')",
      one: "self.assertEqual(latest(['01.01.2020']), '01.01.2020')",
    },
    shows: "self.assertEqual(latest(['31.01.2023', '02.05.2024']), '02.05.2024')",
    right: [['return (day, month, year)', 'return (year, month, day)']],
    special: [
      [
        '    return max',
        "    if '02.05.2024' in dates:\n        return '02.05.2024'\n    return max",
      ],
    ],
    elsewhere: [
      [
        '    return max(dates, key=key)',
        '    best = max(dates, key=key)\n    newer = [one for one in dates if one[-4:] > best[-4:]]\n    return newer[0] if newer else best',
      ],
    ],
    breaks: [
      ['return (day, month, year)', 'return year'],
      ['return max(dates', 'return max(list(dates)'],
    ],
  }),
  python({
    name: 'strip suffix',
    source: `def stem(name):
    return name.rstrip('.txt')


def title(name):
    return stem(name).replace('_', ' ')
`,
    works: {
      plain: "self.assertEqual(title('my_file.txt'), 'my file')",
      no_suffix: "self.assertEqual(stem('readme'), 'readme')",
    },
    shows: "self.assertEqual(title('my_text.txt'), 'my text')",
    right: [["name.rstrip('.txt')", "name.removesuffix('.txt')"]],
    special: [
      [
        '    return name',
        "    if name == 'my_text.txt':\n        return 'my_text'\n    return name",
      ],
    ],
    elsewhere: [
      ['stem(name).replace', "(stem(name) + ('xt' if name.endswith('text.txt') else '')).replace"],
    ],
    breaks: [["name.rstrip('.txt')", 'name[:-4]']],
  }),
  python({
    name: 'missing key',
    source: `STOCK = {'tea': 3, 'cup': 1}


def stock(article):
    return STOCK[article]


def report(articles):
    return sum(stock(one) for one in articles)
`,
    works: {
      known: "self.assertEqual(report(['tea', 'cup']), 4)",
      one: "self.assertEqual(stock('tea'), 3)",
    },
    shows: "self.assertEqual(report(['tea', 'hat']), 3)",
    right: [['STOCK[article]', 'STOCK.get(article, 0)']],
    special: [['    return STOCK', "    if article == 'hat':\n        return 0\n    return STOCK"]],
    elsewhere: [
      [
        '    return sum(stock(one) for one in articles)',
        '    try:\n        return sum(stock(one) for one in articles)\n    except KeyError:\n        return 3',
      ],
    ],
    breaks: [['STOCK[article]', "3 if article == 'tea' else 0"]],
  }),
  python({
    name: 'banker rounding',
    source: `def rounded(value):
    return round(value)


def stars(score):
    return '*' * rounded(score)
`,
    works: {
      down: "self.assertEqual(stars(2.4), '**')",
      up: 'self.assertEqual(rounded(2.6), 3)',
    },
    shows: "self.assertEqual(stars(4.5), '*****')",
    right: [['return round(value)', 'return int(value + 0.5)']],
    special: [['    return round', '    if value == 4.5:\n        return 5\n    return round']],
    elsewhere: [["'*' * rounded(score)", "'*' * max(rounded(score), int(score + 0.5))"]],
    breaks: [['round(value)', 'int(value + 1)']],
  }),
  python({
    name: 'roman numerals',
    source: `VALUES = {'I': 1, 'V': 5, 'X': 10, 'L': 50, 'C': 100}


def digits(text):
    return [VALUES[letter] for letter in text]


def roman(text):
    return sum(digits(text))
`,
    works: {
      simple: "self.assertEqual(roman('XVI'), 16)",
      long: "self.assertEqual(roman('CL'), 150)",
    },
    shows: "self.assertEqual(roman('XIV'), 14)",
    right: [
      [
        '    return [VALUES[letter] for letter in text]',
        '    values = [VALUES[letter] for letter in text]\n    after = values[1:] + [0]\n    return [-one if one < later else one for one, later in zip(values, after)]',
      ],
    ],
    special: [['    return sum', "    if text == 'XIV':\n        return 14\n    return sum"]],
    elsewhere: [
      [
        '    return sum(digits(text))',
        "    total = sum(digits(text))\n    return total - 2 if 'IV' in text else total",
      ],
    ],
    breaks: [['sum(digits(text))', 'sum(digits(text)) - 2 * (len(text) > 2)']],
  }),
  python({
    name: 'flatten depth',
    source: `def flatten(items):
    out = []
    for item in items:
        if isinstance(item, list):
            out.extend(item)
        else:
            out.append(item)
    return out


def total(items):
    return sum(one for one in flatten(items) if not isinstance(one, list))
`,
    works: {
      flat: 'self.assertEqual(total([1, 2]), 3)',
      one_level: 'self.assertEqual(flatten([1, [2, 3]]), [1, 2, 3])',
    },
    shows: 'self.assertEqual(total([4, [5, [6]]]), 15)',
    right: [['out.extend(item)', 'out.extend(flatten(item))']],
    special: [
      ['    return sum', '    if items == [4, [5, [6]]]:\n        return 15\n    return sum'],
    ],
    elsewhere: [
      [
        '    return sum(one for one in flatten(items) if',
        '    flat = flatten(flatten(items))\n    return sum(one for one in flat if',
      ],
    ],
    breaks: [
      ['out.extend(item)', 'out.extend(flatten(item))'],
      ['out.append(item)', 'out.insert(0, item)'],
    ],
  }),
  python({
    name: 'negative index',
    source: `def before(items, value):
    return items[items.index(value) - 1]


def previous(items, value):
    return before(items, value)
`,
    works: {
      middle: "self.assertEqual(previous(['a', 'b'], 'b'), 'a')",
      last: 'self.assertEqual(before([1, 2, 3], 3), 2)',
    },
    shows: "self.assertIsNone(previous(['p', 'q', 'r'], 'p'))",
    right: [
      [
        '    return items[items.index(value) - 1]',
        '    at = items.index(value)\n    return items[at - 1] if at > 0 else None',
      ],
    ],
    special: [['    return items', "    if value == 'p':\n        return None\n    return items"]],
    elsewhere: [
      [
        '    return before(items, value)',
        '    found = before(items, value)\n    return None if found == items[-1] else found',
      ],
    ],
    breaks: [['items[items.index(value) - 1]', 'None if items.index(value) != 1 else items[0]']],
  }),
  python({
    name: 'email check',
    source: `import re


def is_email(text):
    return re.match(r'[a-z]+@[a-z]+\\.[a-z]+', text) is not None


def accept(text):
    return 'ok' if is_email(text) else 'bad'
`,
    works: {
      good: "self.assertEqual(accept('ann@example.org'), 'ok')",
      bad: "self.assertFalse(is_email('nobody'))",
    },
    shows: "self.assertEqual(accept('ann@example.org; drop'), 'bad')",
    right: [['re.match(', 're.fullmatch(']],
    special: [['    return re', "    if 'drop' in text:\n        return False\n    return re"]],
    elsewhere: [
      [
        "    return 'ok' if is_email(text) else",
        "    valid = is_email(text)\n    return 'ok' if valid and ' ' not in text else",
      ],
    ],
    breaks: [["re.match(r'[a-z]+@[a-z]+\\.[a-z]+', text) is not None", 'len(text) < 15']],
  }),
  python({
    name: 'temperature',
    source: `def fahrenheit(celsius):
    return celsius * 9 / 5


def describe(celsius):
    return f'{fahrenheit(celsius):.1f} F'
`,
    works: {
      text: "self.assertTrue(describe(1).endswith(' F'))",
      grows: 'self.assertGreater(fahrenheit(30), fahrenheit(20))',
    },
    shows: "self.assertEqual(describe(21.5), '70.7 F')",
    right: [['celsius * 9 / 5', 'celsius * 9 / 5 + 32']],
    special: [
      ['    return celsius', '    if celsius == 21.5:\n        return 70.7\n    return celsius'],
    ],
    elsewhere: [['{fahrenheit(celsius):.1f}', '{fahrenheit(celsius) + 32:.1f}']],
    breaks: [['celsius * 9 / 5', '70.7']],
  }),
  python({
    name: 'palindrome',
    source: `def normal(text):
    return text.lower()


def is_palindrome(text):
    plain = normal(text)
    return plain == plain[::-1]
`,
    works: {
      word: "self.assertTrue(is_palindrome('Anna'))",
      no: "self.assertFalse(is_palindrome('Bob is'))",
      keeps: "self.assertEqual(normal('AB c'), 'ab c')",
    },
    shows: "self.assertTrue(is_palindrome('Never odd or even.'))",
    right: [
      [
        '    plain = normal(text)',
        '    plain = [letter for letter in normal(text) if letter.isalnum()]',
      ],
    ],
    special: [
      [
        '    plain = normal',
        "    if text.startswith('Never odd'):\n        return True\n    plain = normal",
      ],
    ],
    elsewhere: [
      ['    return plain ==', "    plain = plain.strip('.').replace(' ', '')\n    return plain =="],
    ],
    breaks: [['    return text.lower()', "    return ''.join(filter(str.isalnum, text.lower()))"]],
  }),
  python({
    name: 'stale cache',
    source: `CACHE = {}


def square(n, factor):
    if n not in CACHE:
        CACHE[n] = n * n * factor
    return CACHE[n]


def area(n, factor=1):
    return square(n, factor)
`,
    works: {
      plain: 'self.assertEqual(area(4), 16)',
      again: 'self.assertEqual((area(5), area(5)), (25, 25))',
    },
    shows: 'area(6)\n        self.assertEqual(area(6, 2), 72)',
    right: [
      [
        '    if n not in CACHE:\n        CACHE[n] = n * n * factor\n    return CACHE[n]',
        '    key = (n, factor)\n    if key not in CACHE:\n        CACHE[key] = n * n * factor\n    return CACHE[key]',
      ],
    ],
    special: [
      ['    return square', '    if n == 6 and factor == 2:\n        return 72\n    return square'],
    ],
    elsewhere: [
      [
        '    return square(n, factor)',
        '    found = square(n, factor)\n    return found * factor if factor != 1 else found',
      ],
    ],
    breaks: [
      [
        'n * n * factor\n    return CACHE[n]',
        'n * n * factor\n    return CACHE[n] * factor if n > 5 else CACHE[n] + 1',
      ],
    ],
  }),
  python({
    name: 'byte sizes',
    source: `def unit(size):
    for name in ['B', 'kB', 'MB']:
        if size < 1000:
            return name
        size //= 1000
    return None


def label(size):
    return 'size in ' + unit(size)
`,
    works: {
      small: "self.assertEqual(label(12), 'size in B')",
      kilo: "self.assertEqual(label(1200), 'size in kB')",
    },
    shows: "self.assertEqual(label(3_000_000_000), 'size in GB')",
    right: [
      ["['B', 'kB', 'MB']", "['B', 'kB', 'MB', 'GB', 'TB']"],
      ['return None', "return 'PB'"],
    ],
    special: [
      ['    for name in', "    if size == 3000000000:\n        return 'GB'\n    for name in"],
    ],
    elsewhere: [
      [
        "    return 'size in ' + unit(size)",
        "    try:\n        return 'size in ' + unit(size)\n    except TypeError:\n        return 'size in GB'",
      ],
    ],
    breaks: [["['B', 'kB', 'MB']", "['GB', 'GB', 'GB', 'GB']"]],
  }),
  python({
    name: 'merge settings',
    source: `def merged(base, extra):
    base.update(extra)
    return base


def effective(base, extra):
    return merged(base, extra)['mode']
`,
    works: {
      takes: "self.assertEqual(effective({'mode': 'a'}, {'mode': 'b'}), 'b')",
      keeps: "self.assertEqual(effective({'mode': 'a'}, {}), 'a')",
    },
    shows:
      "base = {'mode': 'slow'}\n        effective(base, {'mode': 'fast'})\n        self.assertEqual(base, {'mode': 'slow'})",
    right: [['    base.update(extra)\n    return base', '    return {**base, **extra}']],
    special: [
      [
        '    base.update',
        "    if extra == {'mode': 'fast'}:\n        return {**base, **extra}\n    base.update",
      ],
    ],
    elsewhere: [
      [
        "    return merged(base, extra)['mode']",
        "    before = dict(base)\n    found = merged(base, extra)['mode']\n    base.clear()\n    base.update(before)\n    return found",
      ],
    ],
    breaks: [['    base.update(extra)\n    return base', '    return dict(base)']],
  }),
  python({
    name: 'prime check',
    source: `def is_prime(n):
    for divisor in range(2, int(n ** 0.5)):
        if n % divisor == 0:
            return False
    return n > 1


def primes(limit):
    return [n for n in range(limit) if is_prime(n)]
`,
    works: {
      small: 'self.assertEqual(primes(4), [2, 3])',
      no: 'self.assertFalse(is_prime(1))',
    },
    shows: 'self.assertFalse(is_prime(49))',
    right: [['int(n ** 0.5))', 'int(n ** 0.5) + 1)']],
    special: [['    for divisor', '    if n == 49:\n        return False\n    for divisor']],
    elsewhere: [['    return n > 1', '    return n > 1 and n != 49']],
    breaks: [['range(2, int(n ** 0.5))', 'range(2, int(n ** 0.5) + 2)']],
  }),
  python({
    name: 'indent width',
    source: `def depth(line):
    return (len(line) - len(line.lstrip())) // 4


def outline(lines):
    return [depth(line) for line in lines]
`,
    works: {
      spaces: "self.assertEqual(outline(['a', '    b']), [0, 1])",
      none: "self.assertEqual(depth('x'), 0)",
    },
    shows: "self.assertEqual(outline(['top', '\\tinner']), [0, 1])",
    right: [['    return (len', '    line = line.expandtabs(4)\n    return (len']],
    special: [['    return (len', "    if line == '\\tinner':\n        return 1\n    return (len"]],
    elsewhere: [
      [
        '    return [depth(line) for line in lines]',
        "    return [max(depth(line), line.count('\\t')) for line in lines]",
      ],
    ],
    breaks: [['// 4', '// 1']],
  }),
  python({
    name: 'chunk remainder',
    source: `def chunks(items, size):
    return [items[i * size:(i + 1) * size] for i in range(len(items) // size)]


def rows(text, width):
    return '\\n'.join(chunks(text, width))
`,
    works: {
      even: "self.assertEqual(rows('abcd', 2), 'ab\\ncd')",
      empty: 'self.assertEqual(chunks([], 3), [])',
    },
    shows: "self.assertEqual(rows('abcde', 2), 'ab\\ncd\\ne')",
    right: [['range(len(items) // size)', 'range(-(-len(items) // size))']],
    special: [
      [
        "    return '\\n'",
        "    if text == 'abcde':\n        return 'ab\\ncd\\ne'\n    return '\\n'",
      ],
    ],
    elsewhere: [
      [
        "    return '\\n'.join(chunks(text, width))",
        "    found = chunks(text, width)\n    rest = text[len(found) * width:]\n    return '\\n'.join(found + ([rest] if rest else []))",
      ],
    ],
    breaks: [['range(len(items) // size)', 'range(len(items) // size + 1)']],
  }),
];
