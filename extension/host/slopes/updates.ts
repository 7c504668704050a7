// What the page of slopes asks about updates: which adapters there are, what is known of them, and to have it measured.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { l10n, workspace } from 'vscode';
import { readJsonIfWhole, writeAtomically } from '../../runs/atomicFile';
import { listCheckpoints } from '../../runs/checkpoints';
import type {
  KeptUpdates,
  SlopesPageMethods,
  UpdatesRequest,
  UpdatesSubject,
} from '../../shared/pages/slopesPage';
import type { UpdatesMeasurement } from '../../shared/updates';
import { cancellableWork } from '../cancellableWork';
import type { OwnHandlers } from '../pages/page';
import { runTitle } from '../runModel';
import type { RunStore } from '../runStore';
import type { Services } from '../services';
import { runMeasurement } from './runMeasurement';
import type { DiagnosisSubject } from './subject';

type Handlers = Omit<OwnHandlers<SlopesPageMethods>, 'readState'>;

/** Changes when updates are measured otherwise. */
const format = 1;

export function updatesHandlers(services: Services, subjects: () => UpdatesSubject[]): Handlers {
  return {
    readSubjects: () => Promise.resolve(subjects()),
    chooseSubject: async (base) => {
      const { chooseAdapter } = await import('../commands/slopes');
      const folder = await chooseAdapter();
      return folder === undefined ? null : { folder, base, label: basename(folder) };
    },
    readUpdates: (request) => Promise.resolve(readKept(fileOf(services, request))),
    measureUpdates: async (request) => {
      if (!workspace.isTrusted) {
        throw new Error(l10n.t('Measuring an adapter needs a trusted workspace.'));
      }
      const title = l10n.t('Measuring {0}', request.folders.map((one) => basename(one)).join(', '));
      const measured = await cancellableWork(title, ({ signal }) =>
        measure(services, request, signal),
      );
      return measured === undefined ? null : keep(fileOf(services, request), measured);
    },
  };
}

export function diagnosedSubject({ base, adapter }: DiagnosisSubject): UpdatesSubject {
  return { folder: adapter, base, label: basename(adapter) };
}

/**
 * The last checkpoint of each run, then earlier ones; full fine-tuning, which has no low-rank update, behind the others.
 * Runs whose model is not on this machine have none.
 */
export function subjectsOfRuns(folders: readonly string[], store: RunStore): UpdatesSubject[] {
  const isFull = (folder: string): boolean => store.find(folder)?.run.settings.method === 'full';
  const sorted = [...folders].sort((a, b) => Number(isFull(a)) - Number(isFull(b)));
  const ofRuns = sorted.map((folder): UpdatesSubject[] => {
    const view = store.find(folder);
    if (view === undefined) return [];
    const base = resolve(dirname(view.run.experimentFile), view.run.settings.model);
    if (!existsSync(base)) return [];
    return listCheckpoints(folder)
      .map(({ step, folder: path }) => ({
        ...{ folder: path, base },
        label: l10n.t('{0} · step {1}', runTitle(view), step),
      }))
      .reverse();
  });
  const latest = ofRuns.flatMap((all) => all.slice(0, 1));
  return [...latest, ...ofRuns.flatMap((all) => all.slice(1))];
}

function measure(
  services: Services,
  { base, folders }: UpdatesRequest,
  signal: AbortSignal,
): Promise<UpdatesMeasurement> {
  const [first = '', second] = folders;
  const against = second === undefined ? [] : ['--against', second];
  return runMeasurement(services, ['updates', base, first, ...against], signal);
}

/** With the workspace; where there is none, with the extension. */
function fileOf({ context }: Services, { base, folders }: UpdatesRequest): string {
  const { fsPath } = context.storageUri ?? context.globalStorageUri;
  const name = createHash('sha256')
    .update(JSON.stringify([format, base, ...folders]))
    .digest('hex');
  return join(fsPath, 'updates', `${name.slice(0, 32)}.json`);
}

function readKept(file: string): KeptUpdates | null {
  const kept = readJsonIfWhole(file) as Partial<KeptUpdates> | undefined;
  return kept?.measurement === undefined ? null : (kept as KeptUpdates);
}

function keep(file: string, measurement: UpdatesMeasurement): KeptUpdates {
  const kept = { measured: new Date().toISOString(), measurement };
  mkdirSync(dirname(file), { recursive: true });
  writeAtomically(file, JSON.stringify(kept));
  return kept;
}
