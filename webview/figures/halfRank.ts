// DoRA at half the rank beside LoRA and DoRA at the whole: the rows DoRA† of the paper's Table 1.
import { publishedModels, publishedRows } from '../../extension/shared/published/table1';
import type { Translate } from '../../extension/shared/translate';
import { pointsText } from '../../extension/shared/comparisonText';
import { percentText, shareText } from '../accuracy/figureText';
import { cellFigure, type CellFigure } from './cellFigure';
import { folderOf } from '../accuracy/rowNames';
import type { Family } from './members';
import { figureCell } from './ownGroups';
import {
  nothing,
  numberCell,
  textCell,
  type PlainGroup,
  type PlainRow,
  type PlainTable,
} from '../tables/plainTable';

const methods = ['LoRA', 'DoRA†', 'DoRA'] as const;

export function halfRankTable(families: readonly Family[], t: Translate): PlainTable {
  const number = (heading: string) => ({ heading, isNumber: true });
  return {
    name: 'half-rank',
    caption: t(
      'Accuracy in percent, the mean over the tasks of each group, with 95 % intervals of your own; DoRA† has half the rank. The last column: points above LoRA.',
    ),
    columns: [
      { heading: t('Method'), isNumber: false },
      ...[number(t('Rank')), number(t('#Params (%)')), number(t('Avg.')), number(t('Above LoRA'))],
    ],
    groups: [...families.flatMap((family) => ownGroups(family, t)), ...publishedGroups()],
  };
}

/** The highest rank at which LoRA was trained, and DoRA at half of it. */
function ownGroups(family: Family, t: Translate): PlainGroup[] {
  const { members, groups } = family;
  const ranksOf = (method: string): number[] =>
    members.flatMap(({ run }) => (run.method === method && run.rank !== null ? [run.rank] : []));
  const whole = Math.max(...ranksOf('lora').filter((rank) => ranksOf('dora').includes(rank / 2)));
  if (!Number.isFinite(whole)) return [];
  return groups.map(({ tasks }) => ownGroup(family, { tasks, whole, t }));
}

interface AtRank {
  tasks: readonly string[];
  /** The rank of LoRA, and of DoRA without a dagger. */
  whole: number;
  t: Translate;
}

function ownGroup({ members, name, id }: Family, { tasks, whole, t }: AtRank): PlainGroup {
  const rows = methods.flatMap((method) => {
    const rank = method === 'DoRA†' ? whole / 2 : whole;
    const own = members.filter(
      ({ run }) => run.rank === rank && run.method === (method === 'LoRA' ? 'lora' : 'dora'),
    );
    const figure = cellFigure(own, tasks);
    const [first] = own;
    return first === undefined ? [] : [{ method, rank, figure, row: first.row }];
  });
  const lora = rows.find(({ method }) => method === 'LoRA')?.figure;
  const lines = rows.map(({ method, rank, figure, row }): PlainRow => ({
    id: `${id} ${tasks.join()} ${method}`,
    ...folderOf(row),
    ...(figure !== undefined && { isEvaluating: figure.isEvaluating }),
    cells: [
      textCell(method),
      numberCell(rank, String),
      numberCell(row.trainablePercent, shareText),
      figureCell(figure, t),
      method === 'LoRA' ? nothing : aboveCell(figure, lora),
    ],
  }));
  const title = `${name} (${tasks.join(', ')})`;
  return { id: `${id} ${tasks.join()}`, title, citation: null, rows: lines };
}

function aboveCell(figure: CellFigure | undefined, lora: CellFigure | undefined) {
  return figure === undefined || lora === undefined
    ? nothing
    : numberCell(figure.value - lora.value, pointsText);
}

function publishedGroups(): PlainGroup[] {
  return publishedModels.flatMap((model) => {
    const rows = publishedRows.filter((row) => row.model === model);
    const lora = rows.find(({ method }) => method === 'LoRA');
    const lines = methods.flatMap((method): PlainRow[] => {
      const row = rows.find((one) => one.method === method);
      if (row === undefined || lora === undefined) return [];
      return [
        {
          id: `${model} ${method}`,
          cells: [
            textCell(method),
            numberCell(row.rank, String),
            numberCell(row.trainablePercent, shareText),
            numberCell(row.average, percentText),
            method === 'LoRA' ? nothing : numberCell(row.average - lora.average, pointsText),
          ],
        },
      ];
    });
    const citation = 'DoRA paper (arXiv 2402.09353), Table 1';
    return lines.length === 0 ? [] : [{ id: model, title: model, citation, rows: lines }];
  });
}
