// What a model card tells of: the run behind an adapter or model, as far as its folder is there.
import { basename, dirname, join } from 'node:path';
import { checkpointName, checkpointStep } from '../../runs/checkpoints';
import { readEvents } from '../../runs/eventReader';
import { ResultsReader, type ResultsFolder } from '../../runs/results';
import { readRun } from '../../runs/runFolder';
import { runPaths } from '../../runs/runPaths';
import { readStatus } from '../../runs/status';
import type { EventOf, RunEvent, RunFile } from '../../shared/run';

export interface CardRun {
  run: RunFile;
  step: number;
  /** Steps of the whole run. */
  steps: number;
  trained: { tokens: number; seconds: number };
  /** Mean of the last steps up to this one. */
  trainingLoss: { loss: number; steps: number } | undefined;
  validation:
    { first: { step: number; loss: number }; last: { step: number; loss: number } } | undefined;
  /** What it was asked at this step. */
  results: ResultsFolder | undefined;
  judged: EventOf<'judged'>[];
  slopes: EventOf<'slope'> | undefined;
}

const lossSteps = 10;

/** Of a checkpoint in its run's folder; undefined for any other folder. */
export async function readCardRun(folder: string): Promise<CardRun | undefined> {
  const step = checkpointStep(basename(folder));
  const runFolder = dirname(dirname(folder));
  const run = step === undefined ? undefined : readRun(runFolder);
  if (step === undefined || run === undefined) return undefined;
  const steps = readStatus(runFolder)?.steps ?? step;
  const events = (await readEvents(runFolder)).filter((event) => isUpTo(event, step));
  const { results } = runPaths(runFolder);
  const own = step === steps ? results : join(results, checkpointName(step));
  const found = await new ResultsReader().readFolder(own);
  const evals = events.filter((event) => event.type === 'eval');
  const [first, last] = [evals[0], evals.at(-1)];
  return {
    ...{ run, step, steps },
    ...figuresOf(events),
    validation: first === undefined || last === undefined ? undefined : { first, last },
    results: found.tasks.length + found.texts.length > 0 ? found : undefined,
    judged: events.filter((event) => event.type === 'judged').filter((one) => one.step === step),
    slopes: events.filter((event) => event.type === 'slope').at(-1),
  };
}

function isUpTo(event: RunEvent, step: number): boolean {
  return !('step' in event) || event.step === undefined || event.step <= step;
}

function figuresOf(events: readonly RunEvent[]): Pick<CardRun, 'trained' | 'trainingLoss'> {
  const steps = events.filter((event) => event.type === 'step');
  const last = steps.slice(-lossSteps);
  const loss = last.reduce((sum, one) => sum + one.loss, 0) / last.length;
  return {
    trained: {
      tokens: steps.reduce((sum, one) => sum + one.tokens, 0),
      seconds: steps.reduce((sum, one) => sum + one.seconds, 0),
    },
    trainingLoss: last.length === 0 ? undefined : { loss, steps: last.length },
  };
}
