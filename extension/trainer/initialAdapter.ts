// An experiment that continues from a PEFT adapter: the adapter's configuration decides what the file leaves
// out, and what the file contradicts is refused.
import type { ResolvedRun } from '../shared/experimentFile';
import { nameOfValue } from '../model/jsonFile';
import { type ExperimentSettings } from '../shared/experiment';
import { isQuantized, type Method } from '../shared/methods';
import { Failure } from '../shared/failures';
import { methodOf as adapterMethod, type PlaceOf } from './lowRank';
import { partsOf, type AlsoTrained } from './savedTensors';
import { readPeftConfig, type PeftConfig } from './peftConfig';
import type { VeraConfig } from './vera/veraConfig';

/** The run's settings with the adapter's in place of what was left out; unchanged without an initial adapter. */
export function withInitialAdapter(
  run: ResolvedRun,
  folder: string | undefined,
  placeOf: PlaceOf,
): ExperimentSettings {
  if (folder === undefined) return run.settings;
  const config = readPeftConfig(folder);
  refuseFolded(config);
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
      exclude: config.exclude ?? [],
      rankPattern: config.rankPattern,
      alphaPattern: config.alphaPattern,
      alsoTrain: alsoTrainOf(config),
      ...(config.layers && { layers: config.layers }),
      ...(config.vera && veraSettings(config.vera)),
      ...(config.adalora && { initialRank: config.adalora.initialRank }),
    },
  };
}

function veraSettings({
  seed: projectionSeed,
  ...rest
}: VeraConfig): Pick<
  ExperimentSettings['adapter'],
  'projectionSeed' | 'initialD' | 'saveProjection'
> {
  return { projectionSeed, ...rest };
}

/** The adapter tells its method; whether the base of LoRA and DoRA is quantised is the experiment's own choice. */
function methodOf(config: PeftConfig, wanted: Method): Method {
  const method = adapterMethod(config);
  if (!isQuantized(wanted) || config.vera || config.adalora) return method;
  return method === 'dora' ? 'qdora' : 'qlora';
}

/** What is folded into the base's tensors when it is read is no longer there to be trained. */
function refuseFolded({ file, tokenRows, loraBias }: PeftConfig): void {
  const refused = (field: string, value: string): Failure => {
    const reason = 'such an adapter is evaluated, merged and converted, but not trained on';
    return new Failure('adapter-unsupported', { file, field, value, reason });
  };
  if (loraBias === true) throw refused('lora_bias', 'true');
  if (tokenRows !== undefined) throw refused('trainable_token_indices', nameOfValue(tokenRows));
}

/** Parts of the base that the adapter holds; refused where it holds less than a part. */
function alsoTrainOf({ file, saved }: PeftConfig): AlsoTrained[] {
  if (saved === undefined) return [];
  const parts = partsOf(saved);
  if (parts !== undefined) return parts;
  const value = saved.bias === 'lora_only' ? 'lora_only' : JSON.stringify(saved.modules);
  const field = saved.bias === 'lora_only' ? 'bias' : 'modules_to_save';
  throw new Failure('adapter-unsupported', { file, field, value });
}

function checkAgreement(
  { settings, explicit }: ResolvedRun,
  config: PeftConfig,
  adapter: string,
  placeOf: PlaceOf,
): void {
  const { method } = settings;
  const compared: Compared[] = [
    ['method', method, methodOf(config, method)],
    ['adapter.rank', settings.adapter.rank, config.rank],
    // VeRA has no scale, and nothing that its shared matrices begin with is in the others.
    ...(config.vera
      ? comparedVera(settings.adapter, config.vera)
      : [['adapter.alpha', settings.adapter.alpha, config.alpha] as const]),
    ...(config.adalora
      ? [['adapter.initialRank', settings.adapter.initialRank, config.adalora.initialRank] as const]
      : []),
    ['adapter.rslora', settings.adapter.rslora, config.rslora],
    ['adapter.targets', inOrder(settings.adapter.targets), inOrder(config.targets)],
    ['adapter.exclude', inOrder(settings.adapter.exclude), inOrder(config.exclude ?? [])],
    ['adapter.rankPattern', settings.adapter.rankPattern, config.rankPattern],
    ['adapter.alphaPattern', settings.adapter.alphaPattern, config.alphaPattern],
    [
      'adapter.alsoTrain',
      [...settings.adapter.alsoTrain].sort(),
      explicit.has('adapter.alsoTrain') ? alsoTrainOf(config).sort() : undefined,
    ],
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

type Compared = readonly [setting: string, wanted: unknown, found: unknown];

function comparedVera(
  { projectionSeed, saveProjection }: ExperimentSettings['adapter'],
  vera: VeraConfig,
): Compared[] {
  return [
    ['adapter.projectionSeed', projectionSeed, vera.seed],
    ['adapter.saveProjection', saveProjection, vera.saveProjection],
  ];
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
