import { at, field, isObject, items, type LintFinding, type Report, string } from './report.ts';

/** SARIF 2.1 (also 2.0): what CodeQL, Semgrep, clippy, Roslyn, golangci-lint and others write. undefined: it is none. */
export function readSarif(document: unknown): Report | undefined {
  const runs = field(document, 'runs');
  if (!Array.isArray(runs)) return undefined;
  const read = runs.filter(isObject).map(readRun);
  return { lint: read.flatMap(({ lint }) => lint), tools: read.map(({ tool }) => tool) };
}

function readRun(run: unknown) {
  const driver = field(field(run, 'tool'), 'driver');
  const tool = string(field(driver, 'name')) || 'SARIF';
  const rules = rulesOf(run, driver);
  const bases = field(run, 'originalUriBaseIds');
  const lint = items(field(run, 'results')).flatMap((result) => {
    const one = readResult(result, rules, bases);
    return one ? [{ ...one, tool }] : [];
  });
  return { tool, lint };
}

interface Rules {
  readonly byIndex: readonly unknown[];
  readonly byId: ReadonlyMap<string, unknown>;
}

function rulesOf(run: unknown, driver: unknown): Rules {
  const byIndex = items(field(driver, 'rules'));
  const extensions = items(field(field(run, 'tool'), 'extensions'));
  const all = [...byIndex, ...extensions.flatMap((one) => items(field(one, 'rules')))];
  return { byIndex, byId: new Map(all.map((rule) => [string(field(rule, 'id')), rule])) };
}

/** What is a problem, still is one, and was not put up with. */
function readResult(
  result: unknown,
  rules: Rules,
  bases: unknown,
): Omit<LintFinding, 'tool'> | undefined {
  const kind = string(field(result, 'kind')) || 'fail';
  const isGone = field(result, 'baselineState') === 'absent';
  const isAccepted = items(field(result, 'suppressions')).some((one) => {
    const status = string(field(one, 'status')) || 'accepted';
    return status === 'accepted';
  });
  if (kind !== 'fail' || isGone || isAccepted) return undefined;
  const index = field(result, 'ruleIndex') ?? field(field(result, 'rule'), 'index');
  const id = string(field(result, 'ruleId')) || string(field(field(result, 'rule'), 'id'));
  const known =
    rules.byId.get(id) ?? (typeof index === 'number' ? rules.byIndex[index] : undefined);
  const level =
    string(field(result, 'level')) ||
    string(field(field(known, 'defaultConfiguration'), 'level')) ||
    'warning';
  if (level !== 'error' && level !== 'warning') return undefined;
  const place = field(items(field(result, 'locations'))[0], 'physicalLocation');
  const path = pathOf(field(place, 'artifactLocation'), bases);
  if (path === '') return undefined;
  return {
    path,
    rule: id || string(field(known, 'id')),
    severity: level,
    message: messageOf(field(result, 'message'), known),
    ...at(field(field(place, 'region'), 'startLine')),
  };
}

function pathOf(location: unknown, bases: unknown): string {
  const uri = string(field(location, 'uri'));
  const base = string(field(field(bases, string(field(location, 'uriBaseId'))), 'uri'));
  return uri === '' || /^[a-z][a-z0-9+.-]{1,20}:|^\//i.test(uri) ? uri : base + uri;
}

/** Its own text, or that of the rule with the arguments put in. */
function messageOf(message: unknown, rule: unknown): string {
  const own = string(field(message, 'text'));
  if (own !== '') return own;
  const known = field(field(rule, 'messageStrings'), string(field(message, 'id')));
  const values = items(field(message, 'arguments')).map(string);
  const text =
    string(field(known, 'text')) || string(field(field(rule, 'shortDescription'), 'text'));
  return text.slice(0, 2_000).replace(/\{(\d{1,2})\}/g, (_, n: string) => values[Number(n)] ?? '');
}
