// Every command of package.json, loaded when it is first called, with one way to tell that one failed.
import * as vscode from 'vscode';
import { loadJudging } from './judge/loadJudging';
import { loadPlayground } from './playground/loadPlayground';
import { groupings } from './runGroups';
import { orders } from './runOrder';
import type { Services } from './services';

type Handler = (services: Services, ...given: unknown[]) => Promise<unknown>;
type Loader = () => Promise<Handler>;

const handlers: Record<string, Loader> = {
  ...from(() => import('./commands/createStarter'), ['createStarter']),
  ...from(() => import('./commands/train'), ['train', 'queue']),
  ...from(
    () => import('./commands/queue'),
    [
      'pauseQueue',
      'resumeQueue',
      'startNow',
      'moveToFront',
      'moveUp',
      'moveDown',
      'removeFromQueue',
    ],
  ),
  ...from(() => import('./commands/newExperiment'), ['newExperiment']),
  ...from(() => import('./commands/revealExperiment'), ['revealExperiment']),
  ...from(
    () => import('./commands/models'),
    ['addModelFolder', 'removeModel', 'revealModel', 'mergeIntoBase', 'copyModelPath'],
  ),
  ...from(() => import('./commands/control'), ['stop', 'resume']),
  ...from(
    () => import('./commands/openRun'),
    ['openRun', 'showLog', 'showProfile', 'revealRunFolder', 'openExperiment', 'openSelected'],
  ),
  ...from(() => import('./commands/compare'), ['compare']),
  ...from(() => import('./commands/showDevices'), ['showDevices']),
  ...from(() => import('./commands/evaluate'), ['evaluate', 'evaluateModel']),
  ...from(() => import('./commands/tasks'), ['tryTask', 'newTask']),
  ...from(() => import('./commands/openAccuracy'), ['openAccuracy']),
  ...from(() => import('./commands/openFigures'), ['openFigures']),
  ...from(() => import('./commands/newFromTemplate'), ['newFromTemplate']),
  ...from(loadJudging, ['judgeAnswers', 'showJudgedAnswers', 'forgetJudgeKeys']),
  ...from(() => import('./commands/openWalkthrough'), ['openWalkthrough']),
  ...from(
    () => import('./commands/arrangeRuns'),
    ['groupRuns', 'sortRuns', 'filterRuns', 'clearFilter', 'showMoreRuns'],
  ),
  ...from(
    () => import('./commands/markRuns'),
    [
      'starRun',
      'unstarRun',
      'editTags',
      'editNotes',
      'renameRun',
      'toggleComparison',
      'clearComparison',
      'copyRunId',
    ],
  ),
  ...from(
    () => import('./commands/deriveExperiment'),
    ['duplicateAsExperiment', 'continueFromHere'],
  ),
  ...from(() => import('./commands/importAdapter'), ['importAdapter']),
  ...from(
    () => import('./commands/exportAdapter'),
    ['exportAdapter', 'exportModel', 'mergeAdapter'],
  ),
  ...from(
    () => import('./commands/trashRuns'),
    ['moveToTrash', 'undoMoveToTrash', 'restoreFromTrash', 'emptyTrash'],
  ),
  ...from(() => import('./commands/slopes'), ['openSlopes', 'diagnose']),
  ...from(loadPlayground, ['openPlayground', 'tryInPlayground']),
  ...choices('groupBy', groupings, async () => (await import('./commands/arrangeRuns')).groupRuns),
  ...choices('sortBy', orders, async () => (await import('./commands/arrangeRuns')).sortRuns),
  estimateMemory: () => Promise.resolve(estimateMemory),
  refresh: () => Promise.resolve(refresh),
};

/** Commands of a module, named as its functions. */
function from<Name extends string>(
  load: () => Promise<Record<NoInfer<Name>, Handler>>,
  names: readonly Name[],
): Record<string, Loader> {
  return Object.fromEntries(names.map((name) => [name, async () => (await load())[name]]));
}

/** A menu's entries: each choice, and the one that is in force with a tick before its name. */
function choices(prefix: string, values: readonly string[], load: Loader): Record<string, Loader> {
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
