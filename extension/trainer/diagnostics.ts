// The slopes of a run while it trains, and the warning that a DoRA magnitude does not move.
import type { NewRunEvent } from '../shared/run';
import { fitSlopes } from '../shared/slopeFits';
import type { Engine, ModuleChange } from './addon';

/** Below this, a magnitude differs from its row's norm by rounding alone. */
const unmoved = 1e-6;
/** AdamW's first steps may be warm-up steps of a tiny learning rate. */
const stepsToMove = 10;

export interface SlopeReport {
  events: NewRunEvent[];
  /** Modules whose magnitude stands still. */
  still: string[];
  /** A module whose weight is no longer finite. */
  unmeasured: string | undefined;
}

/** Measures every adapted or trained module. */
export async function measureSlopes(
  engine: Engine,
  step: number,
  magnitudesMove: boolean,
): Promise<SlopeReport> {
  const modules = await engine.slopes();
  const isFinite = ({ deltaM, deltaD }: ModuleChange): boolean => Number.isFinite(deltaM + deltaD);
  const unmeasured = modules.find((module) => !isFinite(module))?.name;
  const events: NewRunEvent[] = [{ type: 'slope', step, modules, fits: fitSlopes(modules) }];
  return {
    events,
    still: magnitudesMove && step >= stepsToMove ? stillModules(modules) : [],
    unmeasured,
  };
}

function stillModules(modules: ModuleChange[]): string[] {
  return modules.filter(({ deltaM }) => deltaM < unmoved).map(({ name }) => name);
}

export function stillWarning(still: string[], step: number): NewRunEvent {
  const others = still.length > 3 ? ` and ${still.length - 3} more` : '';
  const message =
    `The magnitude of ${still.slice(0, 3).join(', ')}${others} has not moved after ${step} steps: ` +
    'DoRA is learning like LoRA there. Raise the learning rate, or check that the magnitudes are trained.';
  return { type: 'warning', code: 'magnitude-still', message, step };
}
