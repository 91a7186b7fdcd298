/** Sections without which git can't read a repository, and that hold no passwords. */
const needed = /^\s*\[\s*(core|extensions|user|init|branch|remote|submodule|diff|merge|filter)\b/i;
/** Programs, and headers with a token. */
const hidden = /^\s*(\w*command|askpass|extraheader|helper|proxy|pushurl)\b/i;
const password = /(\w:\/\/)[^/\s@]*@/g;

/** A repository's configuration without what lets one in elsewhere. */
export function withoutCredentials(text: string): string {
  let keeps = false;
  const kept: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*\[/.test(line)) keeps = needed.test(line) && !password.test(line);
    password.lastIndex = 0;
    if (keeps && !hidden.test(line)) kept.push(line.replace(password, '$1'));
  }
  return `${kept.join('\n')}\n`;
}
