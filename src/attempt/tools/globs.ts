/** Globs of the model's, as git pathspecs: git does the matching, on its own list of files. */

const maxGlobChars = 200;
const maxStars = 8;
const maxAlternatives = 16;

/**
 * Pathspecs for one glob; `undefined` when it is not one that may be used. Without a slash it means any
 * depth (`*.ts`), without a wildcard the file or everything below the folder, and `{a,b}` is spelt out.
 */
export function pathspecs(glob: string): readonly string[] | undefined {
  if (glob.length > maxGlobChars || /[\p{Cc}\\]/u.test(glob)) return undefined;
  if (/^[/~]|(^|\/)\.\.(\/|$)/.test(glob)) return undefined;
  // Runs of stars make matching exponential.
  if ((glob.match(/\*+/g) ?? []).length > maxStars) return undefined;
  const plain = glob.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
  if (plain === '' || plain === '.') return [];
  if (!/[*?[{]/.test(plain)) return [`:(literal)${plain}`];
  const alternatives = expandBraces(plain);
  return alternatives?.map((one) => `:(glob)${one.includes('/') ? one : `**/${one}`}`);
}

function expandBraces(glob: string): readonly string[] | undefined {
  let open = [glob];
  for (;;) {
    const next = open.flatMap((one) => {
      const group = /\{([^{}]*)\}/.exec(one);
      if (!group) return [one];
      const choices = (group[1] ?? '').split(',');
      return choices.map(
        (choice) => one.slice(0, group.index) + choice + one.slice(group.index + group[0].length),
      );
    });
    if (next.length > maxAlternatives) return undefined;
    if (next.length === open.length && next.every((one, index) => one === open[index])) return open;
    open = next;
  }
}
