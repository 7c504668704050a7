// Every field of PEFT's LoraConfig, AdaLoraConfig and VeraConfig (0.21): applied, without effect on what a saved adapter
// computes, or refused by name. A field of no list is of another version, which PEFT too passes over.
import { Failure } from '../shared/failures';
import { nameOfValue, type JsonObject } from '../model/jsonFile';

export type PeftType = 'LORA' | 'ADALORA' | 'VERA';

/** Read and applied. */
const applied = [
  ...['peft_type', 'r', 'target_modules', 'layers_to_transform', 'layers_pattern', 'bias'],
  ...['modules_to_save', 'base_model_name_or_path'],
];
const appliedBy: Record<PeftType, readonly string[]> = {
  LORA: [
    ...['lora_alpha', 'lora_dropout', 'exclude_modules', 'use_rslora', 'use_dora'],
    ...['rank_pattern', 'alpha_pattern', 'ensure_weight_tying', 'trainable_token_indices'],
    'lora_bias',
  ],
  ADALORA: [
    ...['lora_alpha', 'lora_dropout', 'exclude_modules', 'rank_pattern', 'init_r', 'target_r'],
    ...['tinit', 'tfinal', 'deltaT', 'beta1', 'beta2', 'orth_reg_weight', 'total_step'],
    ...['ensure_weight_tying', 'trainable_token_indices'],
  ],
  VERA: ['projection_prng_key', 'save_projection', 'vera_dropout', 'd_initial'],
};

/** Of how a fresh adapter begins or is trained, or for people: a saved adapter computes the same with any value. */
const withoutEffect = [
  ...['auto_mapping', 'revision', 'inference_mode', 'peft_version'],
  // PEFT itself sets it to false for linear layers.
  'fan_in_fan_out',
];
const withoutEffectBy: Record<PeftType, readonly string[]> = {
  LORA: [
    ...['runtime_config', 'megatron_core', 'qalora_group_size', 'loftq_config', 'eva_config'],
    ...['corda_config', 'lora_ga_config'],
  ],
  // PEFT's AdaLoRA does not look at them.
  ADALORA: [
    ...['runtime_config', 'megatron_core', 'qalora_group_size', 'eva_config', 'corda_config'],
    ...['lora_ga_config', 'velora_config', 'use_rslora', 'alpha_pattern', 'init_lora_weights'],
    ...['lora_bias', 'use_qalora', 'kasa_config', 'monteclora_config'],
  ],
  VERA: ['init_weights'],
};

interface Refusal {
  /** Values with which it has no effect; a list of others is never among them. */
  unless: readonly unknown[];
  reason: string;
}

const task: Refusal = {
  unless: [null, 'CAUSAL_LM'],
  reason: 'adapters of causal language models (CAUSAL_LM) are read',
};
const notKnown =
  'this version does not compute it; load the adapter in PEFT and save the merged model';
const copied = 'it changes layers of the base; save the merged model in PEFT';
const changesBase =
  'it changed the base weights, which the adapter does not hold; save it in PEFT with path_initial_model_for_weight_conversion';

const refused: Record<PeftType, Readonly<Record<string, Refusal>>> = {
  LORA: {
    task_type: task,
    layer_replication: { unless: [null, []], reason: copied },
    target_parameters: { unless: [null, []], reason: notKnown },
    use_qalora: { unless: [false, null], reason: notKnown },
    use_bdlora: { unless: [null, false], reason: notKnown },
    alora_invocation_tokens: { unless: [null], reason: notKnown },
    arrow_config: { unless: [null], reason: notKnown },
    kasa_config: { unless: [null], reason: copied },
    velora_config: { unless: [null], reason: notKnown },
    monteclora_config: { unless: [null], reason: notKnown },
    megatron_config: { unless: [null], reason: notKnown },
    init_lora_weights: {
      unless: [null, true, false, 'gaussian', 'orthogonal', 'eva', 'mica'],
      reason: changesBase,
    },
  },
  ADALORA: {
    task_type: task,
    use_dora: { unless: [false, null], reason: "PEFT's AdaLoRA has no magnitudes" },
    loftq_config: { unless: [null, {}], reason: "PEFT's AdaLoRA has no LoftQ" },
    layer_replication: { unless: [null, []], reason: copied },
    target_parameters: { unless: [null, []], reason: notKnown },
    use_bdlora: { unless: [null, false], reason: notKnown },
    alora_invocation_tokens: { unless: [null], reason: notKnown },
    arrow_config: { unless: [null], reason: notKnown },
    megatron_config: { unless: [null], reason: notKnown },
  },
  VERA: {
    task_type: task,
    exclude_modules: { unless: [null, []], reason: "PEFT's VeRA does not know it" },
  },
};

/** What is decided of a type's fields. */
export function fieldsOf(type: PeftType): {
  applied: string[];
  unused: string[];
  refused: string[];
} {
  return {
    applied: [...applied, ...appliedBy[type]],
    unused: [...withoutEffect, ...withoutEffectBy[type]],
    refused: Object.keys(refused[type]),
  };
}

/** Throws the first Failure of a field whose value could not be applied. */
export function refuseFields(file: string, object: JsonObject, type: PeftType): void {
  for (const [field, { unless, reason }] of Object.entries(refused[type])) {
    const value = object[field];
    const isSame = (one: unknown): boolean => JSON.stringify(one) === JSON.stringify(value);
    if (value === undefined || unless.some(isSame)) continue;
    throw new Failure('adapter-unsupported', { file, field, value: nameOfValue(value), reason });
  }
}
