import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { ExperimentFileNode } from '../../../extension/host/experimentsView/experimentModel';
import type { ModelNode } from '../../../extension/host/models/modelModel';
import {
  answering,
  errorsDuring,
  experimentFrom,
  services,
  starter,
  workspaceFolder,
} from './session';

const command = (name: string, ...given: unknown[]) =>
  vscode.commands.executeCommand(`adapterLab.${name}`, ...given);

/** Files are found by the editor's search, which may lag behind a write. */
async function found<Found>(what: string, look: () => Promise<Found | undefined>): Promise<Found> {
  for (const endMs = Date.now() + 20_000; Date.now() < endMs;) {
    const value = await look();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`Waited in vain for ${what}.`);
}

function experiment(name: string): Promise<ExperimentFileNode> {
  return found(name, async () => {
    const { experiments } = await services();
    const nodes = await experiments.getChildren();
    return nodes.find(({ file }) => file.endsWith(`/${name}.experiment.json`));
  });
}

function model(name: string): Promise<ModelNode> {
  return found(name, async () => {
    const { models } = await services();
    models.refresh();
    return (await models.all()).find(({ entry }) => entry.folder.endsWith(`/${name}`));
  });
}

describe('The experiments view', () => {
  before(async () => {
    await vscode.commands.executeCommand('adapterLab.experiments.focus');
  });

  it('lists every experiment file with what it makes and has', async () => {
    const { experiments } = await services();
    await experimentFrom('sweep', { grid: { method: ['lora', 'dora'], 'adapter.rank': [4, 8] } });
    const item = experiments.getTreeItem(await experiment('sweep'));
    assert.equal(item.label, 'sweep');
    assert.equal(item.description, 'makes 4 runs · none yet');
    const grid = experiments.getTreeItem(await experiment('grid'));
    assert.match(String(grid.description), /^makes 2 runs · has 2 · /);
    assert.equal(grid.contextValue, 'experimentFile');
    assert.equal(grid.accessibilityInformation?.label, `grid, ${String(grid.description)}`);
  });

  it('shows a broken one with the reason, and opens it at the line', async () => {
    const { experiments } = await services();
    const uri = await experimentFrom('crooked', { 'adapter.rnak': 8 });
    const node = await experiment('crooked');
    const item = experiments.getTreeItem(node);
    assert.match(String(item.description), /^line \d+: there is no setting "adapter.rnak"/);
    assert.equal(item.contextValue, 'experimentFile broken');
    await command('openExperiment', node);
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.uri.fsPath, uri.fsPath);
    const line = editor.document.lineAt(editor.selection.active.line).text;
    assert.match(line, /rnak/);
    await command('revealExperiment', node);
  });

  it('notices that a file was mended, and that one is gone', async () => {
    const uri = await experimentFrom('crooked', {});
    await found('the mended file', async () => {
      const { outcome } = await experiment('crooked');
      return 'runs' in outcome ? outcome : undefined;
    });
    rmSync(uri.fsPath);
    await found('its end', async () => {
      const nodes = await (await services()).experiments.getChildren();
      return nodes.every(({ file }) => file !== uri.fsPath) || undefined;
    });
  });
});

describe('The models view', () => {
  before(async () => {
    await starter();
    await vscode.commands.executeCommand('adapterLab.models.focus');
  });

  it('finds the models of the workspace, but no checkpoints of runs', async () => {
    const { models } = await services();
    const item = models.getTreeItem(await model('adapter-lab-starter/model'));
    assert.equal(item.label, 'model');
    assert.equal(item.description, '1.5 M parameters · bf16 · 3.1 MB');
    assert.match(item.contextValue ?? '', /^model canRun/);
    const folders = (await models.all()).map(({ entry }) => entry.folder);
    assert.deepEqual(
      folders.filter((folder) => folder.includes('checkpoints')),
      [],
    );
  });

  it('shows an adapter under its base, and why a model cannot be run', async () => {
    const { store, models } = await services();
    const [view] = store.views.filter(({ run, status }) => {
      return run.settings.method === 'lora' && status.state === 'done';
    });
    assert.ok(view, 'no adapter was trained');
    const { checkpoints } = await store.details(view.folder);
    const checkpoint = checkpoints.at(-1)?.folder ?? '';
    const adapter = join(workspaceFolder(), 'adapters', 'mine');
    cpSync(checkpoint, adapter, { recursive: true });
    const broken = join(workspaceFolder(), 'models', 'bert');
    cpSync(join(workspaceFolder(), 'adapter-lab-starter', 'model'), broken, { recursive: true });
    writeFileSync(join(broken, 'config.json'), '{"architectures": ["BertModel"]}');
    const node = await model('adapters/mine');
    assert.equal(models.getParent(node)?.entry.folder.endsWith('/model'), true);
    assert.match(String(models.getTreeItem(node).description), /^LoRA r16 · \d+ k parameters$/);
    const item = models.getTreeItem(await model('models/bert'));
    assert.match(String(item.description), /BertModel/);
    assert.equal(item.contextValue, 'model');
  });

  it('merges an adapter into its base, which is a model of its own then', async () => {
    const { models } = await services();
    const target = join(workspaceFolder(), 'models', 'merged');
    const node = await model('adapters/mine');
    assert.equal(await command('mergeIntoBase', node, vscode.Uri.file(target)), target);
    const item = models.getTreeItem(await model('models/merged'));
    assert.match(String(item.description), /^1\.5 M parameters/);
    const again = () => Promise.resolve(command('mergeIntoBase', node, vscode.Uri.file(target)));
    assert.match((await errorsDuring(again)).join(), /exists and is not empty/);
  });

  it('exports an adapter of the sidebar', async () => {
    const node = await model('adapters/mine');
    const out = join(workspaceFolder(), 'mine.gguf');
    assert.equal(await command('exportModel', node, { out, format: 'gguf-lora' }), out);
    assert.equal(readFileSync(out).toString('latin1', 0, 4), 'GGUF');
  });

  it('imports an adapter from elsewhere, and refuses one that does not fit', async () => {
    const { models } = await services();
    const elsewhere = join(mkdtempSync(join(tmpdir(), 'adapter-lab-elsewhere-')), 'theirs');
    cpSync(join(workspaceFolder(), 'adapters', 'mine'), elsewhere, { recursive: true });
    const base = vscode.Uri.file(join(workspaceFolder(), 'adapter-lab-starter', 'model'));
    const given = vscode.Uri.file(elsewhere);
    const out = join(workspaceFolder(), 'adapters', 'theirs');
    assert.equal(await command('importAdapter', given, base), out);
    const node = await model('adapters/theirs');
    assert.match(models.getTreeItem(node).contextValue ?? '', /^adapter canRun hasBase/);
    assert.equal(models.getParent(node)?.entry.folder, base.fsPath);
    const config = join(elsewhere, 'adapter_config.json');
    const settings = JSON.parse(readFileSync(config, 'utf8')) as object;
    writeFileSync(config, JSON.stringify({ ...settings, use_qalora: true }));
    const again = () => Promise.resolve(command('importAdapter', given, base));
    assert.match((await errorsDuring(again)).join(), /"use_qalora" is true/);
    rmSync(dirname(elsewhere), { recursive: true });
  });

  it('knows an adapter of DVoRA by its own file', async () => {
    const folder = join(workspaceFolder(), 'adapters', 'dvora');
    mkdirSync(folder);
    const config = { peft_type: 'VERA', r: 2, target_modules: ['q_proj'] };
    writeFileSync(join(folder, 'dvora_config.json'), JSON.stringify(config));
    const node = await model('adapters/dvora');
    assert.equal(node.entry.kind, 'adapter');
    assert.match(node.entry.problem ?? '', /dvora\.safetensors/);
    rmSync(folder, { recursive: true });
  });

  it('takes folders by hand, and lets go of them', async () => {
    const { models } = await services();
    const folder = join(workspaceFolder(), 'nothing-here');
    await command('addModelFolder', vscode.Uri.file(folder));
    const node = await model('nothing-here');
    assert.match(node.entry.problem ?? '', /does not exist/);
    assert.match(models.getTreeItem(node).contextValue ?? '', /\badded\b/);
    await command('removeModel', node);
    assert.deepEqual(models.added.folders, []);
  });

  it('copies a path and reveals a folder', async () => {
    const node = await model('adapter-lab-starter/model');
    await command('copyModelPath', node);
    assert.equal(await vscode.env.clipboard.readText(), node.entry.folder);
    const errors = await errorsDuring(() => Promise.resolve(command('revealModel', node)));
    assert.deepEqual(errors, []);
  });

  it('makes a new experiment for a model, which trains as it stands', async () => {
    const { experiments } = await services();
    const node = await model('adapter-lab-starter/model');
    const target = vscode.Uri.file(join(workspaceFolder(), 'fresh.experiment.json'));
    const file = await command('newExperiment', node, target);
    assert.ok(file instanceof vscode.Uri);
    assert.ok(existsSync(target.fsPath));
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, target.fsPath);
    const item = experiments.getTreeItem(await experiment('fresh'));
    assert.equal(item.description, 'makes 1 run · none yet');
    const { programs } = await services();
    const { code, stderr } = await programs.run(['train', target.fsPath, '--check']);
    assert.equal(code, 0, stderr);
    rmSync(target.fsPath);
  });

  it('makes a new experiment from a template, beside others of its name', async () => {
    const { experiments } = await services();
    const files: unknown[] = [];
    await answering({ showQuickPick: (items: vscode.QuickPickItem[]) => items[0] }, async () => {
      for (const id of ['half-rank', 'half-rank']) files.push(await command('newFromTemplate', id));
    });
    const [first, second] = (files as vscode.Uri[]).map(({ fsPath }) => fsPath);
    assert.equal(first, join(workspaceFolder(), 'half-rank.experiment.json'));
    assert.equal(second, join(workspaceFolder(), 'half-rank-2.experiment.json'));
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, second);
    const item = experiments.getTreeItem(await experiment('half-rank'));
    assert.match(String(item.description), /makes 3 runs · none yet$/);
    for (const { fsPath } of files as vscode.Uri[]) rmSync(fsPath);
  });
});
