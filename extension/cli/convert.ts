// adapter-lab convert: an adapter of any method as the plain LoRA or DoRA that others load.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { readModelFolder } from '../model/folder';
import { Failure } from '../shared/failures';
import { convertAdapter } from '../trainer/exchange/convertAdapter';
import { readAdapterModules } from '../trainer/openModel';
import { percent } from '../shared/amounts';
import { wholeNumber } from './arguments';
import { exportSubject } from './exchange/exportSubject';
import { tell, type Outcome, type OutputOptions } from './output';
import { writeWholeFolder } from './wholeFolder';

interface ConvertOptions extends OutputOptions {
  base?: string;
  rank?: number;
}

export function addConvert(program: Command): void {
  program
    .command('convert')
    .description('write an adapter as plain LoRA or DoRA, of a lower rank if asked')
    .argument('<adapter>', 'PEFT adapter, checkpoint or run')
    .argument('<out>', 'folder to write; it must not exist or be empty')
    .option('--rank <n>', 'highest rank of a module; the nearest update', wholeNumber('--rank', 1))
    .option('--base <folder>', 'its base model; where the adapter says when left out')
    .option('--json', 'print {folder, method, modules, keptShare}')
    .addHelpText(
      'after',
      `
VeRA and AdaLoRA become LoRA, DVoRA becomes DoRA, of the same update. What scales an update goes into its A, so that alpha is the rank and readers without rsLoRA or patterns of alpha load the
same adapter. A lower rank keeps the largest singular values of each update, and tells how much of it that is.

Examples:
  adapter-lab convert runs/ID adapters/boolq-lora
  adapter-lab convert adapters/boolq adapters/boolq-r8 --rank 8
`,
    )
    .action(async (adapter: string, out: string, options: ConvertOptions) => {
      await tell(options, () => convert(adapter, resolve(out), options));
    });
}

async function convert(path: string, out: string, options: ConvertOptions): Promise<Outcome> {
  const { model, adapter } = exportSubject(path, options.base);
  if (adapter === undefined) {
    const problem = 'it is a whole model and no adapter';
    throw new Failure('export-impossible', { adapter: model, problem });
  }
  const base = readModelFolder(model);
  const found = readAdapterModules(adapter, base);
  const all = [...found.modules, ...found.tables];
  const method = all.some(({ magnitude }) => magnitude) ? 'dora' : 'lora';
  if (options.rank === undefined && isPlain(found)) {
    const problem = `it is plain ${method === 'dora' ? 'DoRA' : 'LoRA'} already; name a rank (--rank), or export it`;
    throw new Failure('export-impossible', { adapter, problem });
  }
  const { modules, keptShare } = await writeWholeFolder(out, (target) =>
    convertAdapter(target, { base, adapter, rank: options.rank }),
  );
  const share = keptShare === 1 ? '' : ` They keep ${percent(keptShare)} of the squared length.`;
  const text = `Converted ${modules} modules into ${out}.${share}`;
  return { json: { folder: out, method, modules, keptShare }, text };
}

function isPlain({ config, modules, tables }: ReturnType<typeof readAdapterModules>): boolean {
  const isScaled = config.rslora || Object.keys(config.alphaPattern).length > 0;
  return (
    !isScaled && [...modules, ...tables].every(({ kind, rank }) => kind === 'lora' && rank > 0)
  );
}
