// adapter-lab slopes: how far each module's magnitude and direction went from the base, for a PEFT adapter or for
// a whole fine-tuned model, with the paper's fit of one on the other.
import type { Command } from 'commander';
import { readModelFolder, type ModelFolder } from '../model/folder';
import { isAdapterFolder } from '../runs/adapterFolder';
import type { Quantization } from '../shared/engineTypes';
import { Failure } from '../shared/failures';
import { fitSlopes, publishedCorrelations, type ModuleChange } from '../shared/slopeFits';
import { loadAddon } from '../trainer/loadAddon';
import { baseFor, openEngine, readAdapter, writeValues } from '../trainer/openModel';
import { quantizeOption, threadsOption } from './arguments';
import { fitTable } from './fitTable';
import { tell, type Outcome, type OutputOptions } from './output';

interface SlopesOptions extends OutputOptions {
  quantize?: Quantization | 'none';
  threads: number;
}

export function addSlopes(program: Command): void {
  program
    .command('slopes')
    .description('measure magnitude and direction change of each module against the base')
    .argument('<base>', 'Hugging Face model folder that training started from')
    .argument('<adapter-or-model>', 'PEFT adapter, or model folder of full fine-tuning')
    .option(...quantizeOption)
    .option(...threadsOption)
    .option('--json', 'print {modules: [{name, deltaM, deltaD}], fits: [...]}')
    .addHelpText(
      'after',
      `
deltaM is the mean |change of a row's length|, deltaD the mean of 1 - cosine of a row's turn. In the paper's
query matrices they correlate by ${publishedCorrelations.full} for full fine-tuning, +${publishedCorrelations.lora} for LoRA, ${publishedCorrelations.dora} for DoRA.

Examples:
  adapter-lab slopes models/smollm2 runs/ID/checkpoints/step-000200
  adapter-lab slopes models/smollm2 models/my-finetuned-smollm2 --json
`,
    )
    .action(async (base: string, other: string, options: SlopesOptions) => {
      await tell(options, async () => show(await measure(base, other, options)));
    });
}

async function measure(
  base: string,
  other: string,
  options: SlopesOptions,
): Promise<ModuleChange[]> {
  const folder = readModelFolder(base);
  if (isAdapterFolder(other)) return measureAdapter(folder, other, options);
  const quantized = await baseFor(folder, undefined, options);
  return measureModel(quantized, readModelFolder(other));
}

async function measureAdapter(
  folder: ModelFolder,
  path: string,
  options: SlopesOptions,
): Promise<ModuleChange[]> {
  const adapter = await readAdapter(path, folder);
  const { modules, trainedTensors, values, quantization } = adapter;
  const base = await baseFor(adapter.base, quantization, options);
  const engine = await openEngine(base, {
    adapters: modules,
    trainedTensors,
    threads: options.threads,
  });
  try {
    await writeValues(engine, values);
    return await engine.slopes();
  } finally {
    await engine.dispose();
  }
}

async function measureModel(base: ModelFolder, other: ModelFolder): Promise<ModuleChange[]> {
  const addon = loadAddon();
  const changes: ModuleChange[] = [];
  for (const { name } of base.linears) {
    const tensor = `${name}.weight`;
    const before = base.tensors[tensor];
    const after = other.tensors[tensor];
    if (before === undefined || after === undefined) throw differ(base, other, `lacks ${tensor}`);
    if (before.shape.join() !== after.shape.join()) {
      const found = `${tensor} is [${after.shape.join(', ')}], not [${before.shape.join(', ')}]`;
      throw differ(base, other, found);
    }
    changes.push({ name, ...(await addon.compareTensors(before, after)) });
  }
  return changes;
}

function differ(base: ModelFolder, other: ModelFolder, problem: string): Failure {
  return new Failure('models-differ', { base: base.path, other: other.path, problem });
}

function show(modules: ModuleChange[]): Outcome {
  // Modules of a whole model that were not trained would draw the line to the origin.
  const fits = fitSlopes(modules.filter(({ deltaM }) => deltaM !== 0));
  return { json: { modules, fits }, text: fitTable(fits) };
}
