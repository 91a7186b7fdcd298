/**
 * Names of the program that runtimes put in quotes when something is missing: no variables of the message, but
 * what tells one bug of a function from another. One letter may be what a minifier made of a name, in this build;
 * with a digit it may be a key from the data.
 */
const forms: readonly RegExp[] = [
  // JavaScript
  /\((?:reading|setting) '([\w$#-]{2,80})'\)/,
  /^Cannot (?:read|set) property '([\w$#-]{2,80})' of /,
  /^can't access property "([\w$#-]{2,80})", /,
  /\(evaluating '([\w$.()[\]]{2,80})'\)/,
  /^Cannot access '([\w$#]{2,80})' before initialization/,
  // Java: what was to be called, and what was null; the compiler's numbers for locals say nothing.
  /^Cannot [a-z ]{4,30} "([^"<]{2,200})" because /,
  /^Cannot [a-z ]{4,40} because (?:the return value of )?"([^"<]{2,200})" is null/,
  // Ruby, Python
  /^undefined (?:local variable or )?method [`']([^'\s]{2,80})'/,
  /has no attribute '(\w{2,80})'/,
  /^name '(\w{2,80})' is not defined/,
  /(?:unexpected keyword argument|required positional arguments?:) '(\w{2,80})'/,
];

export function saidName(message: string): string | undefined {
  if (!/['"`]/.test(message)) return undefined;
  for (const form of forms) {
    const name = form.exec(message)?.[1];
    if (name !== undefined) return /\d/.test(name) ? undefined : name;
  }
  return undefined;
}
