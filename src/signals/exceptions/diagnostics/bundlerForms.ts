import { type Form, found } from './diagnosticForm.ts';
import { isFrame, placeInMessage } from '../languages/javascriptFrame.ts';

const esbuildPlace = /^\s{4}(\S.{0,1000}?):(\d{1,9}):(\d{1,9}):$/;

const esbuild: Form = {
  head: /^(?:✘|X) \[ERROR\] (.{1,4000})$/,
  needsMore: true,
  follow: () => {
    let lines = 0;
    return (line) => {
      if (++lines > 40) return 'no';
      if (line === '') return lines > 3 ? 'enough' : 'more';
      return /^\s/.test(line) ? 'enough' : 'no';
    };
  },
  *parse(head, lines) {
    const place = lines.map((line) => esbuildPlace.exec(line)).find((match) => match !== null);
    const message = (head[1] ?? '')
      .replace(/ \[[\w-]{1,60}\]$/, '')
      .replace(/ \[plugin [^\]]{1,100}\]$/, '');
    if (place) yield found(place[1] ?? '', place[2], place[3], undefined, message);
  },
};

/** webpack and its plugins: `ERROR in ./src/a.js 3:12`, then what. */
const webpack: Form = {
  head: /^(?:\[tsl\] )?ERROR in (\S[^\s():]{0,1000})(?:[ :(](\d{1,9})[:,](\d{1,9})\)?(?:-\d{1,9}(?::\d{1,9})?)?)?$/,
  needsMore: true,
  follow: () => {
    let lines = 0;
    return (line) => (line === '' || ++lines > 30 ? 'no' : 'enough');
  },
  *parse(outer, all) {
    // ts-loader says in what webpack says its own, with a better place.
    const at = all.findLastIndex((line) => webpack.head.test(line.trim()));
    const head = webpack.head.exec(all[at]?.trim() ?? '') ?? outer;
    const lines = all.slice(Math.max(at, 0));
    const texts = lines.slice(1).map((line) => line.trim().replace(/^\[tsl\] /, ''));
    const coded = /^(TS\d{1,6}): (.{1,4000})$/.exec(texts[0] ?? '');
    const inner = /\((\d{1,9}):(\d{1,9})\)$/.exec(texts.find((text) => /Error: /.test(text)) ?? '');
    const type =
      coded?.[1] ??
      /^(\w{1,80}Error): /.exec(texts.find((text) => /^\w{1,80}Error: /.test(text)) ?? '')?.[1];
    yield found(
      head[1] ?? '',
      inner?.[1] ?? head[2],
      inner?.[2] ?? head[3],
      type,
      coded?.[2] ?? texts[0] ?? '',
    );
  },
};

const viteFile = /^file: (\S.{0,1000}?)(?::(\d{1,9}):(\d{1,9}))?$/;

/** vite: what a plugin or rollup has to say, the file, the frames, which are all of theirs. */
const viteBuild: Form = {
  head: /^error during build:$/,
  needsMore: true,
  follow: () => {
    let lines = 0;
    let framed = false;
    return (line) => {
      const isOne = isFrame(line);
      if ((framed && !isOne) || ++lines > 80) return 'no';
      framed ||= isOne;
      return 'enough';
    };
  },
  *parse(_, lines) {
    const place = lines.map((line) => viteFile.exec(line)).find((match) => match !== null);
    const first = (lines[1] ?? '').replace(/^\[[\w:-]{1,60}\] /, '');
    const named = /^(\w{1,80}Error): (.{1,4000})$/.exec(first);
    const said = named?.[2] ?? first;
    const inside = lines.map((line) => /: ERROR: (.{1,4000})$/.exec(line)?.[1]).find(Boolean);
    const told = placeInMessage(said);
    const file = place?.[1] ?? told?.file;
    if (file === undefined) return;
    const line = place?.[2] ?? told?.line?.toString();
    yield found(file, line, place?.[3], named?.[1], inside ?? said);
  },
};

/** Bundlers of JavaScript. */
export const bundlerForms: readonly Form[] = [esbuild, webpack, viteBuild];
