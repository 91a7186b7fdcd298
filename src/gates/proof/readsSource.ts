import { basename, posix } from 'node:path';
import type { Git } from '../../core/ports.ts';
import { ownFunctions } from './callees.ts';
import { type FixedFile, textAt } from './hunks.ts';
import { readSource } from './sourceText.ts';

const readers =
  /\b(readFile(Sync)?|createReadStream|read_text|read_bytes|open|readlines|include_str!|readString|readAllLines|ReadFile|File\.read)\s*\(/;
const ofCode = /\binspect\.(getsource|getsourcelines|getsourcefile)\(|\b__code__\b/;

const standIns =
  /\b(jest|vi)\.(mock|doMock|unstable_mockModule|setMock)\(\s*$|\bmock\.module\(\s*$|\b(proxyquire|rewiremock|td\.replace|mockery\.registerMock)\(\s*$|\bsys\.modules\[\s*$/;

/** What the test runs, or imports to run it. */
const imports = /\b(?:require|import)\(\s*$|\b(?:from|import)\s*$/;

/** A test that reads the code or replaces it, in place of running it, passes by how it is written. */
export async function readsSource(
  git: Git,
  commit: string,
  files: readonly FixedFile[],
  testFiles: readonly string[],
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const marks: string[] = [];
  for (const path of testFiles) {
    const source = await textAt(git, commit, path, signal);
    const { code, strings } = readSource(source, path);
    const said = strings.map(({ start, text }) => ({
      text: text.slice(1, -1),
      before: code.slice(Math.max(0, start - 60), start),
    }));
    const named = files.find((file) =>
      said.some(({ text, before }) => text.endsWith(basename(file.path)) && !imports.test(before)),
    );
    const replaced = files.find((file) =>
      said.some(({ text, before }) => standIns.test(before) && isModule(text, path, file.path)),
    );
    if (replaced) {
      marks.push(`The test ${path} puts a stand-in in the place of ${replaced.path}.`);
    }
    for (const file of files) {
      const name = stubbed(source, file);
      if (name === undefined) continue;
      marks.push(`The test ${path} puts a stand-in in the place of ${name}() of ${file.path}.`);
    }
    if (ofCode.test(code)) marks.push(`The test ${path} reads the code that it is to run.`);
    else if (named && readers.test(code)) {
      marks.push(`The test ${path} may read ${named.path}, which it is to run.`);
    }
  }
  return marks;
}

const stubs = [
  /\b(?:patch\.object|setattr|spyOn|stub|mock\.method|replace)\(\s*([\w.$]{1,80})\s*,\s*['"](\w{1,80})['"]/g,
  /\bpatch\(\s*f?['"]([\w.]{1,80})\.(\w{1,80})['"]/g,
  /^[ \t]*([\w$]{1,80})\.(\w{1,80})[ \t]*=(?!=)/gm,
];

/** A function of the file's own that the test replaces; to replace what it calls elsewhere is common. */
function stubbed(source: string, { path, after }: FixedFile): string | undefined {
  const module = basename(withoutExtension(path)).replaceAll('$', '\\$');
  const own = ownFunctions(after, path, () => false);
  const found = stubs.flatMap((pattern) => [...source.matchAll(pattern)]);
  return found.find(([, object = '', name = '']) => {
    if (!own.has(name)) return false;
    const last = (object.split('.').at(-1) ?? '').replaceAll('$', '\\$');
    const isImported = new RegExp(
      `^.*\\b(?:import|require|from)\\b(?=.*\\b${module}\\b)(?=.*(?<![\\w$])${last}(?![\\w$])).*$`,
      'm',
    );
    return last === module || isImported.test(source);
  })?.[2];
}

/** @param name as the test imports it: from its own folder, or by some other way that ends alike */
function isModule(name: string, test: string, path: string): boolean {
  const module = withoutExtension(path);
  const isFile = (named: string, file: string): boolean =>
    named === file || withoutExtension(named) === file;
  if (!name.startsWith('.')) return isFile(basename(name), basename(module));
  const named = posix.join(posix.dirname(test), name);
  return isFile(named, module) || posix.join(named, 'index') === module;
}

function withoutExtension(path: string): string {
  return path.replace(/\.\w+$/, '');
}
