import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { XMLValidator } from 'fast-xml-parser';
import { type ParseError, parse as parseJsonc, printParseErrorCode } from 'jsonc-parser';
import { parse as parseToml, TomlError } from 'smol-toml';
import { LineCounter, parseAllDocuments } from 'yaml';
import { systemCode } from '../../core/errors.ts';
import type { Command, CommandResult, Shell } from '../../core/ports.ts';
import { isJavaScript, parseScript } from '../source/script.ts';
import { parseJson, record, text } from '../tests/outcome.ts';

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export type Syntax =
  | { readonly kind: 'fine' }
  | { readonly kind: 'wrong'; readonly line: number; readonly message: string }
  /** Nobody here can tell. */
  | { readonly kind: 'unchecked'; readonly why: string };

const fine: Syntax = { kind: 'fine' };
const wrong = (line: number, message: string): Syntax => ({ kind: 'wrong', line, message });
const unchecked = (why: string): Syntax => ({ kind: 'unchecked', why });

/** undefined: not a language whose syntax is looked at. Nothing of the file is executed. */
export async function checkSyntax(
  shell: Shell,
  file: SourceFile,
  cwd: string,
  signal?: AbortSignal,
): Promise<Syntax | undefined> {
  const parse = parserOf(file.path);
  if (parse) return parse(file);
  const checker = checkers.find((one) => one.handles(file));
  return checker && (await checkByCommand(shell, checker, file, cwd, signal));
}

function parserOf(path: string): ((file: SourceFile) => Syntax) | undefined {
  if (isJavaScript(path)) return checkScript;
  if (/\.(json|jsonc|json5|code-workspace|webmanifest)$/.test(path)) {
    return path.endsWith('.json5') ? undefined : checkJson;
  }
  if (/\.ya?ml$/.test(path)) return checkYaml;
  if (path.endsWith('.toml')) return checkToml;
  return /\.(xml|xsd|csproj|svg|plist)$/.test(path) ? checkXml : undefined;
}

function checkScript({ path, text: source }: SourceFile): Syntax {
  try {
    parseScript(path, source);
    return fine;
  } catch (error) {
    const line = Number(record(record(error)?.['loc'])?.['line'] ?? 0);
    const message = error instanceof Error ? error.message : String(error);
    return wrong(line, message.replace(/ \(\d+:\d+\)$/, ''));
  }
}

/** Files whose readers allow comments and trailing commas. */
const lenientJson =
  /(^|\/)(tsconfig[^/]*|jsconfig[^/]*|\.eslintrc|\.babelrc|\.swcrc|\.mocharc|\.oxlintrc|biome|deno|turbo|nx|api-extractor|devcontainer|\.?mcp|settings|launch|tasks|extensions|keybindings|language-configuration)\.json$|\.(jsonc|code-workspace)$|(^|\/)\.(vscode|devcontainer)\//;

function checkJson({ path, text: source }: SourceFile): Syntax {
  const lenient = lenientJson.test(path);
  const errors: ParseError[] = [];
  parseJsonc(source.replace(/^\ufeff/, ''), errors, {
    allowTrailingComma: lenient,
    disallowComments: !lenient,
  });
  const [first] = errors;
  if (!first) return fine;
  const line = source.slice(0, first.offset).split('\n').length;
  return wrong(line, printParseErrorCode(first.error));
}

function checkYaml({ text: source }: SourceFile): Syntax {
  if (/\{\{[-%#]?[^}]*\}\}|\{%/.test(source)) return unchecked('it is a template');
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(source, { lineCounter, logLevel: 'silent' });
  const [error] = Array.isArray(documents) ? documents.flatMap((one) => one.errors) : [];
  if (!error) return fine;
  return wrong(lineCounter.linePos(error.pos[0]).line, error.message.split('\n')[0] ?? '');
}

function checkToml({ text: source }: SourceFile): Syntax {
  try {
    parseToml(source);
    return fine;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return wrong(error.line, error.message.split('\n')[0] ?? '');
  }
}

function checkXml({ text: source }: SourceFile): Syntax {
  const result = XMLValidator.validate(source, { allowBooleanAttributes: true });
  return result === true ? fine : wrong(result.err.line, result.err.msg);
}

/** A tool that parses what it is given and does nothing else with it. */
interface Checker {
  handles(file: SourceFile): boolean;
  /** Tried in this order. */
  readonly commands: readonly string[];
  readonly args: readonly string[] | ((file: string) => readonly string[]);
  /** Whether it wants a file instead of its standard input. */
  readonly wantsFile?: boolean;
  readonly inFolderOfFile?: boolean;
  judge(result: CommandResult): Syntax;
}

const timeoutMs = 20_000;

async function checkByCommand(
  shell: Shell,
  checker: Checker,
  file: SourceFile,
  cwd: string,
  signal?: AbortSignal,
): Promise<Syntax> {
  const temp = checker.wantsFile ? await mkdtemp(join(tmpdir(), 'patchwright-syntax-')) : undefined;
  try {
    const path = join(temp ?? '', basename(file.path));
    if (temp) await writeFile(path, file.text);
    const args = typeof checker.args === 'function' ? checker.args(path) : checker.args;
    const input = temp ? { writable: [temp] } : { input: file.text };
    for (const command of checker.commands) {
      const result = await runIfThere(
        shell,
        { file: command, args, cwd: place(), ...input },
        signal,
      );
      if (result?.timedOut) return unchecked(`${command} did not end in time`);
      if (result) return checker.judge(result);
    }
    const [first] = checker.commands;
    return unchecked(first ? `${first} is not installed` : 'no checker of its language is known');
  } finally {
    if (temp) await rm(temp, { recursive: true, force: true });
  }

  function place(): string {
    return checker.inFolderOfFile ? join(cwd, dirname(file.path)) : cwd;
  }
}

async function runIfThere(
  shell: Shell,
  command: Command,
  signal?: AbortSignal,
): Promise<CommandResult | undefined> {
  try {
    const result = await shell.run({ ...command, timeoutMs }, signal);
    return result.exitCode === 127 ? undefined : result; // as a shell says it
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The first line that tells a place in the source. */
function byMessage(pattern: RegExp, okWithout = true) {
  return ({ exitCode, stdout, stderr }: CommandResult): Syntax => {
    if (exitCode === 0) return fine;
    const said = `${stderr.toString('utf8')}\n${stdout.toString('utf8')}`;
    const [, line, message = ''] = pattern.exec(said) ?? [];
    if (line) return wrong(Number(line), message);
    return okWithout ? unchecked(`its checker ended with code ${exitCode}`) : fine;
  };
}

const endsWith =
  (...extensions: readonly string[]) =>
  ({ path }: SourceFile): boolean =>
    extensions.includes(extname(path));

const compile = `
import json, sys, warnings
warnings.simplefilter('ignore')
try:
    compile(sys.stdin.buffer.read(), 'patch', 'exec', dont_inherit=True)
    print(json.dumps({}))
except (SyntaxError, ValueError) as error:
    print(json.dumps({'line': getattr(error, 'lineno', 0), 'message': getattr(error, 'msg', str(error))}))
`;

const shebang =
  (pattern: RegExp) =>
  ({ path, text: source }: SourceFile): boolean =>
    /(^|\/)[^./]+$|\.(sh|bash)$/.test(path) &&
    pattern.test(source.slice(0, 100).split('\n')[0] ?? '');

/** Perl is missing on purpose: its check runs BEGIN blocks. */
const checkers: readonly Checker[] = [
  {
    handles: endsWith('.py', '.pyi'),
    commands: ['python3', 'python'],
    args: ['-I', '-S', '-c', compile],
    judge: ({ stdout, exitCode }) => {
      const said = record(parseJson(stdout.toString('utf8')));
      if (!said) return unchecked(`python ended with code ${exitCode}`);
      return 'message' in said ? wrong(Number(said['line']), text(said['message'])) : fine;
    },
  },
  {
    handles: endsWith('.go'),
    commands: ['gofmt'],
    args: ['-e', '-l'],
    judge: byMessage(/^<standard input>:(\d+):\d+: (.*)$/m),
  },
  {
    handles: endsWith('.rs'),
    commands: ['rustfmt'],
    args: ['--edition', '2021', '--color', 'never'],
    judge: byRustfmt,
  },
  {
    handles: endsWith('.java'),
    commands: ['javac'],
    args: (file) => [
      '-proc:none',
      '-XDshould-stop.ifNoError=PARSE',
      '-XDshouldStopPolicyIfNoError=PARSE',
      '-XDshould-stop.ifError=PARSE',
      '-d',
      dirname(file),
      file,
    ],
    wantsFile: true,
    judge: byMessage(/\.java:(\d+): error: (.*)$/m),
  },
  {
    handles: endsWith('.rb', '.rake', '.gemspec'),
    commands: ['ruby'],
    args: ['--disable=gems,rubyopt', '-c'],
    judge: byMessage(/^-:(\d+): (.*)$/m),
  },
  {
    handles: endsWith('.php'),
    commands: ['php'],
    args: ['-n', '-l'],
    judge: byMessage(/error:\s+(?=.* on line (\d+))(.*) in /m),
  },
  {
    handles: (file) => endsWith('.bash')(file) || shebang(/^#!.*\bbash\b/)(file),
    commands: ['bash'],
    args: ['--norc', '--noprofile', '-n'],
    judge: byMessage(/line (\d+): (.*)$/m),
  },
  {
    handles: (file) => endsWith('.sh')(file) || shebang(/^#!.*\b(sh|dash)\b/)(file),
    commands: ['sh'],
    args: ['-n'],
    judge: byMessage(/(?:line )?\b(\d+): (.*)$/m),
  },
  {
    handles: endsWith('.c', '.h'),
    commands: ['cc', 'gcc', 'clang'],
    args: ['-fsyntax-only', '-w', '-fdiagnostics-color=never', '-x', 'c', '-'],
    inFolderOfFile: true,
    judge: byCompiler,
  },
  {
    handles: endsWith('.cc', '.cpp', '.cxx', '.hpp', '.hh'),
    commands: ['c++', 'g++', 'clang++'],
    args: ['-fsyntax-only', '-w', '-fdiagnostics-color=never', '-x', 'c++', '-'],
    inFolderOfFile: true,
    judge: byCompiler,
  },
  ...['.cs', '.swift', '.kt', '.scala', '.dart', '.ex', '.exs', '.pl', '.pm', '.lua'].map(
    (extension): Checker => ({
      handles: endsWith(extension),
      commands: [],
      args: [],
      judge: () => fine,
    }),
  ),
];

/** It says `error:` first and the place on the next line. */
function byRustfmt({ exitCode, stderr }: CommandResult): Syntax {
  if (exitCode === 0) return fine;
  const said = stderr.toString('utf8');
  const [, message = '', line] = /^error(?:\[\w+\])?: (.*)\n\s*--> <stdin>:(\d+)/m.exec(said) ?? [];
  return line ? wrong(Number(line), message) : unchecked(`rustfmt ended with code ${exitCode}`);
}

/** Of what a compiler says only what is about the grammar; names and types need the whole project. */
function byCompiler({ exitCode, stderr }: CommandResult): Syntax {
  if (exitCode === 0) return fine;
  const said = stderr.toString('utf8');
  if (/fatal error: .*(No such file|not found)/.test(said)) {
    return unchecked('a header that it includes is not there');
  }
  const about =
    /^<stdin>:(\d+):\d+: error: (.*(?:expected|stray|unterminated|missing terminating).*)$/m;
  const [, line, message = ''] = about.exec(said) ?? [];
  return line ? wrong(Number(line), message) : fine;
}
