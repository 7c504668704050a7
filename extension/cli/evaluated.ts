// What was evaluated: the run's checkpoint that it is, and what evaluation.json says of it.
import { basename, dirname, join, resolve } from 'node:path';
import { trainedTemplate } from '../evaluation/judge/conversations';
import { fingerprintModel } from '../model/fingerprint';
import type { ModelFolder } from '../model/folder';
import { countValues } from '../model/trainedValues';
import { writeAtomically } from '../runs/atomicFile';
import { checkpointStep } from '../runs/checkpoints';
import { readEvaluation } from '../runs/evaluations';
import { readRun } from '../runs/runFolder';
import { evaluationFileName, type EvaluationFile } from '../shared/evaluationFile';
import { quantizationOf } from '../shared/experiment';
import type { RunFile } from '../shared/run';
import { checkpointFingerprint } from '../trainer/evaluateRun';
import { methodOf as adapterMethod } from '../trainer/lowRank';
import type { AdapterFolder, OpenedModel } from '../trainer/openModel';
import { quantizationName } from '../trainer/quantized/quantizationName';
import { tableWeights } from '../trainer/tableUpdates';
import { foldedValues } from './exchange/describedAdapter';

/**
 * A checkpoint of a run on the model that it was trained on keeps the name that the run's own evaluation has for
 * it, so that questions which the run asked are not asked again. Undefined for every other model.
 */
export async function checkpointIdentity(opened: OpenedModel): Promise<string | undefined> {
  const { folder, adapter } = opened;
  const checkpoint = resolve(adapter?.path ?? folder.path);
  const step = checkpointStep(basename(checkpoint));
  const run = step === undefined ? undefined : readRunIfWhole(dirname(dirname(checkpoint)));
  if (step === undefined || run === undefined) return undefined;
  const isSame =
    adapter === undefined
      ? run.settings.method === 'full'
      : run.model[0]?.sha256 === (await fingerprintModel(folder)) && isSameBase(run, folder);
  return isSame ? checkpointFingerprint(run, step) : undefined;
}

/** Whether the engine has the base as the run's had it. */
function isSameBase({ settings }: RunFile, { config, quantization }: ModelFolder): boolean {
  // Of a folder that is quantised the fingerprint says all.
  if (config.isQuantized) return true;
  const trained = quantizationOf(settings);
  if (trained === undefined || quantization === undefined) return trained === quantization;
  return quantizationName(trained) === quantizationName(quantization);
}

/** The template that a checkpoint of a run was trained with. */
export function trainedTemplateOf({ folder, adapter }: OpenedModel): string | undefined {
  const checkpoint = resolve(adapter?.path ?? folder.path);
  if (checkpointStep(basename(checkpoint)) === undefined) return undefined;
  const run = readRunIfWhole(dirname(dirname(checkpoint)));
  return run && trainedTemplate(run.settings);
}

function readRunIfWhole(folder: string): RunFile | undefined {
  try {
    return readRun(folder);
  } catch {
    // Its run.json is broken: the checkpoint is a model like any other.
    return undefined;
  }
}

type Evaluated = EvaluationFile['method'];

/** Written at the first evaluation into a folder of results; later ones add to it. */
export function describeEvaluation(results: string, { folder, adapter }: OpenedModel): void {
  if (readEvaluation(results) !== undefined) return;
  const model = resolve(folder.path);
  const path = adapter && resolve(adapter.path);
  const file: EvaluationFile = {
    format: 1,
    name: nameOf(path ?? model) + quantizedName(folder, adapter),
    model,
    adapter: path ?? null,
    method: methodOf(folder, adapter),
    created: new Date().toISOString(),
    parameters: folder.parameters,
    trainable: adapter ? trainedValues(adapter, folder) : null,
  };
  writeAtomically(join(results, evaluationFileName), `${JSON.stringify(file, null, 2)}\n`);
}

function methodOf({ quantization }: ModelFolder, adapter: AdapterFolder | undefined): Evaluated {
  if (adapter === undefined) return 'base';
  const method = adapterMethod(adapter.config);
  if (quantization === undefined || adapter.config.vera) return method;
  return method === 'dora' ? 'qdora' : 'qlora';
}

/** What tells a base that was quantised for the evaluation from the same model as it is. */
function quantizedName(
  { config, quantization }: ModelFolder,
  adapter: AdapterFolder | undefined,
): string {
  const isAsKnown = config.isQuantized || adapter?.quantization !== undefined;
  return quantization === undefined || isAsKnown ? '' : ` ${quantizationName(quantization)}`;
}

function trainedValues(
  adapter: NonNullable<OpenedModel['adapter']>,
  folder: OpenedModel['folder'],
): number {
  const { modules, values, tables, rows } = adapter;
  const folded = tableWeights([...tables, ...rows]);
  const whole = [...values.keys()].filter((name) => name in folder.tensors && !folded.has(name));
  const parts = { adapters: modules, trainedTensors: whole };
  return countValues(parts, folder).trainable + foldedValues(adapter);
}

/** A checkpoint's own name, `step-000200`, says little without its run's. */
function nameOf(path: string): string {
  const name = basename(path);
  if (checkpointStep(name) === undefined) return name;
  return `${basename(dirname(dirname(path)))} ${name}`;
}
