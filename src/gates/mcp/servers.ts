import { homedir } from 'node:os';
import { basename, isAbsolute, join, sep } from 'node:path';
import { parse as parseJsonc } from 'jsonc-parser';
import { list, record, text } from '../tests/outcome.ts';

/** A server as a workspace's files name it, with everything filled in that can be. */
export type McpServer = {
  readonly name: string;
  /** The file that names it. */
  readonly file: string;
} & (
  | {
      readonly kind: 'stdio';
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly envFile?: string;
      readonly cwd: string;
    }
  | {
      readonly kind: 'http';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      /** The older transport only. */
      readonly sse: boolean;
    }
  | { readonly kind: 'unknown'; readonly why: string; readonly needsInput: boolean }
);

/** Where editors and agents keep them, and under which key. */
export const mcpFiles: readonly (readonly [file: string, key: string])[] = [
  ['.vscode/mcp.json', 'servers'],
  ['.mcp.json', 'mcpServers'],
  ['.cursor/mcp.json', 'mcpServers'],
];

export interface Surroundings {
  /** The workspace folder, absolute. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** @param source content of the file; comments are allowed */
export function readServers(
  file: string,
  key: string,
  source: string,
  surroundings: Surroundings,
): readonly McpServer[] {
  const servers = record(record(parseJsonc(source, [], { allowTrailingComma: true }))?.[key]);
  return Object.entries(servers ?? {}).flatMap(([name, value]) => {
    const entry = record(value);
    if (entry?.['disabled'] === true) return [];
    return [{ name, file, ...describe(entry ?? {}, surroundings) }];
  });
}

type Described = McpServer extends infer Server
  ? Server extends McpServer
    ? Omit<Server, 'name' | 'file'>
    : never
  : never;

function describe(entry: Readonly<Record<string, unknown>>, surroundings: Surroundings): Described {
  const missing: string[] = [];
  const fill = (value: unknown): string => filled(text(value), surroundings, missing);
  const fillAll = (values: unknown): Record<string, string> =>
    Object.fromEntries(
      Object.entries(record(values) ?? {}).map(([name, value]) => [name, fill(String(value))]),
    );
  const described = entry['url'] ? http() : stdio();
  return missing.length > 0
    ? { kind: 'unknown', why: `needs ${[...new Set(missing)].join(', ')}`, needsInput: true }
    : described;

  function http(): Described {
    const url = fill(entry['url']);
    if (missing.length === 0 && !/^https?:\/\//.test(url)) {
      return { kind: 'unknown', why: `${JSON.stringify(url)} is no address`, needsInput: false };
    }
    const sse = entry['type'] === 'sse' || entry['transport'] === 'sse';
    return { kind: 'http', url, headers: fillAll(entry['headers']), sse };
  }

  function stdio(): Described {
    const command = fill(entry['command']);
    if (command === '') {
      return { kind: 'unknown', why: 'names neither a command nor an address', needsInput: false };
    }
    const cwd = fill(entry['cwd']) || surroundings.folder;
    const envFile = fill(entry['envFile']);
    return {
      kind: 'stdio',
      command,
      args: list(entry['args']).map((arg) => fill(String(arg))),
      env: fillAll(entry['env']),
      ...(envFile ? { envFile: inFolder(envFile) } : {}),
      cwd: inFolder(cwd),
    };
  }

  function inFolder(path: string): string {
    return isAbsolute(path) ? path : join(surroundings.folder, path);
  }
}

/**
 * `${workspaceFolder}`, `${env:X}` and their like; `${X}` and `${X:-default}` as some agents write it. What
 * only a person can tell is named in `missing`.
 */
function filled(
  template: string,
  { folder, environment }: Surroundings,
  missing: string[],
): string {
  return template.replace(/\$\{([^{}]+)\}/g, (whole, name: string) => {
    const [, kind, rest = ''] = /^(input|env|command|config):(.+)$/.exec(name) ?? [];
    if (kind === 'env') return variable(rest);
    if (kind) {
      missing.push(kind === 'input' ? `the input ${JSON.stringify(rest)}` : whole);
      return '';
    }
    switch (name) {
      case 'workspaceFolder':
      case 'workspaceRoot':
      case 'cwd':
        return folder;
      case 'workspaceFolderBasename':
        return basename(folder);
      case 'userHome':
        return environment['HOME'] ?? homedir();
      case 'pathSeparator':
      case '/':
        return sep;
      default:
        return variable(name);
    }
  });

  function variable(expression: string): string {
    const [name = '', ...rest] = expression.split(':-');
    const value = environment[name];
    if (value !== undefined && value !== '') return value;
    if (rest.length > 0) return rest.join(':-');
    missing.push(`the environment variable ${name}`);
    return '';
  }
}
