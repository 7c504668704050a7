// Ticks the walkthrough's step "Watch your first run finish". VS Code ticks it when its key becomes true after it has
// read the walkthrough, which it does when one is first opened; a key that is true by then never does. So the key is
// true for a moment only: when a run finishes, and when a page like the walkthrough opens.
import * as vscode from 'vscode';
import type { RunStore } from './runStore';

const key = 'adapterLab.hasFinishedRun';
/** In which VS Code has read the walkthrough that it opens. */
const readMs = 1000;

export function registerWalkthroughProgress(store: RunStore): vscode.Disposable {
  let finished = 0;
  let timer: NodeJS.Timeout | undefined;
  const tickLater = () => {
    clearTimeout(timer);
    timer = finished === 0 ? undefined : setTimeout(() => void tick(), readMs);
  };
  const count = () => {
    const now = store.views.filter(({ status }) => status.state === 'done').length;
    if (now === finished) return;
    finished = now;
    tickLater();
  };
  count();
  return vscode.Disposable.from(
    store.onDidChange(count),
    vscode.window.tabGroups.onDidChangeTabs(({ opened }) => {
      // The pages that VS Code itself draws have no input that an extension would know.
      if (opened.some(({ input }) => input === undefined)) tickLater();
    }),
    {
      dispose: () => {
        clearTimeout(timer);
      },
    },
  );
}

async function tick(): Promise<void> {
  await vscode.commands.executeCommand('setContext', key, true);
  await vscode.commands.executeCommand('setContext', key, false);
}
