// One case of training on both sides: same data, order, adapter, seed and threads, in turns.
import { trainHere } from './adapterLab';
import { makeAdapter, trainInPeft } from './peft';
import type { Row } from './report';
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

export interface PeftSetting {
  python: string;
  scratch: string;
  rounds: number;
  work: Omit<Work, 'method' | 'adapter' | 'batchSize'>;
}

export function isCase(name: string): name is CaseName {
  return name in cases;
}

export async function workOf(
  { python, scratch, work }: PeftSetting,
  name: CaseName,
  batchSize: number,
): Promise<Work> {
  const { method, dropout } = cases[name];
  const adapter =
    method === 'full' ? null : await makeAdapter(python, work.model, scratch, { method, dropout });
  return { ...work, method, adapter, batchSize };
}

export async function compareWithPeft(
  setting: PeftSetting,
  name: CaseName,
  batchSize: number,
): Promise<Row> {
  const work = await workOf(setting, name, batchSize);
  const ours: WorkResult[] = [];
  const theirs: WorkResult[] = [];
  for (let round = 0; round < setting.rounds; round++) {
    ours.push(await trainHere(work, setting.scratch));
    theirs.push(await trainInPeft(setting.python, work));
  }
  const losses = { ours: ours[0]?.steps ?? [], theirs: theirs[0]?.steps ?? [] };
  return { name, batchSize, ours: fastestSteps(ours), theirs: fastestSteps(theirs), losses };
}

/** Each step but the first, which warms up, in its fastest round. */
function fastestSteps(results: WorkResult[]): WorkResult {
  const [first] = results;
  const steps = (first?.steps ?? []).slice(1).map((step, index) => {
    const seconds = results.map((result) => result.steps[index + 1]?.seconds ?? Infinity);
    return { ...step, seconds: Math.min(...seconds) };
  });
  return { steps, peakBytes: Math.max(...results.map(({ peakBytes }) => peakBytes)) };
}
