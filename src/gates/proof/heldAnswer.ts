import type { FixedFile } from './hunks.ts';
import { readSource } from './sourceText.ts';

const answer = /\breturn\s+(new\s+\w+\(\s*)?(["'`[]|-?\d)|\?\s*(["'`]|-?\d)|=>\s*(["'`]|-?\d)/;
const picks =
  /[!=]==?\s*["'`\w-]|\b(includes|startsWith|endsWith|startswith|endswith|test|match|has|get)\(|\bin\b/;
const border = /(?<![=<-])[<>](?![<>])|\b(Math\.)?(min|max|clamp)\(/;

/** A branch for what is equal to something gives back a literal. A border is one for all beyond it. */
export function holdsAnswer({ path, hunks }: FixedFile): boolean {
  return hunks.some(({ removed, added }) => {
    const [now, was] = [added, removed].map((lines) => readSource(lines.join('\n'), path).code);
    return answer.test(now ?? '') && !answer.test(was ?? '') && isPicked(now ?? '');
  });
}

function isPicked(code: string): boolean {
  return picks.test(code) && !border.test(code);
}
