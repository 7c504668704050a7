// A checkpoint: a folder that others load (a PEFT adapter, or a Hugging Face model for full fine-tuning) with
// what a resume needs beside it.
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { Failure } from '../shared/failures';
import type { ModelFolder } from '../model/folder';
import { valuesOf } from '../model/layout';
import { readTensor, sourceOf } from '../model/readTensor';
import { readHeader } from '../model/safetensorsHeader';
import { writeSafetensors, type TensorToWrite } from '../model/safetensorsWriter';
import { dvoraFiles, peftFiles } from '../runs/adapterFolder';
import { isTripletPart } from './adalora/adaloraConfig';
import { tripletContent } from './adalora/storedTriplets';
import type { Engine, ParameterInfo } from './addon';
import type { LowRankConfig } from './lowRank';
import { copyModelFiles } from './modelFiles';
import {
  optimizerBytes,
  readFinite,
  restoreOptimizer,
  writeOptimizer,
  type StoredForm,
} from './optimizerFile';
import { baseQuantizationKey, quantizationName } from './quantized/quantizationName';
import { peftConfigText } from './peftConfigText';
import { doubledConfig, doubledShape, doubledValues, ownValues } from './principalPair';
import { nothingTensors } from './magnitudeOnly';
import { peftPrefix } from './peftTensors';
import { veraBytes, veraContent } from './vera/storedVera';
import { adaptedModules, savedKey, savedKeys } from './savedTensors';

const stateFile = 'trainer_state.json';

/** Everything that a resumed run cannot derive from its settings and its step. */
const trainerState = z.object({
  format: z.literal(1),
  step: z.int().check(z.nonnegative()),
  /** AdaLoRA's last mask: 1 for what it kept, 0 for what it took. */
  kept: z.optional(z.string().check(z.regex(/^[01]*$/))),
});

export interface CheckpointContent {
  engine: Engine;
  folder: ModelFolder;
  /** Undefined for full fine-tuning. */
  lowRank: LowRankConfig | undefined;
  /** The engine has averages: they are what others load. */
  averages: boolean;
  /** AdaLoRA's last mask; undefined before the first. */
  kept?: Uint8Array | undefined;
}

/** Fills the empty folder `target` with the checkpoint of `step`; every file is synced. */
export async function fillCheckpoint(
  target: string,
  step: number,
  content: CheckpointContent,
): Promise<void> {
  if (content.lowRank) await writeAdapter(target, content.lowRank, content);
  else await writeModel(target, content);
  await writeOptimizer(target, content.engine, storedForm(content));
  const kept = content.kept && { kept: content.kept.join('') };
  const state: z.infer<typeof trainerState> = { format: 1, step, ...kept };
  await writeFile(join(target, stateFile), `${JSON.stringify(state)}\n`, { flush: true });
}

function storedForm({ averages, kept }: CheckpointContent): StoredForm {
  return { averages, sliced: kept !== undefined };
}

async function writeAdapter(
  target: string,
  lowRank: LowRankConfig,
  checkpoint: CheckpointContent,
): Promise<void> {
  const { engine, folder, kept } = checkpoint;
  const { quantization } = folder;
  const adapted = adaptedModules(engine.parameters);
  const triplets = lowRank.adalora && (await tripletContent(checkpoint, lowRank, kept));
  const whole = engine.parameters.filter(({ name }) => !triplets || !isTripletPart(name));
  const parameters = whole.flatMap((parameter): TensorToWrite[] => {
    const tensor = (lowRank.principal ? doubled : stored)(parameter, checkpoint);
    const keys = savedKeys(parameter.name, folder, adapted);
    return keys.map((key) => ({ name: peftPrefix + key, ...tensor }));
  });
  const vera = lowRank.vera && (await veraContent(engine, folder, lowRank.vera));
  const added = [
    ...nothingTensors(engine, folder),
    ...(vera ?? triplets ?? { tensors: [] }).tensors,
  ];
  const metadata = {
    ...{ format: 'pt', ...vera?.metadata },
    ...(quantization && { [baseQuantizationKey]: quantizationName(quantization) }),
  };
  const files = lowRank.vera && lowRank.dora ? dvoraFiles : peftFiles;
  await writeSafetensors(join(target, files.tensors), [...parameters, ...added], metadata);
  const saved = lowRank.principal ? doubledConfig(lowRank) : (triplets?.config ?? lowRank);
  await writeConfig(join(target, files.config), saved, checkpoint);
}

async function writeConfig(
  file: string,
  lowRank: LowRankConfig,
  { engine, folder }: CheckpointContent,
): Promise<void> {
  const adapted = adaptedModules(engine.parameters).map(({ name }) => name);
  await writeFile(file, peftConfigText(lowRank, folder.path, adapted), { flush: true });
}

/** A whole model folder: trained tensors in f32, the others as their files have them. */
async function writeModel(target: string, checkpoint: CheckpointContent): Promise<void> {
  const { engine, folder } = checkpoint;
  const trained = new Map(engine.parameters.map((parameter) => [parameter.name, parameter]));
  const tensors = Object.entries(folder.tensors).map(([name, source]): TensorToWrite => {
    const parameter = trained.get(name);
    if (parameter) return { name, ...stored(parameter, checkpoint) };
    if (source.dtype === 'nf4') throw new Error('full fine-tuning of a quantised model');
    return { name, dtype: source.dtype, shape: source.shape, content: source };
  });
  await writeSafetensors(join(target, 'model.safetensors'), tensors, { format: 'pt' });
  await copyModelFiles(folder, target, 'f32');
}

type StoredTensor = Omit<TensorToWrite, 'name'>;

/** A parameter as others load it. */
function stored({ name, shape }: ParameterInfo, checkpoint: CheckpointContent): StoredTensor {
  const { engine: owner, averages } = checkpoint;
  return { dtype: 'f32', shape, content: { owner, state: loadedState(averages), name } };
}

/** With what it began with. */
function doubled(parameter: ParameterInfo, checkpoint: CheckpointContent): StoredTensor {
  const { engine, averages } = checkpoint;
  const content = async (): Promise<Float32Array> => {
    const values = await readFinite(engine, loadedState(averages), parameter.name);
    return doubledValues(engine, parameter, values);
  };
  return { dtype: 'f32', shape: doubledShape(parameter), content };
}

function loadedState(averages: boolean): 'average' | 'value' {
  return averages ? 'average' : 'value';
}

/** Room that the checkpoint's tensors take. */
export function checkpointBytes(content: CheckpointContent): number {
  const { engine, folder, lowRank } = content;
  const sum = (sizeOf: (parameter: ParameterInfo) => number): number =>
    engine.parameters.reduce((bytes, parameter) => bytes + sizeOf(parameter), 0);
  const optimizer = sum((parameter) => optimizerBytes(parameter, storedForm(content)));
  const vera = lowRank?.vera ? veraBytes(engine, folder) : 0;
  // A model folder holds its other tensors too.
  return optimizer + vera + 4 * (lowRank ? sum(({ shape }) => valuesOf(shape)) : folder.parameters);
}

export interface RestoredState {
  step: number;
  /** AdaLoRA's last mask. */
  kept: Uint8Array | undefined;
}

/** Puts the engine where the checkpoint's run was. */
export async function restoreCheckpoint(
  checkpoint: string,
  engine: Engine,
  { averages, principal }: { averages: boolean; principal: boolean },
): Promise<RestoredState> {
  const { step, kept } = await readState(checkpoint);
  const sliced = kept !== undefined;
  const [valueFile, prefix] = valueFileOf(engine);
  const adapted = adaptedModules(engine.parameters);
  const keyOf = (name: string): string => prefix + savedKey(name, adapted);
  const own = principal ? ownValues : (_: ParameterInfo, values: Float32Array) => values;
  const values = { file: join(checkpoint, valueFile), keyOf, sliced };
  await restoreValues(engine, values, own);
  await restoreOptimizer(checkpoint, engine, { averages, sliced });
  return { step, kept: sliced ? Uint8Array.from(kept, Number) : undefined };
}

/** The file that holds the values of what is trained, and what it puts before their names. */
function valueFileOf({ parameters }: Engine): [file: string, prefix: string] {
  const has = (part: string): boolean => parameters.some(({ name }) => name.includes(part));
  const isVera = has('.vera_');
  if (isVera && has('.lora_magnitude')) return [dvoraFiles.tensors, peftPrefix];
  return isVera || has('.lora_') ? [peftFiles.tensors, peftPrefix] : ['model.safetensors', ''];
}

async function readState(checkpoint: string): Promise<z.infer<typeof trainerState>> {
  try {
    return trainerState.parse(JSON.parse(await readFile(join(checkpoint, stateFile), 'utf8')));
  } catch {
    const problem = `its ${stateFile} is missing or broken`;
    throw new Failure('checkpoint-unusable', { folder: checkpoint, problem });
  }
}

async function restoreValues(
  engine: Engine,
  { file, keyOf, sliced }: { file: string; keyOf: (name: string) => string; sliced: boolean },
  own: (parameter: ParameterInfo, values: Float32Array) => Float32Array,
): Promise<void> {
  const header = readHeader(file);
  for (const parameter of engine.parameters) {
    const { name } = parameter;
    if (sliced && isTripletPart(name)) continue;
    const source = sourceOf(header, keyOf(name));
    if (source === undefined) {
      const problem = `${file} lacks the tensor ${keyOf(name)}`;
      throw new Failure('checkpoint-unusable', { folder: dirname(file), problem });
    }
    await engine.write('value', name, own(parameter, await readTensor(source)));
  }
}
