// The extension: makes the services, registers what package.json names, and returns. Nothing is read, started
// or computed before it is needed.
import * as vscode from 'vscode';
import { EditorRegistration } from './host/editor/registerEditor';
import { registerEndNotices } from './host/endNotices';
import { findExperiments, onExperimentsChanged, runsDirectories } from './host/experiments';
import { JudgedDocuments } from './host/judge/registerJudgedDocuments';
import { registerLanguageTools } from './host/languageTools/registerLanguageTools';
import { ExperimentsTree } from './host/experimentsView/experimentsTree';
import { ModelsTree } from './host/models/modelsTree';
import { Pages } from './host/pages/pages';
import { Programs } from './host/programs';
import { makeQueue, onQueueSettings, openQueue } from './host/queue/registerQueue';
import { registerCommands } from './host/registerCommands';
import { RunStore } from './host/runStore';
import { RunsTree } from './host/runsTree';
import type { Services } from './host/services';
import { registerAdapterFolders } from './host/slopes/registerAdapterFolders';
import { handOnCublasLt } from './host/settings';
import { registerSlopePanel } from './host/slopes/slopePanel';
import { registerStatusBar } from './host/statusBar';
import { TrashHistory } from './host/trashHistory';
import { registerWalkthroughProgress } from './host/walkthroughProgress';

export function activate(context: vscode.ExtensionContext): Services {
  const output = vscode.window.createOutputChannel('Adapter Lab', { log: true });
  const store = new RunStore((sentence) => {
    output.warn(sentence);
  });
  const tree = new RunsTree(store, context.workspaceState);
  const trash = new TrashHistory(context.workspaceState);
  const programs = new Programs(context.extensionPath);
  const parts = { context, store, programs, output };
  const { queue, queueTree } = makeQueue(parts, () => services);
  const experiments = new ExperimentsTree(store, programs, output);
  const models = new ModelsTree(context.globalState, programs, output);
  const discover = async () => {
    await store.watch(runsDirectories(await findExperiments()));
  };
  const pages: Pages = new Pages(() => services);
  const editor: EditorRegistration = new EditorRegistration(() => services);
  const judged = new JudgedDocuments();
  const services: Services = {
    ...{ context, store, tree, trash, queue, queueTree, experiments, models, programs },
    ...{ pages, editor, judged, output },
    executed: new Set(),
    discover,
  };
  const discoverLater = () => {
    discover().catch((error: unknown) => {
      output.error(String(error));
    });
  };
  context.subscriptions.push(
    output,
    store,
    tree,
    queue,
    queueTree,
    experiments,
    models,
    pages,
    editor,
    judged,
    registerStatusBar(store),
    registerEndNotices(store, context.workspaceState),
    registerWalkthroughProgress(store),
    registerCommands(services),
    registerLanguageTools(services),
    registerSlopePanel(services),
    registerAdapterFolders(),
    onExperimentsChanged(discoverLater),
    onQueueSettings(services),
    handOnCublasLt(),
  );
  discover()
    .then(() => openQueue(services))
    .catch((error: unknown) => {
      output.error(String(error));
    });
  return services;
}
