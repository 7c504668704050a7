// Data that cannot be read is refused before training.
import { appendFileSync, writeFileSync } from 'node:fs';
import { records, type Workspace } from '../workspace';
import { describeTable, section, useWorkspace } from './badInput';

useWorkspace();

describeTable('data', [
  {
    name: 'a missing file',
    spoil: section('data', { train: ['data/none.json'] }),
    names: ['none.json'],
  },
  { name: 'an unknown kind', spoil: section('data', { train: ['data/x.txt'] }), names: ['x.txt'] },
  { name: 'an empty file', spoil: data('train.jsonl', ''), names: ['train.jsonl'] },
  { name: 'an empty list', spoil: data('train2.json', '[]'), names: ['train2.json'] },
  {
    name: 'a broken line',
    spoil: data('train.jsonl', `${line(0)}\n${line(1)}\n{"instruction": \n${line(2)}\n`),
    names: ['train.jsonl', 'line 3'],
  },
  {
    name: 'a record without the column',
    spoil: data('train.jsonl', `${line(0)}\n{"instruction": "x"}\n`),
    names: ['train.jsonl', 'record 2', 'output'],
  },
  {
    name: 'a column that is not there',
    spoil: section('data', { columns: { instruction: 'question' } }),
    names: ['train.json', 'record 1', 'question'],
  },
  {
    name: 'a field that is no text',
    spoil: data('train.jsonl', `${line(0)}\n{"instruction": "x", "output": 7}\n`),
    names: ['train.jsonl', 'record 2', 'output', '7'],
  },
  {
    name: 'invalid UTF-8',
    spoil: (one) => {
      data('train.jsonl', `${line(0)}\n`)(one);
      appendFileSync(one.path('data/train.jsonl'), Buffer.from([0x7b, 0xff, 0xfe, 0x7d, 0x0a]));
    },
    names: ['train.jsonl', 'UTF-8', 'line 2'],
  },
  {
    name: 'a broken CSV',
    spoil: data('train.csv', 'instruction,output\na,b\nc,"d\n'),
    names: ['train.csv', 'line'],
  },
  {
    name: 'records that are all too long',
    spoil: section('data', { maxLength: 5 }),
    names: ['maxLength', '5', '24'],
  },
]);

/** Trains on a file of this content. */
function data(name: string, content: string): (workspace: Workspace) => void {
  return (one) => {
    writeFileSync(one.path('data', name), content);
    section('data', { train: [`data/${name}`] })(one);
  };
}

function line(index: number): string {
  return JSON.stringify(records(3)[index]);
}
