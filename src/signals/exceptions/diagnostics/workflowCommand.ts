import { type Form, found, nothing, single } from './diagnosticForm.ts';

/** As GitHub's runner reads it. */
function decoded(text: string): string {
  return text
    .replace(/%0D/g, '')
    .replace(/%0A/g, '\n')
    .replace(/%3A/g, ':')
    .replace(/%2C/g, ',')
    .replace(/%25/g, '%');
}

function property(properties: string, name: string): string | undefined {
  const value = new RegExp(`(?:^|,) ?${name}=([^,]{1,2000})`).exec(properties)?.[1];
  return value === undefined ? undefined : decoded(value);
}

/** Linters call it `eslint(no-debugger)`, `Ruff (F401)`, `lint/suspicious/noDebugger`; other titles are sentences. */
const rule = /\(([\w@/.-]{1,100})\)$|^([\w@-]{1,60}(?:\/[\w-]{1,60}){1,4})$/;
/** What a test failed with has its stack here; its runner says it in its own form, too. */
const stack = /\n\s{0,8}(?:at |❯ )/;
const place = /^\S{1,1000}?:\d{1,9}:(?:\d{1,9}:)? (?:[A-Z]{1,8}\d{1,6} (?=\S))?/;

/** What a step of GitHub's workflows says of a file: `::error file=a.ts,line=3,col=5,title=…::…`. */
export const workflowCommand: Form = {
  head: /^\s{0,16}::error (?=(?:[^:]{0,2000},)? ?file=)([^\n]{1,2000}?)::(.{1,8000})$/,
  follow: single,
  *parse(head) {
    const properties = head[1] ?? '';
    const message = decoded(head[2] ?? '');
    if (stack.test(message)) {
      yield nothing();
      return;
    }
    const titled = rule.exec(property(properties, 'title') ?? '');
    yield found(
      property(properties, 'file') ?? '',
      property(properties, 'line'),
      property(properties, 'col'),
      titled?.[1] ?? titled?.[2],
      message.replace(place, ''),
    );
  },
};
