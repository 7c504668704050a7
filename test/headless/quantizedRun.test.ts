// A run on a quantised base, and what is asked of its adapter afterwards: always over the base that training saw.
import { cpSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readHeader } from '../../extension/model/safetensorsHeader';
import { listCheckpoints } from '../../extension/runs/checkpoints';
import { eventsOf } from './trainerProcess';
import { ended, goldenFolder, Workspace } from './workspace';

let workspace: Workspace;
let run = '';
let adapter = '';

beforeAll(async () => {
  workspace = new Workspace();
  const data = { train: ['data/train.json'], validation: 4, template: '{instruction} {output}' };
  const quantization = { blockSize: 32, double: true };
  const training = { batchSize: 4, steps: 12, learningRate: 0.02, warmupSteps: 0 };
  const evaluation = { tasks: ['parity'], data: 'data' };
  workspace.writeExperiment({ method: 'qdora', data, quantization, training, evaluation });
  interface Trained {
    runs: { folder: string }[];
  }
  const { json } = await workspace.json<Trained>('train', 'tiny.experiment.json');
  run = json.runs[0]?.folder ?? '';
  adapter = listCheckpoints(run).at(-1)?.folder ?? '';
});
afterAll(() => {
  workspace.remove();
});

const lossOf = async (...parameters: string[]): Promise<number> => {
  const data = ['--data', 'data/train.json', '--template', '{instruction} {output}'];
  const { json } = await workspace.json<{ loss: number }>('loss', ...parameters, ...data);
  return json.loss;
};

test('its adapter is PEFT DoRA, and says what base it belongs to', () => {
  const config = JSON.parse(readFileSync(join(adapter, 'adapter_config.json'), 'utf8')) as object;
  expect(config).toMatchObject({ peft_type: 'LORA', use_dora: true });
  const { metadata } = readHeader(join(adapter, 'adapter_model.safetensors'));
  expect(metadata).toEqual({ format: 'pt', base_quantization: 'nf4-32-double' });
});

test('slopes measured afterwards are those of the run, also of a copy of the adapter', async () => {
  const [last] = (await eventsOf(run, 'slope')).slice(-1);
  const copy = workspace.path('copied-adapter');
  cpSync(adapter, copy, { recursive: true });
  const told = await workspace.json<{ modules: object[] }>('slopes', 'model', copy);
  expect(told.json.modules).toEqual(last?.modules);
  const plain = ['--quantize', 'none'];
  const other = await workspace.json<{ modules: object[] }>('slopes', 'model', copy, ...plain);
  expect(other.json.modules).not.toEqual(last?.modules);
});

test('its loss is that over the quantised base, unless another is asked for', async () => {
  const own = await lossOf('model', '--adapter', adapter);
  expect(await lossOf('model', '--adapter', adapter, '--quantize', 'nf4-32-double')).toBe(own);
  for (const other of ['none', 'nf4', 'nf4-32'])
    expect(await lossOf('model', '--adapter', adapter, '--quantize', other)).not.toBe(own);
  expect(await lossOf('model', '--quantize', 'nf4')).not.toBe(await lossOf('model'));
});

test('an unknown quantisation is refused', async () => {
  const { code, stderr } = await workspace.cli('loss', 'model', '--data', 'x', '--quantize', 'nf5');
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/--quantize.*must be none, nf4, nf4-double/);
});

describe('evaluation', () => {
  interface Evaluated {
    tasks: { accuracy: number }[];
    results: string;
  }
  const answers = (results: string): string => readFileSync(join(results, 'parity.jsonl'), 'utf8');

  test('of the run finds its own answers', async () => {
    const before = answers(join(run, 'results'));
    const { json } = await workspace.json<Evaluated>('evaluate', run);
    expect(json.results).toBe(join(run, 'results'));
    expect(answers(json.results)).toBe(before);
  });

  test('over another base is kept apart', async () => {
    const none = await workspace.json<Evaluated>('evaluate', run, '--quantize', 'none');
    expect(none.json.results).not.toBe(join(run, 'results'));
    const asked = ['evaluate', 'model', '--tasks', 'parity', '--data', 'data'];
    const plain = await workspace.json<Evaluated>(...asked);
    const quantized = await workspace.json<Evaluated>(...asked, '--quantize', 'nf4');
    const double = await workspace.json<Evaluated>(...asked, '--quantize', 'nf4-double');
    const places = [none, plain, quantized, double].map(({ json }) => json.results);
    expect(new Set(places).size).toBe(4);
    for (const place of places) expect(existsSync(join(place, 'parity.jsonl'))).toBe(true);
  });
});

test('the cache of quantised bases is listed and cleared', async () => {
  interface Cache {
    files: { file: string; sizeBytes: number }[];
    removed: boolean;
  }
  const variables = { ADAPTER_LAB_CACHE: workspace.path('cache') };
  const cache = async (...options: string[]): Promise<Cache> => {
    const { stdout } = await ended(workspace.start(['cache', ...options, '--json'], variables));
    return JSON.parse(stdout) as Cache;
  };
  expect((await cache()).files).toEqual([]);
  const prompt = ['--prompt', 'a', '--max-new-tokens', '1', '--quantize', 'nf4'];
  await ended(workspace.start(['generate', 'model', ...prompt], variables));
  const [kept] = (await cache()).files;
  expect(kept?.sizeBytes).toBe(statSync(kept?.file ?? '').size);
  expect(await cache('--clear')).toMatchObject({ files: [{ file: kept?.file }], removed: true });
  expect((await cache()).files).toEqual([]);
});

test('is merged onto the dequantised base, with a warning', async () => {
  const own = await lossOf('model', '--adapter', adapter);
  const merged = ['merge', 'model', adapter, 'merged', '--dtype', 'f32'];
  const { json } = await workspace.json<{ warning: string }>(...merged);
  expect(json.warning).toMatch(/nf4-32-double.*dequantised.*quantising the merged model again/);
  expect(Math.abs((await lossOf('merged')) - own)).toBeLessThan(1e-5);
});

test('a base that bitsandbytes quantised is used as it is, and merged to plain weights', async () => {
  const quantised = join(goldenFolder, 'quantised/gqa-tied');
  const plain = await workspace.json(
    'merge',
    quantised,
    join(goldenFolder, 'adapters/gqa-tied-lora'),
    'plain',
  );
  expect(plain.code).toBe(0);
  const config = readFileSync(workspace.path('plain/config.json'), 'utf8');
  expect(config).not.toContain('quantization_config');
  const { json } = await workspace.json<{ folders: { dtype: string }[] }>(
    'models',
    quantised,
    'plain',
  );
  expect(json.folders.map(({ dtype }) => dtype)).toEqual(['nf4', 'f32']);
});
