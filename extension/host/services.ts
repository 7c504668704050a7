// What commands and views work with: made once by activate(), handed to whoever needs it.
import type * as vscode from 'vscode';
import type { EditorRegistration } from './editor/registerEditor';
import type { ExperimentsTree } from './experimentsView/experimentsTree';
import type { JudgedDocuments } from './judge/registerJudgedDocuments';
import type { ModelsTree } from './models/modelsTree';
import type { Pages } from './pages/pages';
import type { Programs } from './programs';
import type { QueueStore } from './queue/queueStore';
import type { QueueTree } from './queue/queueTree';
import type { RunStore } from './runStore';
import type { RunsTree } from './runsTree';
import type { TrashHistory } from './trashHistory';

export interface Services {
  context: vscode.ExtensionContext;
  store: RunStore;
  tree: RunsTree;
  /** To undo a move to the trash. */
  trash: TrashHistory;
  /** Of this machine. */
  queue: QueueStore;
  queueTree: QueueTree;
  experiments: ExperimentsTree;
  models: ModelsTree;
  programs: Programs;
  pages: Pages;
  editor: EditorRegistration;
  /** Documents of judged answers. */
  judged: JudgedDocuments;
  output: vscode.LogOutputChannel;
  /** Commands that were called in this window. */
  executed: Set<string>;
  /** Looks again for experiment files and the folders of their runs. */
  discover: () => Promise<void>;
}
