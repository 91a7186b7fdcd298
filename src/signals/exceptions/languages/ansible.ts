import type { Grammar } from '../grammar.ts';
import { loggedError } from '../grammar.ts';
import { exceptionOf, messageOf } from '../parts.ts';

/** `fatal: [web1]: FAILED! => {…}`, of an item of a loop `failed: [web1] (item=x) => {…}`. */
const head =
  /^(?:fatal|failed): \[[^\]]{1,200}\](?:: (?:FAILED!|UNREACHABLE!))?(?: \(item=.{0,500}?\))? => (\{.{0,16000}\})$/;
const ignored = '...ignoring';

/** A task that Ansible could not do, whatever host it was for; those that a playbook ignores say nothing. */
export const ansible: Grammar = {
  language: 'ansible',
  standsAlone: true,
  hints: ['fatal: [', 'failed: ['],
  begin: (line) =>
    /^fa(?:tal|iled): \[/.test(line) && head.test(line)
      ? (next) => (next === ignored ? 'last' : 'no')
      : undefined,
  saysEnough: () => true,
  *parse([first = '', next]) {
    const said = messageIn(head.exec(first)?.[1] ?? '');
    if (said === '') return;
    const link = { type: loggedError, message: messageOf([said]), frames: [] };
    const parsed = exceptionOf('ansible', link, [], { kind: 'log' });
    yield next === ignored ? { ...parsed, silent: true } : parsed;
  },
};

/** What the module says; of a command, what that wrote on its standard error. */
function messageIn(result: string): string {
  try {
    const { msg, stderr } = JSON.parse(result) as Readonly<Record<string, unknown>>;
    return [msg, stderr].filter((text) => typeof text === 'string' && text !== '').join(': ');
  } catch {
    return result; // cut, or shown in another form
  }
}
