// Adapters from which training cannot go on are refused before it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeSafetensors, type Tensor } from '../tinyModel';
import { type Workspace } from '../workspace';
import { describeTable, section, useWorkspace } from './badInput';

useWorkspace();

describeTable('an adapter to continue from', [
  {
    name: 'that is missing',
    spoil: section('adapter', { initialAdapter: 'nowhere' }),
    names: ['nowhere'],
  },
  {
    name: 'of another base',
    spoil: initialAdapter(({ tensors }) => {
      for (const tensor of tensors.values()) tensor.shape = tensor.shape.map((size) => size + 1);
      for (const tensor of tensors.values()) tensor.values = new Float32Array(sizeOf(tensor));
    }),
    names: ['adapter_model.safetensors', 'q_proj'],
  },
  {
    name: 'of another rank than the experiment',
    spoil: (one) => {
      initialAdapter(() => undefined)(one);
      const initial = { ...adapterSettings, rank: 8 };
      one.writeExperiment({ method: 'lora', adapter: initial });
    },
    names: ['adapter.rank', '8', '2'],
  },
  {
    name: 'with a missing key',
    spoil: initialAdapter(({ tensors }) => {
      tensors.delete('base_model.model.model.layers.1.self_attn.q_proj.lora_B.weight');
    }),
    names: ['layers.1.self_attn.q_proj.lora_B.weight'],
  },
  {
    name: 'with an unexpected key',
    spoil: initialAdapter(({ tensors }) => {
      const tensor = { shape: [2], values: new Float32Array(2) };
      tensors.set('base_model.model.lm_head.lora_A.weight', tensor);
    }),
    names: ['lm_head.lora_A.weight'],
  },
  {
    name: 'with a value that is no number',
    spoil: initialAdapter(({ tensors }) => {
      const tensor = tensors.get('base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight');
      if (tensor) tensor.values[3] = NaN;
    }),
    names: ['layers.0.self_attn.q_proj.lora_A.weight', 'NaN'],
  },
  {
    name: 'of a kind that is not known',
    spoil: initialAdapter(({ config }) => {
      config.peft_type = 'IA3';
    }),
    names: ['adapter_config.json', 'peft_type', 'IA3'],
  },
]);

const adapterSettings = { initialAdapter: 'before' };

interface SavedAdapter {
  config: Record<string, unknown>;
  tensors: Map<string, Tensor>;
}

/** A LoRA adapter of rank 2 on q_proj, spoilt. */
function initialAdapter(change: (adapter: SavedAdapter) => void): (workspace: Workspace) => void {
  return (one) => {
    const tensors = new Map<string, Tensor>();
    for (const layer of [0, 1]) {
      const module = `base_model.model.model.layers.${layer}.self_attn.q_proj`;
      for (const [part, shape] of [
        ['lora_A', [2, 32]],
        ['lora_B', [32, 2]],
      ] as const) {
        const values = new Float32Array(64).fill(0.01);
        tensors.set(`${module}.${part}.weight`, { shape: [...shape], values });
      }
    }
    const config = { peft_type: 'LORA', r: 2, lora_alpha: 4, target_modules: ['q_proj'] };
    const adapter: SavedAdapter = { config, tensors };
    change(adapter);
    mkdirSync(one.path('before'));
    one.writeJson('before/adapter_config.json', adapter.config);
    const file = join(one.path('before'), 'adapter_model.safetensors');
    writeFileSync(file, encodeSafetensors(adapter.tensors));
    one.writeExperiment({ method: 'lora', adapter: adapterSettings });
  };
}

function sizeOf({ shape }: Tensor): number {
  return shape.reduce((product, size) => product * size, 1);
}
