// How many triplets AdaLoRA may keep after each step (arXiv 2303.10512 eq. 12), as PEFT counts and rounds it. Steps count from
// 1, so that the last one leaves the target.

export interface Schedule {
  /** Of the whole run. */
  steps: number;
  /** Steps before anything goes. */
  tinit: number;
  /** Steps at the end whose masks stay the same. */
  tfinal: number;
  /** Steps between two masks. */
  interval: number;
}

export interface Budgets {
  /** Triplets of all modules at the start. */
  initial: number;
  /** Triplets that are left at the end. */
  target: number;
}

/** measure: the importance counts this step. prune: to `budget`. hold: the last mask again. */
export interface StepBudget {
  budget: number;
  measures: boolean;
  action: 'none' | 'prune' | 'hold';
}

/** Whether there is a step between both phases. */
export function hasRoom({ steps, tinit, tfinal }: Schedule): boolean {
  return tinit < steps - tfinal;
}

export function stepBudget(step: number, schedule: Schedule, budgets: Budgets): StepBudget {
  const { steps, tinit, tfinal, interval } = schedule;
  const last = steps - tfinal;
  if (step > last) return { budget: budgets.target, measures: false, action: 'hold' };
  if (step === last) return { budget: budgets.target, measures: false, action: 'prune' };
  const measures = true;
  if (step <= tinit) return { budget: budgets.initial, measures, action: 'none' };
  const rest = 1 - (step - tinit) / (last - tinit);
  const more = budgets.initial - budgets.target;
  const budget = Math.trunc(more * Math.pow(rest, 3) + budgets.target);
  return { budget, measures, action: step % interval === 0 ? 'prune' : 'none' };
}
