// Work that a notification shows and that the user may end there.
import * as vscode from 'vscode';

export interface WorkInProgress {
  /** Aborted when the user ends the work. */
  signal: AbortSignal;
  /** `share`: of all the work that is done, from 0 to 1; `text` beside it. */
  report: (share: number, text: string) => void;
}

/** What the work gives; undefined if the user ended it. */
export async function cancellableWork<Result>(
  title: string,
  work: (inProgress: WorkInProgress) => Promise<Result>,
): Promise<Result | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    const controller = new AbortController();
    const listening = token.onCancellationRequested(() => {
      controller.abort();
    });
    let shown = { share: 0, message: '' };
    const report = (share: number, message: string): void => {
      const added = share - shown.share;
      if (added < 0.01 && message === shown.message) return;
      progress.report({ increment: 100 * added, message });
      shown = { share, message };
    };
    try {
      return await work({ signal: controller.signal, report });
    } catch (error) {
      if (controller.signal.aborted) return undefined;
      throw error;
    } finally {
      listening.dispose();
    }
  });
}
