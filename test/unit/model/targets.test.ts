// Target names mean the modules that PEFT takes them for.
import { describe, expect, test } from 'vitest';
import { readModelFolder } from '../../../extension/model/folder';
import {
  matchPattern,
  matcherOf,
  unmatchedNames,
  type ModuleNames,
  type ModuleRule,
} from '../../../extension/model/targets';
import { modelPath } from './modelFixture';

const { linears } = readModelFolder(modelPath('gqa-tied'));

function names(targets: ModuleNames, rule: Partial<ModuleRule> = {}): string[] {
  const isAdapted = matcherOf({ targets, ...rule });
  return linears
    .filter(({ name }) => isAdapted(name))
    .map(({ name }) => name.replace('model.layers.', ''));
}

describe('targets', () => {
  test('ends of names', () => {
    expect(names(['q_proj', 'mlp.up_proj'])).toEqual([
      ...['0.self_attn.q_proj', '0.mlp.up_proj', '1.self_attn.q_proj', '1.mlp.up_proj'],
    ]);
    expect(names(['model.layers.1.mlp.down_proj'])).toEqual(['1.mlp.down_proj']);
  });

  test('an end starts after a dot', () => {
    expect(unmatchedNames(['proj', 'q_proj'], linears)).toEqual(['proj']);
  });

  test('a pattern is of the whole name', () => {
    expect(names('.*\\.0\\..*(q|k)_proj')).toEqual(['0.self_attn.q_proj', '0.self_attn.k_proj']);
    expect(unmatchedNames('q_proj', linears)).toEqual(['q_proj']);
    expect(unmatchedNames('(', linears)).toEqual(['(']);
  });

  test('all linear modules', () => {
    expect(names('all-linear')).toHaveLength(14);
    expect(names(['all-linear'])).toHaveLength(14);
  });

  test('are left out by name, pattern and modules_to_save', () => {
    expect(names(['q_proj', 'k_proj'], { exclude: ['layers.0.self_attn.q_proj'] })).toEqual([
      ...['0.self_attn.k_proj', '1.self_attn.q_proj', '1.self_attn.k_proj'],
    ]);
    const exclude = '(?P<any>.*)\\.(mlp|self_attn)\\.(?!up)\\w+\\Z';
    expect(names('all-linear', { exclude })).toEqual(['0.mlp.up_proj', '1.mlp.up_proj']);
    expect(names(['q_proj', 'v_proj'], { saved: ['q_proj'] })).toEqual([
      ...['0.self_attn.v_proj', '1.self_attn.v_proj'],
    ]);
  });

  test('that are whole names are adapted in any layer', () => {
    const targets = ['q_proj', 'model.layers.0.self_attn.v_proj'];
    expect(names(targets, { layers: [1] })).toEqual(['0.self_attn.v_proj', '1.self_attn.q_proj']);
  });

  test('all that fits nothing is told', () => {
    expect(unmatchedNames(['q_prj', 'lm_head', 'v_proj'], linears)).toEqual(['q_prj', 'lm_head']);
  });
});

test('pattern keys are ends of names or expressions', () => {
  const pattern = { q_proj: 4, 'layers.1.mlp.up_proj': 8, '.*down_proj': 2 };
  const keys = (name: string): string[] => matchPattern(pattern, name).map(({ key }) => key);
  expect(keys('model.layers.0.self_attn.q_proj')).toEqual(['q_proj']);
  expect(keys('model.layers.1.mlp.up_proj')).toEqual(['layers.1.mlp.up_proj']);
  expect(keys('model.layers.11.mlp.up_proj')).toEqual([]);
  expect(keys('model.layers.0.mlp.down_proj')).toEqual(['.*down_proj']);
});
