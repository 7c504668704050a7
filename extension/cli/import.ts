// adapter-lab import: an adapter made elsewhere, held against its base before anybody relies on it, and copied to where it
// is found.
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { readModelFolder } from '../model/folder';
import { adapterConfigs } from '../runs/adapterFolder';
import { exportCheckpoint } from '../runs/exportCheckpoint';
import { readAdapter, type AdapterFolder } from '../trainer/openModel';
import { progressOption } from './arguments';
import { bytesProgress } from './exchange/bytesProgress';
import { describeAdapter, type DescribedAdapter } from './exchange/describedAdapter';
import { exportSubject } from './exchange/exportSubject';
import { tell, type Outcome, type OutputOptions } from './output';
import type { ProgressKind } from './progress';
import { writeWholeFolder } from './wholeFolder';
import { table } from './wording';

interface ImportOptions extends OutputOptions {
  base?: string;
  progress: ProgressKind;
}

export function addImport(program: Command): void {
  program
    .command('import')
    .description('check a PEFT adapter made elsewhere against its base, and copy it')
    .argument('<adapter>', 'PEFT adapter folder')
    .argument('[out]', 'folder to copy it to; it is only checked when left out')
    .option('--base <folder>', 'its base model; where the adapter says when left out')
    .option(...progressOption)
    .option('--json', 'print {adapter, base, method, ranks, modules, parameters, files, ...}')
    .addHelpText(
      'after',
      `
Everything is compared: the configuration's options, the names and shapes of all tensors, every value. What could
not be applied exactly is refused by name, where PEFT itself would drop it with a warning or in silence.
The copy names the base by its folder here, so that every command and the editor find it.

Examples:
  adapter-lab import ~/Downloads/boolq-lora --base models/smollm2
  adapter-lab import ~/Downloads/boolq-lora adapters/boolq --base models/smollm2
`,
    )
    .action(async (adapter: string, out: string | undefined, options: ImportOptions) => {
      await tell(options, () => importAdapter(resolve(adapter), out, options));
    });
}

async function importAdapter(
  path: string,
  out: string | undefined,
  { base, progress }: ImportOptions,
): Promise<Outcome> {
  const { model } = exportSubject(path, base);
  const adapter = await readAdapter(path, readModelFolder(model));
  const described = describeAdapter(adapter);
  const target = out === undefined ? undefined : resolve(out);
  const files = target === undefined ? [] : await copy(adapter, { target, model, progress });
  const json = { adapter: target ?? path, base: model, ...described, files };
  return { json, text: textOf(described, { path, model, target }) };
}

async function copy(
  { path }: AdapterFolder,
  { target, model, progress }: { target: string; model: string; progress: ProgressKind },
): Promise<string[]> {
  const shown = bytesProgress('import', progress);
  try {
    return await writeWholeFolder(target, async (folder) => {
      const files = await exportCheckpoint(path, folder, shown.update);
      const configs = files.filter((name) => adapterConfigs.includes(name));
      for (const name of configs) await nameBase(join(folder, name), model);
      return files;
    });
  } finally {
    shown.end();
  }
}

async function nameBase(config: string, model: string): Promise<void> {
  const found = JSON.parse(await readFile(config, 'utf8')) as Record<string, unknown>;
  const named = { ...found, base_model_name_or_path: model };
  await writeFile(config, `${JSON.stringify(named, null, 2)}\n`, { flush: true });
}

function textOf(
  { method, ranks, modules, parameters, layers, targets }: DescribedAdapter,
  { path, model, target }: { path: string; model: string; target: string | undefined },
): string {
  const rows = [
    ['adapter', path],
    ['base', model],
    ['method', method],
    ['rank', ranks.join(', ')],
    ['modules', `${modules} (${targets.join(', ')}) in ${layers} layers`],
    ['values', String(parameters)],
  ];
  const what = table(['', ''], rows).split('\n').slice(1).join('\n');
  const fits = 'Every tensor fits the base.';
  return target === undefined ? `${what}\n${fits}` : `${what}\n${fits} Copied to ${target}.`;
}
