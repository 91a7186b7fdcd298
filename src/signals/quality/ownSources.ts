/** Which files are this project's own code: not tests, not made by a tool, not someone else's. */

const others =
  /(?:^|\/)(?:node_modules|vendor|third[_-]?party|dist|build|out|target|generated|gen|__generated__|migrations|fixtures?|testdata|__snapshots__|coverage|\.[^/]{1,60})\//i;
const tests =
  /(?:^|\/)(?:tests?|__tests__|__mocks__|specs?|e2e|bench(?:marks?)?)\/|(?:[._-](?:test|tests|spec|bench|stories)\.\w{1,5}|(?:^|\/)test_[^/]{1,100}\.py|(?:^|\/)conftest\.py|Tests?\.(?:java|kt|cs|swift|php))$/i;
const made = /\.min\.\w{1,4}$|\.(?:d|pb|g|generated|designer)\.\w{1,4}$|_pb2(?:_grpc)?\.py$/i;
const saysSo = /@generated|DO NOT EDIT|auto-?generated|automatically generated/i;

export function isOwnSource(path: string): boolean {
  return !others.test(path) && !tests.test(path) && !made.test(path);
}

const headChars = 1_000;
const maxMeanLine = 250;

/** Made by a tool, by what its head says or by lines that nobody would write. */
export function isMade(text: string): boolean {
  if (saysSo.test(text.slice(0, headChars))) return true;
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return text.length / lines > maxMeanLine;
}
