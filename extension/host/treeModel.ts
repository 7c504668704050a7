// The tree of runs as data: groups, their runs, the runs' checkpoints. Free of VS Code.
import type { Translate } from '../shared/translate';
import type { CheckpointView } from './runDetails';
import { parseFilter, type RunFilter } from './runFilter';
import { groupIdOf, groupOf, type Grouping } from './runGroups';
import { isActive, type RunView } from './runModel';
import { compareKeys, sortKey, type Order, type RunFigures, type SortKey } from './runOrder';

export interface ExperimentNode {
  kind: 'experiment';
  id: string;
  name: string;
  file: string;
  runs: RunNode[];
}

/** Runs of one method or one state. */
export interface GroupNode {
  kind: 'group';
  id: string;
  name: string;
  icon: string;
  color?: string;
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

/** Stands for the runs that are not shown yet: a window draws all lines that it is given. */
export interface MoreNode {
  kind: 'more';
  id: string;
  hidden: number;
  /** Of the group; empty where runs stand by themselves. */
  group: string;
}

export type AnyGroupNode = ExperimentNode | GroupNode;
export type Node = AnyGroupNode | RunNode | CheckpointNode | MoreNode;

/** How the user wants to see the runs. */
export interface Arrangement {
  grouping: Grouping;
  order: Order;
  /** In the language of runFilter.ts. */
  filter: string;
}

export const usualArrangement: Arrangement = {
  grouping: 'experiment',
  order: 'newest',
  filter: '',
};

/** Runs of a group that are shown at first, and added on demand. */
const runsAPage = 200;

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

/** "2 running · 3 runs" */
export function groupDescription({ runs }: AnyGroupNode, t: Translate): string {
  const running = runs.filter(({ view }) => isActive(view.status.state)).length;
  const all = runs.length === 1 ? t('1 run') : t('{0} runs', runs.length);
  return running === 0 ? all : `${t('{0} running', running)} · ${all}`;
}

/** Where a run stands; the tree's outline changes when one of these does. */
interface Place {
  isShown: boolean;
  groupId: string;
  key: SortKey;
  /** Groups count those that run. */
  isActive: boolean;
}

interface Placed {
  node: RunNode;
  place: Place;
}

/** The tree as it is shown. A node stays the same object while its run exists: VS Code knows nodes by identity. */
export class RunTree {
  private arrangement = usualArrangement;
  private filter: RunFilter = parseFilter('');
  private figuresOf: (folder: string) => RunFigures | undefined = () => undefined;
  private readonly placed = new Map<string, Placed>();
  /** All that are shown, in their order. */
  private order: Placed[] = [];
  private groups: AnyGroupNode[] = [];
  private groupOfRun = new Map<RunNode, AnyGroupNode>();
  private readonly limits = new Map<string, number>();

  constructor(private readonly t: Translate) {}

  get shownCount(): number {
    return this.order.length;
  }

  get count(): number {
    return this.placed.size;
  }

  /** Another order or filter; `figuresOf` tells what an order by figures needs. */
  arrange(
    arrangement: Arrangement,
    figuresOf: (folder: string) => RunFigures | undefined = () => undefined,
  ): void {
    this.arrangement = arrangement;
    this.filter = parseFilter(arrangement.filter);
    this.figuresOf = figuresOf;
    for (const placed of this.placed.values()) placed.place = this.placeOf(placed.node.view);
    this.build();
  }

  /** All lines at the top. */
  top(): Node[] {
    if (this.arrangement.grouping !== 'none') return [...this.groups];
    return this.page(
      this.order.map(({ node }) => node),
      '',
    );
  }

  /** The lines of a group. */
  members(group: AnyGroupNode): Node[] {
    return this.page(group.runs, group.id);
  }

  showMore({ group }: MoreNode): void {
    this.limits.set(group, this.limitOf(group) + 5 * runsAPage);
  }

  find(folder: string): RunNode | undefined {
    return this.placed.get(folder)?.node;
  }

  /** As `find`, made visible however long its group is; undefined if the filter hides it. */
  uncover(folder: string): RunNode | undefined {
    const placed = this.placed.get(folder);
    if (placed?.place.isShown !== true) return undefined;
    const group = this.parentOf(placed.node);
    const siblings = group === undefined ? this.order.map(({ node }) => node) : group.runs;
    const id = group?.id ?? '';
    this.limits.set(id, Math.max(this.limitOf(id), siblings.indexOf(placed.node) + 1));
    return placed.node;
  }

  parentOf(node: RunNode): AnyGroupNode | undefined {
    return this.groupOfRun.get(node);
  }

  /**
   * Nodes to redraw; `undefined` where groups or their members changed, so that all of them must be. `changed`:
   * folders of the runs that may be others than before; all when left out.
   */
  update(
    views: { find: (folder: string) => RunView | undefined; views: readonly RunView[] },
    changed?: readonly string[],
  ): RunNode[] | undefined {
    const folders = changed ?? [
      ...views.views.map(({ folder }) => folder),
      ...[...this.placed.keys()].filter((folder) => views.find(folder) === undefined),
    ];
    const outcomes = folders.map((folder) => this.look(folder, views.find(folder)));
    if (!outcomes.includes('moved')) {
      return outcomes.filter((one) => one !== undefined && one !== 'moved');
    }
    this.build();
    return undefined;
  }

  /** The node to redraw; `moved` if the outline is another; undefined if all is as it was. */
  private look(folder: string, view: RunView | undefined): RunNode | 'moved' | undefined {
    const known = this.placed.get(folder);
    if (view === undefined) {
      this.placed.delete(folder);
      return known === undefined ? undefined : 'moved';
    }
    if (known?.node.view === view) return undefined;
    const place = this.placeOf(view);
    if (known === undefined) {
      const node: RunNode = { kind: 'run', id: `run:${folder}`, view };
      this.placed.set(folder, { node, place });
      return 'moved';
    }
    const { node, place: before } = known;
    node.view = view;
    known.place = place;
    const isSame =
      before.isShown === place.isShown &&
      before.groupId === place.groupId &&
      before.isActive === place.isActive &&
      compareKeys(before.key, place.key) === 0;
    if (!isSame) return 'moved';
    return place.isShown ? node : undefined;
  }

  private placeOf(view: RunView): Place {
    const { grouping, order } = this.arrangement;
    return {
      isShown: this.filter(view),
      groupId: groupIdOf(view, grouping),
      key: sortKey(view, order, this.figuresOf(view.folder)),
      isActive: isActive(view.status.state),
    };
  }

  private build(): void {
    // Those that stood in order still do: sorting again is quick.
    const before = new Set(this.order);
    const added = [...this.placed.values()].filter((one) => !before.has(one));
    const kept = this.order.filter((one) => this.placed.get(one.node.view.folder) === one);
    this.order = [...kept, ...added]
      .filter(({ place }) => place.isShown)
      .sort((a, b) => compareKeys(a.place.key, b.place.key));
    this.groupOfRun = new Map();
    const known = new Map(this.groups.map((group) => [group.id, group]));
    const ranks = new Map<AnyGroupNode, number>();
    const groups = new Map<string, AnyGroupNode>();
    for (const { node, place } of this.order) {
      if (place.groupId === '') continue;
      let group = groups.get(place.groupId);
      if (group === undefined) {
        group = this.openGroup(node.view, known, ranks);
        if (group === undefined) continue;
        groups.set(place.groupId, group);
      }
      group.runs.push(node);
      this.groupOfRun.set(node, group);
    }
    this.groups = [...groups.values()].sort((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0));
  }

  private openGroup(
    view: RunView,
    known: ReadonlyMap<string, AnyGroupNode>,
    ranks: Map<AnyGroupNode, number>,
  ): AnyGroupNode | undefined {
    const group = groupOf(view, this.arrangement.grouping, this.t);
    if (group === undefined) return undefined;
    const { id, name, rank, file, icon, color } = group;
    const node: AnyGroupNode =
      known.get(group.id) ??
      (file === undefined
        ? { kind: 'group', id, name, icon, ...(color !== undefined && { color }), runs: [] }
        : { kind: 'experiment', id, name, file, runs: [] });
    node.runs = [];
    ranks.set(node, rank);
    return node;
  }

  private page(runs: readonly RunNode[], group: string): Node[] {
    const limit = this.limitOf(group);
    if (runs.length <= limit) return [...runs];
    const hidden = runs.length - limit;
    return [...runs.slice(0, limit), { kind: 'more', id: `more:${group}`, hidden, group }];
  }

  private limitOf(group: string): number {
    return this.limits.get(group) ?? runsAPage;
  }
}
