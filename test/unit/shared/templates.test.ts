// Every template is an experiment file that makes the runs it says, with the settings of its source.
import { describe, expect, it } from 'vitest';
import { parseExperiment } from '../../../extension/shared/experimentFile';
import {
  templateIds,
  usualPlaces,
  type TemplateId,
} from '../../../extension/shared/templates/template';
import {
  templateLine,
  templates,
  templateTitle,
} from '../../../extension/shared/templates/templates';
import { untranslated } from '../../../extension/shared/translate';

const file = '/w/template.experiment.json';

function textOf(id: TemplateId): string {
  const template = templates.find((one) => one.id === id);
  if (template === undefined) throw new Error(id);
  return template.text(usualPlaces);
}

describe.each(templates)('the template $id', (template) => {
  const text = template.text(usualPlaces);

  it('makes the runs that it says', () => {
    const { runs, name } = parseExperiment(text, file);
    expect(name).toBe(template.name);
    expect(runs).toHaveLength(template.runs);
    expect(new Set(runs.map(({ settings }) => settings.method))).toEqual(new Set(template.methods));
  });

  it('explains itself in comments, with its source', () => {
    const comments = text.split('\n').filter((line) => line.includes('//'));
    expect(comments.length).toBeGreaterThanOrEqual(8);
    expect(text).toMatch(/arXiv 2402\.09353/);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(102);
  });

  it('takes the places that it is given', () => {
    const given = template.text({
      model: '../my "model"',
      data: 'my/tasks',
      trainingFile: (name) => `mine/${name}`,
    });
    expect(given).toContain('"model": "../my \\"model\\""');
    expect(given).toContain('"data": "my/tasks"');
    for (const name of template.trainingFiles) expect(given).toContain(`"mine/${name}"`);
    expect(given).not.toContain(usualPlaces.model);
  });

  it('has a title and a line', () => {
    expect(templateTitle(template.id, untranslated)).not.toBe('');
    expect(templateLine(template, untranslated)).toContain(`${template.runs} runs`);
  });
});

it('every template has its place in the list', () => {
  expect(templates.map(({ id }) => id)).toEqual([...templateIds]);
});

interface Point {
  method: string;
  rank: number;
  alpha: number;
  learningRate: number;
}

function points(id: TemplateId): Point[] {
  return parseExperiment(textOf(id), file).runs.map(
    ({ settings: { method, adapter, training } }) => ({
      ...{ method, rank: adapter.rank, alpha: adapter.alpha ?? 2 * adapter.rank },
      learningRate: training.learningRate,
    }),
  );
}

describe('settings of the sources', () => {
  it('of Table 8 and LLM-Adapters for LLaMA-7B', () => {
    const lora = { method: 'lora', rank: 32, alpha: 64, learningRate: 3e-4 };
    const dora = { method: 'dora', rank: 32, alpha: 64, learningRate: 1e-4 };
    expect(points('commonsense')).toEqual([lora, dora]);
    const half = { method: 'dora', rank: 16, alpha: 32, learningRate: 2e-4 };
    expect(points('half-rank')).toEqual([lora, half, dora]);
  });

  it('of the repository for each rank', () => {
    const rates = points('rank-sweep').map(({ method, rank, learningRate }) => [
      ...[method, rank, learningRate],
    ]);
    expect(rates).toEqual([
      ...[4, 8, 16, 32, 64].map((rank) => ['lora', rank, 3e-4]),
      ...[4, 8, 16, 32, 64].map((rank) => ['dora', rank, rank === 32 ? 1e-4 : 2e-4]),
    ]);
  });

  it('of the scripts in all commonsense runs', () => {
    for (const id of ['commonsense', 'rank-sweep', 'half-rank'] as const) {
      for (const { settings } of parseExperiment(textOf(id), file).runs) {
        const { training, adapter, data, evaluation } = settings;
        expect(training.batchSize * training.accumulation).toBe(16);
        expect(training).toMatchObject({ epochs: 3, warmupSteps: 100, schedule: 'linear' });
        expect(adapter.dropout).toBe(0.05);
        expect(adapter.targets).toEqual(['q_proj', 'k_proj', 'v_proj', 'up_proj', 'down_proj']);
        expect(data).toMatchObject({ maxLength: 256, validation: 120, lossOn: 'all' });
        expect(evaluation.tasks).toHaveLength(8);
      }
    }
  });

  it('of Table 6 in granularity, with half of the values in the third run', () => {
    const { runs } = parseExperiment(textOf('granularity'), file);
    const modules = runs.map(({ settings: { method, adapter } }) => [
      ...[method, adapter.targets.length, adapter.magnitudeOnly.length, adapter.rank],
    ]);
    expect(modules).toEqual([
      ['lora', 5, 0, 32],
      ['dora', 5, 0, 32],
      ['dora', 3, 4, 32],
    ]);
  });

  it('of Table 11 in low data', () => {
    const { runs } = parseExperiment(textOf('low-data'), file);
    for (const { settings } of runs) {
      const { training, adapter } = settings;
      expect(training).toMatchObject({ epochs: 1, learningRate: 4e-4, schedule: 'cosine' });
      expect(training.warmupRatio).toBe(0.1);
      expect(training.batchSize * training.accumulation).toBe(16);
      expect(adapter).toMatchObject({ rank: 64, dropout: 0 });
      expect(adapter.targets).toHaveLength(7);
    }
    const files = runs.map(({ settings }) => settings.data.train.join());
    expect(new Set(files).size).toBe(4);
  });
});
