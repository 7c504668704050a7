// Slope diagnostics, in an editor tab or in the bottom panel.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type {
  SlopesPageEvents,
  SlopesPageMethods,
  SlopesPageState,
  UpdatesSubject,
} from '../../shared/pages/slopesPage';
import { isActive } from '../runModel';
import type { Services } from '../services';
import { diagnosisStore } from '../slopes/diagnose';
import { FollowedRuns } from '../slopes/followedRuns';
import { diagnosedSubject, subjectsOfRuns, updatesHandlers } from '../slopes/updates';
import {
  subjectOf,
  usualSubject,
  type DiagnosisSubject,
  type RunsSubject,
  type SlopesSubject,
} from '../slopes/subject';
import type { PageDefinition, PagePort, PageSession } from './page';

type Port = PagePort<SlopesPageEvents>;
type Session = PageSession<SlopesPageMethods>;

/** A selection that is moved along by keyboard is followed when it rests. */
const restMs = 120;

export const slopesPage: PageDefinition<SlopesSubject, SlopesPageMethods, SlopesPageEvents> = {
  kind: 'slopes',
  title: vscode.l10n.t('Slope Diagnostics'),
  icon: 'slopes',
  open: (given, port, services) => {
    if ('base' in given) return openDiagnosis(given, port, services);
    if ('folders' in given) return openRuns(given, port, services);
    return followSelection(port, services);
  },
};

function openDiagnosis(given: DiagnosisSubject, port: Port, services: Services): Session {
  port.setTitle(vscode.l10n.t('Slopes: {0}', basename(given.adapter)));
  const readState = () => port.events.snapshot(diagnosisStore(services).state(given));
  const subjects = (): UpdatesSubject[] => [diagnosedSubject(given)];
  const handlers = { readState, ...updatesHandlers(services, subjects) };
  return { handlers, dispose: () => undefined };
}

function openRuns(given: RunsSubject, port: Port, services: Services): Session {
  const { events } = port;
  const { store } = services;
  const runs = new FollowedRuns(given, store, events);
  const readState = async () => {
    const state = await runs.read();
    port.setTitle(titleOf(state));
    return events.snapshot(state);
  };
  return {
    handlers: {
      readState,
      ...updatesHandlers(services, () => subjectsOfRuns(given.folders, store)),
    },
    dispose: () => {
      runs.dispose();
    },
  };
}

function titleOf({ runs }: SlopesPageState): string {
  const [first] = runs;
  const isOne = runs.length === 1 && first !== undefined;
  const subject = isOne ? first.label : vscode.l10n.t('{0} runs', runs.length);
  return vscode.l10n.t('Slopes: {0}', subject);
}

function followSelection(port: Port, services: Services): Session {
  const { events } = port;
  const { store, tree } = services;
  let subject = selectedSubject({ store, tree });
  let runs = new FollowedRuns(subject, store, events);
  let rest: NodeJS.Timeout | undefined;
  const read = async (): Promise<SlopesPageState> => {
    const state = await runs.read();
    port.setTitle(state.runs.map(({ label }) => label).join(', '));
    return state;
  };
  const follow = async (): Promise<void> => {
    const next = selectedSubject({ store, tree });
    if (JSON.stringify(next) === JSON.stringify(subject)) return;
    runs.dispose();
    subject = next;
    const current = new FollowedRuns(subject, store, events);
    runs = current;
    const state = await read();
    if (runs === current) events.send('subjectChanged', state);
  };
  const followSoon = (): void => {
    clearTimeout(rest);
    rest = setTimeout(() => void follow(), restMs);
  };
  const listening = vscode.Disposable.from(
    tree.view.onDidChangeSelection(followSoon),
    // A run that is made while nothing is selected.
    store.onDidChange(followSoon),
  );
  return {
    handlers: {
      readState: async () => events.snapshot(await read()),
      ...updatesHandlers(services, () => subjectsOfRuns(subject.folders, store)),
    },
    dispose: () => {
      clearTimeout(rest);
      listening.dispose();
      runs.dispose();
    },
  };
}

function selectedSubject({ store, tree }: Pick<Services, 'store' | 'tree'>): RunsSubject {
  const selected = subjectOf(tree.selection);
  if (selected.folders.length > 0) return selected;
  return usualSubject(store.views, ({ status }) => isActive(status.state));
}
