import { describe, expect, it } from 'vitest';
import { alphaOf } from '../../../extension/shared/experiment';
import { parseExperiment, parseOverride } from '../../../extension/shared/experimentFile';
import { experimentJsonSchema } from '../../../extension/shared/experimentJsonSchema';

const text = `{
  // a comment
  "name": "boolq",
  "model": "models/smollm2",
  "data": { "train": ["train.json"] },
  "training": {
    "steps": 20,
  },
  "grid": { "method": ["full", "lora", "dora"], "adapter.rank": [4, 8] }
}`;

function parse(from: string, to: string, overrides?: Record<string, unknown>) {
  expect(text).toContain(from);
  return parseExperiment(text.replace(from, to), 'a.experiment.json', overrides);
}

describe('an experiment file', () => {
  it('may hold comments and trailing commas, and fills defaults', () => {
    const { name, runs } = parseExperiment(text, 'a.experiment.json');
    expect(name).toBe('boolq');
    const settings = runs[0]?.settings;
    expect(settings?.data.maxLength).toBe(256);
    expect(settings?.training.clipNorm).toBe(1);
    expect(settings?.adapter.targets).toEqual([
      'q_proj',
      'k_proj',
      'v_proj',
      'up_proj',
      'down_proj',
    ]);
  });

  it('makes one run of each combination of the grid', () => {
    const { runs } = parseExperiment(text, 'a.experiment.json');
    expect(runs.map(({ settings }) => [settings.method, settings.adapter.rank])).toEqual([
      ['full', 32],
      ['lora', 4],
      ['lora', 8],
      ['dora', 4],
      ['dora', 8],
    ]);
    expect(runs[2]?.varied).toEqual({ method: 'lora', 'adapter.rank': 8 });
  });

  it('scales by twice the rank unless alpha is set', () => {
    const [, run] = parseExperiment(text, 'a.experiment.json').runs;
    expect(run && alphaOf(run.settings.adapter)).toBe(8);
    const [set] = parse('"name"', '"adapter": { "alpha": 3 }, "name"').runs;
    expect(set && alphaOf(set.settings.adapter)).toBe(3);
  });

  it('takes overrides of the command line, JSON or text', () => {
    const overrides = Object.fromEntries(
      ['training.learningRate=1e-3', 'name=other', 'adapter.targets=["q_proj"]'].map(parseOverride),
    );
    const { name, runs } = parseExperiment(text, 'a.experiment.json', overrides);
    expect(name).toBe('other');
    expect(runs[0]?.settings.training.learningRate).toBe(1e-3);
    expect(runs[0]?.settings.adapter.targets).toEqual(['q_proj']);
    expect(() => parseOverride('training.steps')).toThrow('key=value');
  });

  it('remembers what was set', () => {
    const { explicit } = parseExperiment(text, 'a.experiment.json').runs[1] ?? {};
    expect(explicit?.has('training.steps')).toBe(true);
    expect(explicit?.has('adapter.rank')).toBe(true);
    expect(explicit?.has('adapter.alpha')).toBe(false);
  });

  it.each([
    [
      '"steps"',
      '"stpes"',
      'line 7: there is no setting "training.stpes"; did you mean "training.steps"?',
    ],
    [
      '"name"',
      '"methud": "lora", "name"',
      'line 3: there is no setting "methud"; did you mean "method"?',
    ],
    [
      '"adapter.rank"',
      '"adapter.rnk"',
      'line 9: there is no setting "adapter.rnk"; did you mean "adapter.rank"?',
    ],
    ['20', '"20"', 'line 7: "training.steps" must be a number, not "20".'],
    ['20', '0.5', 'line 7: "training.steps" must be a whole number, not 0.5.'],
    ['[4, 8]', '[4, 0]', 'line 9: "adapter.rank" must be above 0, not 0.'],
    ['["train.json"]', '[]', 'line 5: "data.train" must not be empty.'],
    [
      '"lora", ',
      '"loar", ',
      'line 9: "method" must be full, lora, dora, qlora, qdora, vera, dvora, adalora, not "loar".',
    ],
    [
      '"name"',
      '"adapter": { "tinit": 5 }, "name"',
      '"method" and "adapter.tinit" conflict: only adalora lowers ranks by a schedule',
    ],
    [
      '"full", "lora", "dora"',
      '"adalora"], "training.ema": [0.9',
      '"method" and "training.ema" conflict',
    ],
    [
      '"full", "lora", "dora"',
      '"adalora"], "adapter.rslora": [true',
      '"method" and "adapter.rslora" conflict: adalora divides ranks itself',
    ],
    [
      '"full", "lora", "dora"',
      '"vera"], "adapter.magnitudeOnly": [["o_proj"]',
      '"method" and "adapter.magnitudeOnly" conflict',
    ],
    [
      '"name"',
      '"quantization": { "double": true }, "name"',
      '"method" and "quantization" conflict',
    ],
    [
      '"name"',
      '"quantization": { "blockSize": 48 }, "name"',
      '"quantization.blockSize" must be 32, 64, 128, 256, 512, 1024, 2048, 4096, not 48.',
    ],
    ['"model": "models/smollm2",', '', '"model" is missing.'],
    ['"steps": 20', '"steps": 20, "epochs": 1', '"training.epochs" and "training.steps" conflict'],
    [
      '"steps": 20',
      '"warmupSteps": 1, "warmupRatio": 0.1',
      '"training.warmupSteps" and "training.warmupRatio" conflict',
    ],
    ['"gpu"', '"gpu": -2, "name"', '"gpu"'],
    ['"name"', '"train": ["norms"], "name"', '"method" and "train" conflict'],
    [
      '"name"',
      '"adapter": { "magnitudeLearningRate": 1e-3 }, "name"',
      '"method" and "adapter.magnitudeLearningRate" conflict: only dora, qdora and dvora train',
    ],
    [
      '"full", "lora", "dora"]',
      '"qlora"], "adapter.init": ["pissa"]',
      '"method" and "adapter.init" conflict: PiSSA changes the base weights',
    ],
    [
      '"full", "lora", "dora"]',
      '"dora"], "adapter.init": ["pissa"]',
      '"adapter.init" and "adapter.dropout" conflict: with PiSSA the low-rank path carries',
    ],
    [
      '"full", "lora", "dora"]',
      '"lora"], "adapter.init": ["pissa"], "adapter.dropout": [0], "adapter.initialAdapter": ["a"]',
      '"adapter.initialAdapter" and "adapter.init" conflict',
    ],
    [
      '"full", "lora", "dora"], "adapter.rank": [4, 8]',
      '"dora"], "adapter.magnitudeLearningRate": [1e-3], "training.learningRate": [0]',
      '"training.learningRate" and "adapter.magnitudeLearningRate" conflict',
    ],
    [
      '"name"',
      '"adapter": { "detachNorm": false }, "name"',
      '"method" and "adapter.detachNorm" conflict',
    ],
    [
      '"train.json"]',
      '"train.json"], "format": "text", "lossOn": "answer"',
      '"data.format" and "data.lossOn" conflict',
    ],
  ])('refuses %s as %s', (from, to, sentence) => {
    expect(() => parse(from, to)).toThrow(sentence);
  });

  it.each(['', '{', '[]', '{ "name": }', 'null'])('refuses the text %j with its line', (broken) => {
    expect(() => parseExperiment(broken, 'a.experiment.json')).toThrow(
      /^a\.experiment\.json, line 1: /,
    );
  });

  it('has a JSON schema with a description of every setting', () => {
    const undescribed: string[] = [];
    const walk = (node: unknown, path: string): void => {
      const { properties } = node as { properties?: Record<string, { description?: string }> };
      for (const [name, property] of Object.entries(properties ?? {})) {
        if (property.description === undefined) undescribed.push(`${path}${name}`);
        walk(property, `${path}${name}.`);
      }
    };
    walk(experimentJsonSchema(), '');
    expect(undescribed).toEqual([]);
  });
});
