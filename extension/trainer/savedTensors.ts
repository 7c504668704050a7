// Tensors of the base that an adapter trains beside its modules and holds itself: PEFT's modules_to_save and bias.
import type { ModelLayout } from '../model/layout';
import { embeddingModule, headModule } from '../model/ownHead';
import type { ExperimentSettings } from '../shared/experiment';
import { Failure } from '../shared/failures';
import type { AdapterModule, ParameterInfo } from './addon';

export type AlsoTrained = ExperimentSettings['adapter']['alsoTrain'][number];

/** As PEFT's configuration has it. */
export interface SavedTensors {
  /** Ends of module names. */
  modules: string[];
  bias: 'none' | 'all' | 'lora_only';
  /** A head that shares the embeddings' weights goes on sharing them: ensure_weight_tying. */
  tied: boolean;
}

export const nothingSaved: SavedTensors = { modules: [], bias: 'none', tied: false };

const embedding = `${embeddingModule}.weight`;
const head = `${headModule}.weight`;
const layerNorms = ['input_layernorm', 'post_attention_layernorm', 'norm'];
const headNorms = ['q_norm', 'k_norm'];

export function savedByParts(parts: readonly AlsoTrained[], layout: ModelLayout): SavedTensors {
  const has = (part: AlsoTrained): boolean => parts.includes(part);
  const { tiedHead } = layout.shape;
  const isTied = tiedHead && (has('embeddings') || has('head'));
  return {
    modules: [
      // Older readers find both keys, newer ones tie them.
      ...(has('embeddings') || isTied ? ['embed_tokens'] : []),
      ...(has('head') || isTied ? ['lm_head'] : []),
      ...(has('norms') ? [...layerNorms, ...(layout.config.headNorms ? headNorms : [])] : []),
    ],
    bias: has('biases') ? 'all' : 'none',
    tied: isTied,
  };
}

/** The parts that these are; undefined when they are not whole parts. */
export function partsOf({ modules, bias }: SavedTensors): AlsoTrained[] | undefined {
  const own = new Set(modules);
  const take = (names: readonly string[]): boolean => {
    const isWhole = names.every((name) => own.has(name));
    if (isWhole) for (const name of names) own.delete(name);
    return isWhole;
  };
  const norms = take(layerNorms);
  for (const name of [...headNorms, embeddingModule])
    if (norms || name === embeddingModule) own.delete(name);
  const parts: AlsoTrained[] = [
    ...(norms ? (['norms'] as const) : []),
    ...(bias === 'all' ? (['biases'] as const) : []),
    ...(take(['embed_tokens']) ? (['embeddings'] as const) : []),
    ...(take(['lm_head']) ? (['head'] as const) : []),
  ];
  return own.size > 0 || bias === 'lora_only' ? undefined : parts;
}

/** Without ensure_weight_tying PEFT trains copies of embeddings and head, also where the model shares them. */
export function takesHeadApart({ modules, tied }: SavedTensors): boolean {
  const isTable = (key: string): boolean =>
    [embeddingModule, headModule].some((module) => module.endsWith(key));
  return !tied && modules.some(isTable);
}

/** Their names in the model, in its order. `file`: the configuration's, for what cannot be applied. */
export function savedTensors(
  saved: SavedTensors,
  layout: ModelLayout,
  { adapted, file }: { adapted: readonly Pick<AdapterModule, 'name'>[]; file: string },
): string[] {
  const refused = (field: string, value: string): Failure =>
    new Failure('adapter-unsupported', { file, field, value });
  const names = Object.keys(layout.tensors);
  const chosen = new Set<string>();
  for (const key of saved.modules) {
    const found = names.filter((name) => isInside(name, key));
    // The embeddings stand for a head that goes on sharing them.
    if (layout.shape.tiedHead && headModule.endsWith(key)) found.push(embedding);
    if (found.length === 0) throw refused('modules_to_save', `"${key}"`);
    for (const name of found) chosen.add(name);
  }
  const own = new Set(adapted.map(({ name }) => `${name}.bias`));
  for (const name of names) {
    if (!name.endsWith('.bias')) continue;
    if (saved.bias === 'all' || (saved.bias === 'lora_only' && own.has(name))) chosen.add(name);
  }
  return names.filter((name) => chosen.has(name));
}

/** Whether a tensor is of a module that ends with the key, or of one within it. */
function isInside(tensor: string, key: string): boolean {
  const parts = tensor.split('.');
  return parts.some((_, i) => i > 0 && parts.slice(0, i).join('.').endsWith(key));
}

/** Names of a parameter in an adapter's file: shared embeddings are there twice. */
export function savedKeys(
  parameter: string,
  { shape }: Pick<ModelLayout, 'shape'>,
  adapted: readonly Pick<AdapterModule, 'name'>[],
): string[] {
  const key = savedKey(parameter, adapted);
  return parameter === embedding && shape.tiedHead ? [key, head] : [key];
}

/** An adapted module's bias is its base layer's. */
export function savedKey(
  parameter: string,
  adapted: readonly Pick<AdapterModule, 'name'>[],
): string {
  const module = /^(.*)\.bias$/.exec(parameter)?.[1];
  const isAdapted = module !== undefined && adapted.some(({ name }) => name === module);
  return isAdapted ? `${module}.base_layer.bias` : parameter;
}

/** The module that a parameter adapts; undefined for a tensor of the base. */
export function moduleOf(parameter: string): string | undefined {
  return /^(.*)\.(?:lora|vera)_[^.]+(?:\.weight)?$/.exec(parameter)?.[1];
}

/** Modules that an engine's parameters adapt. */
export function adaptedModules(
  parameters: readonly Pick<ParameterInfo, 'name'>[],
): Pick<AdapterModule, 'name'>[] {
  const names = parameters.flatMap(({ name }) => {
    const module = moduleOf(name);
    return module === undefined ? [] : [module];
  });
  return [...new Set(names)].map((name) => ({ name }));
}

/** What a configuration says that keeps nothing beside the modules. */
export function isNothing({ modules, bias }: SavedTensors): boolean {
  return modules.length === 0 && bias === 'none';
}
