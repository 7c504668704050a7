// AdaLoRA's part of a training step: when its importance is measured, what it prunes, what is told of it.
import type { NewRunEvent } from '../../shared/run';
import type { AdapterModule, Engine } from '../addon';
import type { LowRankConfig } from '../lowRank';
import type { AdaloraConfig } from './adaloraConfig';
import { stepBudget, type Budgets, type Schedule } from './budget';

interface AllocatedRun {
  lowRank: LowRankConfig | undefined;
  adapters: readonly AdapterModule[];
  data: { steps: number };
}

export class RankAllocation {
  /** 1 for each triplet that the last mask kept, all modules side by side; undefined before the first mask. */
  private mask: Uint8Array | undefined;
  private told: number[] | undefined;
  private readonly modules: readonly AdapterModule[];
  private readonly schedule: Schedule;
  private readonly budgets: Budgets;

  constructor(
    private readonly engine: Engine,
    private readonly config: AdaloraConfig,
    { adapters, rank, steps }: { adapters: readonly AdapterModule[]; rank: number; steps: number },
  ) {
    this.modules = adapters.filter((module) => module.rank > 0);
    this.schedule = { ...config, steps };
    this.budgets = {
      initial: this.modules.reduce((sum, module) => sum + module.rank, 0),
      // Of modules that an earlier run left without a triplet as well.
      target: rank * adapters.length,
    };
  }

  get kept(): Uint8Array | undefined {
    return this.mask;
  }

  /** As it was after the step of a checkpoint. */
  restore(kept: Uint8Array | undefined): void {
    this.mask = kept;
    this.told = this.ranks();
  }

  async beforeUpdate(): Promise<void> {
    const { orthogonalWeight } = this.config;
    if (orthogonalWeight > 0) await this.engine.addOrthogonality(orthogonalWeight);
  }

  /** `step` counts from 1; `hasGradients`: false where nothing was learned. */
  async afterUpdate(step: number, hasGradients: boolean): Promise<void> {
    const { engine, config } = this;
    const { budget, measures, action } = stepBudget(step, this.schedule, this.budgets);
    if (measures && hasGradients)
      await engine.measureImportance(config.sensitivityBeta, config.uncertaintyBeta);
    if (action === 'prune') this.mask = await engine.prune(this.budgets.initial - budget);
    else if (action === 'hold' && this.mask) await engine.keepTriplets(this.mask);
  }

  /** The ranks that changed since they were told last; all of them at first. */
  takeEvent(step: number): NewRunEvent | undefined {
    const ranks = this.ranks();
    const changed = this.modules.flatMap(({ name }, index) => {
      const rank = ranks[index] ?? 0;
      return this.told?.[index] === rank ? [] : [{ name, rank }];
    });
    this.told = ranks;
    return changed.length === 0 ? undefined : { type: 'ranks', step, modules: changed };
  }

  private ranks(): number[] {
    let next = 0;
    return this.modules.map(({ rank }) => {
      const own = this.mask?.subarray(next, next + rank);
      next += rank;
      return own === undefined ? rank : own.reduce((sum, flag) => sum + flag, 0);
    });
  }
}

/** Undefined for every other method. */
export function rankAllocation(
  engine: Engine,
  { lowRank, adapters, data: { steps } }: AllocatedRun,
): RankAllocation | undefined {
  if (!lowRank?.adalora) return undefined;
  const { rank } = lowRank;
  return new RankAllocation(engine, lowRank.adalora, { adapters, rank, steps });
}
