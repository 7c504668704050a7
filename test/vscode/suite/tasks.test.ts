import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { services, starter } from './session';

async function starterFolder(): Promise<string> {
  return dirname((await starter()).fsPath);
}

describe('Tasks of evaluations', () => {
  it('New Evaluation Task writes a commented one with records', async () => {
    const folder = join(await starterFolder(), 'data', 'mine');
    const made = await vscode.commands.executeCommand<vscode.Uri>(
      'adapterLab.newTask',
      vscode.Uri.file(folder),
    );
    assert.equal(made.fsPath, join(folder, 'task.json'));
    assert.ok(existsSync(join(folder, 'test.json')));
    assert.match(readFileSync(made.fsPath, 'utf8'), /"protocol": "generation"/);
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.uri.fsPath, made.fsPath);
    assert.equal(editor.document.languageId, 'jsonc');
  });

  it('the lens tries it on its first records, and shows what the model said', async () => {
    const folder = await starterFolder();
    const { context } = await services();
    await context.workspaceState.update('adapterLab.triedModel', { model: join(folder, 'model') });
    const file = vscode.Uri.file(join(folder, 'data', 'quiz', 'task.json'));
    await vscode.window.showTextDocument(file);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      file,
    );
    const [lens] = lenses;
    assert.match(lens?.command?.title ?? '', /Try on 5 records with model/);
    const report = await vscode.commands.executeCommand<string>(
      lens?.command?.command ?? '',
      ...(lens?.command?.arguments as unknown[]),
    );
    assert.match(report, /of 5 right/);
    assert.equal([...report.matchAll(/^## .* Record \d/gm)].length, 5);
    assert.match(report, /### Instruction:/);
  });

  it('settings and choices are completed and explained', async () => {
    const folder = join(await starterFolder(), 'data', 'typed');
    mkdirSync(folder, { recursive: true });
    const file = vscode.Uri.file(join(folder, 'task.json'));
    const text = '{\n  "pattern": "a",\n  "metric": ""\n}\n';
    writeFileSync(file.fsPath, text);
    const document = await vscode.workspace.openTextDocument(file);
    await vscode.window.showTextDocument(document);
    const labels = async (offset: number): Promise<string[]> => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        file,
        document.positionAt(offset),
      );
      return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    };
    const choices = await until(
      () => labels(text.indexOf('""') + 1),
      (found) => found.length > 0,
    );
    assert.deepEqual(choices.filter((label) => /exact|number/.test(label)).sort(), [
      '"exact"',
      '"number"',
    ]);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      file,
      document.positionAt(text.indexOf('pattern')),
    );
    const shown = hovers
      .flatMap(({ contents }) => contents)
      .map((content) => (content as vscode.MarkdownString).value);
    assert.match(shown.join(' '), /Short for an extraction/);
    rmSync(folder, { recursive: true });
  });
});

/** The JSON support of VS Code reads a schema when it is first asked for something. */
async function until<Value>(
  read: () => Promise<Value>,
  isEnough: (value: Value) => boolean,
): Promise<Value> {
  for (let left = 50; ; left -= 1) {
    const value = await read();
    if (isEnough(value) || left === 0) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
