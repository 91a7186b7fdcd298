import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defaultSettings, machineKeys } from '../../../src/core/settings.ts';
import { ticketStatuses } from '../../../src/core/ticket.ts';
import { commandId, commandNames, contextKeys, viewIds } from '../../../src/editor/commands.ts';
import { sortOrders } from '../../../src/editor/sortOrder.ts';
import { offeredFor } from '../../../src/editor/ticketMoves.ts';
import { holds } from './whenClause.ts';

const root = resolve(import.meta.dirname, '../../..');
const text = readFileSync(join(root, 'package.json'), 'utf8');
const manifest = JSON.parse(text) as Manifest;
const strings = readJson('package.nls.json') as Record<string, string>;
const { contributes } = manifest;
const steps = contributes.walkthroughs.flatMap((one) => one.steps);

interface Manifest {
  readonly icon: string;
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly activationEvents: readonly string[];
  readonly enabledApiProposals?: unknown;
  readonly capabilities: {
    readonly untrustedWorkspaces: {
      readonly supported: unknown;
      readonly restrictedConfigurations: readonly string[];
    };
    readonly virtualWorkspaces: { readonly supported: unknown; readonly description: string };
  };
  readonly contributes: {
    readonly viewsContainers: { readonly activitybar: readonly { icon: string; id: string }[] };
    readonly views: Readonly<Record<string, readonly { id: string; icon: string }[]>>;
    readonly colors: readonly { id: string; defaults: Readonly<Record<string, string>> }[];
    readonly viewsWelcome: readonly { view: string; contents: string; when: string }[];
    readonly commands: readonly { command: string; category: string; title: string }[];
    readonly menus: Readonly<Record<string, readonly { command: string; when?: string }[]>>;
    readonly walkthroughs: readonly {
      readonly steps: readonly {
        readonly id: string;
        readonly description: string;
        readonly media: { readonly svg: string; readonly altText: string };
        readonly completionEvents: readonly string[];
      }[];
    }[];
    readonly configuration: readonly {
      readonly properties: Readonly<Record<string, Setting>>;
    }[];
  };
}

interface Setting {
  readonly default: unknown;
  readonly type: string;
  readonly scope?: string;
  readonly description?: string;
  readonly markdownDescription?: string;
}

describe('the manifest', () => {
  const declared = contributes.commands.map(({ command }) => command);

  it('declares exactly the commands that are registered', () => {
    assert.deepEqual([...declared].sort(), commandNames.map(commandId).sort());
  });

  it('gives every command the category and a title', () => {
    for (const command of contributes.commands) {
      assert.equal(command.category, 'Patchwright');
      assert.ok(resolveText(command.title).length > 2, command.command);
    }
  });

  it('puts only declared commands into menus, and only into menus that are stable API', () => {
    for (const [menu, items] of Object.entries(contributes.menus)) {
      assert.ok(stableMenus.has(menu), `${menu} is no stable menu`);
      for (const { command } of items) assert.ok(declared.includes(command), command);
    }
  });

  it('lists no command twice in the palette', () => {
    const listed = contributes.menus.commandPalette?.map(({ command }) => command) ?? [];
    assert.equal(new Set(listed).size, listed.length);
  });

  it('offers each command on the rows of the tickets that it can be done to', () => {
    for (const [name, statuses] of Object.entries(offeredFor)) {
      if (name === 'splitTicket') continue; // of what is merged, which is no status
      const rows = (contributes.menus['view/item/context'] ?? []).filter(
        ({ command, when = '' }) =>
          command === `patchwright.${name}` && when.includes(viewIds.backlog),
      );
      assert.ok(rows.length > 0, name);
      for (const { when = '' } of rows) {
        const offered = ticketStatuses.filter((status) =>
          holds(when, {
            view: viewIds.backlog,
            viewItem: `ticket.${status}`,
            isWorkspaceTrusted: true,
          }),
        );
        assert.deepEqual(offered, statusesInOrder(statuses), name);
      }
    }
  });

  it('offers nothing on the rows of views that are not its own', () => {
    for (const { command, when = '' } of contributes.menus['view/item/context'] ?? [])
      assert.match(when, /^view (?:== |=~ \/\^)patchwright\b/, command);
  });

  it('offers every order of the Backlog view but the one it has', () => {
    for (const sort of sortOrders) {
      const offered = (contributes.menus['view/title'] ?? [])
        .filter(({ command }) => command.startsWith('patchwright.sortBy'))
        .filter(({ when = '' }) =>
          holds(when, {
            view: viewIds.backlog,
            'patchwright.hasTickets': true,
            'patchwright.sort': sort,
          }),
        );
      assert.equal(offered.length, sortOrders.length - 1, sort);
    }
  });

  for (const view of Object.values(viewIds)) {
    for (const [name, context] of emptyWindows()) {
      it(`says one thing in ${view} while it is empty: ${name}`, () => {
        const said = contributes.viewsWelcome.filter(
          (welcome) => welcome.view === view && holds(welcome.when, context),
        );
        assert.equal(said.length, 1, said.map(({ contents }) => contents).join() || 'it is blank');
      });
    }
  }

  it('uses no proposed API', () => {
    assert.equal(manifest.enabledApiProposals, undefined);
  });

  it('types against the oldest VS Code that it supports', () => {
    assert.equal(manifest.engines.vscode, `^${manifest.devDependencies['@types/vscode']}`);
  });

  it('names the views that are registered', () => {
    const views = Object.values(contributes.views).flat();
    assert.deepEqual(views.map(({ id }) => id).sort(), Object.values(viewIds).sort());
    for (const { view } of contributes.viewsWelcome)
      assert.ok((Object.values(viewIds) as string[]).includes(view));
  });

  it('uses only context keys that are set', () => {
    const known: readonly string[] = [...Object.values(contextKeys), ...Object.values(viewIds)];
    const clauses: readonly string[] = [
      ...contributes.viewsWelcome,
      ...Object.values(contributes.menus).flat(),
    ].flatMap(({ when }) => when ?? []);
    for (const clause of clauses) {
      for (const [key] of clause.matchAll(/\bpatchwright\.\w+/g)) {
        assert.ok(known.includes(key), `${key} in "${clause}"`);
      }
    }
  });

  it('links from welcome texts and the walkthrough only to commands that exist', () => {
    const allowed = new Set([...declared, 'vscode.openFolder', 'git.init']);
    allowed.add('workbench.trust.manage').add('workbench.action.openSettings');
    const texts = [
      ...contributes.viewsWelcome.map(({ contents }) => contents),
      ...steps.map(({ description }) => description),
    ];
    for (const text of texts) {
      for (const [, command = ''] of resolveText(text).matchAll(/\]\(command:([\w.]+)/g))
        assert.ok(allowed.has(command), command);
    }
  });

  it('has a string for every key and no key without use', () => {
    const used = [...text.matchAll(/"%([\w.]+)%"/g)].map((match) => match[1] ?? '');
    assert.deepEqual([...new Set(used)].sort(), Object.keys(strings).sort());
  });

  it('has a walkthrough of few steps that complete by themselves, each with something to do', () => {
    assert.equal(contributes.walkthroughs.length, 1);
    assert.ok(steps.length >= 3 && steps.length <= 6);
    for (const { id, description, media, completionEvents } of steps) {
      assert.match(resolveText(description), /^\[[^\]]+\]\(command:/m, id);
      const picture = readFileSync(join(root, media.svg), 'utf8');
      assert.doesNotMatch(picture, /#[\da-f]{3,8}\b|rgb/i, "a colour that is not the theme's");
      assert.ok(resolveText(media.altText), id);
      for (const event of completionEvents) {
        const [, kind, what = ''] = /^(onContext|onCommand):(.+)$/.exec(event) ?? [];
        const known = kind === 'onCommand' ? declared : (Object.values(contextKeys) as string[]);
        assert.ok(known.includes(what.split(' ')[0] ?? ''), event);
      }
    }
  });

  it('brings its icons', () => {
    const container = contributes.viewsContainers.activitybar[0]?.icon ?? '';
    for (const icon of [manifest.icon, container]) assert.ok(existsSync(join(root, icon)), icon);
    assert.match(manifest.icon, /\.png$/);
  });

  it('has a colour for every priority, in every kind of theme', () => {
    const ids = contributes.colors.map(({ id }) => id);
    assert.deepEqual(
      ids,
      ['critical', 'high', 'medium', 'low'].map((name) => `patchwright.priority.${name}`),
    );
    for (const { defaults } of contributes.colors) assert.equal(Object.keys(defaults).length, 4);
  });

  it('is limited in untrusted folders and absent from virtual ones', () => {
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, 'limited');
    assert.equal(manifest.capabilities.virtualWorkspaces.supported, false);
    assert.deepEqual(manifest.activationEvents, [
      'onStartupFinished',
      'onWebviewPanel:patchwright.reviewPanel', // tabs that were open when the window was closed
      'onWebviewPanel:patchwright.dashboard',
    ]);
  });
});

describe("the manifest's settings", () => {
  const settings = Object.assign(
    {},
    ...contributes.configuration.map(({ properties }) => properties),
  ) as Record<string, Setting>;

  it("are exactly the core's, with the same defaults", () => {
    const defaults = Object.fromEntries(
      Object.entries(settings).map(([key, setting]) => [key, setting.default]),
    );
    assert.deepEqual(defaults, Object.fromEntries(leaves(defaultSettings, 'patchwright')));
  });

  it('each have a scope, a description and a type that fits the default', () => {
    for (const [key, setting] of Object.entries(settings)) {
      assert.ok(setting.scope, key);
      assert.ok(resolveText(setting.description ?? setting.markdownDescription ?? ''), key);
      assert.ok(fits(setting), `${key} has the type ${setting.type}`);
    }
  });

  it('that decide where the key is sent or let go of patches are not taken from a workspace', () => {
    const machine = Object.entries(settings).filter(([, { scope }]) => scope === 'machine');
    assert.deepEqual(
      machine.map(([key]) => key),
      machineKeys.map((key) => `patchwright.${key}`),
    );
    const addresses =
      /(?<!ho)url|uri|host|proxy|endpoint|address|server|header|token|secret|provider/i;
    for (const [key, { type, scope }] of Object.entries(settings)) {
      const free = type === 'boolean' || type === 'integer' || type === 'number';
      assert.ok(free || !addresses.test(key) || scope === 'machine', `${key} has scope ${scope}`);
    }
  });

  it('that name paths, commands, addresses or branches count for nothing in untrusted folders', () => {
    const restricted = new Set(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations);
    for (const key of restricted) assert.ok(settings[key], `${key} is no setting`);
    for (const [key, setting] of Object.entries(settings)) {
      const free = typeof setting.default !== 'string' && !Array.isArray(setting.default);
      assert.ok(free || restricted.has(key), `${key} is not restricted`);
    }
  });
});

function statusesInOrder(statuses: readonly string[]): readonly string[] {
  return ticketStatuses.filter((status) => statuses.includes(status));
}

/** Every kind of window whose views can be without a row. */
function emptyWindows(): [string, Record<string, string | boolean>][] {
  const folder = { workbenchState: 'folder' };
  const ready = { ...folder, 'patchwright.state': 'ready' };
  const windows: [string, Record<string, string | boolean>][] = [
    ['no folder', { workbenchState: 'empty', 'patchwright.state': 'noFolder' }],
    [
      'no folder in the workspace',
      { workbenchState: 'workspace', 'patchwright.state': 'noFolder' },
    ],
    ['no repository', { ...folder, 'patchwright.state': 'noGit' }],
    ['no disk', { ...folder, 'patchwright.state': 'virtual' }],
    ['failed', { ...folder, 'patchwright.state': 'failed' }],
    ['nothing there', ready],
    ['nothing there, with a key', { ...ready, 'patchwright.hasKey': true }],
    ['a first patch being drafted', { ...ready, 'patchwright.drafting': true }],
    [
      'a patch being drafted, with a key',
      { ...ready, 'patchwright.drafting': true, 'patchwright.hasKey': true },
    ],
  ];
  return windows.flatMap(([name, context]) => [
    [name, { ...context, isWorkspaceTrusted: true }],
    [`${name}, restricted`, context],
  ]);
}

/** From VS Code's documentation of contribution points, without those marked as proposed. */
const stableMenus = new Set([
  'commandPalette',
  'comments/comment/title',
  'comments/commentThread/context',
  'editor/title',
  'editor/title/context',
  'editor/context',
  'explorer/context',
  'scm/title',
  'view/title',
  'view/item/context',
  'touchBar',
  'webview/context',
]);

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(join(root, name), 'utf8'));
}

function resolveText(value: string): string {
  const key = /^%(.+)%$/.exec(value)?.[1];
  return key ? (strings[key] ?? '') : value;
}

function leaves(value: unknown, path: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, child]) => leaves(child, `${path}.${key}`));
}

function fits({ type, default: value }: Setting): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}
