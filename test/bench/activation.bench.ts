import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Bench } from './bench.ts';

const bundle = join(import.meta.dirname, '../../dist/extension.cjs');
const rounds = 15;

/** Loads the bundle and calls activate() in a fresh process, with a `vscode` that does nothing. */
const script = `
const Module = require('node:module');
const load = Module._load;
const anything = new Proxy(function () {}, {
  get: (_, key) => (key === Symbol.toPrimitive ? () => '' : key === 'then' ? undefined : anything),
  apply: () => anything,
  construct: () => anything,
});
const names = ['window', 'workspace', 'commands', 'languages', 'comments', 'chat', 'lm', 'env', 'l10n', 'extensions', 'authentication',
  'Uri', 'Range', 'Position', 'ThemeIcon', 'ThemeColor', 'EventEmitter', 'MarkdownString', 'RelativePattern', 'Disposable', 'ExtensionMode',
  'ViewColumn', 'StatusBarAlignment', 'McpStdioServerDefinition', 'TreeItemCollapsibleState', 'TreeItemCheckboxState', 'CommentThreadCollapsibleState'];
const vscode = Object.fromEntries(names.map((name) => [name, anything]));
vscode.workspace = new Proxy({}, { get: (_, key) => (key === 'workspaceFolders' ? [] : anything) });
const kept = { get: (_, usual) => usual, update: async () => undefined };
const context = { subscriptions: [], secrets: { get: async () => undefined, onDidChange: anything }, workspaceState: kept, globalState: kept,
  extensionUri: { fsPath: require('node:path').dirname(require('node:path').dirname(process.argv[1])) }, extension: anything };
Module._load = (name, ...rest) => (name === 'vscode' ? vscode : load(name, ...rest));
const start = performance.now();
const extension = require(process.argv[1]);
const loaded = performance.now();
extension.activate(context);
const activated = performance.now();
console.log(JSON.stringify([loaded - start, activated - loaded]));
process.exit(0);
`;

export const bench: Bench = {
  title: 'Activation of the extension: our own work, in a fresh process',
  async run(report) {
    const times = Array.from({ length: rounds }, () => {
      const out = execFileSync(process.execPath, ['-e', script, bundle], { encoding: 'utf8' });
      return JSON.parse(out) as [number, number];
    });
    const load = median(times.map(([first]) => first));
    const activate = median(times.map(([, second]) => second));
    report({ what: 'load the code', value: load, unit: 'ms' });
    report({ what: 'activate()', value: activate, unit: 'ms' });
    report({ what: 'together', value: load + activate, unit: 'ms', target: 30 });
  },
};

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
