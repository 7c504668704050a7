// adapter-lab updates: how many directions an adapter's updates really use, how much longer or shorter rows became, and
// how alike the directions of two adapters are.
import type { Command } from 'commander';
import type { Quantization } from '../shared/engineTypes';
import type { UpdatedModule, UpdatesMeasurement } from '../shared/updates';
import { moduleType, sortedTypes } from '../shared/modules';
import { measureUpdates } from '../trainer/updates/measureUpdates';
import { quantizeOption, threadsOption } from './arguments';
import { tell, type Outcome, type OutputOptions } from './output';
import { table } from './wording';

interface UpdatesOptions extends OutputOptions {
  against?: string;
  quantize?: Quantization | 'none';
  threads: number;
}

export function addUpdates(program: Command): void {
  program
    .command('updates')
    .description("effective rank, row lengths and subspaces of an adapter's updates")
    .argument('<base>', 'Hugging Face model folder that training started from')
    .argument('<adapter-or-model>', 'PEFT adapter, or model folder of full fine-tuning')
    .option('--against <adapter>', 'another adapter of the base, to compare directions with')
    .option(...quantizeOption)
    .option(...threadsOption)
    .option('--json', 'print {base, adapters, edges, similarity}')
    .addHelpText(
      'after',
      `
Effective rank is the exponential of the entropy of the singular values of s B A (Roy and Vetterli 2007). Similarity is
phi(i, j) = |U_i^T V_j|^2 / min(i, j) of the first i and j directions of both updates (LoRA, section 7.2): 1 where the
smaller subspace lies in the larger one, i / size where they meet by chance. For DoRA both are of the directional
update s B A. Full fine-tuning has no such update: of it, the lengths of rows alone are told.

Examples:
  adapter-lab updates models/smollm2 runs/ID/checkpoints/step-000200
  adapter-lab updates models/smollm2 adapters/lora --against adapters/dora --json
`,
    )
    .action(async (base: string, adapter: string, options: UpdatesOptions) => {
      const { against } = options;
      const others = against === undefined ? [adapter] : [adapter, against];
      await tell(options, async () => show(await measureUpdates(base, others, options)));
    });
}

function show(measurement: UpdatesMeasurement): Outcome {
  const { adapters, similarity } = measurement;
  const parts = adapters.map(({ path, modules }) => `${path}\n${typeTable(modules)}`);
  if (similarity !== null) parts.push(similarityTable(similarity));
  return { json: measurement, text: parts.join('\n\n') };
}

/** Two figures, however small: rows of a short training change by millionths. */
function changeText(share: number): string {
  return share === 0 ? '0 %' : `${share < 0 ? '' : '+'}${Number((100 * share).toPrecision(2))} %`;
}

function typeTable(modules: readonly UpdatedModule[]): string {
  const rows = sortedTypes(modules.map(({ name }) => moduleType(name))).map((type) => {
    const own = modules.filter(({ name }) => moduleType(name) === type);
    const ranks = own.flatMap(({ effectiveRank }) => effectiveRank ?? []);
    const rank = Math.max(0, ...own.map(({ values }) => values.length));
    return [
      type,
      String(own.length),
      ranks.length === 0 ? '-' : String(rank),
      ranks.length === 0 ? '-' : mean(ranks).toFixed(2),
      changeText(mean(own.map(({ meanChange }) => meanChange))),
    ];
  });
  return table(['module', 'modules', 'rank', 'effective rank', 'change of row length'], rows);
}

/** Of each type: how alike the whole subspaces are, on average over its modules. */
function similarityTable(similarity: NonNullable<UpdatesMeasurement['similarity']>): string {
  const whole = (phi: readonly number[][]): number => phi.at(-1)?.at(-1) ?? 0;
  const rows = sortedTypes(similarity.map(({ name }) => moduleType(name))).map((type) => {
    const own = similarity.filter(({ name }) => moduleType(name) === type);
    const [first] = own;
    const directions = `${first?.output.length ?? 0} and ${first?.output[0]?.length ?? 0}`;
    const figures = [own.map(({ output }) => whole(output)), own.map(({ input }) => whole(input))];
    return [type, directions, ...figures.map((all) => mean(all).toFixed(4))];
  });
  return table(['module', 'directions', 'similarity of outputs', 'of inputs'], rows);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
