import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { experimentFrom, starter } from './session';

const waitedMs = 30_000;

/** Looks again until there is something. */
async function soon<T>(
  look: () => Thenable<T | undefined> | T | undefined,
  what: string,
): Promise<T> {
  const deadline = Date.now() + waitedMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function open(uri: vscode.Uri): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
  return document;
}

const ours = (uri: vscode.Uri): vscode.Diagnostic[] =>
  vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Adapter Lab');

function problem(uri: vscode.Uri, code: string): Promise<vscode.Diagnostic> {
  return soon(() => ours(uri).find((one) => one.code === code), code);
}

async function fixesAt(uri: vscode.Uri, range: vscode.Range): Promise<vscode.CodeAction[]> {
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    uri,
    range,
    vscode.CodeActionKind.QuickFix.value,
  );
}

/** The starter's own file, twice as wrong as it should be. */
async function wrongExperiment(): Promise<vscode.Uri> {
  const original = await starter();
  const text = readFileSync(original.fsPath, 'utf8')
    .replace('"learningRate"', '"learningrate"')
    .replace('"data/facts/train.json"', '"data/fact/train.json"');
  const file = join(original.fsPath, '..', 'wrong.experiment.json');
  writeFileSync(file, text.replaceAll('\n', '\r\n'));
  return vscode.Uri.file(file);
}

describe('An open experiment', () => {
  it('has lenses above its first line and at its grid', async () => {
    const { uri } = await open(await starter());
    const lenses = await soon(async () => {
      const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        uri,
      );
      return found.length > 0 ? found : undefined;
    }, 'lenses');
    const titles = lenses.map(({ command }) => command?.title ?? '');
    assert.ok(titles.includes('$(play) Train 3 runs'), titles.join(' | '));
    assert.ok(titles.includes('Estimate memory'));
    assert.ok(titles.includes('3 runs = method (3)'));
    const registered = new Set(await vscode.commands.getCommands(true));
    for (const { command } of lenses) assert.ok(registered.has(command?.command ?? ''));
  });

  it('tells in its lines what each run trains, needs and reads', async () => {
    const document = await open(await starter());
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    const hints = await soon(async () => {
      const found = await vscode.commands.executeCommand<vscode.InlayHint[]>(
        'vscode.executeInlayHintProvider',
        document.uri,
        whole,
      );
      return found.length > 5 ? found : undefined;
    }, 'hints');
    const at = (word: string): string[] =>
      hints
        .filter(({ position }) => document.lineAt(position.line).text.includes(word))
        .map(({ label }) =>
          typeof label === 'string' ? label : label.map(({ value }) => value).join(''),
        );
    assert.match(at('"model": ').join(), /1\.52 M parameters/);
    assert.match(at('"batchSize"').join(), /≈ .* MB at peak/);
    assert.equal(at('"train": [').filter((label) => label.includes('tokens')).length, 3);
    assert.equal(at('"grid"').length, 3);
  });

  it('underlines what cannot work, and quick fixes mend it', async () => {
    const document = await open(await wrongExperiment());
    const unknown = await problem(document.uri, 'setting-unknown');
    assert.equal(document.getText(unknown.range), '"learningrate"');
    const missing = await problem(document.uri, 'file-missing');
    assert.equal(document.getText(missing.range), '"data/fact/train.json"');
    for (const { range } of [missing, unknown]) {
      const [fix] = await fixesAt(document.uri, range);
      assert.ok(fix?.edit, 'there is no quick fix');
      assert.equal(await vscode.workspace.applyEdit(fix.edit), true);
    }
    await soon(() => (ours(document.uri).length === 0 ? true : undefined), 'a file in order');
    assert.match(document.getText(), /"learningRate": 2e-3,\r\n/);
    assert.match(document.getText(), /"data\/facts\/train\.json"/);
    await document.save();
  });

  it('completes paths and tasks', async () => {
    const document = await open(await experimentFrom('completed', { model: '' }));
    const at = document.getText().indexOf('"model": "') + '"model": "'.length;
    const { items } = await soon(async () => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        document.positionAt(at),
      );
      return list.items.some(({ detail }) => detail === 'Hugging Face model') ? list : undefined;
    }, 'completions');
    const model = items.find(({ detail }) => detail === 'Hugging Face model');
    assert.equal(model?.insertText, 'model');
  });

  it('is inspected before it is saved anywhere', async () => {
    const uri = vscode.Uri.parse('untitled:draft.experiment.json');
    const document = await open(uri);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(0, 0), '{ "name": "draft", "mehtod": "dora" }');
    assert.equal(await vscode.workspace.applyEdit(edit), true);
    const unknown = await problem(uri, 'setting-unknown');
    assert.equal(document.getText(unknown.range), '"mehtod"');
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('has its memory estimated', async () => {
    const report = await vscode.commands.executeCommand<string>(
      'adapterLab.estimateMemory',
      await starter(),
    );
    for (const run of ['full', 'lora\u00a0r16', 'dora\u00a0r16']) {
      assert.ok(report.includes(`**${run}**`), `${run} is not in ${report}`);
    }
    assert.match(report, /Activations/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
});
