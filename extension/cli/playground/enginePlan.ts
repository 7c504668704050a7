// Which models of a round one engine can answer for: those on the same base whose adapters have the same form, whose values
// are exchanged. Engines of one base share its weights, so that they are in memory once whatever is on it.
import type { AdapterModule } from '../../trainer/addon';

export interface PlannedModel {
  id: string;
  /** Of the base model's files, as they are now. */
  base: string;
  /** Empty for a model without adapter. */
  modules: readonly AdapterModule[];
  /** Of the base, which the adapter holds itself. */
  trainedTensors: readonly string[];
}

export interface EnginePlan {
  /** The same for models that share an engine. */
  key: string;
  /** The same for models that have the base's weights in the same memory. */
  baseKey: string;
  modules: readonly AdapterModule[];
  trainedTensors: readonly string[];
}

/** By id. A model without adapter takes an engine of adapters on it, where there is one. */
export function planEngines(models: readonly PlannedModel[]): Map<string, EnginePlan> {
  const plans = new Map<string, EnginePlan>();
  const hasAdapter = ({ modules, trainedTensors }: PlannedModel): boolean =>
    modules.length + trainedTensors.length > 0;
  for (const model of models) {
    if (hasAdapter(model)) plans.set(model.id, planOf(model.base, model));
  }
  for (const model of models) {
    if (hasAdapter(model)) continue;
    const { id, base } = model;
    const onIt = models.find((other) => other.base === base && hasAdapter(other));
    plans.set(id, planOf(base, onIt ?? { modules: [], trainedTensors: [] }));
  }
  return plans;
}

function planOf(
  base: string,
  { modules, trainedTensors }: Pick<PlannedModel, 'modules' | 'trainedTensors'>,
): EnginePlan {
  // Dropout has no part in an answer.
  const form = modules.map((module) => ({ ...module, dropout: 0 }));
  const baseKey = JSON.stringify([base, [...trainedTensors].sort()]);
  return { key: JSON.stringify([baseKey, form]), baseKey, modules, trainedTensors };
}
