// npm run bench:cuda: training on this machine's GPU beside PyTorch with PEFT on the same one, and the share of what its tensor
// cores reach. Without a GPU one line says how much was skipped.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isGpuHere } from '../cuda/gpuHere';
import { buildForGpu, emulateGpu, takeGpu } from './cuda/gpuSide';
import { writeMadeUpModel, type ShapeName } from './cuda/madeUpModel';
import { madeUpRecords } from './cuda/madeUpRecords';
import { findPeft } from './cuda/peftSide';
import { cudaRows, type CudaSetting } from './cuda/rows';
import { numberOf } from './numberOf';
import { figureTable } from './reach/figure';
import { chosenRows, measureRows } from './reach/measureRows';
import { printLosses, printTable } from './report';

const HELP = `npm run bench:cuda -- [options]
  --model FOLDER    Hugging Face model folder; otherwise one of SmolLM2-135M's shape is made up in the folder of temporary
                    files, as one of 1B is in any case (2.5 GB)
  --data FILE       JSON list of {instruction, input, output}; otherwise records are made up of the starter's
  --only LIST       rows, or beginnings of their names, of ${Object.keys(cudaRows).join(', ')}
  --rounds N        rounds of ours, theirs, ours, theirs; of each step the fastest counts (default: 2)
  --steps N         steps a round (default: 25)
  --warm-up N       of them, first ones that are not counted (default: 5)
  --max-length N    tokens of a record (default: 256)
  --gpu N           which GPU (default: the one with the most free memory)
  --python PATH     an interpreter with torch, transformers and peft; otherwise an environment is made in the cache folder;
                    none: our side alone
  --trial           without a GPU: the whole way on emulated kernels, beside PyTorch on the processor, with tiny models; its
                    figures mean nothing
`;

const usual = { steps: '25', 'warm-up': '5', 'max-length': '256', productSize: 8192 };
const trial = { steps: '3', 'warm-up': '1', 'max-length': '64', productSize: 64 };
const productSeconds = 1;
const starter = join(import.meta.dirname, '../../media/starter');

function options() {
  const string = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    options: {
      ...{ model: string, data: string, python: string, trial: flag, help: flag },
      ...{ steps: string, 'warm-up': string, 'max-length': string },
      only: { ...string, default: '' },
      rounds: { ...string, default: '2' },
      gpu: { ...string, default: '-1' },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit();
  }
  return { ...(values.trial ? trial : usual), ...values };
}
type Options = ReturnType<typeof options>;

/** Folders that are made when they are first asked for. */
function modelsIn(scratch: string, { model, trial: isTrial }: Options): CudaSetting['models'] {
  const given = model === undefined ? undefined : resolve(model);
  const tokenizer = given ?? join(starter, 'model');
  const made = new Map<ShapeName, Promise<string>>();
  const make = (shape: ShapeName): Promise<string> => {
    const folder = join(scratch, shape);
    const known = made.get(shape);
    const making = known ?? writeMadeUpModel(folder, shape, tokenizer).then(() => folder);
    made.set(shape, making);
    return making;
  };
  const large = (): Promise<string> => make(isTrial ? 'tiny' : '1b');
  if (given !== undefined) return { 'smollm2-135m': () => Promise.resolve(given), '1b': large };
  return { 'smollm2-135m': () => make(isTrial ? 'tiny' : 'smollm2-135m'), '1b': large };
}

function dataIn(scratch: string, { data }: Options): string {
  if (data !== undefined) return resolve(data);
  const file = join(scratch, 'records.json');
  writeFileSync(file, JSON.stringify(madeUpRecords(starter)));
  return file;
}

async function main(): Promise<void> {
  const given = options();
  const chosen = chosenRows(cudaRows, given.only);
  if (!given.trial && !isGpuHere()) {
    console.log(`no GPU here: ${chosen.length} measurements skipped`);
    return;
  }
  const { productSize } = given;
  const warmUp = numberOf(given['warm-up']);
  const sizes = {
    ...{ warmUp, steps: numberOf(given.steps, warmUp + 1), rounds: numberOf(given.rounds) },
    ...{ maxLength: numberOf(given['max-length']), threads: cpus().length, productSize },
  };
  const gpu = numberOf(given.gpu, -1);
  (given.trial ? emulateGpu : buildForGpu)();
  takeGpu(gpu);
  const wish = { size: productSize, seconds: productSeconds, python: given.python };
  const peft = await findPeft({ ...wish, device: given.trial ? 'cpu' : 'cuda' });
  const scratch = mkdtempSync(join(tmpdir(), 'adapter-lab-bench-'));
  try {
    const setting: Omit<CudaSetting, 'scratch'> = {
      ...{ ...sizes, peft, trained: [], data: dataIn(scratch, given) },
      ...{ models: modelsIn(scratch, given), device: { device: 'cuda', gpu: -1 } },
    };
    const figures = await measureRows(chosen, (own) => ({ ...setting, scratch: own }));
    if (setting.trained.length > 0) printTable(setting.trained);
    console.log(`\n${figureTable(figures)}`);
    printLosses(setting.trained);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
