import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestApi } from '../../../src/extension.ts';

export async function openApi(): Promise<TestApi> {
  const extension = vscode.extensions.getExtension<TestApi | undefined>('patchwright.patchwright');
  assert.ok(extension, 'the extension is not installed');
  const api = await extension.activate();
  assert.ok(api, 'no test API: not in test mode');
  return api;
}

/** Asks until it holds; fails with the last reason after `limitMs`. */
export async function eventually<T>(
  look: () => T | Promise<T>,
  limitMs = 15_000,
): Promise<NonNullable<T>> {
  const end = Date.now() + limitMs;
  let last: unknown;
  do {
    try {
      const found = await look();
      if (found !== undefined && found !== null && found !== false) return found;
      last = `it stayed ${String(found)}`;
    } catch (error) {
      last = error;
    }
    await new Promise((done) => setTimeout(done, 25));
  } while (Date.now() < end);
  throw last instanceof Error ? last : new Error(`Waited ${limitMs} ms: ${String(last)}.`);
}

export interface Told {
  readonly level: string;
  readonly message: string;
  readonly buttons: readonly string[];
}

/** Puts answers in the place of dialogs, and keeps what was said. Call inside `describe`. */
export function scriptedDialogs(): {
  readonly told: Told[];
  readonly mentioned: string[];
  readonly asked: string[];
  answers: {
    confirm: boolean;
    input: string | undefined;
    choose: (items: readonly vscode.QuickPickItem[]) => vscode.QuickPickItem | undefined;
    /** Chosen in the dialog of files. */
    files?: readonly vscode.Uri[];
    /** The button of a notification that is pressed. */
    tell?: string;
  };
} {
  const script: ReturnType<typeof scriptedDialogs> = {
    told: [],
    mentioned: [],
    asked: [],
    answers: { confirm: false, input: undefined, choose: () => undefined },
  };
  let original: TestApi['dialogs'] | undefined;
  let api: TestApi;
  before(async () => {
    api = await openApi();
    original = { ...api.dialogs };
    Object.assign(api.dialogs, {
      confirm: async (question: string) => {
        script.asked.push(question);
        return script.answers.confirm;
      },
      input: async (options: vscode.InputBoxOptions) => {
        script.asked.push(options.title ?? '');
        return script.answers.input;
      },
      files: async () => script.answers.files ?? [],
      choose: async (items: readonly vscode.QuickPickItem[], options: vscode.QuickPickOptions) => {
        script.asked.push(options.title ?? '');
        return script.answers.choose(items);
      },
      tell: async (level: string, message: string, buttons: readonly string[]) => {
        script.told.push({ level, message, buttons });
        return script.answers.tell;
      },
      mention: (message: string) => script.mentioned.push(message),
    });
  });
  beforeEach(() => {
    for (const list of [script.told, script.mentioned, script.asked]) list.length = 0;
    script.answers = { confirm: false, input: undefined, choose: () => undefined };
  });
  after(() => {
    if (original) Object.assign(api.dialogs, original);
  });
  return script;
}

export interface Row {
  readonly item: vscode.TreeItem;
  readonly children: readonly Row[];
}

/** The whole tree as a view would draw it, each row pointed at once. */
export async function rows<N>(tree: vscode.TreeDataProvider<N>, node?: N): Promise<readonly Row[]> {
  const nodes = (await tree.getChildren(node)) ?? [];
  return Promise.all(
    nodes.map(async (child) => ({
      item: await pointedAt(tree, child),
      children: await rows(tree, child),
    })),
  );
}

async function pointedAt<N>(tree: vscode.TreeDataProvider<N>, node: N): Promise<vscode.TreeItem> {
  const item = await tree.getTreeItem(node);
  if (item.tooltip !== undefined || !tree.resolveTreeItem) return item;
  const { token } = new vscode.CancellationTokenSource();
  return (await tree.resolveTreeItem(item, node, token)) ?? item;
}

/** `label | description`, indented: the tree as text, to compare whole. */
export function drawn(all: readonly Row[], depth = 0): string[] {
  return all.flatMap(({ item, children }) => [
    `${'  '.repeat(depth)}${labelOf(item)}${item.description ? ` | ${String(item.description)}` : ''}`,
    ...drawn(children, depth + 1),
  ]);
}

export function labelOf(item: vscode.TreeItem): string {
  return typeof item.label === 'string' ? item.label : (item.label?.label ?? '');
}

export function command(name: string, ...args: unknown[]): Thenable<unknown> {
  return vscode.commands.executeCommand(`patchwright.${name}`, ...args);
}
