// One row of the table: what was evaluated, and a figure for each task that opens its predictions.
import type { VNode } from 'preact';
import { countText } from '../../extension/shared/comparisonText';
import type { SeedFigure } from '../../extension/shared/statistics/acrossSeeds';
import type { PublishedRow } from '../../extension/shared/published/table1';
import { Icon } from '../components/Icon';
import { t } from '../page/translate';
import { rowTitle } from './exportNames';
import { DifferenceCell, DifferencePoints } from './DifferenceCells';
import type { Difference, TableDifferences } from './differences';
import { intervalText, percentText, seedsText, shareText } from './figureText';
import type { Table } from './tableModel';
import type { Cell, TableRow } from './tableRows';

export interface RowActions {
  onSelect: (id: string, isSelected: boolean) => void;
  onOpenRun: (folder: string) => void;
  onOpenCell: (rowId: string, task: string) => void;
  /** Shows or hides the runs of a row over seeds. */
  onOpenSeeds: (rowId: string, isOpen: boolean) => void;
}

interface RowCellsProps extends RowActions {
  row: TableRow;
  table: Table;
  showsIntervals: boolean;
  /** The row stands under no heading that names its experiment. */
  showsGroup: boolean;
  isSelected: boolean;
  /** Of a row over seeds: its runs are shown. */
  isOpen: boolean;
  /** From the reference row; null where none is chosen. */
  differences: TableDifferences | null;
}

export function RowCells(props: RowCellsProps): VNode {
  const { row, table, showsIntervals, isSelected, differences } = props;
  const { trainablePercent } = row;
  const found = differences?.rows.get(row.id);
  const classes = [...(isSelected ? ['selected'] : []), ...(row.parentId ? ['member'] : [])];
  return (
    <tr class={classes.join(' ')} aria-busy={row.own?.isEvaluating === true}>
      <th scope="row" class="row-name">
        <RowName {...props} />
      </th>
      {table.showsParameters && (
        <td>{trainablePercent === null ? <Nothing /> : shareText(trainablePercent)}</td>
      )}
      {row.cells.map((cell) => (
        <td key={cell.task}>
          <FigureCell {...{ row, cell, showsIntervals }} onOpenCell={props.onOpenCell} />
          <Points difference={found?.tasks.get(cell.task)} differences={differences} />
        </td>
      ))}
      {table.showsAverage && (
        <td title={averageTitle(row)} class="average">
          <AverageFigure {...{ row, showsIntervals }} />
          <Points difference={found?.average ?? undefined} differences={differences} />
        </td>
      )}
      {differences && <DifferenceCell {...{ row, differences }} />}
    </tr>
  );
}

function RowName(props: RowCellsProps): VNode {
  if (props.row.own === null) return <PublishedName {...props} />;
  return props.row.members.length > 0 ? <SeedsName {...props} /> : <OwnName {...props} />;
}

function SeedsName({ row, showsGroup, isOpen, onOpenSeeds }: RowCellsProps): VNode {
  const { own, name, members, groupName } = row;
  const details = [
    ...(showsGroup && groupName !== '' ? [groupName] : []),
    t('{0} seeds', members.length),
    own?.step == null ? t('each at its best step') : t('step {0}', own.step),
    own?.model ?? '',
  ];
  return (
    <div class="name-line">
      <button
        type="button"
        class="fold"
        aria-expanded={isOpen}
        aria-label={isOpen ? t('Hide the seeds of {0}', name) : t('Show the seeds of {0}', name)}
        onClick={() => {
          onOpenSeeds(row.id, !isOpen);
        }}
      >
        <Icon name={isOpen ? 'chevron-down' : 'chevron-right'} />
      </button>
      <div>
        {name}
        <div class="muted detail">
          {details.filter((part) => part !== '').join(' · ')}
          {own?.isEvaluating === true && <Evaluating />}
        </div>
      </div>
    </div>
  );
}

function Evaluating(): VNode {
  return (
    <span class="evaluating">
      <Icon name="loading" /> {t('evaluating')}
    </span>
  );
}

function OwnName({ row, showsGroup, isSelected, onSelect, onOpenRun }: RowCellsProps): VNode {
  const { own, name } = row;
  const isRun = own?.kind === 'run';
  const details = [
    ...(showsGroup && row.groupName !== '' ? [row.groupName] : []),
    ...(row.parentId !== null && own?.seed ? [t('seed {0}', own.seed.seed)] : []),
    ...(own?.step == null ? [] : [t('step {0}', own.step)]),
    own?.model ?? '',
  ];
  return (
    <div class="name-line">
      <input
        type="checkbox"
        checked={isSelected}
        aria-label={t('Compare {0}', rowTitle(row, t))}
        title={t('Select two rows to compare them')}
        onChange={({ currentTarget }) => {
          onSelect(row.id, currentTarget.checked);
        }}
      />
      <div>
        {isRun ? (
          <button
            type="button"
            class="link"
            title={t('Open the run')}
            onClick={() => {
              onOpenRun(own.folder);
            }}
          >
            {name}
          </button>
        ) : (
          <span title={own?.folder}>{name}</span>
        )}
        <div class="muted detail">
          {details.join(' · ')}
          {own?.isEvaluating === true && <Evaluating />}
        </div>
      </div>
    </div>
  );
}

function PublishedName({ row, showsGroup }: RowCellsProps): VNode {
  const { published, name } = row;
  return (
    <span title={published ? sourceText(published) : ''}>
      <em>{showsGroup ? `${row.groupName} ${name}` : name}</em>
      {published?.rank != null && <span class="muted detail"> r{published.rank}</span>}
      {showsGroup && <span class="badge">{t('published')}</span>}
    </span>
  );
}

function sourceText({ measuredBy }: PublishedRow): string {
  const table = t('DoRA paper, arXiv 2402.09353 version 6, Table 1');
  return measuredBy === 'authors' ? table : t('{0}; quoted there from {1}', table, measuredBy);
}

interface FigureCellProps {
  row: TableRow;
  cell: Cell;
  showsIntervals: boolean;
  onOpenCell: RowActions['onOpenCell'];
}

function FigureCell({ row, cell, showsIntervals, onOpenCell }: FigureCellProps): VNode {
  const { accuracy, figure, interval, isBest, task } = cell;
  if (accuracy === null) return <Nothing />;
  if (cell.seeds !== null) return <SeedValue seeds={cell.seeds} {...{ isBest, showsIntervals }} />;
  if (figure === null || interval === null) return <Value value={accuracy} isBest={isBest} />;
  const content = (
    <>
      <Value value={accuracy} isBest={isBest} />
      {showsIntervals && (
        <span class="muted detail">
          {intervalText(interval)}
          <br />
          {t('n {0}', countText(figure.n))}
        </span>
      )}
    </>
  );
  const sentence = figureTitle(cell);
  if (!figure.hasPredictions) {
    return <span title={`${sentence}. ${t('Its predictions are not there.')}`}>{content}</span>;
  }
  return (
    <button
      type="button"
      class="figure"
      title={`${sentence}. ${t('Open the predictions')}`}
      onClick={() => {
        onOpenCell(row.id, task);
      }}
    >
      {content}
    </button>
  );
}

/** "74.2 ± 0.6", and beneath the interval of the mean. */
function SeedValue(props: { seeds: SeedFigure; isBest: boolean; showsIntervals: boolean }): VNode {
  const { seeds, isBest, showsIntervals } = props;
  const text = seedsText(seeds);
  const title = t(
    'Mean and standard deviation over {0} seeds. Beneath: 95 % interval of the mean (Student).',
    seeds.seeds,
  );
  return (
    <span title={title}>
      {isBest ? <strong>{text}</strong> : text}
      {showsIntervals && seeds.interval && (
        <span class="muted detail">{intervalText(seeds.interval)}</span>
      )}
    </span>
  );
}

function AverageFigure({
  row,
  showsIntervals,
}: Pick<RowCellsProps, 'row' | 'showsIntervals'>): VNode {
  const { value, isBest, seeds, interval } = row.average;
  if (value === null) return <Nothing />;
  if (seeds !== null) return <SeedValue {...{ seeds, isBest, showsIntervals }} />;
  return (
    <>
      <Value value={value} isBest={isBest} />
      {showsIntervals && interval && <span class="muted detail">{intervalText(interval)}</span>}
    </>
  );
}

interface PointsOfCellProps {
  difference: Difference | undefined;
  differences: TableDifferences | null;
}

function Points({ difference, differences }: PointsOfCellProps): VNode | null {
  if (difference === undefined || differences === null) return null;
  return <DifferencePoints difference={difference} comparisons={differences.comparisons} />;
}

function figureTitle({ figure }: Cell): string {
  if (figure === null) return '';
  const { n, correct, unanswered } = figure;
  const right = t('{0} of {1} right', countText(correct), countText(n));
  return unanswered === null || unanswered === 0
    ? right
    : t('{0}, {1} without an answer', right, countText(unanswered));
}

function Value({ value, isBest }: { value: number; isBest: boolean }): VNode {
  const text = percentText(value);
  return isBest ? <strong title={t('Best')}>{text}</strong> : <span>{text}</span>;
}

function Nothing(): VNode {
  return (
    <span class="muted">
      <span aria-hidden="true">–</span>
      <span class="visually-hidden">{t('none')}</span>
    </span>
  );
}

function averageTitle({ average, published }: TableRow): string {
  if (average.missing.length > 0) {
    return t('No average: there is no figure for {0}', average.missing.join(', '));
  }
  const over = t('Mean over {0}', average.tasks.join(', '));
  return published === null ? over : t('{0}, as printed', over);
}
