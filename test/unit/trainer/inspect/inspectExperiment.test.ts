import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Inspection, Problem } from '../../../../extension/shared/inspection';
import { inspectExperiment } from '../../../../extension/trainer/inspect/inspectExperiment';
import { writeTinyModel } from '../../../headless/tinyModel';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'adapter-lab-inspect-'));
  writeTinyModel(join(folder, 'model'));
  mkdirSync(join(folder, 'data', 'parity'), { recursive: true });
  const records = Array.from({ length: 24 }, (_, i) => ({
    ...{ instruction: `is ${i} even?`, output: i % 2 === 0 ? 'yes' : 'no' },
  }));
  writeFileSync(join(folder, 'data', 'train.json'), JSON.stringify(records));
  const others = records.map(({ instruction, output }) => ({ instructions: instruction, output }));
  writeFileSync(join(folder, 'data', 'other.json'), JSON.stringify(others));
  writeFileSync(
    join(folder, 'data', 'parity', 'task.json'),
    JSON.stringify({ template: 'paper', pattern: 'yes|no' }),
  );
  const questions = records.map(({ instruction, output }) => ({ instruction, answer: output }));
  writeFileSync(join(folder, 'data', 'parity', 'test.json'), JSON.stringify(questions));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function inspect(text: string): Promise<Inspection> {
  return inspectExperiment(text, join(folder, 'tiny.experiment.json'));
}

/** Each problem with what it underlines. */
async function problemsIn(text: string): Promise<[at: string, code: string, nearest?: string][]> {
  const { problems } = await inspect(text);
  return problems.map((problem) => {
    const at = underlined(text, problem);
    const { code, nearest } = problem;
    return nearest === undefined ? [at, code] : [at, code, nearest];
  });
}

function underlined(text: string, { range }: Problem): string {
  const lines = text.split(/\r\n|\n/);
  const first = lines[range.line - 1] ?? '';
  expect(range.endLine).toBe(range.line);
  return first.slice(range.column - 1, range.endColumn - 1);
}

const good = `// A comment
{
  "name": "tiny",
  "model": "model",
  "data": { "train": ["data/train.json"], "template": "{instruction} {output}", "maxLength": 64 },
  "adapter": { "rank": 4 },
  "training": { "batchSize": 4, "epochs": 2 },
  "evaluation": { "tasks": ["parity"] },
  "grid": { "method": ["full", "lora", "dora"], "training.seed": [0, 1] }
}
`;

describe('an experiment in order', () => {
  test('has no problem, and every run tells what it trains and needs', async () => {
    const { problems, runs, runCount, files, tasks } = await inspect(good);
    expect(problems).toEqual([]);
    expect(runCount).toBe(6);
    expect(runs.map(({ method, rank }) => [method, rank])).toEqual([
      ...[0, 1].map(() => ['full', null]),
      ...[0, 1].map(() => ['lora', 4]),
      ...[0, 1].map(() => ['dora', 4]),
    ]);
    // Queries, keys, values, up and down of two layers; sizes of the tiny model.
    const sizes: [input: number, output: number][] = [
      [32, 32],
      [32, 16],
      [32, 16],
      [32, 48],
      [48, 32],
    ];
    const lora = 2 * sizes.reduce((sum, [input, output]) => sum + 4 * (input + output), 0);
    const magnitudes = 2 * sizes.reduce((sum, [, output]) => sum + output, 0);
    expect(runs[2]?.trainable).toBe(lora);
    expect(runs[4]?.trainable).toBe(lora + magnitudes);
    expect(runs[2]).toMatchObject({ records: 24, steps: 12, stepsPerEpoch: 6 });
    expect(files).toMatchObject([{ setting: 'data.train.0', records: 24, isSampled: false }]);
    expect(tasks).toContainEqual({ name: 'parity', hasQuestions: true });
    for (const run of runs) expect(run.peakBytes).toBeGreaterThan(run.memory?.program ?? Infinity);
  });

  test('tells the time of a step where the speed of the machine is known', async () => {
    const file = join(folder, 'tiny.experiment.json');
    const speed = { operationsPerSecond: 1e9, storedOperationsPerSecond: 1e9, bytesPerSecond: 1e9 };
    const { runs } = await inspectExperiment(good, file, {
      speedOf: () => Promise.resolve(speed),
    });
    const [full, , , , dora] = runs.map(({ stepSeconds }) => stepSeconds ?? 0);
    expect(full).toBeGreaterThan(0);
    expect(dora).toBeGreaterThan(0);
    expect((await inspect(good)).runs[0]?.stepSeconds).toBeNull();
  });

  test('tells the memory of the device that would be chosen', async () => {
    const file = join(folder, 'tiny.experiment.json');
    const asked: number[] = [];
    const hasGpu = (wanted: number): boolean => asked.push(wanted) > 0;
    const { runs } = await inspectExperiment(good, file, { hasGpu });
    const onProcessor = (await inspect(good)).runs[0]?.memory?.activations ?? 0;
    expect(runs[0]?.memory?.activations).toBeLessThan(onProcessor);
    expect(new Set(asked)).toEqual(new Set([-1]));
  });

  test('tells all but what weights alone could tell of a model that has none', async () => {
    writeTinyModel(join(folder, 'bare'));
    rmSync(join(folder, 'bare', 'model.safetensors'));
    // Which type its weights have is unknown too.
    const wide = good.replace('"batchSize"', '"baseWeights": "f32", "batchSize"');
    const { problems, runs } = await inspect(wide.replace('"model": "model"', '"model": "bare"'));
    expect(problems).toMatchObject([{ code: 'weights-missing', setting: 'model' }]);
    expect(runs).toEqual((await inspect(wide)).runs);
  });

  test('is the same with Windows line ends', async () => {
    expect((await inspect(good.replaceAll('\n', '\r\n'))).problems).toEqual([]);
  });
});

describe('problems', () => {
  test('are all told at once, each with its place and what was meant', async () => {
    const text = `{
  "name": "tiny", "modle": 1,
  "model": "mdoel",
  "data": { "train": ["data/trian.json", "data/train.json"], "template": "papre", "maxLength": "64" },
  "adapter": { "rank": 400, "targets": ["q_prj", "v_proj"], "layers": [0, 9] },
  "training": { "batchSize": 0, "steps": 5, "epochs": 1, "schedule": "linaer" },
  "evaluation": { "tasks": ["partiy"] },
  "device": "gpu",
  "method": "loar"
}`;
    for (const source of [text, text.replaceAll('\n', '\r\n')]) {
      expect(await problemsIn(source)).toEqual([
        ['"modle"', 'setting-unknown', 'model'],
        ['"mdoel"', 'file-missing', 'model'],
        ['"data/trian.json"', 'file-missing', 'data/train.json'],
        ['"papre"', 'template-invalid', 'paper'],
        ['"64"', 'setting-invalid'],
        ['400', 'rank-too-large'],
        ['"q_prj"', 'target-unknown', 'q_proj'],
        ['9', 'layer-unknown'],
        ['0', 'setting-invalid'],
        ['5', 'settings-conflict'],
        ['"linaer"', 'setting-invalid', 'linear'],
        ['"partiy"', 'task-unknown', 'parity'],
        ['"gpu"', 'setting-invalid', 'cpu'],
        ['"loar"', 'setting-invalid', 'lora'],
      ]);
    }
  });

  test('of a grid stand at the value that brings them, its good values stay', async () => {
    const text = good.replace(
      /"grid".*/,
      '"grid": { "method": ["lora", "loar"], "adapter.rnk": [1], "training.batchSize": [4, -1], "adapter.rank": [4, 400] }',
    );
    expect(await problemsIn(text)).toEqual([
      ['"loar"', 'setting-invalid', 'lora'],
      ['"adapter.rnk"', 'setting-unknown', 'adapter.rank'],
      ['-1', 'setting-invalid'],
      ['400', 'rank-too-large'],
    ]);
    const { runs } = await inspect(text);
    expect(runs.map(({ rank }) => rank)).toEqual([4, 400]);
  });

  test('a wrong value of the file is not laid to a grid that varies it', async () => {
    const text = good
      .replace('"batchSize": 4', '"batchSize": 0')
      .replace('"training.seed": [0, 1]', '"training.batchSize": [2, 4]');
    expect(await problemsIn(text)).toEqual([['0', 'setting-invalid']]);
  });

  test('a column that is missing, or mapped to none', async () => {
    expect(await problemsIn(good.replace('data/train.json', 'data/other.json'))).toEqual([
      ['"data/other.json"', 'column-missing'],
    ]);
    const mapped = '"columns": { "instruction": "instuction", "ouput": "output" }, "maxLength"';
    const [unknown] = await problemsIn(good.replace('"maxLength"', mapped));
    expect(unknown).toEqual(['"ouput"', 'field-unknown', 'output']);
    const wrong = '"columns": { "instruction": "instuction" }, "maxLength"';
    expect(await problemsIn(good.replace('"maxLength"', wrong))).toEqual([
      ['"instuction"', 'column-missing', 'instruction'],
    ]);
  });

  test('records that are all too long, a split that takes all', async () => {
    const short = good.replace('"maxLength": 64', '"maxLength": 3, "validation": 24');
    const { problems } = await inspect(short);
    expect(problems.map(({ code }) => code)).toEqual(['records-too-long', 'validation-too-large']);
    expect(problems[0]?.data.shortest).toBeGreaterThan(3);
  });

  test('what must be there and is not', async () => {
    const { problems, runs } = await inspect('{ "training": { "steps": 5 } }');
    expect(problems.map(({ message }) => message)).toEqual([
      '"name" is missing.',
      '"model" is missing.',
      '"data" is missing.',
    ]);
    expect(runs).toHaveLength(1);
  });

  test('a text that is no JSON tells where; an empty one is no crash', async () => {
    const { problems } = await inspect('{\n  "name": "x" "model": "m"\n}');
    expect(problems[0]).toMatchObject({ code: 'experiment-broken', range: { line: 2 } });
    expect((await inspect('')).problems).toHaveLength(1);
    expect((await inspect('[1]')).problems[0]?.code).toBe('experiment-broken');
  });

  test('a conflict of two settings that only the grid brings together', async () => {
    const text = good.replace('"adapter"', '"train": ["norms"],\n  "adapter"');
    const { problems } = await inspect(text);
    expect(problems.map(({ code }) => code)).toEqual(['settings-conflict']);
  });
});

describe('settings of the grid that vary together', () => {
  const together = (values: string): string =>
    good.replace('"method": ["full", "lora", "dora"], "training.seed": [0, 1]', values);

  test('are inspected, and what one of them has wrong is underlined with its others', async () => {
    const text = together('"method, training.seed": [["lora", 1], ["dore", 2]]');
    expect(await problemsIn(text)).toEqual([['["dore", 2]', 'setting-invalid']]);
    const { runs } = await inspect(text);
    expect(runs.map(({ varied }) => varied)).toEqual([{ method: 'lora', 'training.seed': 1 }]);
  });

  test('lead to the very value where only a look at the files finds what is wrong', async () => {
    const text = together('"method, model": [["lora", "model"], ["dora", "nowhere"]]');
    const [problem] = await problemsIn(text);
    expect(problem?.[0]).toBe('"nowhere"');
  });
});
