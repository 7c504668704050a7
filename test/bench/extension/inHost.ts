// Runs in a real extension host, in place of a test suite: times activation, and the tree of many runs when their
// experiment file appears. Prints one line of JSON.
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import * as vscode from 'vscode';
import type { Services } from '../../../extension/host/services';

export async function run(): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const extension = vscode.extensions.getExtension<Services>('adapter-lab.adapter-lab');
  if (extension === undefined) throw new Error('The extension is not there.');
  const wasActive = extension.isActive;
  const start = performance.now();
  const services = await extension.activate();
  const activationMs = wasActive ? null : performance.now() - start;
  const tree = existsSync(join(folder, 'hidden.txt')) ? await measureTree(services, folder) : {};
  console.log(`BENCH ${JSON.stringify({ activationMs, ...tree })}`);
}

async function measureTree({ discover, store }: Services, folder: string): Promise<object> {
  // What activation left to be done later is done by then.
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await new Promise((resolve) => setTimeout(resolve, 50));
  delay.reset();
  const start = performance.now();
  renameSync(join(folder, 'hidden.txt'), join(folder, 'many.experiment.json'));
  await discover();
  const treeMs = performance.now() - start;
  await new Promise((resolve) => setTimeout(resolve, 50));
  delay.disable();
  return { runs: store.views.length, treeMs, blockMs: delay.max / 1e6 };
}
