/** Whether a path looks like a test by the conventions of the languages we run. */
export function isTestFile(path: string): boolean {
  return /(^|\/)(tests?|__tests__|specs?|e2e)\//i.test(path) || isNamedAsTest(path);
}

function isNamedAsTest(path: string): boolean {
  return (
    /(^|\/)(test_[^/]*|[^/]*_(test|spec)|tests?)\.(py|go|rb|rs|c|cc|cpp)$/.test(path) ||
    /(\.|-|_|(^|\/))(test|spec|cy)\.[cm]?[jt]sx?$/.test(path) ||
    /[^/](Test|Tests|IT|Spec)\.(java|kt|scala|cs|swift|php)$/.test(path)
  );
}

/** Those of a patch's files that a runner would run: by their own name, else by the folder they lie in. */
export function testsAmong(paths: readonly string[]): readonly string[] {
  const tests = paths.filter((path) => isTestFile(path));
  const named = tests.filter((path) => isNamedAsTest(path));
  return named.length > 0 ? named : tests.filter((path) => isCode.test(path));
}

const isCode = /\.([cm]?[jt]sx?|py|go|rb|rs|java|kt|scala|cs|swift|php)$/;

/** Source files whose loading can be recorded. */
export function isScript(path: string): boolean {
  return /\.([cm]?[jt]sx?|py)$/.test(path) && !/\.d\.[cm]?ts$/.test(path);
}
