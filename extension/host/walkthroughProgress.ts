// Ticks the walkthrough's step "Watch your first run finish". VS Code ticks it when one of its keys becomes true after it
// has read the walkthrough, which it does when one is first opened; a key that is true just then never does. So a key is
// true for a moment only, one after the other: when a run finishes, and when a page like the walkthrough opens.
import * as vscode from 'vscode';
import type { RunStore } from './runStore';

/** In the manifest: the step's completion events. */
const keys = ['adapterLab.hasFinishedRun', 'adapterLab.hasFinishedRunStill'] as const;
/** When a key becomes true. In the first VS Code has read the walkthrough that it opens, unless the machine is busy. */
const moments = [
  { afterMs: 1000, key: keys[0] },
  { afterMs: 2500, key: keys[1] },
  { afterMs: 6000, key: keys[0] },
];

export function registerWalkthroughProgress(store: RunStore): vscode.Disposable {
  let finished = 0;
  let timers: NodeJS.Timeout[] = [];
  const stop = () => {
    timers.forEach(clearTimeout);
  };
  const tickLater = () => {
    stop();
    if (finished === 0) return;
    timers = moments.map(({ afterMs, key }) => setTimeout(() => void tick(key), afterMs));
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
    { dispose: stop },
  );
}

async function tick(key: string): Promise<void> {
  await vscode.commands.executeCommand('setContext', key, true);
  await vscode.commands.executeCommand('setContext', key, false);
}
