// What goes wrong with adapters, the addon and a run while it trains, and the sentence for each.
import { placeText, type Place } from './place';

/** Of a device, which is asked, what is left is known. */
export interface MissingMemory {
  sizeBytes: number;
  freeBytes?: number;
  takenBytes?: number;
}

export interface TrainingFailureData {
  'target-unknown': Place & { target: string; known: string[]; nearest?: string };
  'rank-too-large': Place & { rank: number; module: string; largest: number; isHalf?: boolean };
  'layer-unknown': Place & { layer: number; layers: number };
  'pattern-unmatched': Place & { setting: string; key: string };
  'pattern-ambiguous': Place & { setting: string; module: string; keys: string[] };
  'schedule-too-long': Place & {
    setting: string;
    tinit: number;
    tfinal: number;
    steps: number;
  };
  'part-missing': Place & { setting?: string; part: string; problem: string };
  'adapter-unsupported': { file: string; field: string; value: string; reason?: string };
  'adapter-contradicted': Place & {
    setting: string;
    wanted: string;
    found: string;
    adapter: string;
  };
  'adapter-tensor': { file: string; tensor: string; problem: string };
  'adapter-missing': { file: string; tensor: string; others: number };
  'adapter-unexpected': { file: string; tensor: string; others: number; problem: string };
  'loss-not-finite': { what: string; step: number; value: string; checkpoint: string };
  'checkpoint-unusable': { folder: string; problem: string };
  'out-of-memory': MissingMemory & { what: string };
  'memory-short': {
    neededBytes: number;
    freeBytes: number;
    totalBytes: number;
    isHost: boolean;
    batchSize: number;
    /** The smallest micro-batch and activation checkpointing were tried. */
    isShrunk: boolean;
  };
  'base-quantized': Place & { method: string; model: string };
  'quantization-contradicted': Place & { said: string; is: string; model: string };
  'cache-unusable': { folder: string; problem: string; variable: string };
  'addon-missing': { tried: string[] };
  /** No GPU can be used, or one failed: a sentence of trainer/devices. */
  'gpu-unusable': { problem: string };
  'engine-failed': { problem: string };
}

type Sentences<Data> = { [Code in keyof Data]: (data: Data[Code]) => string };

export const trainingSentences: Sentences<TrainingFailureData> = {
  'target-unknown': ({ target, known, nearest, ...at }) =>
    `${placeText(at)}: the model has no module "${target}"${
      nearest === undefined ? '' : ` (did you mean "${nearest}"?)`
    }; targets are ${known.join(', ')}.`,
  'rank-too-large': ({ rank, module, largest, isHalf = false, ...at }) =>
    `${placeText(at)}: rank ${rank} is above ${largest}, ${isHalf ? 'half of ' : ''}the smaller dimension of ${module}${isHalf ? ": PiSSA's adapters are saved with twice the rank" : ''}.`,
  'layer-unknown': ({ layer, layers, ...at }) =>
    `${placeText(at)}: there is no layer ${layer}; the model has layers 0 to ${layers - 1}.`,
  'pattern-unmatched': ({ setting, key, ...at }) =>
    `${placeText(at)}: "${setting}" has the key "${key}", which matches no module that is adapted.`,
  'pattern-ambiguous': ({ setting, module, keys, ...at }) =>
    `${placeText(at)}: "${setting}" has several keys for ${module}: ${keys.join(', ')}; keep one.`,
  'schedule-too-long': ({ tinit, tfinal, steps, ...at }) =>
    `${placeText(at)}: "adapter.tinit" ${tinit} and "adapter.tfinal" ${tfinal} leave AdaLoRA no step to lower ranks in, as the run has ${steps}; keep their sum below that.`,
  'part-missing': ({ setting = 'train', part, problem, ...at }) =>
    `${placeText(at)}: "${setting}" names ${part}, but ${problem}.`,
  'adapter-unsupported': ({ file, field, value, reason }) =>
    `${file}: "${field}" is ${value}, which cannot be applied here${reason === undefined ? '' : `: ${reason}`}.`,
  'adapter-contradicted': ({ setting, wanted, found, adapter, ...at }) =>
    `${placeText(at)}: "${setting}" is ${wanted}, but the adapter ${adapter} has ${found}; change it or leave it out.`,
  'adapter-tensor': ({ file, tensor, problem }) => `${file}: tensor ${tensor} ${problem}.`,
  'adapter-missing': ({ file, tensor, others }) =>
    `${file} lacks the tensor ${tensor}${and(others)} that its adapter_config.json asks for.`,
  'adapter-unexpected': ({ file, tensor, others, problem }) =>
    `${file} has the tensor ${tensor}${and(others)}, which cannot be applied: ${problem}.`,
  'loss-not-finite': ({ what, step, value, checkpoint }) =>
    `${what} became ${value} at step ${step}; ${checkpoint === 'none' ? 'there is no checkpoint yet' : `the last good checkpoint is ${checkpoint}`}. Lower the learning rate or check the data.`,
  'checkpoint-unusable': ({ folder, problem }) => `${folder} cannot be resumed: ${problem}.`,
  'out-of-memory': ({ what, ...sizes }) =>
    `There is not enough memory for ${what} (${missingText(sizes)}); lower training.batchSize or data.maxLength, or set training.activationCheckpointing.`,
  'memory-short': ({ neededBytes, freeBytes, totalBytes, isHost, batchSize, isShrunk }) =>
    `The run needs ${megabytes(neededBytes)} of ${isHost ? 'memory' : "the GPU's memory"}, of which ${megabytes(freeBytes)}${
      totalBytes === 0 ? '' : ` of ${megabytes(totalBytes)}`
    } are free; ${
      isShrunk
        ? 'that is too little even for micro-batches of one record and "training.activationCheckpointing": lower "data.maxLength" or "adapter.rank", or take "method" qlora or qdora'
        : `set "training.whenMemoryIsShort" to shrink, lower "training.batchSize" (${batchSize}) or "data.maxLength", or set "training.activationCheckpointing"`
    }${isHost ? '' : ', or end what else uses the GPU'}.`,
  'base-quantized': ({ method, model, ...at }) =>
    `${placeText(at)}: ${model} is quantised to 4 bits, which "${method}" does not train on; use qlora or qdora.`,
  'quantization-contradicted': ({ said, is, model, ...at }) =>
    `${placeText(at)}: "quantization" says ${said}, but ${model} is quantised already, as ${is}; leave it out.`,
  'cache-unusable': ({ folder, problem, variable }) =>
    `The quantised model cannot be kept in ${folder}: ${problem}; free some room, or set the environment variable ${variable} to another folder.`,
  'addon-missing': ({ tried }) =>
    `The native addon could not be loaded: ${tried.join('; ')}. In a checkout, build it with "npm run build:native".`,
  'gpu-unusable': ({ problem }) => problem,
  'engine-failed': ({ problem }) => `The engine failed: ${problem}.`,
};

function missingText({ sizeBytes, freeBytes, takenBytes }: MissingMemory): string {
  const size = megabytes(sizeBytes);
  if (freeBytes === undefined || takenBytes === undefined) return size;
  return `${size}; ${megabytes(freeBytes)} are free and ${megabytes(takenBytes)} taken by this process`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

function and(others: number): string {
  return others === 0 ? '' : ` and ${others} more`;
}
