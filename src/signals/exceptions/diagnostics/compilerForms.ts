import { type Form, found, nothing, quoting, single } from './diagnosticForm.ts';

/** gfortran: the place, the source with a mark below it, then what is wrong there. */
const gfortran: Form = {
  head: /^([^\s`'"]{1,1000}?\.(?:[fF](?:or|\d\d)?)):(\d{1,9}):(\d{1,9}):$/,
  needsMore: true,
  follow: () => {
    let lines = 0;
    return (line) => {
      if (/^(?:Fatal )?Error: |^Warning: /.test(line)) return 'last';
      return /^(?:\s|$)/.test(line) && ++lines <= 12 ? 'more' : 'no';
    };
  },
  *parse([, file = '', line, column], lines) {
    const said = /^(?:Fatal )?Error: (.{1,4000})$/.exec(lines.at(-1) ?? '')?.[1];
    if (said !== undefined) yield quoting(found(file, line, column, undefined, said), lines);
  },
};

/** Free Pascal: `till.pas(4,8) Error: …`; in the end it counts them. */
const freePascal: Form = {
  head: /^([^\s`'"]{1,1000}?\.(?:pas|pp|lpr|dpr|inc))\((\d{1,9})(?:,(\d{1,9}))?\) (?:Error|Fatal): (.{1,4000})$/,
  follow: single,
  *parse([, file = '', line, column, message = '']) {
    if (/^There (?:was|were) \d{1,9} errors? compiling/.test(message)) yield nothing();
    else yield found(file, line, column, undefined, message);
  },
};
const freePascalEnd: Form = {
  head: /^(?:Fatal: Compilation aborted|Error: \S{1,500} returned an error exitcode)$/,
  follow: single,
  *parse() {
    yield nothing();
  },
};

/** D's compilers: `app.d(2): Error: …`, deeper lines below. */
const dlang: Form = {
  head: /^([^\s`'"]{1,1000}?\.di?)\((\d{1,9})(?:,(\d{1,9}))?\): Error: (.{1,4000})$/,
  *parse([, file = '', line, column, message = '']) {
    yield found(file, line, column, undefined, message);
  },
};

/** The go command on modules: `go: acme.test/x@v1.2.3: reading …: 404 Not Found`. */
const goModule: Form = {
  head: /^go: ((?:\S{1,300}@v\S{1,100}: |cannot find main module|module \S{1,300}: |errors parsing |updates to go\.mod needed|inconsistent vendoring|\S{1,300} imports$).{0,2000})$/,
  follow: () => (line) => (line.startsWith('\t') ? 'enough' : 'no'),
  *parse([, message = '']) {
    const { frames: _none, ...rest } = found('go.mod', undefined, undefined, undefined, message);
    yield { ...rest, language: 'go', frames: [] };
  },
};

/** Compilers that have a form of their own. */
export const compilerForms: readonly Form[] = [
  gfortran,
  freePascal,
  freePascalEnd,
  dlang,
  goModule,
];
