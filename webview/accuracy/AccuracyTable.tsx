// The table itself, set as a paper sets it: rules above, below and under the head, none between columns.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { countText } from '../../extension/shared/comparisonText';
import { Icon } from '../components/Icon';
import { Button } from '../components/toolkit';
import { t } from '../page/translate';
import { averageColumn, nameColumn, parametersColumn, taskColumnId, taskTitle } from './columns';
import { rowsOf, type TableDifferences } from './differences';
import { differencesText, groupTitle, referenceName } from './exportNames';
import { DifferencesNote } from './DifferenceCells';
import { nextSorting, type Sorting } from './order';
import { RowCells, type RowActions } from './RowCells';
import type { Table, TableGroup } from './tableModel';
import type { TableViewOptions } from './viewOptions';
import '../tables/paperTable.css';

interface AccuracyTableProps extends RowActions {
  table: Table;
  options: TableViewOptions;
  selected: readonly string[];
  differences: TableDifferences | null;
  onSort: (sorting: Sorting | null) => void;
}

/** Rows drawn at first; more are a click away. */
const firstRows = 200;

export function AccuracyTable(props: AccuracyTableProps): VNode {
  const { table, options, selected, differences } = props;
  const [limit, setLimit] = useState(firstRows);
  const all = table.groups.reduce((sum, { rows }) => sum + rows.length, 0);
  return (
    <>
      <div class="paper-scroll" role="region" aria-label={t('Accuracy table')} tabIndex={0}>
        <table class="paper-table accuracy-table">
          <caption>
            <span>{captionOf(table, options)}</span>
          </caption>
          <Head {...props} />
          {limited(table.groups, limit).map((group) => (
            <tbody key={group.id} class={group.isPublished ? 'published' : ''}>
              {options.isGrouped && (
                <tr class="group">
                  <th scope="rowgroup" colSpan={columnCount(table) + Number(differences !== null)}>
                    <span class="group-line">
                      <em>{group.isPublished ? group.name : groupTitle(group, t)}</em>
                      {group.isPublished && <span class="badge">{t('published')}</span>}
                    </span>
                  </th>
                </tr>
              )}
              {group.rows.map((row) => (
                <RowCells
                  key={row.id}
                  row={row}
                  table={table}
                  showsIntervals={options.showsIntervals}
                  showsGroup={!options.isGrouped}
                  isSelected={selected.includes(row.id)}
                  isOpen={options.openSeeds.includes(row.id)}
                  differences={differences}
                  {...actionsOf(props)}
                />
              ))}
            </tbody>
          ))}
        </table>
      </div>
      {differences && (
        <DifferencesNote
          differences={differences}
          text={differencesText(table, differences, t).join(' ')}
        />
      )}
      {all > limit && (
        <Button
          onClick={() => {
            setLimit(limit + firstRows);
          }}
        >
          {t('Show more: {0} of {1} rows are shown', countText(limit), countText(all))}
        </Button>
      )}
    </>
  );
}

function Head({ table, options, onSort, differences }: AccuracyTableProps): VNode {
  const { sorting } = options;
  const head = (id: string, text: string, title: string, detail?: string): VNode => (
    <SortableHead
      key={id}
      {...{ id, text, title, detail, sorting }}
      onSort={() => {
        onSort(nextSorting(sorting, id));
      }}
    />
  );
  const averageTitle = t('Mean over {0}, each task counting alike', table.averaged.join(', '));
  return (
    <thead>
      <tr>
        {head(nameColumn, t('Method'), t('Run or model, and the step of its checkpoint'))}
        {table.showsParameters &&
          head(parametersColumn, t('#Params (%)'), t('Trained values in percent of all values'))}
        {table.columns.map((column) =>
          head(
            taskColumnId(column.task),
            column.heading,
            taskTitle(column, t),
            column.protocol === 'choice' ? t('by log-likelihood') : undefined,
          ),
        )}
        {table.showsAverage && head(averageColumn, t('Avg.'), averageTitle, averageDetail(table))}
        {differences && (
          <th scope="col" class="difference">
            {t('Against {0}', referenceName(table, differences, t))}
          </th>
        )}
      </tr>
    </thead>
  );
}

interface SortableHeadProps {
  id: string;
  text: string;
  title: string;
  /** Beneath it: the protocol, where it is another one. */
  detail: string | undefined;
  sorting: Sorting | null;
  onSort: () => void;
}

function SortableHead({ id, text, title, detail, sorting, onSort }: SortableHeadProps): VNode {
  const isSorted = sorting?.column === id;
  const direction = isSorted ? (sorting.descending ? 'descending' : 'ascending') : 'none';
  return (
    <th scope="col" aria-sort={direction} class={id === nameColumn ? 'row-name' : ''}>
      <button type="button" class="sort" title={title} onClick={onSort}>
        {text}
        {isSorted && <Icon name={sorting.descending ? 'arrow-down' : 'arrow-up'} />}
      </button>
      {detail !== undefined && <div class="muted detail">{detail}</div>}
    </th>
  );
}

function actionsOf({ onSelect, onOpenRun, onOpenCell, onOpenSeeds }: RowActions): RowActions {
  return { onSelect, onOpenRun, onOpenCell, onOpenSeeds };
}

function columnCount({ columns, showsParameters, showsAverage }: Table): number {
  return 1 + columns.length + Number(showsParameters) + Number(showsAverage);
}

/** Whose average it is, where it could be another group's. */
function averageDetail({ taskGroups, averagedGroup }: Table): string | undefined {
  return taskGroups.length > 1 && averagedGroup !== '' ? averagedGroup : undefined;
}

function limited(groups: readonly TableGroup[], limit: number): TableGroup[] {
  let left = limit;
  return groups.flatMap((group) => {
    const rows = group.rows.slice(0, Math.max(0, left));
    left -= group.rows.length;
    return rows.length === 0 ? [] : [{ ...group, rows }];
  });
}

function captionOf(table: Table, { showsIntervals }: TableViewOptions): string {
  const { groups, averaged, showsAverage, columns } = table;
  const isPublished = groups.some(({ rows }) => rows.some(({ published }) => published !== null));
  const isOwn = groups.some(({ rows }) => rows.some(({ own }) => own !== null));
  const ofPaper = columns.filter(({ isOfPaper }) => isOfPaper).map(({ task }) => task);
  const isSame =
    ofPaper.length === averaged.length && ofPaper.every((one) => averaged.includes(one));
  return [
    t('Accuracy in percent; the best in bold.'),
    ...(isOwn && showsIntervals
      ? [t("Beneath: Wilson's 95 % interval and the number of questions.")]
      : []),
    ...(rowsOf(table).some(({ members }) => members.length > 0)
      ? [t('Over seeds: mean ± standard deviation, beneath the 95 % interval of the mean.')]
      : []),
    ...(isOwn && showsAverage && averaged.length > 1
      ? [t('Avg. is the mean over {0}, of rows that have them all.', averaged.join(', '))]
      : []),
    ...(isPublished ? [t('Published: Table 1 of the DoRA paper (arXiv 2402.09353).')] : []),
    ...(isPublished && isOwn && showsAverage && !isSame
      ? [t('Their averages are over other tasks and cannot be compared with yours.')]
      : []),
  ].join(' ');
}
