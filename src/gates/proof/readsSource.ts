import { basename } from 'node:path';
import type { Git } from '../../core/ports.ts';
import { type FixedFile, textAt } from './hunks.ts';
import { readSource } from './sourceText.ts';

const readers =
  /\b(readFile(Sync)?|createReadStream|read_text|read_bytes|open|readlines|include_str!|readString|readAllLines|ReadFile|File\.read)\s*\(/;
const ofCode = /\binspect\.(getsource|getsourcelines|getsourcefile)\(|\b__code__\b/;

const standIns =
  /\b(jest|vi)\.(mock|doMock|unstable_mockModule|setMock)\(\s*$|\bmock\.module\(\s*$|\b(proxyquire|rewiremock|td\.replace|mockery\.registerMock)\(\s*$|\bsys\.modules\[\s*$/;

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
    const { code, strings } = readSource(await textAt(git, commit, path, signal), path);
    const named = files.find((file) =>
      strings.some(({ text }) => text.slice(1, -1).endsWith(basename(file.path))),
    );
    const replaced = files.find((file) =>
      strings.some(
        ({ start, text }) =>
          standIns.test(code.slice(Math.max(0, start - 60), start)) &&
          moduleOf(text.slice(1, -1)) === moduleOf(file.path),
      ),
    );
    if (replaced) {
      marks.push(`The test ${path} puts a stand-in in the place of ${replaced.path}.`);
    }
    if (ofCode.test(code)) marks.push(`The test ${path} reads the code that it is to run.`);
    else if (named && readers.test(code)) {
      marks.push(`The test ${path} may read ${named.path}, which it is to run.`);
    }
  }
  return marks;
}

/** What an import and the file of a module have in common. */
function moduleOf(path: string): string {
  return basename(path).replace(/\.\w+$/, '');
}
