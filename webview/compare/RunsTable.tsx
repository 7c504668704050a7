// The runs with their figures: sorted by a click on a head, the best in bold, hidden and taken out one by one.
import type { VNode } from 'preact';
import type { ComparedRun } from '../../extension/shared/pages/comparePage';
import { runIcon, stateText } from '../../extension/shared/runWords';
import { Swatch } from '../charts/ChartLegend';
import { noPoints } from '../charts/points';
import { Icon } from '../components/Icon';
import { Button, IconButton } from '../components/toolkit';
import { useKept } from '../page/connect';
import { t } from '../page/translate';
import type { RunLook } from './comparedRuns';
import {
  csvOfTable,
  figureColumns,
  figureTable,
  isBest,
  markdownOf,
  sortRuns,
  type FigureColumn,
  type Sorting,
} from './finalFigures';

interface RunsTableProps {
  runs: readonly ComparedRun[];
  looks: ReadonlyMap<string, RunLook>;
  hidden: readonly string[];
  onHide: (hidden: string[]) => void;
  onRemove: (folder: string) => void;
  onOpen: (folder: string) => void;
  onCopy: (text: string) => void;
}

export function RunsTable(props: RunsTableProps): VNode {
  const { runs, looks, onCopy } = props;
  const [sorting, setSorting] = useKept<Sorting>('sorting', { column: '', isDescending: false });
  const columns = figureColumns(runs, t);
  const sorted = sortRuns(runs, columns, sorting);
  const copied = () => {
    const rows = sorted.map((run) => ({ run, label: looks.get(run.folder)?.label ?? run.folder }));
    return figureTable(rows, columns, t);
  };
  return (
    <section aria-labelledby="figures">
      <div class="section-head">
        <h2 id="figures">{t('Figures')}</h2>
        <Button
          icon="copy"
          onClick={() => {
            onCopy(markdownOf(copied()));
          }}
        >
          {t('Copy as Markdown')}
        </Button>
        <Button
          icon="copy"
          onClick={() => {
            onCopy(csvOfTable(copied()));
          }}
        >
          {t('Copy as CSV')}
        </Button>
      </div>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={t('Figures')}>
        <table class="grid-table figure-table">
          <thead>
            <tr>
              <th scope="col">{t('Run')}</th>
              <th scope="col">{t('State')}</th>
              {columns.map((column) => (
                <SortHead key={column.id} {...{ column, sorting }} onSort={setSorting} />
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.map((run) => (
              <RunRow key={run.folder} {...props} run={run} columns={columns} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface SortHeadProps {
  column: FigureColumn;
  sorting: Sorting;
  onSort: (sorting: Sorting) => void;
}

/** The first click puts the better end on top, the second the other, the third goes back. */
function SortHead({ column: { id, title, better }, sorting, onSort }: SortHeadProps): VNode {
  const isChosen = sorting.column === id;
  const first = better === 'high';
  const next =
    isChosen && sorting.isDescending !== first
      ? { column: '', isDescending: false }
      : { column: id, isDescending: isChosen ? !first : first };
  const order = sorting.isDescending ? 'descending' : 'ascending';
  return (
    <th scope="col" class="number" aria-sort={isChosen ? order : 'none'}>
      <button
        type="button"
        class="sort"
        onClick={() => {
          onSort(next);
        }}
      >
        {title}
        {isChosen && <Icon name={sorting.isDescending ? 'arrow-down' : 'arrow-up'} />}
      </button>
    </th>
  );
}

interface RunRowProps extends RunsTableProps {
  run: ComparedRun;
  columns: readonly FigureColumn[];
}

function RunRow(props: RunRowProps): VNode {
  const { run, runs, looks, hidden, columns, onHide, onRemove, onOpen } = props;
  const look = looks.get(run.folder);
  const label = look?.label ?? run.folder;
  const isHidden = hidden.includes(run.folder);
  const { icon, color } = runIcon(run.status.state);
  const line = { id: run.folder, label, points: noPoints, look: 'line' as const };
  return (
    <tr>
      <th scope="row">
        <span class="run-name">
          <IconButton
            icon={isHidden ? 'eye-closed' : 'eye'}
            label={t('Show {0} in the charts', label)}
            pressed={!isHidden}
            onClick={() => {
              onHide(
                isHidden
                  ? hidden.filter((folder) => folder !== run.folder)
                  : [...hidden, run.folder],
              );
            }}
          />
          {look && <Swatch line={{ ...line, ...look }} />}
          <button
            type="button"
            class="link"
            title={t('Open {0}', label)}
            onClick={() => {
              onOpen(run.folder);
            }}
          >
            {label}
          </button>
          <IconButton
            icon="close"
            label={t('Take {0} out', label)}
            onClick={() => {
              onRemove(run.folder);
            }}
          />
        </span>
      </th>
      <td class="run-state">
        <Icon name={icon.replace('~spin', ' codicon-modifier-spin')} color={color} />{' '}
        {stateText(run.status.state, t)}
        {run.isGone && <span class="muted"> {t('(folder gone)')}</span>}
      </td>
      {columns.map((column) => {
        const value = column.valueOf(run);
        const text = value === undefined ? '–' : column.text(value);
        return (
          <td key={column.id} class="number">
            {isBest(column, run, runs) ? <strong title={t('best')}>{text}</strong> : text}
          </td>
        );
      })}
    </tr>
  );
}
