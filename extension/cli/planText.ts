// A plan as a table for people, with what its figures are of.
import { sizeText } from '../shared/timeText';
import type { MachineSpeed } from '../trainer/addon';
import type { PlannedRun } from '../trainer/plan/planRun';
import { stepTime, table, trainedPercent } from './wording';

export interface Plan {
  speed: MachineSpeed | null;
  runs: ({ model: string; varied: Record<string, unknown> } & PlannedRun)[];
  runCount: number;
}

const head = [
  ...['run', 'trained values', 'of all', 'weights', 'adapter', 'gradients', 'optimizer'],
  ...['activations', 'other', 'peak', 'a step'],
];
/** test/bench/stepTimes.ts, on a machine with nothing else to do. */
const timeError = '15 %';

export function planText({ speed, runs, runCount }: Plan): string {
  const parts = [table(head, runs.map(cells)), ...batchLines(runs), timeLine(speed, runs)];
  if (runs.length < runCount) parts.push(`${runCount - runs.length} more runs are not shown.`);
  return parts.join('\n\n');
}

function cells(run: Plan['runs'][number]): string[] {
  const { memory } = run;
  const { weights, adapter, gradients, optimizer, activations, logits, program, saving } = memory;
  const sizes = [weights, adapter, gradients, optimizer, activations + logits, program + saving];
  return [
    nameOf(run),
    String(run.trainable),
    trainedPercent(run),
    ...[...sizes, run.peakBytes].map(sizeText),
    run.secondsPerStep === null ? '?' : stepTime(run.secondsPerStep),
  ];
}

/** "dora r32, batchSize 4" */
function nameOf({ method, rank, varied }: Plan['runs'][number]): string {
  const others = Object.entries(varied)
    .filter(([setting]) => setting !== 'method' && setting !== 'adapter.rank')
    .map(([setting, value]) => `${setting.split('.').at(-1) ?? ''} ${JSON.stringify(value)}`);
  return [rank === null ? method : `${method} r${rank}`, ...others].join(', ');
}

function batchLines(runs: Plan['runs']): string[] {
  const lines = runs.map(({ batch, parameters }) => {
    const length = batch.tokens / batch.texts;
    return `Of a model of ${parameters} values and micro-batches of ${batch.texts} records of ${length} tokens.`;
  });
  return [...new Set(lines)];
}

function timeLine(speed: MachineSpeed | null, runs: Plan['runs']): string {
  if (speed === null) return 'The engine could not be loaded, so nothing is known of the time.';
  if (runs.every((run) => run.secondsPerStep === null))
    return 'Memory is of a GPU, as one would be chosen; nothing is known of the time there.';
  const [products, stored] = [speed.operationsPerSecond, speed.storedOperationsPerSecond].map(
    (each) => (each / 1e9).toFixed(0),
  );
  return (
    `Time at this machine's ${products} GFLOP/s of products, ${stored} with bf16 weights, all of it free for training; steps of SmolLM2-135M ` +
    `differed by up to ${timeError} from such estimates.`
  );
}
