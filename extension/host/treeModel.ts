// The tree of runs as data: experiments, their runs, the runs' checkpoints. Free of VS Code.
import type { CheckpointView } from './runDetails';
import { isActive, type RunView } from './runModel';
import type { Translate } from './translate';

export interface ExperimentNode {
  kind: 'experiment';
  /** Of the experiment file: two experiments may have one name. */
  id: string;
  name: string;
  file: string;
  runs: RunNode[];
}

export interface RunNode {
  kind: 'run';
  id: string;
  view: RunView;
}

export interface CheckpointNode {
  kind: 'checkpoint';
  id: string;
  run: RunView;
  checkpoint: CheckpointView;
}

export type Node = ExperimentNode | RunNode | CheckpointNode;

/** Groups by experiment; the newest run first, and the experiment with the newest run first. */
export function groupRuns(views: readonly RunView[]): ExperimentNode[] {
  const newestFirst = [...views].sort((a, b) => compareText(orderOf(b), orderOf(a)));
  const groups = new Map<string, ExperimentNode>();
  for (const view of newestFirst) {
    const { experimentFile, experiment } = view.run;
    const id = `experiment:${experimentFile}:${experiment}`;
    const group = groups.get(id) ?? {
      kind: 'experiment',
      id,
      name: experiment,
      file: experimentFile,
      runs: [],
    };
    group.runs.push({ kind: 'run', id: runNodeId(view.folder), view });
    groups.set(id, group);
  }
  return [...groups.values()];
}

/** The latest checkpoint first. */
export function checkpointNodes(
  run: RunView,
  checkpoints: readonly CheckpointView[],
): CheckpointNode[] {
  return checkpoints
    .map((checkpoint) => ({
      kind: 'checkpoint' as const,
      id: `checkpoint:${run.folder}:${checkpoint.folder}`,
      run,
      checkpoint,
    }))
    .reverse();
}

/** "2 running, 3 runs" */
export function experimentDescription({ runs }: ExperimentNode, t: Translate): string {
  const running = runs.filter(({ view }) => isActive(view.status.state)).length;
  const all = runs.length === 1 ? t('1 run') : t('{0} runs', runs.length);
  return running === 0 ? all : `${t('{0} running', running)} · ${all}`;
}

/** The tree as it is shown. A node stays the same object while its run exists: VS Code knows nodes by identity. */
export class RunTree {
  private shown: ExperimentNode[] = [];
  private nodes = new Map<string, RunNode>();

  get groups(): readonly ExperimentNode[] {
    return this.shown;
  }

  find(folder: string): RunNode | undefined {
    return this.nodes.get(runNodeId(folder));
  }

  parentOf(node: RunNode): ExperimentNode | undefined {
    return this.shown.find(({ runs }) => runs.includes(node));
  }

  /** Nodes to redraw; `undefined` where groups or their members changed, so that all of them must be. */
  update(views: readonly RunView[]): RunNode[] | undefined {
    const next = groupRuns(views);
    const isSame = outline(next) === outline(this.shown);
    const changed: RunNode[] = [];
    for (const group of next) {
      group.runs = group.runs.map((fresh) => {
        const known = this.nodes.get(fresh.id);
        if (known === undefined) return fresh;
        if (known.view !== fresh.view) changed.push(known);
        known.view = fresh.view;
        return known;
      });
    }
    this.nodes = new Map(next.flatMap(({ runs }) => runs).map((node) => [node.id, node]));
    if (!isSame) this.shown = next;
    return isSame ? changed : undefined;
  }
}

function runNodeId(folder: string): string {
  return `run:${folder}`;
}

/** What the groups' own lines show. */
function outline(groups: readonly ExperimentNode[]): string {
  return JSON.stringify(
    groups.map(({ id, runs }) => [
      id,
      runs.map(({ id: run, view }) => [run, isActive(view.status.state)]),
    ]),
  );
}

function orderOf({ run }: RunView): string {
  return `${run.created} ${run.id}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
