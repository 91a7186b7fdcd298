import { type Form, found, single } from './diagnosticForm.ts';
import { maxMessageChars, type ParsedException } from '../grammar.ts';

/** What a build tool complains of without a place. */
function placeless(language: string, type: string | undefined, message: string): ParsedException {
  const { type: named, ...rest } = found('', undefined, undefined, type, message);
  return { ...rest, language, type: named, frames: [] };
}

const indented = /^(?: {2}|$)/;

/** `CMake Error at CMakeLists.txt:6 (find_package):`, then what; or all of it in one line. */
const cmake: Form = {
  head: /^CMake (?:Internal )?Error(?: \(dev\))?(?: at (\S.{0,500}?):(\d{1,9}) \([\w ]{1,80}\)| in \S.{0,500}?)?:(?: (.{1,2000}))?$/,
  follow: () => {
    let lines = 0;
    return (line) => (indented.test(line) && ++lines <= 30 ? 'enough' : 'no');
  },
  *parse([, file, line, said], lines) {
    const message = said ?? firstParagraph(lines.slice(1));
    if (file === undefined) yield placeless('cmake', undefined, message);
    else yield { ...found(file, line, undefined, undefined, message), language: 'cmake' };
  },
};

/** Long lines are broken. */
function firstParagraph(lines: readonly string[]): string {
  const start = lines.findIndex((line) => line.trim() !== '');
  const end = lines.findIndex((line, at) => at > start && line.trim() === '');
  const paragraph = lines.slice(Math.max(start, 0), end < 0 ? undefined : end);
  return paragraph
    .map((line) => line.trim())
    .join(' ')
    .slice(0, maxMessageChars);
}

/** `meson.build:6:0: ERROR: …` */
const meson: Form = {
  head: /^((?:\S{1,500}\/)?meson(?:\.build|_options\.txt|\.options)):(\d{1,9}):(\d{1,9}): ERROR: (.{1,4000})$/,
  follow: single,
  *parse([, file = '', line, column, message = '']) {
    yield { ...found(file, line, column, undefined, message), language: 'meson' };
  },
};

/** `make: *** No rule to make target …`; a rule that failed (`*** [all] Error 1`) is told of above. */
const make: Form = {
  head: /^(?:g?make(?:\[\d{1,3}\])?|(\S{1,500}?):(\d{1,9})): \*{3} (?!\[)(\S.{0,2000}?)(?:\. {1,2}Stop)?\.?$/,
  follow: single,
  *parse([, file, line, message = '']) {
    if (file === undefined) yield placeless('make', undefined, message);
    else yield { ...found(file, line, undefined, undefined, message), language: 'make' };
  },
};

/** ninja itself, and compilers' drivers that find no input. */
const driver: Form = {
  head: /^(ninja|(?:\S{1,300}\/)?(?:gcc|g\+\+|cc|c\+\+|clang(?:\+\+)?)(?:-\d{1,3})?): (?:fatal )?error: (?!linker command failed|ld returned)(.{1,2000})$/,
  follow: single,
  *parse([, tool, message = '']) {
    yield placeless(tool === 'ninja' ? 'ninja' : 'c', undefined, message);
  },
};

const undefinedReference = 'undefined reference';

/** GNU's: the place is a line of the source, or a section. */
const linker: Form = {
  head: /^(?:\S{0,200}\bld(?:\.\w{1,10})?: )?(\S.{0,1000}?):(?:\(\.[\w.+]{1,200}\)|(\d{1,9})): ((undefined reference to|multiple definition of) [`'‘].{1,2000})$/,
  follow: single,
  *parse([, file = '', line, message, kind = '']) {
    yield found(file, line, undefined, kind.replace(/ (?:to|of)$/, ''), message ?? '');
  },
};

const linkerAlone: Form = {
  head: /^(?:\S{0,200}\/)?ld(?:\.\w{1,10})?: (cannot find -l?\S.{0,500}|.{1,1000}: DSO missing from command line|.{1,1000}: file (?:not recognized|in wrong format).{0,200})$/,
  follow: single,
  *parse([, message = '']) {
    yield placeless('c', 'link', message);
  },
};

/** lld and mold say below who refers to it: `>>> referenced by main.cpp:6 (/src/main.cpp:6)`. */
const lld: Form = {
  head: /^(?:\S{0,300}\/)?(?:ld(?:64)?\.lld|ld\.gold|lld-link|wasm-ld|mold): (?:fatal )?error: (.{1,4000})$/,
  follow: () => (line) => (line.startsWith('>>> ') ? 'enough' : 'no'),
  *parse([, message = ''], lines) {
    const type = /^undefined (?:symbol|hidden)/.test(message) ? undefinedReference : undefined;
    const places = lines.map((line) => /^>>> \S[^(]{0,300}[ (](\S{1,500}):(\d{1,9})\)?/.exec(line));
    const place = places.find((match) => match !== null);
    if (place) yield { ...found(place[1] ?? '', place[2], undefined, type, message) };
    else yield placeless('cpp', type, message);
  },
};

/** Apple's. */
const apple: Form = {
  head: /^Undefined symbols for architecture \w{1,40}:$/,
  needsMore: true,
  follow: () => (line) => (/^(?: {2}|ld: symbol)/.test(line) ? 'enough' : 'no'),
  *parse(_head, lines) {
    for (const line of lines) {
      const symbol = /^ {2}"(.{1,1000})", referenced from:$/.exec(line)?.[1];
      if (symbol !== undefined)
        yield placeless('cpp', undefinedReference, `undefined symbol: ${symbol}`);
    }
  },
};

/** Microsoft's; LNK1120 only counts the others. */
const visual: Form = {
  head: /^(?:\d{1,4}>)?\S.{0,500}?\.(?:obj|lib|exe|dll)(?:\(\S{1,300}\))? : (?:fatal )?error (LNK(?!1120)\d{4}): (.{1,4000})$/,
  follow: single,
  *parse([, code, message = '']) {
    yield placeless('cpp', code, message);
  },
};

/** What tools complain of that build programs, beside compilers. */
export const buildForms: readonly Form[] = [
  cmake,
  meson,
  make,
  driver,
  linker,
  linkerAlone,
  lld,
  apple,
  visual,
];
