import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { experimentFrom, services, starter } from './session';

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
    const text = '{\n  "template": "paper",\n  "pattern": "a",\n  "metric": ""\n}\n';
    writeFileSync(file.fsPath, text);
    const document = await vscode.workspace.openTextDocument(file);
    await vscode.window.showTextDocument(document);
    const choices = await until(
      () => completions(document, text.indexOf('""') + 1),
      (found) => found.length > 0,
    );
    assert.deepEqual(choices.filter((label) => /exact|number/.test(label)).sort(), [
      '"exact"',
      '"number"',
    ]);
    assert.match(await hovered(document, text.indexOf('pattern')), /Short for an extraction/);
    // VS Code's own schema judges nothing: each problem is told once.
    const [problem, ...others] = await problems(file);
    assert.match(problem?.message ?? '', /"metric" must be exact, number/);
    assert.deepEqual(others, []);
    rmSync(folder, { recursive: true });
  });

  it('a task lies wherever an experiment looks for it: problems, completions, hovers, lens', async () => {
    const experiment = await experimentFrom('elsewhere', { 'evaluation.data': 'sets' });
    const folder = join(await starterFolder(), 'sets', 'own');
    mkdirSync(folder, { recursive: true });
    const file = vscode.Uri.file(join(folder, 'task.json'));
    const text =
      '{\n  // open\n  "template": "{instruction}",\n  "pattern": "(a",\n  "metric": ""\n}\n';
    writeFileSync(file.fsPath, text);
    const document = await vscode.workspace.openTextDocument(file);
    await vscode.window.showTextDocument(document);
    const problem = (await problems(file)).find(({ message }) =>
      message.startsWith('"pattern" does not compile (Unterminated group)'),
    );
    assert.equal(problem && document.getText(problem.range), '"(a"');
    const open = vscode.window.activeTextEditor?.document;
    assert.ok(open);
    assert.equal(open.languageId, 'jsonc');
    assert.deepEqual(await completions(open, text.indexOf('""') + 1), ['"exact"', '"number"']);
    assert.match(await hovered(open, text.indexOf('pattern')), /Short for an extraction/);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      file,
    );
    assert.match(lenses[0]?.command?.title ?? '', /Try on 5 records/);
    const empty = vscode.Uri.file(join(folder, '..', 'new', 'task.json'));
    mkdirSync(dirname(empty.fsPath));
    writeFileSync(empty.fsPath, '{  }');
    const made = await vscode.workspace.openTextDocument(empty);
    assert.ok((await completions(made, 2)).includes('extraction'));
    rmSync(dirname(folder), { recursive: true });
    rmSync(experiment.fsPath);
  });

  it('a task.json of something else is left alone', async () => {
    const folder = join(await starterFolder(), 'pipeline');
    mkdirSync(folder);
    const file = vscode.Uri.file(join(folder, 'task.json'));
    writeFileSync(file.fsPath, '{ "id": "x", "inputs": [] }');
    const document = await vscode.workspace.openTextDocument(file);
    await vscode.window.showTextDocument(document);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    assert.deepEqual(vscode.languages.getDiagnostics(file), []);
    assert.equal(document.languageId, 'json');
    rmSync(folder, { recursive: true });
  });
});

async function completions(document: vscode.TextDocument, offset: number): Promise<string[]> {
  const list = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    document.uri,
    document.positionAt(offset),
  );
  return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
}

async function hovered(document: vscode.TextDocument, offset: number): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    document.positionAt(offset),
  );
  const contents = hovers.flatMap((hover) => hover.contents);
  return contents.map((content) => (content as vscode.MarkdownString).value).join(' ');
}

function problems(file: vscode.Uri): Promise<vscode.Diagnostic[]> {
  const read = () => Promise.resolve(vscode.languages.getDiagnostics(file));
  return until(read, (found) => found.length > 0);
}

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
