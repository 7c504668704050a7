// adapter_config.json of a PEFT adapter, written with the keys that PEFT and other readers expect.
import { isAllLinear } from '../model/targets';
import { adaloraKeys } from './adalora/adaloraConfig';
import type { LowRankConfig } from './lowRank';
import { nothingSaved } from './savedTensors';
import type { VeraConfig } from './vera/veraConfig';

/** The text of adapter_config.json: sorted keys, as PEFT writes them; `modules` are those that are adapted. */
export function peftConfigText(
  config: LowRankConfig,
  baseModel: string,
  modules: readonly string[] = [],
): string {
  const { saved = nothingSaved } = config;
  const object = {
    auto_mapping: null,
    base_model_name_or_path: baseModel,
    bias: config.vera && saved.bias === 'lora_only' ? 'vera_only' : saved.bias,
    ...(saved.tied && { ensure_weight_tying: true }),
    fan_in_fan_out: false,
    inference_mode: true,
    layers_pattern: null,
    modules_to_save: saved.modules.length > 0 ? saved.modules : null,
    r: config.rank,
    revision: null,
    ...ruleKeys(config, modules),
    task_type: 'CAUSAL_LM',
    // Older versions of PEFT warn of keys that they do not know.
    ...(config.tokenRows && { trainable_token_indices: config.tokenRows }),
    ...(config.loraBias === true && { lora_bias: true }),
    ...(config.vera ? veraKeys(config.vera, config.dropout) : loraKeys(config)),
    ...(config.adalora && adaloraKeys(config.adalora, config.rank)),
  };
  const sorted = Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`;
}

/** PEFT knows no module without A and B: one with a magnitude alone has them with rank 1, and zero. */
function storedRanks({ rankPattern, magnitudeOnly = [] }: LowRankConfig): Record<string, number> {
  return { ...rankPattern, ...Object.fromEntries(magnitudeOnly.map((target) => [target, 1])) };
}

/** The adapted modules' names stand for what PEFT could not read back as it is meant here. */
function ruleKeys(config: LowRankConfig, modules: readonly string[]): object {
  const { targets, exclude, layers, magnitudeOnly = [], vera, adalora } = config;
  const isList = Array.isArray(targets);
  const isClear =
    (isList ? !isAllLinear(targets) : layers === undefined && magnitudeOnly.length === 0) &&
    // PEFT's VeRA leaves nothing out, and magnitudes alone are targets like others to it.
    (exclude === undefined || (vera === undefined && magnitudeOnly.length === 0));
  if (!isClear) {
    const all = new Set([...modules, ...Object.keys(adalora?.kept ?? {})]);
    return { target_modules: [...all], layers_to_transform: null };
  }
  return {
    target_modules: isList ? [...targets, ...magnitudeOnly] : targets,
    layers_to_transform: layers ?? null,
    // Older versions of PEFT warn of keys that they do not know.
    ...(exclude !== undefined && { exclude_modules: exclude }),
  };
}

function loraKeys(config: LowRankConfig): object {
  return {
    alpha_pattern: config.alphaPattern,
    init_lora_weights: true,
    lora_alpha: config.alpha,
    lora_dropout: config.dropout,
    peft_type: 'LORA',
    rank_pattern: storedRanks(config),
    use_dora: config.dora,
    use_rslora: config.rslora,
  };
}

function veraKeys({ seed, initialD, saveProjection }: VeraConfig, dropout: number): object {
  return {
    d_initial: initialD,
    init_weights: true,
    peft_type: 'VERA',
    projection_prng_key: seed,
    save_projection: saveProjection,
    vera_dropout: dropout,
  };
}
