/** Whether a path looks like a test by the conventions of the languages we run. */
export function isTestFile(path: string): boolean {
  return (
    /(^|\/)(tests?|__tests__|specs?|e2e)\//i.test(path) ||
    /(^|\/)(test_[^/]*|[^/]*_test)\.(py|go|rb|rs|c|cc|cpp)$/.test(path) ||
    /\.(test|spec|cy)\.[cm]?[jt]sx?$/.test(path) ||
    /[^/](Test|Tests|IT|Spec)\.(java|kt|scala|cs|swift|php)$/.test(path)
  );
}

/** Source files whose loading can be recorded. */
export function isScript(path: string): boolean {
  return /\.([cm]?[jt]sx?|py)$/.test(path) && !/\.d\.[cm]?ts$/.test(path);
}
