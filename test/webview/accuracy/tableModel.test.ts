// Which rows the table shows in which order, what is best, and what averages are over.
import { describe, expect, test } from 'vitest';
import { publishedRows } from '../../../extension/shared/published/table1';
import type { Figure } from '../../../extension/shared/pages/accuracyPage';
import { taskTitle } from '../../../webview/accuracy/columns';
import { nextSorting } from '../../../webview/accuracy/order';
import { makeTable, type Table } from '../../../webview/accuracy/tableModel';
import type { TableRow } from '../../../webview/accuracy/tableRows';
import { figure, sampleRow, t, viewOptions } from './sampleRows';

const lora = sampleRow('LoRA r16', [figure('facts', 190), figure('quiz', 150)]);
const dora = sampleRow('DoRA r16', [figure('facts', 180), figure('quiz', 170)], {
  created: '2026-11-24T02:15:05.000Z',
});
const partial = sampleRow('FT', [figure('facts', 195)], { created: '2026-11-24T02:15:06.000Z' });
const other = sampleRow('VeRA r8', [figure('boolq', 100)], {
  experiment: 'boolq',
  experimentFile: '/boolq.experiment.json',
  created: '2026-11-25T00:00:00.000Z',
});

function names({ groups }: Table): string[] {
  return groups.flatMap(({ rows }) => rows.map(({ name }) => name));
}

function rowOf({ groups }: Table, name: string): TableRow | undefined {
  return groups.flatMap(({ rows }) => rows).find((row) => row.name === name);
}

describe('columns', () => {
  test("own tasks come first, then the paper's in its order, hidden ones left out", () => {
    const rows = [other, lora, sampleRow('x', [figure('openbookqa', 1), figure('piqa', 1)])];
    const table = makeTable(rows, [], viewOptions({ hidden: ['quiz', 'average'] }));
    expect(table.columns.map(({ heading }) => heading)).toEqual([
      ...['facts', 'BoolQ', 'PIQA', 'OBQA'],
    ]);
    expect(table.allColumns).toHaveLength(5);
    expect(table.showsAverage).toBe(false);
    expect(table.showsParameters).toBe(true);
  });

  test('published rows bring all eight', () => {
    const options = viewOptions({ publishedModels: ['LLaMA3-8B'] });
    const { columns } = makeTable([lora], publishedRows, options);
    expect(columns.map(({ heading }) => heading)).toEqual([
      ...['facts', 'quiz', 'BoolQ', 'PIQA', 'SIQA', 'HellaS', 'WinoG', 'ARC-e', 'ARC-c', 'OBQA'],
    ]);
  });
});

describe('averages', () => {
  test('are means over tasks, of rows that have them all', () => {
    const table = makeTable([lora, dora, partial], [], viewOptions());
    expect(table.averaged).toEqual(['facts', 'quiz']);
    expect(rowOf(table, 'LoRA r16')?.average.value).toBe((95 + 75) / 2);
    expect(rowOf(table, 'FT')?.average).toMatchObject({ value: null, missing: ['quiz'] });
  });

  test('are over the tasks of one group: word problems and commonsense are not mixed', () => {
    const mixed = sampleRow('mixed', [
      ...[figure('boolq', 200), figure('gsm8k', 20), figure('piqa', 100)],
    ]);
    const table = makeTable([mixed], [], viewOptions());
    expect(table.averaged).toEqual(['boolq', 'piqa']);
    expect(rowOf(table, 'mixed')?.average.value).toBe(75);
    const math = makeTable([mixed], [], viewOptions({ hidden: ['boolq', 'piqa'] }));
    expect(math.averaged).toEqual(['gsm8k']);
  });

  test("are over a user's own group as its task says, and over any other on demand", () => {
    const grouped = (task: string, correct: number, group: string): Figure => ({
      ...figure(task, correct),
      group,
    });
    const figures = [grouped('tea', 100, 'drinks'), grouped('wine', 200, 'drinks')];
    const mixed = sampleRow('mixed', [...figures, grouped('bread', 20, ''), figure('boolq', 10)]);
    const table = makeTable([mixed], [], viewOptions());
    expect([table.averagedGroup, table.averaged]).toEqual(['drinks', ['tea', 'wine']]);
    expect(rowOf(table, 'mixed')?.average.value).toBe(75);
    const groups = table.taskGroups.map(({ group }) => group);
    expect(groups).toEqual(['drinks', '', 'commonsense']);
    const other = makeTable([mixed], [], viewOptions({ averagedGroup: 'commonsense' }));
    expect([other.averaged, rowOf(other, 'mixed')?.average.value]).toEqual([['boolq'], 5]);
    const without = makeTable([mixed], [], viewOptions({ averagedGroup: '' }));
    expect(without.averaged).toEqual(['bread']);
  });

  test('group a task as the newest row that was asked it', () => {
    const at = (created: string, group: string) =>
      sampleRow(
        created,
        [
          { ...figure('a', 10), group },
          { ...figure('b', 10), group: 'x' },
        ],
        {
          created,
        },
      );
    const rows = [at('2026-02-01', 'x'), at('2026-01-01', 'y')];
    expect(makeTable(rows, [], viewOptions()).averaged).toEqual(['a', 'b']);
  });

  test('leave hidden tasks out', () => {
    const table = makeTable([lora, partial], [], viewOptions({ hidden: ['quiz'] }));
    expect(rowOf(table, 'FT')?.average).toMatchObject({ value: 97.5, missing: [] });
  });

  test('of published rows are as printed, and means once a task is hidden', () => {
    const options = viewOptions({ publishedModels: ['LLaMA-13B'] });
    const parallel = rowOf(makeTable([lora], publishedRows, options), 'Parallel');
    // The mean is 81.475; the paper prints 81.4.
    expect(parallel?.average.value).toBe(81.4);
    const hidden = ['boolq', 'piqa', 'social_i_qa', 'hellaswag', 'winogrande', 'ARC-Easy'];
    const two = makeTable([lora], publishedRows, { ...options, hidden });
    expect(rowOf(two, 'Parallel')?.average.value).toBeCloseTo((71.2 + 82.4) / 2, 10);
    expect(two.averaged).toEqual(['facts', 'quiz']);
  });
});

describe('the best', () => {
  const best = (table: Table, name: string): boolean[] =>
    rowOf(table, name)?.cells.map(({ isBest }) => isBest) ?? [];

  test("is the user's own best, ties as printed included", () => {
    const tie = sampleRow('QLoRA r4', [figure('facts', 1951, 2001), figure('quiz', 20)]);
    const table = makeTable([lora, dora, partial, tie], [], viewOptions());
    expect(best(table, 'FT')).toEqual([true, false]);
    expect(best(table, 'QLoRA r4')).toEqual([true, false]);
    expect(best(table, 'DoRA r16')).toEqual([false, true]);
    expect(rowOf(table, 'DoRA r16')?.average.isBest).toBe(true);
  });

  test('is none where there is nothing to compare with', () => {
    expect(best(makeTable([partial, other], [], viewOptions()), 'FT')).toEqual([false, false]);
  });

  test('leaves out what is still being evaluated', () => {
    const running = { ...partial, isEvaluating: true };
    const table = makeTable([lora, dora, running], [], viewOptions());
    expect(best(table, 'FT')).toEqual([false, false]);
    expect(best(table, 'LoRA r16')).toEqual([true, false]);
  });

  test('of published rows is within their model, whatever the user has', () => {
    const strong = sampleRow('DoRA r99', [figure('boolq', 200)]);
    const options = viewOptions({ publishedModels: ['LLaMA-7B', 'LLaMA2-7B'] });
    const { groups } = makeTable([strong, other], publishedRows, options);
    const llama2 = groups.find(({ name }) => name === 'LLaMA2-7B')?.rows ?? [];
    expect(llama2.map(({ average }) => average.isBest)).toEqual([false, true, false]);
    expect(llama2.map(({ cells }) => cells[1]?.isBest)).toEqual([false, false, true]);
    const hellaSwag = llama2.map(({ cells }) => cells.find(({ task }) => task === 'hellaswag'));
    expect(hellaSwag.map((cell) => cell?.isBest)).toEqual([false, true, true]);
  });
});

describe('rows', () => {
  const early = sampleRow('LoRA r16', [figure('facts', 192), figure('quiz', 160)], {
    id: '/runs/LoRA r16/results/step-000100',
    step: 100,
    isEnd: false,
  });
  const lone = sampleRow('LoRA r16', [figure('facts', 200)], { id: 'z', step: 50, isEnd: false });

  test('are the best checkpoint of each run, or all of them', () => {
    const best = makeTable([lora, early, lone, dora], [], viewOptions());
    expect(best.groups[0]?.rows.map(({ own }) => own?.step)).toEqual([100, 200]);
    const all = makeTable([lora, early, lone, dora], [], viewOptions({ checkpoints: 'all' }));
    expect(all.groups[0]?.rows.map(({ own }) => own?.step)).toEqual([50, 100, 200, 200]);
  });

  test('are grouped by experiment, the newest first, published ones last', () => {
    const options = viewOptions({ publishedModels: ['ChatGPT'] });
    const { groups } = makeTable([lora, dora, other], publishedRows, options);
    expect(groups.map(({ name }) => name)).toEqual(['boolq', 'starter', 'ChatGPT']);
    expect(groups.map(({ isPublished }) => isPublished)).toEqual([false, false, true]);
    const flat = makeTable([lora, dora, other], publishedRows, { ...options, isGrouped: false });
    expect(flat.groups).toHaveLength(1);
    expect(names(flat)).toEqual(['VeRA r8', 'LoRA r16', 'DoRA r16', 'Zero-shot CoT']);
  });

  test('are found by words, method and experiment', () => {
    const rows = [lora, dora, other];
    const shown = (changes: object): string[] => names(makeTable(rows, [], viewOptions(changes)));
    expect(shown({ search: 'starter dora' })).toEqual(['DoRA r16']);
    expect(shown({ search: 'DORA SMOL' })).toEqual(['DoRA r16']);
    expect(shown({ method: 'VeRA' })).toEqual(['VeRA r8']);
    expect(shown({ experiment: '/starter.experiment.json#starter' })).toEqual([
      ...['LoRA r16', 'DoRA r16'],
    ]);
  });

  test('without a figure are left out', () => {
    expect(names(makeTable([sampleRow('empty', []), dora], [], viewOptions()))).toEqual([
      'DoRA r16',
    ]);
  });
});

describe('sorting', () => {
  const rows = [lora, dora, partial];
  const sorted = (column: string, descending: boolean): string[] =>
    names(makeTable(rows, [], viewOptions({ sorting: { column, descending } })));

  test('is by any column, rows without a figure last', () => {
    expect(sorted('task:quiz', true)).toEqual(['DoRA r16', 'LoRA r16', 'FT']);
    expect(sorted('task:quiz', false)).toEqual(['LoRA r16', 'DoRA r16', 'FT']);
    expect(sorted('average', true)).toEqual(['DoRA r16', 'LoRA r16', 'FT']);
    expect(sorted('name', false)).toEqual(['DoRA r16', 'FT', 'LoRA r16']);
  });

  test('goes on with each click, and ends in the order rows were made', () => {
    const first = nextSorting(null, 'average');
    expect(first).toEqual({ column: 'average', descending: true });
    expect(nextSorting(first, 'average')).toEqual({ column: 'average', descending: false });
    expect(nextSorting({ column: 'average', descending: false }, 'average')).toBeNull();
    expect(nextSorting(first, 'name')).toEqual({ column: 'name', descending: false });
    expect(nextSorting({ column: 'name', descending: true }, 'name')).toBeNull();
  });
});

describe('other protocols', () => {
  const choice = (task: string, correct: number): Figure => ({
    ...figure(task, correct),
    protocol: 'choice',
  });
  const rows = [
    sampleRow('DoRA r16', [
      choice('openbookqa.choice-norm', 90),
      choice('ARC-Easy.choice', 100),
      figure('ARC-Easy', 120),
      figure('boolq', 180),
    ]),
  ];

  test('choices by log-likelihood have columns of their own behind the others, in no average', () => {
    const table = makeTable(rows, [], viewOptions());
    expect(table.columns.map(({ heading, protocol }) => [heading, protocol])).toEqual([
      ['BoolQ', 'generation'],
      ['ARC-e', 'generation'],
      ['ARC-e.choice', 'choice'],
      ['OBQA.choice-norm', 'choice'],
    ]);
    expect(table.averaged).toEqual(['boolq', 'ARC-Easy']);
    expect(table.groups[0]?.rows[0]?.average.value).toBe(75);
    const [, , chosen] = table.columns;
    expect(chosen && taskTitle(chosen, t)).toMatch(/ARC-Easy\.choice: .* Another protocol/);
  });
});
