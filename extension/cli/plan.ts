// adapter-lab plan: what runs would train, how much memory and time a step they need, from a configuration alone. It
// loads little and reads no weights, so that it answers at once.
import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { readModelConfigFile } from '../model/config';
import { isObject, readText } from '../model/jsonFile';
import { layoutOf } from '../model/layout';
import { parseExperiment, parseOverride, type Experiment } from '../shared/experimentFile';
import { Failure } from '../shared/failures';
import { trainablePercent } from '../shared/trainableShare';
import { hasGpu } from '../trainer/devices/hasGpu';
import { machineSpeed } from '../trainer/plan/machineSpeed';
import { planRun, type PlanContext, type PlannedRun } from '../trainer/plan/planRun';
import { collect, commaList, threadsOption, wholeNumber } from './arguments';
import { tell, type Outcome, type OutputOptions } from './output';
import { planText, type Plan } from './planText';

interface PlanOptions extends OutputOptions {
  method?: string[];
  rank?: string[];
  targets?: string[];
  batch?: number;
  maxLength?: number;
  length?: number;
  set?: string[];
  threads: number;
}

/** Runs of a grid that are told. */
const mostRuns = 64;

export function addPlan(program: Command): void {
  program
    .command('plan')
    .description('parameters, memory and time of a step, from a configuration alone')
    .argument('<config>', "an experiment file; or a model's config.json or folder, without weights")
    .option('--method <names>', 'methods side by side, with commas', commaList('--method'))
    .option('--rank <ranks>', 'ranks side by side, with commas', commaList('--rank'))
    .option('--targets <names>', 'modules to adapt; all-linear', commaList('--targets'))
    .option('--batch <n>', 'records of a micro-batch', wholeNumber('--batch', 1))
    .option('--max-length <n>', 'longest record in tokens', wholeNumber('--max-length', 1))
    .option('--length <n>', 'tokens of a usual record', wholeNumber('--length', 1))
    .option('--set <key=value>', 'change a setting; several times', collect)
    .option(...threadsOption)
    .option('--json', 'print {model, parameters, speed, runs, runCount}')
    .addHelpText(
      'after',
      `
Trained values are counted as the DoRA paper counts them: a share of the model's values and the adapter's own.
Memory and time are of training, with every record as long as --length (the longest allowed when left out).
Time comes from the step's operations and this machine's speed, which is measured for 30 ms now and then; others at
work on the machine make steps longer. Nothing is trained, and no weights are read.

Examples:
  adapter-lab plan boolq.experiment.json
  adapter-lab plan models/llama-7b/config.json --method full,lora,dora --rank 16,32
  adapter-lab plan models/llama-7b --method dora --targets all-linear --batch 4 --set training.accumulation=4
`,
    )
    .action(async (config: string, options: PlanOptions) => {
      await tell(options, () => plan(resolve(config), options));
    });
}

async function plan(path: string, options: PlanOptions): Promise<Outcome> {
  const { experiment, configOf } = open(path, overridesOf(options));
  const speed = await machineSpeed(options.threads);
  const runs = experiment.runs.slice(0, mostRuns);
  const layouts = new Map<string, PlanContext>();
  const planned = runs.map(({ settings, varied }) => {
    const config = configOf(settings.model);
    const context = layouts.get(config) ?? {
      layout: layoutOf(readModelConfigFile(config)),
      placeOf: experiment.place,
      recordTokens: options.length,
      speed,
      hasGpu,
    };
    layouts.set(config, context);
    return { model: dirname(config), varied, ...planRun(settings, context) };
  });
  const told: Plan = { speed: speed ?? null, runs: planned, runCount: experiment.runs.length };
  const json = { ...told, runs: planned.map(withPercent) };
  return { json, text: planText(told) };
}

function withPercent<Run extends PlannedRun>(run: Run): Run & { percent: number } {
  return { ...run, percent: trainablePercent(run) };
}

interface Opened {
  experiment: Experiment;
  /** Where a run's `model` has its config.json. */
  configOf: (model: string) => string;
}

function open(path: string, overrides: Record<string, unknown>): Opened {
  const config = modelConfigOf(path);
  if (config !== undefined) {
    const text = JSON.stringify({ name: 'plan', model: config, data: { train: ['-'] } });
    return { experiment: parseExperiment(text, path, overrides), configOf: () => config };
  }
  const experiment = parseExperiment(readText(path, 'the experiment'), path, overrides);
  return { experiment, configOf: (model) => join(resolve(dirname(path), model), 'config.json') };
}

/** Undefined for an experiment. A configuration says what kind of model it is, an experiment which model. */
function modelConfigOf(path: string): string | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return join(path, 'config.json');
  const value = parsed(readText(path, 'the experiment or configuration'));
  const isConfig = isObject(value) && ('model_type' in value || 'architectures' in value);
  return isConfig ? path : undefined;
}

/** Undefined for what has comments, as experiments may, or is broken, which is told with its line when it is read. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function overridesOf(options: PlanOptions): Record<string, unknown> {
  const { method, rank, targets, batch, maxLength } = options;
  const ranks = rank?.map((text) => wholeNumber('--rank', 1)(text));
  const grid = { ...(method && { method }), ...(ranks && { 'adapter.rank': ranks }) };
  const isVaried = Object.keys(grid).length > 0;
  const own: Record<string, unknown> = {
    ...(isVaried && { grid }),
    ...(targets && { 'adapter.targets': targets }),
    ...(batch !== undefined && { 'training.batchSize': batch }),
    ...(maxLength !== undefined && { 'data.maxLength': maxLength }),
  };
  for (const [setting, value] of (options.set ?? []).map(parseOverride)) {
    if (setting in own) {
      throw new Failure('command-invalid', { problem: `--set ${setting} is said twice` });
    }
    own[setting] = value;
  }
  return own;
}
