import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { listTrash } from '../../../extension/runs/trash';
import { services } from './session';

function run<T>(command: string, ...given: unknown[]): Thenable<T> {
  return vscode.commands.executeCommand<T>(`adapterLab.${command}`, ...given);
}

/** A LoRA run that has ended, with checkpoints. */
async function ended(): Promise<string> {
  const { store } = await services();
  const view = store.views.find(
    ({ status, run: { settings } }) => status.state === 'done' && settings.method === 'lora',
  );
  assert.ok(view, 'no LoRA run is done');
  return view.folder;
}

/** Says yes to the next questions, or picks everything that is offered. */
async function agreeing<T>(action: () => Thenable<T>): Promise<T> {
  const { showWarningMessage, showQuickPick } = vscode.window;
  Object.assign(vscode.window, {
    showWarningMessage: (_text: string, _options: unknown, yes: string) => Promise.resolve(yes),
    showQuickPick: (items: unknown) => Promise.resolve(items),
  });
  try {
    return await action();
  } finally {
    Object.assign(vscode.window, { showWarningMessage, showQuickPick });
  }
}

async function settingsOf(file: vscode.Uri): Promise<string> {
  assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, file.fsPath);
  const { programs } = await services();
  const { code, stdout, stderr } = await programs.run(['inspect', file.fsPath, '--json']);
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stdout, /"severity": ?"error"/);
  return (await vscode.workspace.openTextDocument(file)).getText();
}

describe('Files of a run', () => {
  it('become an experiment again, which the command line accepts', async () => {
    const folder = await ended();
    const first = await run<vscode.Uri>('duplicateAsExperiment', folder);
    assert.match(await settingsOf(first), /"method": "lora"/);
    const second = await run<vscode.Uri>('duplicateAsExperiment', folder);
    assert.notEqual(second.fsPath, first.fsPath);
    const continued = await run<vscode.Uri>('continueFromHere', folder);
    assert.match(await settingsOf(continued), /"initialAdapter": ".*checkpoints\/step-\d+"/);
  });

  it('are exported without the state of the trainer, and merged', async () => {
    const { store } = await services();
    const folder = await ended();
    const { checkpoints } = await store.details(folder);
    const checkpoint = checkpoints.at(-1)?.folder;
    const out = join(dirname(dirname(folder)), 'exported');
    assert.equal(await run('exportAdapter', checkpoint, { out }), out);
    const files = ['README.md', 'adapter_config.json', 'adapter_model.safetensors'];
    assert.deepEqual(readdirSync(out).sort(), files);
    assert.match(readFileSync(join(out, 'README.md'), 'utf8'), /library_name: peft/);
    const gguf = join(dirname(dirname(folder)), 'adapter.gguf');
    const wanted = { out: gguf, format: 'gguf-lora' };
    assert.equal(await run('exportAdapter', checkpoint, wanted), gguf);
    assert.equal(readFileSync(gguf).toString('latin1', 0, 4), 'GGUF');
    const merged = join(dirname(dirname(folder)), 'merged');
    assert.equal(await run('mergeAdapter', checkpoint, { out: merged }), merged);
    assert.ok(existsSync(join(merged, 'model.safetensors')));
  });

  it('go to the trash and come back, until it is emptied', async () => {
    const { store } = await services();
    const folder = await ended();
    await agreeing(() => run('moveToTrash', folder));
    assert.equal(store.find(folder), undefined);
    assert.equal(existsSync(folder), false);
    await run('undoMoveToTrash');
    assert.ok(store.find(folder));
    const copy = store.views.find(({ status }) => status.state === 'stopped')?.folder ?? '';
    await agreeing(() => run('moveToTrash', copy));
    await agreeing(() => run('restoreFromTrash'));
    assert.ok(store.find(copy));
    await agreeing(() => run('emptyTrash'));
    assert.deepEqual(listTrash(dirname(folder)), []);
    assert.ok(existsSync(folder));
  });
});
