// Every command of package.json, loaded when it is first called, with one way to tell that one failed.
import * as vscode from 'vscode';
import { groupings } from './runGroups';
import { orders } from './runOrder';
import type { Services } from './services';

type Handler = (services: Services, ...given: unknown[]) => Promise<unknown>;

const handlers: Record<string, () => Promise<Handler>> = {
  createStarter: async () => (await import('./commands/createStarter')).createStarter,
  train: async () => (await import('./commands/train')).train,
  queue: async () => (await import('./commands/train')).queue,
  pauseQueue: async () => (await import('./commands/queue')).pauseQueue,
  resumeQueue: async () => (await import('./commands/queue')).resumeQueue,
  startNow: async () => (await import('./commands/queue')).startNow,
  moveToFront: async () => (await import('./commands/queue')).moveToFront,
  moveUp: async () => (await import('./commands/queue')).moveUp,
  moveDown: async () => (await import('./commands/queue')).moveDown,
  removeFromQueue: async () => (await import('./commands/queue')).removeFromQueue,
  newExperiment: async () => (await import('./commands/newExperiment')).newExperiment,
  revealExperiment: async () => (await import('./commands/revealExperiment')).revealExperiment,
  addModelFolder: async () => (await import('./commands/models')).addModelFolder,
  removeModel: async () => (await import('./commands/models')).removeModel,
  revealModel: async () => (await import('./commands/models')).revealModel,
  mergeIntoBase: async () => (await import('./commands/models')).mergeIntoBase,
  copyModelPath: async () => (await import('./commands/models')).copyModelPath,
  stop: async () => (await import('./commands/control')).stop,
  resume: async () => (await import('./commands/control')).resume,
  openRun: async () => (await import('./commands/openRun')).openRun,
  compare: async () => (await import('./commands/compare')).compare,
  showDevices: async () => (await import('./commands/showDevices')).showDevices,
  showLog: async () => (await import('./commands/openRun')).showLog,
  revealRunFolder: async () => (await import('./commands/openRun')).revealRunFolder,
  estimateMemory: () => Promise.resolve(estimateMemory),
  openExperiment: async () => (await import('./commands/openRun')).openExperiment,
  evaluate: async () => (await import('./commands/evaluate')).evaluate,
  evaluateModel: async () => (await import('./commands/evaluate')).evaluateModel,
  openAccuracy: async () => (await import('./commands/openAccuracy')).openAccuracy,
  openWalkthrough: async () => (await import('./commands/openWalkthrough')).openWalkthrough,
  refresh: () => Promise.resolve(refresh),
  groupRuns: async () => (await import('./commands/arrangeRuns')).groupRuns,
  sortRuns: async () => (await import('./commands/arrangeRuns')).sortRuns,
  filterRuns: async () => (await import('./commands/arrangeRuns')).filterRuns,
  clearFilter: async () => (await import('./commands/arrangeRuns')).clearFilter,
  showMoreRuns: async () => (await import('./commands/arrangeRuns')).showMoreRuns,
  ...choices('groupBy', groupings, async () => (await import('./commands/arrangeRuns')).groupRuns),
  ...choices('sortBy', orders, async () => (await import('./commands/arrangeRuns')).sortRuns),
  openSelected: async () => (await import('./commands/openRun')).openSelected,
  starRun: async () => (await import('./commands/markRuns')).starRun,
  unstarRun: async () => (await import('./commands/markRuns')).unstarRun,
  editTags: async () => (await import('./commands/markRuns')).editTags,
  editNotes: async () => (await import('./commands/markRuns')).editNotes,
  renameRun: async () => (await import('./commands/markRuns')).renameRun,
  toggleComparison: async () => (await import('./commands/markRuns')).toggleComparison,
  clearComparison: async () => (await import('./commands/markRuns')).clearComparison,
  copyRunId: async () => (await import('./commands/markRuns')).copyRunId,
  duplicateAsExperiment: async () =>
    (await import('./commands/deriveExperiment')).duplicateAsExperiment,
  continueFromHere: async () => (await import('./commands/deriveExperiment')).continueFromHere,
  exportAdapter: async () => (await import('./commands/exportAdapter')).exportAdapter,
  mergeAdapter: async () => (await import('./commands/exportAdapter')).mergeAdapter,
  moveToTrash: async () => (await import('./commands/trashRuns')).moveToTrash,
  undoMoveToTrash: async () => (await import('./commands/trashRuns')).undoMoveToTrash,
  restoreFromTrash: async () => (await import('./commands/trashRuns')).restoreFromTrash,
  emptyTrash: async () => (await import('./commands/trashRuns')).emptyTrash,
  openSlopes: async () => (await import('./commands/slopes')).openSlopes,
  diagnose: async () => (await import('./commands/slopes')).diagnose,
};

/** A menu's entries: each choice, and the one that is in force with a tick before its name. */
function choices(
  prefix: string,
  values: readonly string[],
  load: () => Promise<Handler>,
): typeof handlers {
  const loadFor = (value: string) => async (): Promise<Handler> => {
    const choose = await load();
    return (services) => choose(services, value);
  };
  return Object.fromEntries(
    values.flatMap((value) => {
      const name = `${prefix}${value.charAt(0).toUpperCase()}${value.slice(1)}`;
      return [name, `${name}Chosen`].map((one) => [one, loadFor(value)]);
    }),
  );
}

async function estimateMemory({ editor }: Services, given: unknown): Promise<unknown> {
  return (await editor.editor()).showMemory(given);
}

async function refresh({ discover, store, models }: Services): Promise<void> {
  await discover();
  await store.refresh();
  models.refresh();
}

export function registerCommands(services: Services): vscode.Disposable {
  const registered = Object.entries(handlers).map(([name, load]) =>
    vscode.commands.registerCommand(`adapterLab.${name}`, async (...given: unknown[]) => {
      services.executed.add(`adapterLab.${name}`);
      try {
        const handler = await load();
        return await handler(services, ...given);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        services.output.error(error instanceof Error ? (error.stack ?? message) : message);
        void showFailure(services, message);
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}

async function showFailure({ output }: Services, message: string): Promise<void> {
  const show = vscode.l10n.t('Show Output');
  if ((await vscode.window.showErrorMessage(message, show)) === show) output.show();
}
