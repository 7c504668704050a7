import { describe, expect, it } from 'vitest';
import type { RunView } from '../../../extension/host/runModel';
import type { RunFigures } from '../../../extension/host/runOrder';
import {
  groupDescription,
  RunTree,
  usualArrangement,
  type AnyGroupNode,
  type Arrangement,
  type Node,
} from '../../../extension/host/treeModel';
import { makeView, t } from './runView';

function sourceOf(views: readonly RunView[]) {
  return { views, find: (folder: string) => views.find((view) => view.folder === folder) };
}

function treeOf(views: readonly RunView[], arrangement: Partial<Arrangement> = {}): RunTree {
  const tree = new RunTree(t);
  tree.update(sourceOf(views));
  tree.arrange({ ...usualArrangement, ...arrangement });
  return tree;
}

function groupsOf(tree: RunTree): AnyGroupNode[] {
  return tree.top().filter((node) => node.kind === 'experiment' || node.kind === 'group');
}

function idsOf(nodes: readonly Node[]): string[] {
  return nodes.map((node) => (node.kind === 'run' ? node.view.run.id : node.kind));
}

/** "boolq: 3 1" a group. */
function outline(tree: RunTree): string[] {
  return groupsOf(tree).map((group) => `${group.name}: ${idsOf(group.runs).join(' ')}`);
}

const done = { state: 'done' as const };
const [a, b, c] = [
  makeView({ id: '1', method: 'lora', status: { ...done, loss: 0.3 } }),
  makeView({ id: '2', experiment: 'other', status: { loss: 0.1 } }),
  makeView({ id: '3', status: { ...done, loss: 0.2 } }),
];

describe('groups', () => {
  it('are experiments, the one with the newest run first', () => {
    expect(outline(treeOf([a, b, c]))).toEqual(['boolq: 3 1', 'other: 2']);
  });

  it('are methods in their own order, or states with those that run first', () => {
    expect(outline(treeOf([a, b, c], { grouping: 'method' }))).toEqual(['LoRA: 1', 'DoRA: 3 2']);
    expect(outline(treeOf([a, b, c], { grouping: 'state' }))).toEqual(['Running: 2', 'Done: 3 1']);
  });

  it('are not there when the user wants none', () => {
    expect(idsOf(treeOf([a, b, c], { grouping: 'none' }).top())).toEqual(['3', '2', '1']);
  });

  it('of two files that bear one name stay apart', () => {
    const copy = makeView({ id: '4' });
    const moved = { ...copy, run: { ...copy.run, experimentFile: '/elsewhere/boolq.json' } };
    expect(outline(treeOf([a, moved]))).toEqual(['boolq: 4', 'boolq: 1']);
  });

  it('count their runs and those that run', () => {
    const [first, second] = groupsOf(treeOf([a, b, c]));
    if (first === undefined || second === undefined) throw new Error('groups are missing');
    expect(groupDescription(first, t)).toBe('2 runs');
    expect(groupDescription(second, t)).toBe('1 running · 1 run');
  });
});

describe('the order', () => {
  const order = (arrangement: Partial<Arrangement>, views = [a, b, c]) =>
    idsOf(treeOf(views, { grouping: 'none', ...arrangement }).top());

  it('is by loss, the lowest first and the unknown last', () => {
    const unknown = makeView({ id: '4', status: { loss: null } });
    expect(order({ order: 'loss' }, [a, b, c, unknown])).toEqual(['2', '3', '1', '4']);
  });

  it('is by name, with numbers as numbers', () => {
    const ranks = [8, 32, 4].map((rank, index) =>
      makeView({ id: String(index + 1), settings: { adapter: { rank } } }),
    );
    expect(order({ order: 'name' }, ranks)).toEqual(['3', '1', '2']);
  });

  it('has the starred ones first, whatever else it is', () => {
    const starred = makeView({ id: '0', status: { loss: 9 }, tags: { star: true } });
    for (const one of ['newest', 'name', 'loss'] as const) {
      expect(order({ order: one }, [a, b, c, starred])[0]).toBe('0');
    }
  });

  it('is by what the events say, once that was read', () => {
    const tree = treeOf([a, b, c]);
    const figures: Record<string, RunFigures> = {
      [a.folder]: { accuracy: 0.8, slope: 0.4, seconds: 60 },
      [c.folder]: { accuracy: 0.9, slope: -0.6, seconds: 600 },
    };
    const by = (one: Arrangement['order']): string[] => {
      const arrangement = { ...usualArrangement, grouping: 'none', order: one } as const;
      tree.arrange(arrangement, (folder) => figures[folder]);
      return idsOf(tree.top());
    };
    expect(by('accuracy')).toEqual(['3', '1', '2']);
    expect(by('slope')).toEqual(['3', '1', '2']);
    expect(by('duration')).toEqual(['1', '3', '2']);
  });
});

describe('a filter', () => {
  it('leaves what it finds, and groups without a run go', () => {
    const tree = treeOf([a, b, c], { filter: 'loss<0.25 state:done' });
    expect(outline(tree)).toEqual(['boolq: 3']);
    expect([tree.shownCount, tree.count]).toEqual([1, 3]);
  });

  it('follows runs that change', () => {
    const tree = treeOf([a, b], { filter: 'is:active' });
    expect(outline(tree)).toEqual(['other: 2']);
    const ended = { ...b, status: { ...b.status, ...done } };
    expect(tree.update(sourceOf([a, ended]), [b.folder])).toBeUndefined();
    expect(outline(tree)).toEqual([]);
  });
});

describe('the tree', () => {
  it('redraws only the runs that changed, and keeps their nodes', () => {
    const tree = treeOf([a, b, c]);
    const node = tree.find(b.folder);
    const changed = { ...b, status: { ...b.status, step: 41 } };
    expect(tree.update(sourceOf([a, changed, c]), [b.folder])).toEqual([node]);
    expect(tree.find(b.folder)).toBe(node);
    expect(node?.view.status.step).toBe(41);
  });

  it('looks at no other run when it is told which changed', () => {
    const tree = treeOf([a, b, c]);
    const other = { ...a, status: { ...a.status, step: 41 } };
    expect(tree.update(sourceOf([other, b, c]), [b.folder])).toEqual([]);
  });

  it('redraws all when a run comes, goes, ends or is starred', () => {
    const tree = treeOf([a, b]);
    expect(tree.update(sourceOf([a, b, c]), [c.folder])).toBeUndefined();
    expect(tree.update(sourceOf([a, b]))).toBeUndefined();
    const ended = { ...b, status: { ...b.status, ...done } };
    expect(tree.update(sourceOf([a, ended]))).toBeUndefined();
    expect(tree.update(sourceOf([a, ended]))).toEqual([]);
    const starred = { ...a, tags: { ...a.tags, star: true } };
    expect(tree.update(sourceOf([starred, ended]), [a.folder])).toBeUndefined();
  });

  it('shows a part of many runs, more on demand, and the one that is asked for', () => {
    const many = Array.from({ length: 1500 }, (_, index) => {
      const view = makeView({ id: '1' });
      const id = String(index).padStart(4, '0');
      return { ...view, folder: `/w/runs/${id}`, run: { ...view.run, id } };
    });
    const tree = treeOf(many);
    const [group] = groupsOf(tree);
    if (group === undefined) throw new Error('no group');
    const first = tree.members(group);
    const more = first.at(-1);
    if (more?.kind !== 'more') throw new Error('nothing stands for the others');
    expect([first.length, more.hidden]).toEqual([201, 1300]);
    tree.showMore(more);
    expect(tree.members(group)).toHaveLength(1201);
    // The newest stand first, so this one is the last but one.
    const last = tree.uncover('/w/runs/0001');
    expect(tree.members(group).indexOf(last as Node)).toBe(1498);
  });
});
