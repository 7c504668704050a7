// package.json as users meet it: commands, menus, views, settings, walkthrough, tools, strings.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { groupings } from '../../extension/host/runGroups';
import { orders } from '../../extension/host/runOrder';
import { pageKinds } from '../../extension/shared/pages/common';

interface Command {
  command: string;
  title: string;
  category?: string;
  icon?: string | { light: string; dark: string };
  enablement?: string;
}

interface MenuItem {
  command?: string;
  submenu?: string;
  when?: string;
  group?: string;
}

interface Setting {
  type?: string | string[];
  default?: unknown;
  scope?: string;
  description?: string;
  markdownDescription?: string;
  enum?: string[];
  enumDescriptions?: string[];
  markdownEnumDescriptions?: string[];
  order?: number;
}

interface View {
  id: string;
  name: string;
  type?: 'tree' | 'webview';
  icon?: string;
}

interface Step {
  id: string;
  title: string;
  description: string;
  media: { image?: string | Record<string, string>; altText?: string };
  completionEvents?: string[];
}

interface Tool {
  name: string;
  displayName: string;
  userDescription: string;
  modelDescription: string;
  toolReferenceName: string;
  canBeReferencedInPrompt: boolean;
  icon: string;
  tags: string[];
  inputSchema: { type: string; properties: Record<string, { description?: string }> };
}

interface Manifest {
  activationEvents: string[];
  capabilities: Record<string, { supported: unknown; description?: string }>;
  contributes: {
    commands: Command[];
    configuration: { properties: Record<string, Setting> };
    languageModelTools: Tool[];
    menus: Record<string, MenuItem[]>;
    submenus?: { id: string; label: string }[];
    views: Record<string, View[]>;
    walkthroughs: { id: string; title: string; description: string; steps: Step[] }[];
    viewsWelcome: { view: string; contents: string; when?: string }[];
  };
}

const root = join(__dirname, '..', '..');
const manifestText = readFileSync(join(root, 'package.json'), 'utf8');
const manifest = JSON.parse(manifestText) as Manifest;
const { contributes } = manifest;
const strings = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8')) as Record<
  string,
  string
>;
const commands = new Set(contributes.commands.map(({ command }) => command));
const views = Object.values(contributes.views).flat();

const largestPictureBytes = 120_000;

/** Menus whose items stand in groups; the palette and the context of a keyboard have none. */
const ungrouped = ['commandPalette'];

/** Commands that the palette cannot offer, and why. */
const hidden: Record<string, string> = {
  openExperiment: 'opens the file of the group it is called on; Quick Open finds files by name',
  showMoreRuns: 'is a line of the tree',
  openSelected: 'is the keyboard in the tree',
};

/** Entries of a submenu, one a choice, each with a ticked twin; the palette has one command that asks. */
const choices = [
  ...groupings.map((grouping) => `groupBy${capital(grouping)}`),
  ...orders.map((order) => `sortBy${capital(order)}`),
].flatMap((name) => [name, `${name}Chosen`]);

/** Commands that start a process: an untrusted workspace offers none of them. */
const starting = [
  ...['train', 'queue', 'resume', 'resumeQueue', 'startNow', 'showDevices'],
  ...['openPlayground', 'tryInPlayground'],
];

describe('commands', () => {
  it.each(contributes.commands)('$command has category, icon and a title to translate', (one) => {
    expect(one.category).toBe('Adapter Lab');
    if (typeof one.icon === 'string') expect(one.icon).toMatch(/^\$\([a-z0-9-]+\)$/);
    else for (const file of Object.values(one.icon ?? { none: '' })) expectFile(file);
    expect(one.title).toMatch(/^%command\..+%$/);
  });

  it('are all handled, and nothing else is', () => {
    const handled = [...handledCommands(), ...choices].map((name) => `adapterLab.${name}`);
    expect(handled.sort()).toEqual([...commands].sort());
  });

  it('are in the palette unless there is a reason', () => {
    const absent = (contributes.menus.commandPalette ?? [])
      .filter(({ when }) => when === 'false')
      .map(({ command }) => command?.replace('adapterLab.', ''));
    expect(absent.sort()).toEqual([...Object.keys(hidden), ...choices].sort());
  });

  it('that start something want a trusted workspace', () => {
    for (const name of starting) {
      const one = contributes.commands.find(({ command }) => command === `adapterLab.${name}`);
      expect(one?.enablement, name).toContain('isWorkspaceTrusted');
    }
  });
});

describe('menus', () => {
  const entries = Object.entries(contributes.menus);
  const items = entries.flatMap(([menu, all]) => all.map((item) => ({ menu, item })));

  it('name commands and submenus that exist', () => {
    const submenus = new Set((contributes.submenus ?? []).map(({ id }) => id));
    for (const { menu, item } of items) {
      if (item.submenu === undefined) expect(commands, menu).toContain(item.command);
      else expect(submenus, menu).toContain(item.submenu);
    }
  });

  it('are grouped', () => {
    for (const { menu, item } of items) {
      if (ungrouped.includes(menu)) continue;
      const name = item.command ?? item.submenu;
      expect(item.group, `${menu}: ${String(name)}`).toMatch(/^[a-z0-9_]+(@-?\d+)?$/);
    }
  });

  it('ask for views that exist', () => {
    const known = new Set(views.map(({ id }) => id));
    for (const { item } of items) {
      for (const [, view] of (item.when ?? '').matchAll(/\bview == ([\w.]+)/g)) {
        expect(known, item.command).toContain(view);
      }
    }
  });

  it('of views and their items say which view they belong to', () => {
    const ofViews = items.filter(({ menu }) => menu.startsWith('view/'));
    for (const { menu, item } of ofViews) {
      expect(item.when, `${menu}: ${String(item.command)}`).toMatch(/\bview (==|=~) /);
    }
  });
});

describe('settings', () => {
  const settings = Object.entries(contributes.configuration.properties);

  it.each(settings)('%s has a description, a scope, a type and a default', (name, setting) => {
    expect(name).toMatch(/^adapterLab\.[a-z][A-Za-z.]+$/);
    expect(setting.markdownDescription ?? setting.description).toMatch(/^%setting\..+%$/);
    expect(setting.scope).toMatch(/^(application|machine|machine-overridable|window|resource)$/);
    expect(setting.type).toBeDefined();
    expect(setting.default).toBeDefined();
    const described = setting.enumDescriptions ?? setting.markdownEnumDescriptions;
    if (setting.enum !== undefined) expect(described).toHaveLength(setting.enum.length);
    if (setting.enum !== undefined) expect(setting.enum).toContain(setting.default);
  });

  it('stand in an order of their own', () => {
    const orders = settings.map(([, { order }]) => order);
    expect(orders).toEqual([...orders].sort((a, b) => (a ?? 0) - (b ?? 0)));
    expect(new Set(orders).size).toBe(settings.length);
    expect(orders).not.toContain(undefined);
  });
});

describe('views', () => {
  it.each(views)('$id has a name, and welcome content when it is empty', (view) => {
    expect(view.name).toMatch(/^%view\..+%$/);
    if (view.icon !== undefined && !view.icon.startsWith('$(')) expectFile(view.icon);
    if (view.type === 'webview') return;
    const welcome = contributes.viewsWelcome.filter((one) => one.view === view.id);
    expect(welcome.length).toBeGreaterThan(0);
  });

  it('welcome with commands that exist', () => {
    for (const { contents } of contributes.viewsWelcome) {
      const text = strings[contents.replaceAll('%', '')] ?? '';
      expectCommandLinks(text);
    }
  });
});

describe('the walkthrough', () => {
  const [walkthrough] = contributes.walkthroughs;
  const steps = walkthrough?.steps ?? [];

  it('has five steps', () => {
    expect(contributes.walkthroughs).toHaveLength(1);
    expect(new Set(steps.map(({ id }) => id)).size).toBe(5);
  });

  it.each(steps)('$id has a picture for each theme and ends by something real', (step) => {
    const { image, altText } = step.media;
    expect(altText).toMatch(/^%walkthrough\..+%$/);
    expect(typeof image).toBe('object');
    const pictures = image as Record<string, string>;
    expect(Object.keys(pictures).sort()).toEqual(['dark', 'hc', 'hcLight', 'light']);
    for (const picture of Object.values(pictures)) expectPicture(picture);
    expect(step.completionEvents?.length).toBeGreaterThan(0);
    for (const event of step.completionEvents ?? []) expectEvent(event);
    expectCommandLinks(strings[step.description.replaceAll('%', '')] ?? '');
  });

  it('ends the first run', () => {
    const events = steps.flatMap(({ completionEvents }) => completionEvents ?? []);
    expect(events).toEqual(expect.arrayContaining(finishedRunEvents));
  });
});

describe('language model tools', () => {
  it.each(contributes.languageModelTools)('$name can be found, understood and called', (tool) => {
    expect(tool.name).toMatch(/^adapterLab_[a-z][A-Za-z]+$/);
    expect(tool.toolReferenceName).toMatch(/^adapterLab[A-Z][A-Za-z]+$/);
    expect(tool.canBeReferencedInPrompt).toBe(true);
    expect(tool.displayName).toMatch(/^%tool\..+%$/);
    expect(tool.userDescription).toMatch(/^%tool\..+%$/);
    expect(tool.icon).toMatch(/^\$\([a-z-]+\)$/);
    expect(tool.tags).toContain('adapter-lab');
    expect(tool.modelDescription.length).toBeGreaterThan(150);
    expect(tool.inputSchema.type).toBe('object');
    for (const [name, property] of Object.entries(tool.inputSchema.properties)) {
      expect(property.description, name).toBeDefined();
    }
  });

  it('are those that are registered', () => {
    const file = join(root, 'extension/host/languageTools/registerLanguageTools.ts');
    const registered = [...readFileSync(file, 'utf8').matchAll(/^ {2}'(\w+)',$/gm)];
    const names = contributes.languageModelTools.map(({ name }) => name);
    expect(registered.map(([, name]) => `adapterLab_${name ?? ''}`).sort()).toEqual(names.sort());
  });
});

describe('activation', () => {
  it('waits for what this extension shows', () => {
    const pages = pageKinds.map((kind) => `onWebviewPanel:adapterLab.${kind}`);
    // An experiment outside a workspace, or not saved yet, has its language alone.
    const experiments = ['onLanguage:jsonc', 'workspaceContains:**/*.experiment.json'];
    expect([...manifest.activationEvents].sort()).toEqual([...pages, ...experiments].sort());
  });

  it('says what untrusted and virtual workspaces may', () => {
    const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
    expect(untrustedWorkspaces).toMatchObject({ supported: 'limited' });
    expect(virtualWorkspaces).toMatchObject({ supported: false });
    expect(untrustedWorkspaces?.description).toMatch(/^%.+%$/);
    expect(virtualWorkspaces?.description).toMatch(/^%.+%$/);
  });
});

describe('package.nls.json', () => {
  it('has every string of package.json and no other', () => {
    const used = [...manifestText.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key ?? '');
    expect([...new Set(used)].sort()).toEqual(Object.keys(strings).sort());
  });

  it('has no empty string', () => {
    for (const [key, text] of Object.entries(strings)) expect(text.trim(), key).not.toBe('');
  });
});

/** Names of the table in registerCommands.ts, which cannot be imported without VS Code. */
function handledCommands(): string[] {
  const file = join(root, 'extension/host/registerCommands.ts');
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    const isTable = ts.isVariableDeclaration(node) && node.name.getText(source) === 'handlers';
    if (isTable && node.initializer !== undefined && ts.isObjectLiteralExpression(node.initializer))
      for (const property of node.initializer.properties)
        if (property.name !== undefined) names.push(property.name.getText(source));
        else if (ts.isSpreadAssignment(property)) names.push(...spreadNames(property.expression));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

/** Of `from(load, [names])`. */
function spreadNames(call: ts.Expression): string[] {
  const names = ts.isCallExpression(call) ? call.arguments[1] : undefined;
  if (names === undefined || !ts.isArrayLiteralExpression(names)) return [];
  return names.elements.filter((one) => ts.isStringLiteral(one)).map(({ text }) => text);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function expectFile(file: string): void {
  expect(existsSync(join(root, file)), file).toBe(true);
}

function expectPicture(file: string): void {
  expectFile(file);
  expect(statSync(join(root, file)).size, file).toBeLessThan(largestPictureBytes);
}

/** Of extension/host/walkthroughProgress.ts */
const finishedRunEvents = ['', 'Still'].map((end) => `onContext:adapterLab.hasFinishedRun${end}`);

function expectEvent(event: string): void {
  const [kind, subject = ''] = event.split(':');
  if (kind === 'onCommand') expect(commands).toContain(subject);
  else if (kind === 'onView') expect(views.map(({ id }) => id)).toContain(subject);
  else expect(finishedRunEvents).toContain(event);
}

/** VS Code's own commands are taken as they are. */
function expectCommandLinks(text: string): void {
  for (const [, command] of text.matchAll(/\(command:(adapterLab\.\w+)(?:\.focus)?\)/g)) {
    expect(new Set([...commands, ...views.map(({ id }) => id)])).toContain(command);
  }
}
