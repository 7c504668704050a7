import { describe, expect, it } from 'vitest';
import {
  experimentLine,
  experimentNodes,
  fileName,
  type ExperimentEntry,
  type ExperimentFileNode,
} from '../../../extension/host/experimentsView/experimentModel';
import { newExperimentText } from '../../../extension/host/experimentsView/newExperiment';
import type { RunView } from '../../../extension/host/runModel';
import { parseExperiment } from '../../../extension/shared/experimentFile';
import { makeView, now, t } from './runView';

const file = '/w/boolq.experiment.json';
const good: ExperimentEntry = {
  file,
  outcome: { name: 'boolq', model: 'models/tiny', methods: ['lora', 'dora'], runs: 6 },
};
const places = {
  pathOf: (path: string) => path.replace('/w/', ''),
  runsOf: () => '/w/runs',
};

function nodeOf(entry: ExperimentEntry, views: RunView[] = []): ExperimentFileNode {
  const [node] = experimentNodes([entry], views, places);
  if (node === undefined) throw new Error('no node');
  return node;
}

function description(views: RunView[]): string {
  return experimentLine(nodeOf(good, views), now, t).description;
}

describe('the line of an experiment file', () => {
  it('tells what it makes and what it has', () => {
    expect(description([])).toBe('makes 6 runs · none yet');
    const heartbeat = '2026-03-01T11:55:00Z';
    const done = makeView({ id: '1', status: { state: 'done', heartbeat } });
    expect(description([done])).toBe('makes 6 runs · has 1 · 5 min ago');
    const queued = makeView({ id: '2', status: { state: 'queued' } });
    expect(description([done, queued, makeView({ id: '3' })])).toBe(
      'makes 6 runs · has 3 · 1 running · 1 waits',
    );
  });

  it('names the file where the experiment is called otherwise', () => {
    const outcome = { ...good.outcome, name: 'sweep' };
    const line = experimentLine(nodeOf({ file, outcome }), now, t);
    expect(line.label).toBe('sweep');
    expect(line.description).toBe('boolq · makes 6 runs · none yet');
    expect(line.spoken).toBe('sweep, boolq · makes 6 runs · none yet');
  });

  it('of a broken one says why, and where', () => {
    const problem = `${file}, line 7: there is no setting "rnak".`;
    const line = experimentLine(nodeOf({ file, outcome: { problem, line: 7 } }), now, t);
    expect(line).toMatchObject({
      label: 'boolq',
      description: 'line 7: there is no setting "rnak"',
      spoken: 'boolq, cannot be trained: line 7: there is no setting "rnak"',
      icon: 'warning',
      context: 'experimentFile broken',
      tooltip: problem,
    });
  });

  it('counts runs that were moved with their folder once, and those of others not at all', () => {
    const here = makeView({ id: '1' });
    const moved = makeView({ id: '2' });
    moved.run.experimentFile = '/elsewhere/boolq.experiment.json';
    const other = makeView({ id: '3' });
    other.run.experimentFile = '/w/other.experiment.json';
    expect(nodeOf(good, [here, moved, other]).activity.runs).toBe(2);
  });
});

it('files of a folder stand together', () => {
  const entries = ['/w/b/x', '/w/a/z', '/w/a/y'].map((path) => ({
    ...good,
    file: `${path}.experiment.json`,
  }));
  const paths = experimentNodes(entries, [], places).map(({ path }) => fileName(path));
  expect(paths).toEqual(['y', 'z', 'x']);
});

describe('a new experiment', () => {
  it('is one that can be trained, and takes a grid once its slashes are gone', () => {
    const text = newExperimentText({ name: 'mine', model: '../m', data: 'data/train.json' });
    const { name, runs } = parseExperiment(text, 'mine.experiment.json');
    expect(name).toBe('mine');
    expect(runs).toHaveLength(1);
    expect(runs[0]?.settings).toMatchObject({ model: '../m', method: 'dora' });
    const sweep = text.replace('// "grid"', '"grid"');
    expect(parseExperiment(sweep, 'mine.experiment.json').runs).toHaveLength(5);
  });

  it('that continues an adapter leaves to it what it decides', () => {
    const text = newExperimentText({ name: 'on', model: 'm', data: 'd.json', adapter: '../"a"' });
    const [run] = parseExperiment(text, 'on.experiment.json').runs;
    expect(run?.settings.adapter.initialAdapter).toBe('../"a"');
    expect(run?.explicit.has('method')).toBe(false);
    expect(run?.explicit.has('adapter.rank')).toBe(false);
  });
});
