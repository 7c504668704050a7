// One row of the table: what was evaluated, and a figure for each task that opens its predictions.
import type { VNode } from 'preact';
import { countText } from '../../extension/shared/comparisonText';
import type { PublishedRow } from '../../extension/shared/published/table1';
import { Icon } from '../components/Icon';
import { t } from '../page/translate';
import { rowTitle } from './exportTable';
import { intervalText, percentText, shareText } from './figureText';
import type { Cell, Table, TableRow } from './tableModel';

export interface RowActions {
  onSelect: (id: string, isSelected: boolean) => void;
  onOpenRun: (folder: string) => void;
  onOpenCell: (rowId: string, task: string) => void;
}

interface RowCellsProps extends RowActions {
  row: TableRow;
  table: Table;
  showsIntervals: boolean;
  /** The row stands under no heading that names its experiment. */
  showsGroup: boolean;
  isSelected: boolean;
}

export function RowCells(props: RowCellsProps): VNode {
  const { row, table, showsIntervals, isSelected } = props;
  const { trainablePercent, average } = row;
  return (
    <tr class={isSelected ? 'selected' : ''} aria-busy={row.own?.isEvaluating === true}>
      <th scope="row" class="row-name">
        {row.own === null ? <PublishedName {...props} /> : <OwnName {...props} />}
      </th>
      {table.showsParameters && (
        <td>{trainablePercent === null ? <Nothing /> : shareText(trainablePercent)}</td>
      )}
      {row.cells.map((cell) => (
        <td key={cell.task}>
          <FigureCell {...{ row, cell, showsIntervals }} onOpenCell={props.onOpenCell} />
        </td>
      ))}
      {table.showsAverage && (
        <td title={averageTitle(row)} class="average">
          {average.value === null ? (
            <Nothing />
          ) : (
            <Value value={average.value} isBest={average.isBest} />
          )}
        </td>
      )}
    </tr>
  );
}

function OwnName({ row, showsGroup, isSelected, onSelect, onOpenRun }: RowCellsProps): VNode {
  const { own, name } = row;
  const isRun = own?.kind === 'run';
  const details = [
    ...(showsGroup && row.groupName !== '' ? [row.groupName] : []),
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
          {own?.isEvaluating === true && (
            <span class="evaluating">
              <Icon name="loading" /> {t('evaluating')}
            </span>
          )}
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
