// Makes the queue of this machine and its view, and lets it go on in this window.
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Programs } from '../programs';
import type { RunStore } from '../runStore';
import type { Services } from '../services';
import { affectsParallelRuns, parallelRuns } from '../settings';
import { QueueStore } from './queueStore';
import { QueueTree } from './queueTree';

export interface QueueParts {
  context: vscode.ExtensionContext;
  store: RunStore;
  programs: Programs;
  output: vscode.LogOutputChannel;
}

/** Nothing is read before `openQueue`. */
export function makeQueue(parts: QueueParts, services: () => Services) {
  const queue = new QueueStore({
    // Homes are shared by the machines of a cluster, devices are not.
    directory: join(parts.context.globalStorageUri.fsPath, 'queue', hostname()),
    cliFile: parts.programs.cli,
    store: parts.store,
    mayDrive: () => vscode.workspace.isTrusted,
    onProblem: (sentence) => {
      parts.output.warn(sentence);
    },
  });
  const queueTree = new QueueTree(queue, async (drop) => {
    try {
      const { dropOnQueue } = await import('../commands/queue');
      await dropOnQueue(services(), drop);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      void vscode.window.showErrorMessage(message);
    }
  });
  return { queue, queueTree };
}

/** Starts what waits if nobody does, and hands the limit on to whoever drives. */
export async function openQueue({ queue }: Services): Promise<void> {
  await queue.open();
  if (queue.content.parallel !== parallelRuns()) await setLimit(queue);
}

export function onQueueSettings({ queue, output }: Services): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (affectsParallelRuns(change)) {
        setLimit(queue).catch((error: unknown) => {
          output.error(String(error));
        });
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void queue.open()),
  );
}

function setLimit(queue: QueueStore): Promise<void> {
  return queue.change((before) => ({ ...before, parallel: parallelRuns() }));
}
