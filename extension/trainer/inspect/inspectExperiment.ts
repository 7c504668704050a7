// Reads an experiment file as it stands in an editor and tells all that can be known before it runs: problems,
// parameters, steps, memory, tokens. Needs no addon and creates nothing.
import { dirname, resolve } from 'node:path';
import { countSteps } from '../../data/batches';
import { meanOf } from '../../data/tokenLengths';
import { hasQuestions, taskNames } from '../../evaluation/task';
import { readModelConfig } from '../../model/config';
import { readModelFolder } from '../../model/folder';
import { layoutOf, type ModelLayout } from '../../model/layout';
import type { TokenizerFolder } from '../../model/tokenizer';
import { countValues } from '../../model/trainedValues';
import type { ExperimentSettings } from '../../shared/experiment';
import { isFailure, type Failure } from '../../shared/failures';
import {
  totalBytes,
  type InspectedFile,
  type InspectedRun,
  type Inspection,
} from '../../shared/inspection';
import { checkSchedule } from '../adalora/checkSchedule';
import { withInitialAdapter } from '../initialAdapter';
import type { MachineSpeed } from '../addon';
import type { PackedSize } from '../memory/packedSize';
import { estimateMemory } from '../memory/memoryEstimate';
import { expectedPlace, type HasGpu } from '../memory/tensorPlace';
import { openTokenizer } from '../openModel';
import { stepSeconds } from '../plan/stepTime';
import { stepWork } from '../plan/stepWork';
import { trainedModel } from '../trainedParts';
import { checkTrainedParts } from './adapterProblems';
import { checkData, checkFilesExist, type MeasuredFile } from './dataProblems';
import { largestBatch, usualBatch, type MeasuredRecords } from './drawnBatches';
import { LengthCache } from './lengthCache';
import { nearPath } from './nearPath';
import { addProblem, attempt, inFolder, type CheckContext } from './runChecks';
import { readSettings } from './settingProblems';
import { checkTasks } from './taskProblems';

/** Runs of a grid that are looked at; a larger grid is counted, and its first runs stand for it. */
const mostRuns = 64;
const defaultEpochs = 3;

export interface InspectOptions {
  /** Where token counts are kept between two inspections. */
  cacheFolder?: string;
  /** Of this machine, by threads; without it nothing is told of time. */
  speedOf?: (threads: number) => Promise<MachineSpeed | undefined>;
  /** Without it runs are taken to compute on the processor, unless they ask for a GPU. */
  hasGpu?: HasGpu;
}

export async function inspectExperiment(
  source: string,
  file: string,
  options: InspectOptions = {},
): Promise<Inspection> {
  const read = readSettings(source, file);
  const { experiment, list } = read;
  if (experiment === undefined) {
    return { problems: list.inOrder(), runs: [], runCount: 0, files: [], tasks: [] };
  }
  const inspector = new Inspector(options);
  const runs: InspectedRun[] = [];
  for (const run of experiment.runs.slice(0, mostRuns)) {
    const { text, missing } = read;
    runs.push(await inspector.inspect({ file, text, list, run, missing }));
  }
  const { files } = inspector;
  const tasks = knownTasks(file, experiment.runs[0]?.settings);
  return { problems: list.inOrder(), runs, runCount: experiment.runs.length, files, tasks };
}

function knownTasks(file: string, settings: ExperimentSettings | undefined): Inspection['tasks'] {
  if (settings === undefined) return [];
  const folder = resolve(dirname(file), settings.evaluation.data);
  return taskNames(folder).map((name) => ({ name, hasQuestions: hasQuestions(name, folder) }));
}

interface OpenedModel {
  /** Also of a folder whose weights are missing or broken: what it needs can be told all the same. */
  layout?: ModelLayout;
  tokenizer?: TokenizerFolder;
  failure?: Failure;
}

class Inspector {
  /** By path: runs of a grid mostly share their model. */
  private readonly models = new Map<string, Promise<OpenedModel>>();
  private readonly told = new Map<string, InspectedFile>();

  private readonly cache: LengthCache;
  private readonly speedOf: NonNullable<InspectOptions['speedOf']>;
  private readonly hasGpu: HasGpu;

  constructor({ cacheFolder, speedOf, hasGpu }: InspectOptions) {
    this.cache = new LengthCache(cacheFolder);
    this.speedOf = speedOf ?? (() => Promise.resolve(undefined));
    this.hasGpu = hasGpu ?? (() => false);
  }

  get files(): InspectedFile[] {
    return [...this.told.values()];
  }

  async inspect(context: CheckContext): Promise<InspectedRun> {
    const settings = await resolveSettings(context);
    const { layout, tokenizer } = await this.open(context, settings);
    const tasks = await checkTasks(context, settings, tokenizer);
    const told = describe(context, settings);
    if (tokenizer === undefined) checkFilesExist(context, settings);
    if (layout === undefined) return told;
    const parts = checkTrainedParts(context, settings, layout);
    const run = { ...told, ...countValues(parts, layout) };
    if (tokenizer === undefined) return run;
    const data = { path: inFolder(context, settings.model), tokenizer, cache: this.cache };
    const measured = await checkData(context, settings, data);
    for (const file of measured) this.tell(file, settings);
    const training = measured.filter(({ setting }) => setting !== 'data.validation');
    if (training.length < settings.data.train.length) return run;
    const length = lengthOf(settings, training);
    checkLength(context, settings, length.steps);
    const model = trainedModel(settings, layout, parts);
    const place = expectedPlace(settings, this.hasGpu);
    const memory = estimateMemory({
      ...{ model, place },
      batch: batchOf(settings, training, length.steps),
      generations: tasks,
      records: length.records,
      tokens: this.files.reduce((sum, one) => sum + one.tokens, 0),
      vocabulary: layout.shape.vocabulary,
    });
    const speed = await this.speedOf(settings.threads);
    const usual = usualBatch(cutLengths(settings.data, training), settings.training.batchSize);
    const work = stepWork(model, usual, settings.training.accumulation);
    const time = { stepSeconds: stepSeconds(work, place, speed) };
    return { ...run, ...length, memory, peakBytes: totalBytes(memory), ...time };
  }

  private async open(context: CheckContext, { model }: ExperimentSettings): Promise<OpenedModel> {
    if (context.missing.has('model')) return {};
    const path = inFolder(context, model);
    const opening = this.models.get(path) ?? openFolder(path);
    this.models.set(path, opening);
    const opened = await opening;
    if (opened.failure !== undefined) {
      const isMissing = opened.failure.code === 'file-missing' && opened.layout === undefined;
      const nearest = isMissing ? nearPath(model, dirname(context.file)) : undefined;
      addProblem(context, opened.failure, { setting: 'model', nearest });
      // What was probably meant serves to check the rest.
      if (nearest !== undefined) return openFolder(inFolder(context, nearest));
    }
    return opened;
  }

  /** What the first run that reads a file makes of it. */
  private tell({ setting, file, lengths }: MeasuredFile, { data }: ExperimentSettings): void {
    if (this.told.has(setting)) return;
    const share = lengths.records / Math.max(1, lengths.lengths.length);
    const truncated = lengths.lengths.filter((length) => length > data.maxLength).length;
    this.told.set(setting, {
      ...{ setting, file, records: lengths.records, isSampled: lengths.isSampled },
      tokens: Math.round(meanOf(lengths.lengths) * lengths.records),
      longest: lengths.lengths.reduce((most, length) => Math.max(most, length), 0),
      truncated: Math.round(truncated * share),
    });
  }
}

/** Of AdaLoRA's schedule, which needs a part of the run. */
function checkLength(context: CheckContext, settings: ExperimentSettings, steps: number): void {
  try {
    checkSchedule(settings, steps, () => ({ file: context.file }));
  } catch (error) {
    if (!isFailure(error)) throw error;
    addProblem(context, error, error.data as { setting: string });
  }
}

/** With what an initial adapter decides. */
async function resolveSettings(context: CheckContext): Promise<ExperimentSettings> {
  const { run, file } = context;
  const { initialAdapter } = run.settings.adapter;
  if (initialAdapter === undefined) return run.settings;
  const settings = await attempt(
    () => withInitialAdapter(run, inFolder(context, initialAdapter), () => ({ file })),
    (failure) => {
      if (failure.code === 'adapter-contradicted') {
        addProblem(context, failure, failure.data as { setting: string });
        return;
      }
      const nearest = nearPath(initialAdapter, dirname(file));
      addProblem(context, failure, { setting: 'adapter.initialAdapter', nearest });
    },
  );
  return settings ?? run.settings;
}

async function openFolder(path: string): Promise<OpenedModel> {
  let failure: Failure | undefined;
  const keep = (one: Failure): void => {
    failure ??= one;
  };
  const layout =
    (await attempt(() => readModelFolder(path), keep)) ??
    (await attempt(() => layoutOf(readModelConfig(path)), keep));
  const tokenizer =
    layout && (await attempt(() => openTokenizer({ path, config: layout.config }), keep));
  return {
    ...(layout && { layout }),
    ...(tokenizer && { tokenizer }),
    ...(failure && { failure }),
  };
}

function describe({ run }: CheckContext, { method, adapter }: ExperimentSettings): InspectedRun {
  return {
    ...{ varied: run.varied, method, rank: method === 'full' ? null : adapter.rank },
    ...{ trainable: null, added: null, parameters: null, memory: null, peakBytes: null },
    ...{ records: null, steps: null, stepsPerEpoch: null, stepSeconds: null },
  };
}

interface RunLength {
  records: number;
  steps: number;
  stepsPerEpoch: number;
}

function lengthOf(
  { data, training }: ExperimentSettings,
  files: readonly MeasuredFile[],
): RunLength {
  const all = files.reduce((sum, { lengths }) => sum + lengths.records, 0);
  const held = typeof data.validation === 'number' ? data.validation : 0;
  const records = Math.max(1, all - held);
  const { epochs = defaultEpochs } = training;
  return { records, ...countSteps(records, { ...training, epochs }) };
}

function batchOf(
  { data, training }: ExperimentSettings,
  files: readonly MeasuredFile[],
  steps: number,
): PackedSize {
  return largestBatch(cutLengths(data, files), training.batchSize, steps * training.accumulation);
}

function cutLengths(
  { maxLength }: ExperimentSettings['data'],
  files: readonly MeasuredFile[],
): MeasuredRecords {
  const cut = (length: number): number => Math.min(length, maxLength);
  return {
    lengths: files.flatMap((file) => file.lengths.lengths).map(cut),
    counted: files.flatMap((file) => file.lengths.counted).map(cut),
    // The first of a file begins as none before it.
    alike: files.flatMap((file) => file.lengths.alike).map(cut),
  };
}
