// AdaLoRA's adapter in PEFT's files: the triplets that are kept alone, with flags of all of them in its configuration.
import type { LinearModule } from '../../model/architecture';
import type { ModelFolder } from '../../model/folder';
import type { TensorToWrite } from '../../model/safetensorsWriter';
import type { Engine } from '../addon';
import type { LowRankConfig } from '../lowRank';
import { readFinite } from '../optimizerFile';
import { moduleTensors, peftPrefix } from '../peftTensors';

/** Module to a flag for each of its triplets in the engine. */
type Flags = ReadonlyMap<string, readonly boolean[]>;

const valuesName = /\.lora_E$/;

/** `mask`: the last one of a run; undefined where nothing was pruned since the engine was opened. */
export async function tripletContent(
  { engine, folder }: { engine: Engine; folder: ModelFolder },
  lowRank: LowRankConfig,
  mask: Uint8Array | undefined,
): Promise<{ tensors: TensorToWrite[]; config: LowRankConfig }> {
  const { adalora } = lowRank;
  if (adalora === undefined) throw new Error('an adapter of another method');
  const flags = await flagsOf(engine, mask);
  const known = new Set([...flags.keys(), ...Object.keys(adalora.kept ?? {})]);
  const tensors = folder.linears.flatMap((linear) =>
    known.has(linear.name) ? moduleContent(engine, linear, flags.get(linear.name) ?? []) : [],
  );
  if (mask === undefined) return { tensors, config: lowRank };
  const kept = withFlags([...known], adalora.kept, flags);
  return { tensors, config: { ...lowRank, adalora: { ...adalora, kept } } };
}

/**
 * A triplet that the last mask took away may have come back since, by its momentum: it is kept in the file, so that the file
 * and the run are the same model.
 */
async function flagsOf(engine: Engine, mask: Uint8Array | undefined): Promise<Flags> {
  const flags = new Map<string, boolean[]>();
  let first = 0;
  for (const { name } of engine.parameters) {
    if (!name.endsWith('.lora_E')) continue;
    const values = await engine.read('value', name);
    const own = mask?.subarray(first, first + values.length);
    first += values.length;
    const isKept = (value: number, i: number): boolean => own?.[i] !== 0 || value !== 0;
    flags.set(name.replace(valuesName, ''), Array.from(values, isKept));
  }
  return flags;
}

function moduleContent(
  engine: Engine,
  linear: LinearModule,
  flags: readonly boolean[],
): TensorToWrite[] {
  const kept = flags.flatMap((flag, index) => (flag ? [index] : []));
  const rank = kept.length;
  const { name } = linear;
  const module = { name, kind: 'adalora', rank, scale: 1, dropout: 0, magnitude: false } as const;
  return moduleTensors(module, linear).map((tensor): TensorToWrite => {
    const content = async (): Promise<Float32Array> => {
      if (flags.length === 0) return new Float32Array();
      const values = await readFinite(engine, 'value', tensor.name);
      if (rank === flags.length) return values;
      // A and E have a triplet a row, B one a column.
      const isByColumn = tensor.name.endsWith('.lora_B');
      return isByColumn
        ? columnsOf(values, kept, flags.length)
        : rowsOf(values, kept, flags.length);
    };
    return { name: peftPrefix + tensor.name, dtype: 'f32', shape: tensor.shape, content };
  });
}

function rowsOf(values: Float32Array, kept: readonly number[], rows: number): Float32Array {
  const columns = values.length / rows;
  const cut = new Float32Array(kept.length * columns);
  for (const [to, from] of kept.entries())
    cut.set(values.subarray(from * columns, (from + 1) * columns), to * columns);
  return cut;
}

function columnsOf(values: Float32Array, kept: readonly number[], columns: number): Float32Array {
  const rows = values.length / columns;
  const cut = new Float32Array(kept.length * rows);
  for (let row = 0; row < rows; row += 1)
    for (const [to, from] of kept.entries())
      cut[row * kept.length + to] = values[row * columns + from] ?? NaN;
  return cut;
}

/** Flags of a run that began with a pruned adapter stand among those of all triplets that there ever were. */
function withFlags(
  modules: readonly string[],
  before: Readonly<Record<string, readonly boolean[]>> | undefined,
  flags: Flags,
): Record<string, boolean[]> {
  const all = modules.map((name): [string, boolean[]] => {
    const own = flags.get(name) ?? [];
    let next = 0;
    const was = before?.[name] ?? own.map(() => true);
    return [name, was.map((flag) => flag && own[next++] === true)];
  });
  return Object.fromEntries(all);
}
