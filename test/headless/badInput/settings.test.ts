// Experiments with wrong settings, and commands with wrong parameters, are refused before training.
import { rmSync, writeFileSync } from 'node:fs';
import { describe, test } from 'vitest';
import { describeTable, expectRefused, section, top, useWorkspace } from './badInput';

useWorkspace();

describeTable('settings', [
  { name: 'a misspelt section', spoil: top({ modle: 'model' }), names: ['modle', 'model', 'line'] },
  {
    name: 'a misspelt setting',
    spoil: section('training', { learningrate: 1e-3 }),
    names: ['training.learningrate', 'training.learningRate', /line \d+/],
  },
  {
    name: 'an unknown setting',
    spoil: section('adapter', { zzzzzz: 1 }),
    names: ['adapter.zzzzzz', /line \d+/],
  },
  {
    name: 'a wrong type',
    spoil: section('training', { batchSize: 'four' }),
    names: ['training.batchSize', 'four', /line \d+/],
  },
  {
    name: 'an unknown method',
    spoil: top({ method: 'loar' }),
    names: ['"method"', 'loar', 'lora'],
  },
  {
    name: 'a schedule of AdaLoRA that is longer than the run',
    spoil: top({ method: 'adalora', adapter: { rank: 2, tinit: 8, tfinal: 4 } }),
    names: ['adapter.tinit', 'adapter.tfinal', 'the run has 12', /line \d+/],
  },
  {
    name: 'a rank of AdaLoRA that rises',
    spoil: top({ method: 'adalora', adapter: { rank: 4, initialRank: 2 } }),
    names: ['adapter.initialRank', 'below the rank 4', /line \d+/],
  },
  {
    name: 'a module with a magnitude alone that has an update',
    spoil: section('adapter', { targets: ['q_proj', 'v_proj'], magnitudeOnly: ['v_proj'] }),
    names: ['adapter.targets', 'adapter.magnitudeOnly', 'v_proj', /line \d+/],
  },
  {
    name: 'an unknown module with a magnitude alone',
    spoil: section('adapter', { magnitudeOnly: ['o_prj'] }),
    names: ['o_prj', 'o_proj', /line \d+/],
  },
  {
    name: 'an odd rank of an orthogonal beginning',
    spoil: section('adapter', { rank: 3, init: 'orthogonal' }),
    names: ['adapter.init', 'even', '3', /line \d+/],
  },
  {
    name: 'a magnitude of LoRA',
    spoil: top({ method: 'lora', adapter: { rank: 2, magnitudeOnly: ['o_proj'] } }),
    names: ['adapter.magnitudeOnly', 'dora'],
  },
  { name: 'rank 0', spoil: section('adapter', { rank: 0 }), names: ['adapter.rank', '0'] },
  {
    name: 'a rank above the smaller dimension',
    spoil: section('adapter', { rank: 17 }),
    names: ['17', '16', 'k_proj', /line \d+/],
  },
  {
    name: 'a target that does not exist',
    spoil: section('adapter', { targets: ['q_proj', 'qq_proj'] }),
    names: ['qq_proj', 'q_proj', /line \d+/],
  },
  {
    name: 'a rank pattern for a module not targeted',
    spoil: section('adapter', { rankPattern: { o_proj: 2 } }),
    names: ['adapter.rankPattern', 'o_proj'],
  },
  {
    name: 'two settings that conflict',
    spoil: section('training', { epochs: 2 }),
    names: ['training.epochs', 'training.steps'],
  },
  {
    name: 'a template without a placeholder',
    spoil: section('data', { template: 'no place here' }),
    names: ['template', 'placeholder'],
  },
  {
    name: 'a broken experiment',
    spoil: (one) => {
      writeFileSync(one.path('tiny.experiment.json'), '{\n  "name": "tiny",\n  "model" "x"\n}');
    },
    names: ['tiny.experiment.json', 'line 3'],
  },
  {
    name: 'an experiment that is not there',
    spoil: (one) => {
      rmSync(one.path('tiny.experiment.json'));
    },
    names: ['tiny.experiment.json'],
  },
  {
    name: 'a grid in which one run is wrong',
    spoil: top({ grid: { 'adapter.rank': [2, 99] } }),
    names: ['99'],
  },
  {
    name: 'a grid of a setting that does not exist',
    spoil: top({ grid: { 'adapter.rnak': [2] } }),
    names: ['adapter.rnak', 'adapter.rank'],
  },
  {
    name: 'an unknown task',
    spoil: section('evaluation', { tasks: ['partiy'] }),
    names: ['partiy', 'parity'],
  },
]);

describe('the command line', () => {
  const refused: [string[], string][] = [
    [['train'], 'file'],
    [['trian', 'x'], 'train'],
    [['train', 'tiny.experiment.json', '--sett', 'a=b'], '--sett'],
    [['train', 'tiny.experiment.json', '--set', 'training.steps'], 'training.steps'],
    [['train', 'tiny.experiment.json', '--set', 'training.stesp=3'], 'training.steps'],
    [['generate', 'model'], '--prompt'],
    [['generate', 'model', '--prompt', 'x', '--beams', '0'], '--beams'],
    [['generate', 'nowhere', '--prompt', 'x'], 'nowhere'],
    [['loss', 'model', '--data', 'none.json'], 'none.json'],
    [['loss', 'model', '--data', 'data/train.json', '--format', 'txt'], '--format'],
    [['loss', 'model', '--data', 'data/train.json', '--adapter', 'none'], 'none'],
    [['evaluate', 'model', '--tasks', 'none', '--data', 'data'], 'none'],
    [['evaluate', 'model', '--tasks', 'boolq', '--data', 'data'], 'boolq'],
    [['slopes', 'model', 'none'], 'none'],
    [['merge', 'model', 'data', 'merged'], 'adapter_config.json'],
    [['resume', 'runs'], 'runs'],
    [['runs', 'nowhere'], 'nowhere'],
  ];
  test.each(refused)('%s', async (parameters, name) => {
    await expectRefused(parameters, [name]);
  });
});
