// One case of training on both sides: same data, order, adapter, seed and threads, in turns.
import { trainHere } from './adapterLab';
import { makeAdapter, ownAdapter, trainInPeft } from './peft';
import type { ComparedRow, Row } from './report';
import type { Work, WorkResult } from './work';

export const cases = {
  full: { method: 'full', dropout: 0 },
  lora: { method: 'lora', dropout: 0 },
  dora: { method: 'dora', dropout: 0 },
  'lora-dropout': { method: 'lora', dropout: 0.05 },
  'dora-dropout': { method: 'dora', dropout: 0.05 },
  vera: { method: 'vera', dropout: 0 },
} as const;
export type CaseName = keyof typeof cases;

/** Of losses before any update, of which dropout changes nothing, as B is zero: rounding of f32, and of bf16. */
const tolerances = { f32: 0.001, mixed: 0.02, bf16: 0.02 };

export interface PeftSetting {
  python: string;
  scratch: string;
  rounds: number;
  /** Steps of a round that are not counted. */
  warmUp: number;
  work: Omit<Work, 'method' | 'adapter' | 'batchSize'>;
}

export function isCase(name: string): name is CaseName {
  return name in cases;
}

export async function workOf(
  { python, scratch, work }: Pick<PeftSetting, 'python' | 'scratch' | 'work'>,
  name: CaseName,
  batchSize: number,
): Promise<Work> {
  const { method, dropout } = cases[name];
  const narrow = work.peft !== undefined && work.peft.precision !== 'f32';
  const wish = { dropout, narrow };
  const adapter =
    method === 'full' ? null : await makeAdapter(python, work.model, scratch, { method, ...wish });
  return { ...work, method, adapter, batchSize };
}

export async function compareWithPeft(
  setting: PeftSetting,
  name: CaseName,
  batchSize: number,
): Promise<ComparedRow> {
  const { python, scratch, rounds, warmUp } = setting;
  const work = await workOf(setting, name, batchSize);
  const ours: WorkResult[] = [];
  const theirs: WorkResult[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await trainHere(work, scratch));
    theirs.push(await trainInPeft(python, work));
  }
  const losses = { ours: ours[0]?.steps ?? [], theirs: theirs[0]?.steps ?? [] };
  checkSameWork(losses, tolerances[work.peft?.precision ?? 'f32']);
  const counted = (results: WorkResult[]): WorkResult => fastestSteps(results, warmUp);
  return { name, batchSize, ours: counted(ours), theirs: counted(theirs), losses };
}

/** Our side alone, where there is no other: with a LoRA or DoRA of the same form. */
export async function trainAlone(
  { scratch, rounds, warmUp, work: rest }: Omit<PeftSetting, 'python'>,
  name: 'lora-dropout' | 'dora-dropout',
  batchSize: number,
): Promise<Row> {
  const { method, dropout } = cases[name];
  const settings = { ...rest.settings, adapter: ownAdapter(dropout) };
  const work: Work = { ...rest, method, adapter: null, batchSize, settings };
  const ours: WorkResult[] = [];
  for (let round = 0; round < rounds; round++) ours.push(await trainHere(work, scratch));
  const losses = { ours: ours[0]?.steps ?? [] };
  return { name, batchSize, ours: fastestSteps(ours, warmUp), losses };
}

/** Other records, lengths or models would make any ratio meaningless. */
export function checkSameWork(
  { ours, theirs }: { ours: WorkResult['steps']; theirs: WorkResult['steps'] },
  tolerance: number,
): void {
  const tokens = [ours, theirs].map((steps) => steps.map((step) => step.tokens).join(' '));
  if (tokens[0] !== tokens[1])
    throw new Error(`The sides trained on other tokens a step:\n${tokens.join('\n')}`);
  const [own = NaN, other = NaN] = [ours[0]?.loss, theirs[0]?.loss];
  if (!(Math.abs(own / other - 1) <= tolerance))
    throw new Error(`The losses before any update are ${own} and, of PEFT, ${other}.`);
}

/** Each step but those that warm up, in its fastest round. */
export function fastestSteps(results: WorkResult[], warmUp: number): WorkResult {
  const [first] = results;
  const steps = (first?.steps ?? []).slice(warmUp).map((step, index) => {
    const seconds = results.map((result) => result.steps[index + warmUp]?.seconds ?? Infinity);
    return { ...step, seconds: Math.min(...seconds) };
  });
  const most = (of: (result: WorkResult) => number): number => Math.max(...results.map(of));
  const heldBytes = most((result) => result.heldBytes ?? NaN);
  return {
    ...{ steps, peakBytes: most((result) => result.peakBytes) },
    ...(!Number.isNaN(heldBytes) && { heldBytes }),
  };
}
