// The engines of a round: loaded when their first model answers, kept for the next round, freed when nobody needs
// them any more.
import type { AdapterModule, Engine } from '../../trainer/addon';
import { isFailure } from '../../shared/failures';
import { openEngine, writeValues, type EngineOptions } from '../../trainer/openModel';
import type { AdapterValues } from '../../trainer/peftTensors';
import type { EnginePlan } from './enginePlan';
import type { PreparedModel } from './preparedModel';

interface LoadedEngine {
  engine: Engine;
  /** What makes the adapters do nothing. */
  rest: AdapterValues;
  /** Key of the model whose values it has. */
  holds: string;
  memoryBytes: number;
  baseBytes: number;
}

export class EnginePool {
  private readonly loaded = new Map<string, LoadedEngine>();

  constructor(
    private readonly options: Pick<EngineOptions, 'threads' | 'device'>,
    private readonly openFresh: typeof openEngine = openEngine,
  ) {}

  /** Frees the others. */
  async keepOnly(keys: ReadonlySet<string>): Promise<void> {
    for (const [key, { engine }] of this.loaded) {
      if (keys.has(key)) continue;
      this.loaded.delete(key);
      await engine.dispose();
    }
  }

  /** The engine with the model's values in it. */
  async open(plan: EnginePlan, model: PreparedModel): Promise<LoadedEngine> {
    const loaded = this.loaded.get(plan.key) ?? (await this.makeRoom(() => this.load(plan, model)));
    if (loaded.holds !== model.key) {
      loaded.holds = '';
      await writeValues(loaded.engine, model.adapter?.values ?? loaded.rest);
      loaded.holds = model.key;
    }
    return loaded;
  }

  /** Models answer one after another: where memory is short, one makes room for the next. */
  private async makeRoom(load: () => Promise<LoadedEngine>): Promise<LoadedEngine> {
    try {
      return await load();
    } catch (error) {
      const isShort = isFailure(error) && error.code === 'out-of-memory';
      if (!isShort || this.loaded.size === 0) throw error;
      await this.keepOnly(new Set());
      return load();
    }
  }

  private async load(plan: EnginePlan, { folder }: PreparedModel): Promise<LoadedEngine> {
    const adapters: AdapterModule[] = plan.modules.map((one) => ({ ...one, dropout: 0 }));
    const trainedTensors = [...plan.trainedTensors];
    const engine = await this.openFresh(folder, {
      adapters,
      trainedTensors,
      ...this.options,
    });
    const { weights, adapters: ofAdapters } = await engine.memory();
    const rest = await readRest(engine);
    const memoryBytes = weights + ofAdapters;
    const loaded = { engine, rest, holds: '', memoryBytes, baseBytes: weights };
    this.loaded.set(plan.key, loaded);
    return loaded;
  }
}

/** A fresh adapter changes nothing: B is zero and the magnitude that of the base. */
async function readRest(engine: Engine): Promise<AdapterValues> {
  const names = engine.parameters.map(({ name }) => name);
  const rest: AdapterValues = new Map();
  for (const name of names.filter((one) => !one.endsWith('.lora_A.weight'))) {
    rest.set(name, await engine.read('value', name));
  }
  return rest;
}
