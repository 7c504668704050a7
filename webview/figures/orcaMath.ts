// Exact match on math word problems: FT, QLoRA and QDoRA on Orca-Math, Figure 6.
import { orcaMathGroups } from '../../extension/shared/published/orcaMath';
import type { Figure } from '../../extension/shared/pages/accuracyPage';
import type { FigureRow } from '../../extension/shared/pages/figuresPage';
import type { Translate } from '../../extension/shared/translate';
import { countText } from '../../extension/shared/comparisonText';
import { rowFigure } from './cellFigure';
import { folderOf } from '../accuracy/rowNames';
import { distinct, type Family } from './members';
import { figureCell, ownGroups, settingName } from './ownGroups';
import {
  numberCell,
  textCell,
  type PlainGroup,
  type PlainRow,
  type PlainTable,
} from '../tables/plainTable';

/** Rows that were asked a task measured as the published ones are, whatever it is called, with these figures alone. */
export function exactMathRows(rows: readonly FigureRow[]): FigureRow[] {
  return rows
    .map((row) => ({ ...row, figures: row.figures.filter(isExactMath) }))
    .filter(({ figures }) => figures.length > 0);
}

/** The built-in one first. */
export function mathTasks(rows: readonly FigureRow[]): string[] {
  const tasks = distinct(rows.flatMap(({ figures }) => figures.map(({ task }) => task)));
  return tasks.sort((a, b) => Number(b === builtIn) - Number(a === builtIn));
}

const builtIn = 'orca-math';

/** Where no document of the task was kept, only the built-in one's is known. */
function isExactMath({ task, group, isExactMath: isKnown }: Figure): boolean {
  return group === undefined ? task === builtIn : isKnown === true;
}

export function orcaMathTable(
  rows: readonly FigureRow[],
  families: readonly Family[],
  { task, t }: { task: string; t: Translate },
): PlainTable {
  const published = orcaMathGroups.map(({ model, records, citation, rows: printed }) => ({
    id: `${model} ${records} ${citation}`,
    title: t('{0}, {1} training records', model, countText(records)),
    citation,
    rows: printed.map(({ setting, exactMatch }) => ({
      id: setting,
      cells: [textCell(setting), numberCell(100 * exactMatch, printedText)],
    })),
  }));
  return {
    name: 'orca-math',
    caption: t(
      'Exact match in percent: the last number that is written must be, as a text, that of the worked solution. The published values are of 500 problems that were held out of Orca-Math; yours are of the task in brackets, with 95 % intervals.',
    ),
    columns: [
      { heading: t('Setting'), isNumber: false },
      { heading: t('Exact match (%)'), isNumber: true },
    ],
    groups: [...(task === '' ? [] : ownRows(rows, families, { task, t })), ...published],
  };
}

function ownRows(
  rows: readonly FigureRow[],
  families: readonly Family[],
  { task, t }: { task: string; t: Translate },
): PlainGroup[] {
  const groups = ownGroups(families, [task]).map(({ title, settings }): PlainGroup => ({
    ...{ id: `own ${title}`, title: `${title} (${task})`, citation: null },
    rows: settings.flatMap((setting): PlainRow[] => {
      const { figure, member, id } = setting;
      if (figure === undefined) return [];
      const cells = [textCell(settingName(setting, settings)), figureCell(figure, t)];
      return [{ id, ...folderOf(member.row), isEvaluating: figure.isEvaluating, cells }];
    }),
  }));
  const models = rows.flatMap((row): PlainRow[] => {
    const figure = row.run === null ? rowFigure(row, [task]) : undefined;
    if (figure === undefined) return [];
    const { isEvaluating, id, name } = row;
    return [{ id, isEvaluating, cells: [textCell(name), figureCell(figure, t)] }];
  });
  const others = { id: 'own models', title: t('Models ({0})', task), citation: null, rows: models };
  return [...groups, others].filter((group) => group.rows.length > 0);
}

/** No more digits than were printed. */
function printedText(percent: number): string {
  return String(Number(percent.toFixed(1)));
}
