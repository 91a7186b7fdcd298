/** Just enough of a shell's grammar to put a reporter's flags where a test command wants them. */

export interface Word {
  /** As written, with its quotes: what goes back into a command line. */
  readonly raw: string;
  /** Without quotes: what the command sees. */
  readonly text: string;
}

/** One command of `a && b && c`. */
export type Segment = readonly Word[];

/** undefined: the line uses more of the shell than commands joined by `&&`. */
export function segmentsOf(line: string): readonly Segment[] | undefined {
  const words = wordsOf(line);
  if (!words) return undefined;
  const segments: Word[][] = [[]];
  for (const word of words) {
    if (word.raw === '&&') segments.push([]);
    else segments.at(-1)?.push(word);
  }
  return segments.every((segment) => segment.length > 0) ? segments : undefined;
}

function wordsOf(line: string): readonly Word[] | undefined {
  const words: Word[] = [];
  let raw = '';
  let text = '';
  const end = (): void => {
    if (raw !== '') words.push({ raw, text });
    raw = '';
    text = '';
  };
  for (let i = 0; i < line.length; i++) {
    const letter = line[i] ?? '';
    if (letter === ' ' || letter === '\t') {
      end();
    } else if (letter === '&' && line[i + 1] === '&') {
      end();
      words.push({ raw: '&&', text: '&&' });
      i++;
    } else if (letter === "'" || letter === '"') {
      const close = line.indexOf(letter, i + 1);
      const inside = line.slice(i + 1, close);
      if (close < 0 || (letter === '"' && /[`\\]|\$\(/.test(inside))) return undefined;
      raw += line.slice(i, close + 1);
      text += inside;
      i = close;
    } else if (/[;&|<>()`\n\r\\]/.test(letter) || (letter === '$' && line[i + 1] === '(')) {
      return undefined;
    } else {
      raw += letter;
      text += letter;
    }
  }
  end();
  return words;
}

export function lineOf(segments: readonly Segment[]): string {
  return segments.map((segment) => segment.map(({ raw }) => raw).join(' ')).join(' && ');
}

/** A word that the shell passes on unchanged. */
export function quoted(text: string, platform = process.platform): Word {
  if (/^[\w@%+=:,./-]+$/.test(text)) return { raw: text, text };
  const raw =
    platform === 'win32' ? `"${text.replaceAll('"', '""')}"` : `'${text.replaceAll("'", `'\\''`)}'`;
  return { raw, text };
}

export function plainWords(...texts: readonly string[]): readonly Word[] {
  return texts.map((text) => quoted(text));
}

/** The command's own name: without folder and extension. */
export function baseName(word: Word | undefined): string {
  return (word?.text ?? '').replace(/^.*[/\\]/, '').replace(/\.(js|cjs|mjs|cmd|exe|ps1)$/, '');
}

/** Where assignments in front (`A=b`, `cross-env A=b`) end. */
export function afterAssignments(segment: Segment): number {
  const start = /^cross-env(-shell)?$/.test(segment[0]?.text ?? '') ? 1 : 0;
  const rest = segment.findIndex((word, i) => i >= start && !/^[A-Za-z_]\w*=/.test(word.text));
  return rest < 0 ? segment.length : rest;
}

/** Splits off what is no flag and no flag's value. `valued`: flags that take the next word. */
export function splitPositionals(
  words: readonly Word[],
  valued: ReadonlySet<string>,
): { readonly flags: readonly Word[]; readonly positionals: readonly Word[] } {
  const flags: Word[] = [];
  const positionals: Word[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as Word;
    if (word.text === '--') continue;
    if (!word.text.startsWith('-')) {
      positionals.push(word);
      continue;
    }
    flags.push(word);
    const value = words[i + 1];
    if (valued.has(word.text) && value) {
      flags.push(value);
      i++;
    }
  }
  return { flags, positionals };
}

/** Without the named flags, and their values where they take one. */
export function withoutFlags(
  words: readonly Word[],
  names: readonly string[],
  valued: ReadonlySet<string>,
): readonly Word[] {
  const kept: Word[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as Word;
    const name = word.text.split('=')[0] ?? '';
    if (!names.includes(name)) kept.push(word);
    else if (valued.has(word.text)) i++;
  }
  return kept;
}
