/**
 * A program of its own, run in the project's sandbox: lets the project's own TypeScript mend one kind of
 * error in one file, by the fixes that its language service offers. It is copied to where the sandbox lets
 * it be read, so it imports nothing of ours. Arguments: the file, the code (`TS2304`).
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

/** As much as is used of the library; its newest, native version has none of it. */
interface TypeScript {
  readonly sys: { readonly useCaseSensitiveFileNames: boolean };
  readonly ScriptSnapshot: { fromString(text: string): unknown };
  readonly createLanguageService?: (host: unknown) => LanguageService;
  findConfigFile(folder: string, exists: (file: string) => boolean): string | undefined;
  readConfigFile(
    file: string,
    read: (file: string) => string | undefined,
  ): { readonly config?: unknown };
  parseJsonConfigFileContent(
    config: unknown,
    host: unknown,
    folder: string,
  ): { readonly options: object; readonly fileNames: readonly string[] };
  getDefaultLibFilePath(options: object): string;
  getDefaultFormatCodeSettings(newLine: string): object;
}

interface LanguageService {
  getSyntacticDiagnostics(file: string): readonly Diagnostic[];
  getSemanticDiagnostics(file: string): readonly Diagnostic[];
  getCodeFixesAtPosition(
    file: string,
    start: number,
    end: number,
    codes: readonly number[],
    format: object,
    preferences: object,
  ): readonly CodeFix[];
}

interface Diagnostic {
  readonly code: number;
  readonly start?: number;
  readonly length?: number;
}

interface CodeFix {
  readonly fixName: string;
  readonly commands?: readonly unknown[];
  readonly changes: readonly {
    readonly fileName: string;
    readonly isNewFile?: boolean;
    readonly textChanges: readonly {
      readonly span: { readonly start: number; readonly length: number };
      readonly newText: string;
    }[];
  }[];
}

/** What mends; others silence the error, or make a stub of what is missing. */
const mending = new Set([
  'addMissingAsync',
  'addMissingAwait',
  'addMissingNewOperator',
  'addOptionalPropertyUndefined',
  'addVoidToPromise',
  'classSuperMustPrecedeThisAccess',
  'constructorForDerivedNeedSuperCall',
  'convertToTypeOnlyExport',
  'convertToTypeOnlyImport',
  'extendsInterfaceBecomesImplements',
  'fixAwaitInSyncFunction',
  'fixImplicitThis',
  'fixOverrideModifier',
  'fixReturnTypeInAsyncFunction',
  'fixUnreachableCode',
  'forgottenThisPropertyAccess',
  'import',
  'invalidCharacter',
  'returnValueCorrect',
  'spelling',
  'unusedIdentifier',
  'unusedLabel',
  'useDefaultImport',
]);
const maxRounds = 100;

const folder = process.cwd();

function main([file = '', code = '']: readonly string[]): void {
  const load = createRequire(join(folder, 'package.json'));
  const ts = load('typescript') as TypeScript;
  const path = join(folder, file);
  const config = ts.findConfigFile(dirname(path), existsSync);
  if (!ts.createLanguageService || !config) {
    const why = config ? 'This TypeScript has no language service.' : 'There is no tsconfig.json.';
    process.stderr.write(`${why}\n`);
    process.exitCode = 1;
    return;
  }
  const { service, change } = serviceOf(ts, ts.createLanguageService, config);
  const format = ts.getDefaultFormatCodeSettings(newLineOf(path));
  const number = Number(code.replace(/^TS/, ''));
  // Each change moves what comes after it, so one at a time; one that mends nothing ends it.
  for (let round = 0, last = Number.POSITIVE_INFINITY; round < maxRounds; round++) {
    const found = [
      ...service.getSyntacticDiagnostics(path),
      ...service.getSemanticDiagnostics(path),
    ].filter((one) => one.code === number && one.start !== undefined);
    if (found.length >= last) return;
    last = found.length;
    const fix = found
      .map(({ start = 0, length = 0 }) =>
        onlyOne(service.getCodeFixesAtPosition(path, start, start + length, [number], format, {})),
      )
      .find((one) => one !== undefined);
    if (!fix) return;
    for (const { fileName, textChanges } of fix.changes) change(fileName, textChanges);
  }
}

/** Where there are several ways, a person or a model has to choose. */
function onlyOne(fixes: readonly CodeFix[]): CodeFix | undefined {
  const usable = fixes.filter(
    ({ fixName, commands, changes }) =>
      mending.has(fixName) &&
      (commands ?? []).length === 0 &&
      changes.every(({ fileName, isNewFile }) => isNewFile !== true && isOwn(fileName)),
  );
  return usable.length === 1 ? usable[0] : undefined;
}

function isOwn(file: string): boolean {
  const path = relative(folder, file).replaceAll('\\', '/');
  return !path.startsWith('../') && !path.split('/').includes('node_modules');
}

function newLineOf(file: string): string {
  return readFileSync(file, 'utf8').includes('\r\n') ? '\r\n' : '\n';
}

function serviceOf(
  ts: TypeScript,
  create: NonNullable<TypeScript['createLanguageService']>,
  config: string,
) {
  const read = (file: string): string | undefined =>
    existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  const parsed = ts.parseJsonConfigFileContent(
    ts.readConfigFile(config, read).config,
    ts.sys,
    dirname(config),
  );
  const versions = new Map<string, number>();
  const service = create({
    ...ts.sys,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    getCompilationSettings: () => parsed.options,
    getScriptFileNames: () => parsed.fileNames,
    getScriptVersion: (file: string) => String(versions.get(file) ?? 0),
    getScriptSnapshot: (file: string) => {
      const text = read(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: (options: object) => ts.getDefaultLibFilePath(options),
  });
  const change = (file: string, edits: CodeFix['changes'][number]['textChanges']): void => {
    let text = read(file) ?? '';
    for (const { span, newText } of edits.toReversed()) {
      text = text.slice(0, span.start) + newText + text.slice(span.start + span.length);
    }
    writeFileSync(file, text);
    versions.set(file, (versions.get(file) ?? 0) + 1);
  };
  return { service, change };
}

main(process.argv.slice(2));
