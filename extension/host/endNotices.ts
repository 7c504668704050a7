// The extension's only notifications of its own accord: one when runs end or fail, with what to do next. What
// was at work is remembered, so that a failure while the window was closed is told at the next start.
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { NoticeBoard, isAtWork, settleMs } from './noticeBoard';
import { actionTitle, noticeOf, type Notice } from './noticeText';
import type { RunStore } from './runStore';
import { noticesWanted } from './settings';

const rememberedAs = 'atWork';

export function registerEndNotices(store: RunStore, memory: vscode.Memento): { dispose(): void } {
  const earlier = memory.get<string[]>(rememberedAs, []).filter((folder) => existsSync(folder));
  const board = new NoticeBoard(new Set(earlier));
  let remembered = earlier.join('\n');
  let timer: NodeJS.Timeout | undefined;
  const remember = () => {
    const atWork = store.views.filter(({ status }) => isAtWork(status.state));
    // Those of folders that are not read yet stay.
    const unseen = earlier.filter((folder) => store.find(folder) === undefined);
    const folders = [...new Set([...unseen, ...atWork.map(({ folder }) => folder)])];
    if (folders.join('\n') === remembered) return;
    remembered = folders.join('\n');
    void memory.update(rememberedAs, folders);
  };
  const look = () => {
    for (const ended of board.look(store.views, Date.now())) {
      // Not asked before something ended: settings that were just read take VS Code 30 ms.
      const wanted = noticesWanted();
      const notice = noticeOf(ended, vscode.l10n.t);
      const isWanted = wanted === 'all' || (wanted === 'failures' && notice?.isError === true);
      if (notice !== undefined && isWanted) void show(notice);
    }
    remember();
    clearTimeout(timer);
    // A queue that stands still changes nothing that would bring this up.
    if (board.isWaiting) timer = setTimeout(look, settleMs);
  };
  look();
  const listening = store.onDidChange(look);
  return {
    dispose: () => {
      clearTimeout(timer);
      listening.dispose();
    },
  };
}

async function show({ isError, text, actions, folders }: Notice): Promise<void> {
  const items = actions.map((action) => ({ title: actionTitle(action, vscode.l10n.t), action }));
  const chosen = isError
    ? await vscode.window.showErrorMessage(text, ...items)
    : await vscode.window.showInformationMessage(text, ...items);
  if (chosen !== undefined) {
    // As the tree calls its commands: the first, then all.
    await vscode.commands.executeCommand(`adapterLab.${chosen.action}`, folders[0], folders);
  }
}
