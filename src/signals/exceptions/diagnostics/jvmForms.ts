import { type Form, found, nothing } from './diagnosticForm.ts';

/** Maven: `[ERROR] /src/A.java:[5,17] …`; in the end it says all again. */
const maven: Form = {
  head: /^\[ERROR\] (\S.{0,1000}?\.\w{1,8}):\[(\d{1,9}),(\d{1,9})\] (.{1,4000})$/,
  follow: () => (line) => (/^\[ERROR\] {2,6}\S/.test(line) ? 'enough' : 'no'),
  *parse(head) {
    yield found(head[1] ?? '', head[2], head[3], undefined, head[4] ?? '');
  },
};
const mavenEnd: Form = {
  head: /^\[ERROR\] (?:COMPILATION ERROR :|Failed to execute goal (?=.{0,2000}(?:Compilation failure|test failures)))/,
  follow: () => {
    let lines = 0;
    return (line) =>
      ++lines < 200 &&
      /^(?:\[ERROR\](?: {2,4}\S| (?:\/|Please|Refer|See|->|To see|Re-run|For more|\[Help)|\s*$)|\[INFO\] -+$)/.test(
        line,
      ) &&
      !/^\[INFO\] -+$/.test(line)
        ? 'enough'
        : 'no';
  },
  *parse(_head, lines) {
    // The list below `COMPILATION ERROR` is the one that is counted; it begins blocks of its own.
    yield nothing();
    if (!lines[0]?.includes('COMPILATION ERROR')) return;
    for (const line of lines.slice(1)) {
      const match = maven.head.exec(line);
      if (match) yield* maven.parse(match, [line]);
    }
  },
};

/** The counts of failed tests, and their list, which repeat what stands above. */
const mavenCounts: Form = {
  head: /^\[ERROR\] (?:Tests run: \d{1,9}, Failures: |(?:Failures|Errors): {0,4}$)/,
  follow: () => (line) => (/^\[ERROR\] {2,6}\S/.test(line) ? 'enough' : 'no'),
  *parse() {
    yield nothing();
  },
};

const kotlin: Form = {
  head: /^e: (?:file:\/\/)?(\/.{0,1000}?\.kts?)(?::(\d{1,9}):(\d{1,9}):?|: \((\d{1,9}), (\d{1,9})\):) (.{1,4000})$/,
  *parse(head) {
    yield found(head[1] ?? '', head[2] ?? head[4], head[3] ?? head[5], undefined, head[6] ?? '');
  },
};

/** groovyc's column stands on the line below. */
const groovyPlace = /^ @ line \d{1,9}, column (\d{1,9})\.$/;
const groovyc: Form = {
  head: /^(\S.{0,1000}?\.groovy): (\d{1,9}): (\S.{0,4000})$/,
  needsMore: true,
  follow: () => {
    let placed = false;
    return (line) => {
      placed ||= groovyPlace.test(line);
      return placed && /^\s/.test(line) ? 'enough' : 'no';
    };
  },
  *parse(head, lines) {
    const column = groovyPlace.exec(lines[1] ?? '')?.[1];
    if (column !== undefined) yield found(head[1] ?? '', head[2], column, undefined, head[3] ?? '');
  },
};

/** Java says so when it was to run a source file. */
const javaEnd: Form = {
  head: /^error: compilation failed$/,
  follow: () => () => 'no',
  *parse() {
    yield nothing();
  },
};

export const jvmForms: readonly Form[] = [javaEnd, maven, mavenEnd, mavenCounts, kotlin, groovyc];
