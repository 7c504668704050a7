// By what the sidebar groups runs, and which group a run belongs to. Free of VS Code.
import { runStates } from '../shared/runStates';
import type { Translate } from '../shared/translate';
import { knownMethods, methodName, runIcon, stateText, type RunView } from './runModel';

export const groupings = ['experiment', 'method', 'state', 'none'] as const;
export type Grouping = (typeof groupings)[number];

export interface RunGroup {
  /** Of the experiment file where there is one: two experiments may have one name. */
  id: string;
  name: string;
  /** Codicon, and the theme colour of a state. */
  icon: string;
  color?: string;
  /** Of the experiment. */
  file?: string;
  /** Groups stand in this order; those of one rank as their first runs do. */
  rank: number;
}

export function groupIdOf({ run, status }: RunView, grouping: Grouping): string {
  switch (grouping) {
    case 'experiment':
      return `experiment:${run.experimentFile}:${run.experiment}`;
    case 'method':
      return `method:${run.settings.method}`;
    case 'state':
      return `state:${status.state}`;
    case 'none':
      return '';
  }
}

/** Undefined where runs stand by themselves. */
export function groupOf(view: RunView, grouping: Grouping, t: Translate): RunGroup | undefined {
  const { run, status } = view;
  const id = groupIdOf(view, grouping);
  switch (grouping) {
    case 'experiment':
      return { id, name: run.experiment, icon: 'beaker', file: run.experimentFile, rank: 0 };
    case 'method': {
      const { method } = run.settings;
      return { id, name: methodName(method), icon: 'layers', rank: knownMethods.indexOf(method) };
    }
    case 'state': {
      const { state } = status;
      const rank = runStates.indexOf(state);
      const { icon, color } = runIcon(state);
      return { id, name: stateText(state, t), icon, color, rank };
    }
    case 'none':
      return undefined;
  }
}
