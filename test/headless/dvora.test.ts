// A run of DVoRA: its checkpoints hold its own small files alone, from which every command works; PEFT's form is made by
// an export, a module at a time.
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readModelFolder } from '../../extension/model/folder';
import { dvoraFiles, peftFiles } from '../../extension/runs/adapterFolder';
import { watchPeak } from './memoryPeak';
import { encodeSafetensors, type Tensor } from './tinyModel';
import { ended, Workspace } from './workspace';

let workspace: Workspace;
let run: string;
let checkpoint: string;
beforeAll(async () => {
  workspace = new Workspace();
  workspace.writeExperiment({
    ...{ method: 'dvora', adapter: { rank: 64, alsoTrain: ['norms'] } },
    ...{ training: { batchSize: 4, steps: 4, learningRate: 0.05 }, checkpoints: { every: 2 } },
  });
  const { json } = await workspace.json<{ runs: { folder: string }[] }>(
    ...['train', 'tiny.experiment.json'],
  );
  run = json.runs[0]?.folder ?? '';
  checkpoint = join(run, 'checkpoints', 'step-000004');
}, 60_000);
afterAll(() => {
  workspace.remove();
});

const own = Object.values(dvoraFiles);
const sizeOf = (...path: string[]): number => statSync(join(...path)).size;

async function textOf(...parameters: string[]): Promise<string> {
  const asked = ['--prompt', 'is 7 even or odd?', '--max-new-tokens', '8'];
  const { code, json, stderr } = await workspace.json<{ text: string }>(
    ...['generate', ...parameters, ...asked],
  );
  expect(code, stderr).toBe(0);
  return json.text;
}

test('a checkpoint is small, and has no adapter of PEFT', () => {
  const files = readdirSync(checkpoint).filter((name) => !/^(optimizer|trainer_state)/.test(name));
  expect(files.sort()).toEqual([...own].sort());
});

test("an export is PEFT's DoRA of the same weights, also of an old checkpoint with both", async () => {
  const { code, json } = await workspace.json<{ files: string[]; sizeBytes: number }>(
    ...['export', run, 'exported'],
  );
  expect(code).toBe(0);
  const files = ['README.md', peftFiles.config, peftFiles.tensors];
  expect(json.files).toEqual(files);
  expect(readdirSync(workspace.path('exported')).sort()).toEqual(files);
  expect(json.sizeBytes).toBeGreaterThan(4 * sizeOf(checkpoint, dvoraFiles.tensors));
  expect(readFileSync(workspace.path('exported', 'README.md'), 'utf8')).toContain('DVoRA r64');
  const described = await workspace.json<object>('import', 'exported');
  expect(described.json).toMatchObject({ method: 'dora', ranks: [64] });
  expect(await textOf('model', '--adapter', 'exported')).toBe(
    await textOf('model', '--adapter', checkpoint),
  );
  const both = workspace.path('both');
  mkdirSync(both);
  for (const name of own) copyFileSync(join(checkpoint, name), join(both, name));
  for (const name of Object.values(peftFiles))
    copyFileSync(workspace.path('exported', name), join(both, name));
  await workspace.cli('export', both, 'again');
  const [first, second] = ['exported', 'again'].map((folder) =>
    readFileSync(workspace.path(folder, peftFiles.tensors)),
  );
  expect(first?.equals(second ?? Buffer.alloc(0))).toBe(true);
});

test('every command works from the small files', async () => {
  const commands = [
    ...[
      ['slopes', 'model', checkpoint],
      ['updates', 'model', checkpoint],
    ],
    ...[
      ['convert', checkpoint, 'lower', '--rank', '4'],
      ['models', 'model', checkpoint],
    ],
    ['evaluate', 'model', '--adapter', checkpoint, '--tasks', 'parity', '--data', 'data'],
    ['export', checkpoint, 'whole.gguf', '--format', 'gguf', '--dtype', 'f32'],
    ['merge', 'model', checkpoint, 'merged'],
  ];
  for (const command of commands) {
    const { code, stderr } = await workspace.cli(...command);
    expect(code, `${command.join(' ')}: ${stderr}`).toBe(0);
  }
  expect(await textOf('merged')).toBe(await textOf('model', '--adapter', checkpoint));
});

test('a copy names its base, and another run goes on from it', async () => {
  const { code, json } = await workspace.json<{ method: string }>(
    ...['import', checkpoint, 'copied', '--base', 'model'],
  );
  expect(code).toBe(0);
  expect(json.method).toBe('dvora');
  expect(readdirSync(workspace.path('copied')).sort()).toEqual([...own].sort());
  expect(workspace.readJson(join('copied', dvoraFiles.config))).toMatchObject({
    base_model_name_or_path: workspace.path('model'),
  });
  const adapter = { initialAdapter: 'copied' };
  workspace.writeExperiment({ method: 'dvora', adapter }, 'further.experiment.json');
  const further = await workspace.cli('train', 'further.experiment.json');
  expect(further.code, further.stderr).toBe(0);
});

describe('an export of a wide adapter', () => {
  const rank = 65536;

  test('takes less memory than its file', async () => {
    writeWide(workspace.path('wide'));
    const child = workspace.start(['export', 'wide', 'huge', '--base', 'model']);
    const peakBytes = watchPeak(child);
    const { code, stderr } = await ended(child);
    expect(code, stderr).toBe(0);
    expect(peakBytes()).toBeGreaterThan(0);
    expect(peakBytes()).toBeLessThan(sizeOf(workspace.path('huge'), peftFiles.tensors));
  }, 60_000);

  function writeWide(folder: string): void {
    mkdirSync(folder);
    const filled = (...shape: number[]): Tensor => {
      const count = shape.reduce((product, size) => product * size, 1);
      return { shape, values: new Float32Array(count).fill(0.01) };
    };
    const tensors = new Map([
      ['base_model.vera_A', filled(rank, 48)],
      ['base_model.vera_B', filled(48, rank)],
    ]);
    for (const { name, out } of readModelFolder(workspace.path('model')).linears) {
      const module = `base_model.model.${name}`;
      tensors.set(`${module}.vera_lambda_b`, filled(out));
      tensors.set(`${module}.vera_lambda_d`, filled(rank));
      tensors.set(`${module}.lora_magnitude_vector`, filled(out));
    }
    writeFileSync(join(folder, dvoraFiles.tensors), encodeSafetensors(tensors));
    const config = { peft_type: 'VERA', r: rank, target_modules: 'all-linear' };
    writeFileSync(join(folder, dvoraFiles.config), JSON.stringify(config));
  }
});
