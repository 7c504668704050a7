import { describe, expect, it } from 'vitest';
import {
  continuedSettings,
  draftNames,
  draftText,
  movedSettings,
  ownSettings,
  pathFrom,
  type DraftSettings,
} from '../../../extension/host/experimentDraft';
import { experimentSettings, type ExperimentSettings } from '../../../extension/shared/experiment';
import { parseExperiment } from '../../../extension/shared/experimentFile';
import { experimentJsonSchema } from '../../../extension/shared/experimentJsonSchema';
import type { SettingSchema } from '../../../extension/shared/settingRows';

const least = { name: 'x', model: 'models/tiny', data: { train: ['data/a.json'] } };
const sources = {
  defaults: experimentSettings.parse(least),
  schema: experimentJsonSchema() as SettingSchema,
};

const rich = {
  ...least,
  data: {
    train: ['data/a.json', '/abs/b.jsonl'],
    validation: 'data/v.json',
    columns: { instruction: 'question' },
    lossOn: 'answer',
  },
  method: 'lora',
  adapter: { rank: 8, alpha: 16, dropout: 0, rankPattern: { q_proj$: 4 }, layers: [0, 1] },
  training: { steps: 10, learningRate: 1e-4, warmupRatio: 0.1, seed: 3 },
  evaluation: { tasks: ['boolq'], data: 'data' },
  checkpoints: { every: 5 },
};

function settings(of: object): ExperimentSettings {
  return experimentSettings.parse(of);
}

function text(of: DraftSettings): string {
  return draftText(of, ['First line.', 'Second line.'], sources);
}

/** The settings that a draft means, as the command line reads them. */
function read(draft: string): ExperimentSettings {
  const [run] = parseExperiment(draft, '/w/new.experiment.json').runs;
  if (run === undefined) throw new Error('it makes no run');
  return run.settings;
}

describe('an experiment made of a run', () => {
  it.each([
    ['few settings', { ...least, method: 'dora' }],
    ['many settings', rich],
    ['full fine-tuning', { ...least, method: 'full', train: ['linears', 'norms'] }],
    ['chat records', { ...least, data: { train: ['a.json'], format: 'chat', template: 'chat' } }],
  ])('means the same: %s', (_, given) => {
    const original = settings(given);
    expect(read(text(ownSettings(original, 'copy')))).toEqual({ ...original, name: 'copy' });
  });

  it('writes only what differs from the defaults, and what everybody looks for', () => {
    const draft = text(ownSettings(settings({ ...least, training: { seed: 7 } }), 'copy'));
    const written = [...draft.matchAll(/^\s*"(\w+)":/gm)].map(([, name]) => name);
    expect(written).toEqual(['name', 'model', 'data', 'train', 'method', 'training', 'seed']);
  });

  it('says at the top what it is, and beside each setting what that is', () => {
    const draft = text(ownSettings(settings(rich), 'copy'));
    expect(draft.startsWith('// First line.\n// Second line.\n{\n')).toBe(true);
    expect(draft).toContain('"rank": 8, // Rank of the low-rank update.');
    for (const line of draft.split('\n')) expect(line.length).toBeLessThan(160);
  });

  it('leaves out the adapter of full fine-tuning, whose settings nobody reads', () => {
    const full = settings({ ...rich, method: 'full' });
    expect(text(ownSettings(full, 'copy'))).not.toContain('"adapter"');
  });
});

describe('an experiment that goes on from a checkpoint', () => {
  it('starts from the adapter and leaves its own settings to it', () => {
    const draft = text(continuedSettings(settings(rich), 'on', 'runs/1/checkpoints/step-000200'));
    const { adapter, training, method } = read(draft);
    expect(adapter.initialAdapter).toBe('runs/1/checkpoints/step-000200');
    expect([method, training.steps, adapter.dropout]).toEqual(['lora', 10, 0]);
    for (const name of ['rank', 'alpha', 'rankPattern', 'layers']) {
      expect(draft).not.toContain(`"${name}"`);
    }
  });

  it('takes the checkpoint of full fine-tuning as its model', () => {
    const full = settings({ ...least, method: 'full' });
    expect(read(text(continuedSettings(full, 'on', 'runs/1/c'))).model).toBe('runs/1/c');
  });
});

describe('paths', () => {
  it('mean the same files from another folder', () => {
    const moved = movedSettings(settings(rich), '/w/experiments', '/w/other');
    expect(moved.model).toBe('../experiments/models/tiny');
    expect(moved.data.train).toEqual(['../experiments/data/a.json', '/abs/b.jsonl']);
    expect(moved.data.validation).toBe('../experiments/data/v.json');
    expect(moved.evaluation.data).toBe('../experiments/data');
  });

  it('stay as the user wrote them in the same folder', () => {
    const original = settings({ ...rich, model: './models//tiny' });
    expect(movedSettings(original, '/w', '/w')).toEqual(original);
  });

  it('are relative to the new file', () => {
    expect(pathFrom('/w/e', '/w/e/runs/1/c')).toBe('runs/1/c');
    expect(pathFrom('/w/e', '/w/runs/1/c')).toBe('../runs/1/c');
    expect(pathFrom('/w/e', '/w/e')).toBe('.');
  });
});

it('tries other names until one is free', () => {
  const names = draftNames('a');
  expect([names.next().value, names.next().value, names.next().value]).toEqual(['a', 'a-2', 'a-3']);
});
