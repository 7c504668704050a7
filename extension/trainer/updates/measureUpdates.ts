// Measures what one or two adapters, or models of full fine-tuning, made of a base: the spectrum of each low-rank update,
// how alike their directions are, and how the lengths of rows changed. One module after another, and its weight some rows
// at a time; no model is loaded.
import { resolve } from 'node:path';
import type { LinearModule } from '../../model/architecture';
import { readModelFolder, type ModelFolder } from '../../model/folder';
import { isAdapterFolder } from '../../runs/adapterFolder';
import { Failure } from '../../shared/failures';
import type {
  MeasuredUpdates,
  ModuleSimilarity,
  UpdatedModule,
  UpdatesMeasurement,
} from '../../shared/updates';
import { mergedTensors, type MergedTensor } from '../exchange/mergedWeights';
import { readUpdate } from '../exchange/weightUpdate';
import { baseFor, type OpeningOptions } from '../openModel';
import { adapterQuantization } from '../quantized/adapterQuantization';
import { countByEdges, edgesFor, meanOfChanges, relativeChanges } from './rowLengths';
import { effectiveRank, similarity, spectrumOf, type Spectrum } from './spectrum';

/** Directions of an update that are compared; the first ones carry the most. */
const mostDirections = 32;
/** Figures of what is written: more would only make it longer. */
const figures = 6;
const similarityFigures = 1e4;

/** What was measured of a module before all changes are known, and with them the edges of their bins. */
interface Measured {
  linear: LinearModule;
  changes: Float64Array;
  /** Undefined for a method without a low-rank update. */
  spectrum: Spectrum | undefined;
}

interface Subject {
  path: string;
  /** Undefined for a module that it left as it was. */
  measure: (linear: LinearModule) => Promise<Measured | undefined>;
}

/** What base each is measured against; that which its training saw when left out. */
type MeasuringOptions = Pick<OpeningOptions, 'quantize' | 'threads' | 'note'>;

/** `others`: one or two folders. */
export async function measureUpdates(
  base: string,
  others: readonly string[],
  options: MeasuringOptions,
): Promise<UpdatesMeasurement> {
  const folder = readModelFolder(base);
  const subjects: Subject[] = [];
  for (const path of others) subjects.push(await openSubject(folder, path, options));
  const all: Measured[][] = subjects.map(() => []);
  const alike: ModuleSimilarity[] = [];
  for (const linear of folder.linears) {
    const spectra: Spectrum[] = [];
    for (const [index, { measure }] of subjects.entries()) {
      const measured = await measure(linear);
      if (measured === undefined) continue;
      if (measured.spectrum !== undefined) spectra.push(measured.spectrum);
      all[index]?.push(withoutDirections(measured));
    }
    const [one, other] = spectra;
    if (one !== undefined && other !== undefined) alike.push(compare(linear, one, other));
  }
  const edges = edgesFor(all.flatMap((own) => own.map(({ changes }) => changes)));
  const adapters = subjects.map(({ path }, index): MeasuredUpdates => {
    const modules = (all[index] ?? []).map((measured) => describe(measured, edges));
    return { path: resolve(path), modules };
  });
  const isCompared = subjects.length === 2;
  return {
    ...{ base: resolve(base), adapters, edges: edges.map(short) },
    similarity: isCompared ? alike.filter(({ output }) => output.length > 0) : null,
  };
}

async function openSubject(
  plain: ModelFolder,
  path: string,
  options: MeasuringOptions,
): Promise<Subject> {
  const { threads = 0 } = options;
  const isAdapter = isAdapterFolder(path);
  const trainedOn = isAdapter ? adapterQuantization(path) : undefined;
  const base = await baseFor(plain, trainedOn, options);
  const before = byName(mergedTensors({ base, adapter: undefined, threads }));
  if (!isAdapter) return openModel(base, path, before);
  const merged = mergedTensors({ base, adapter: path, threads });
  const { modules, found } = merged;
  const after = byName(merged);
  const moduleOf = new Map(modules.map((module) => [module.name, module]));
  return {
    path,
    measure: async (linear) => {
      const module = moduleOf.get(linear.name);
      if (module === undefined) return undefined;
      const changes = await changesOf(before, after, linear);
      const update = await readUpdate(module, found, linear);
      const spectrum =
        update.rank === 0 ? undefined : await spectrumOf(update, linear, mostDirections);
      return { linear, changes, spectrum };
    },
  };
}

function openModel(base: ModelFolder, path: string, before: Map<string, MergedTensor>): Subject {
  const other = readModelFolder(path);
  for (const { name } of base.linears) {
    const tensor = `${name}.weight`;
    if (base.tensors[tensor]?.shape.join() === other.tensors[tensor]?.shape.join()) continue;
    const problem = `their ${tensor} have other shapes`;
    throw new Failure('models-differ', { base: base.path, other: other.path, problem });
  }
  const after = byName(mergedTensors({ base: other, adapter: undefined, threads: 0 }));
  return {
    path,
    measure: async (linear) => {
      const changes = await changesOf(before, after, linear);
      const isTrained = changes.some((change) => change !== 0);
      return isTrained ? { linear, changes, spectrum: undefined } : undefined;
    },
  };
}

function byName({ tensors }: { tensors: readonly MergedTensor[] }): Map<string, MergedTensor> {
  return new Map(tensors.map((tensor) => [tensor.name, tensor]));
}

async function changesOf(
  before: Map<string, MergedTensor>,
  after: Map<string, MergedTensor>,
  { name, in: columns }: LinearModule,
): Promise<Float64Array> {
  const [base, trained] = [before, after].map((tensors) => tensors.get(`${name}.weight`));
  if (base === undefined || trained === undefined) throw new Error(`${name} has no weight`);
  return relativeChanges(base.blocks(), trained.blocks(), columns);
}

/** Directions are the largest part of what is measured, and needed for the comparison alone. */
function withoutDirections({ spectrum, ...measured }: Measured): Measured {
  const nothing = { rows: 0, count: 0, data: new Float64Array(0) };
  return { ...measured, spectrum: spectrum && { ...spectrum, left: nothing, right: nothing } };
}

function compare(
  { name, in: inputSize, out: outputSize }: LinearModule,
  one: Spectrum,
  other: Spectrum,
): ModuleSimilarity {
  const output = rounded(similarity(one.left, other.left, mostDirections));
  const input = rounded(similarity(one.right, other.right, mostDirections));
  return { name, output, outputSize, input, inputSize };
}

function describe(
  { linear, changes, spectrum }: Measured,
  edges: readonly number[],
): UpdatedModule {
  return {
    name: linear.name,
    values: Array.from(spectrum?.values ?? [], short),
    effectiveRank: spectrum === undefined ? null : short(effectiveRank(spectrum.values)),
    meanChange: short(meanOfChanges(changes)),
    counts: countByEdges(changes, edges),
  };
}

function short(value: number): number {
  return Number(value.toPrecision(figures));
}

function rounded(phi: readonly number[][]): number[][] {
  return phi.map((line) =>
    line.map((value) => Math.round(value * similarityFigures) / similarityFigures),
  );
}
