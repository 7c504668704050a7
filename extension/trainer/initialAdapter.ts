// An experiment that continues from a PEFT adapter: the adapter's configuration decides what the file leaves
// out, and what the file contradicts is refused.
import type { ResolvedRun } from '../shared/experimentFile';
import { isQuantized, type ExperimentSettings, type Method } from '../shared/experiment';
import { Failure } from '../shared/failures';
import type { PlaceOf } from './lowRank';
import { readPeftConfig, type PeftConfig } from './peftConfig';

/** The run's settings with the adapter's in place of what was left out; unchanged without an initial adapter. */
export function withInitialAdapter(
  run: ResolvedRun,
  folder: string | undefined,
  placeOf: PlaceOf,
): ExperimentSettings {
  if (folder === undefined) return run.settings;
  const config = readPeftConfig(folder);
  checkAgreement(run, config, folder, placeOf);
  const { settings, explicit } = run;
  return {
    ...settings,
    method: methodOf(config, settings.method),
    adapter: {
      ...settings.adapter,
      rank: config.rank,
      alpha: config.alpha,
      dropout: explicit.has('adapter.dropout') ? settings.adapter.dropout : config.dropout,
      rslora: config.rslora,
      targets: config.targets,
      rankPattern: config.rankPattern,
      alphaPattern: config.alphaPattern,
      ...(config.layers && { layers: config.layers }),
    },
  };
}

/** The adapter tells LoRA from DoRA; whether the base is quantised is the experiment's own choice. */
function methodOf({ dora }: PeftConfig, wanted: Method): Method {
  if (isQuantized(wanted)) return dora ? 'qdora' : 'qlora';
  return dora ? 'dora' : 'lora';
}

function checkAgreement(
  { settings, explicit }: ResolvedRun,
  config: PeftConfig,
  adapter: string,
  placeOf: PlaceOf,
): void {
  const { method } = settings;
  const compared: [setting: string, wanted: unknown, found: unknown][] = [
    ['method', method, methodOf(config, method)],
    ['adapter.rank', settings.adapter.rank, config.rank],
    ['adapter.alpha', settings.adapter.alpha, config.alpha],
    ['adapter.rslora', settings.adapter.rslora, config.rslora],
    ['adapter.targets', inOrder(settings.adapter.targets), inOrder(config.targets)],
    ['adapter.rankPattern', settings.adapter.rankPattern, config.rankPattern],
    ['adapter.alphaPattern', settings.adapter.alphaPattern, config.alphaPattern],
    ['adapter.layers', settings.adapter.layers, config.layers],
  ];
  for (const [setting, wanted, found] of compared) {
    if (!explicit.has(setting) || text(wanted) === text(found)) continue;
    const data = {
      ...placeOf(setting),
      setting,
      wanted: text(wanted),
      found: text(found),
      adapter,
    };
    throw new Failure('adapter-contradicted', data);
  }
}

function inOrder(targets: string[] | string): string[] | string {
  return Array.isArray(targets) ? [...targets].sort() : targets;
}

/** Objects by sorted key, so that the order in a file does not matter. */
function text(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return JSON.stringify(value);
  return JSON.stringify(Object.fromEntries(Object.entries(value).sort()));
}
