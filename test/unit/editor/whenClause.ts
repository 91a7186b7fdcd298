/** The part of VS Code's when-clauses that our manifest uses: terms joined by `&&`. Throws at others. */
export function holds(
  clause: string,
  context: Readonly<Record<string, string | boolean>>,
): boolean {
  return clause.split('&&').every((term) => termHolds(term.trim(), context));
}

function termHolds(term: string, context: Readonly<Record<string, string | boolean>>): boolean {
  const found = /^(!?)([\w.:/-]+)(?:\s*(==|!=|=~)\s*(.+))?$/.exec(term);
  if (!found) throw new Error(`"${term}" is no term that this can judge.`);
  const [, not, key = '', operator, operand = ''] = found;
  const value = context[key];
  if (operator === undefined) return Boolean(value) !== Boolean(not);
  if (operator === '=~') return new RegExp(operand.slice(1, -1)).test(`${value ?? ''}`);
  return (`${value ?? ''}` === operand) === (operator === '==');
}
