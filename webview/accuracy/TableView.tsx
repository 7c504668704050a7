// The table with its controls, the comparison of two rows, and what to do while there is nothing.
import type { VNode } from 'preact';
import type {
  AccuracyPageMethods,
  AccuracyPageState,
} from '../../extension/shared/pages/accuracyPage';
import { publishedModels, publishedRows } from '../../extension/shared/published/table1';
import type { Caller } from '../../extension/shared/rpc';
import { Button, ProgressRing } from '../components/toolkit';
import { PlainTableView } from '../tables/PlainTableView';
import type { PlainTable } from '../tables/plainTable';
import { useKept } from '../page/connect';
import { t } from '../page/translate';
import { AccuracyTable } from './AccuracyTable';
import { ComparisonPanel } from './ComparisonPanel';
import { EmptyState } from './EmptyState';
import { perplexityColumns, perplexityTable } from './perplexityTable';
import type { PredictionsPlace } from './PredictionsView';
import { scoreColumns, scoreTable } from './scoreTable';
import { joinColumns } from './sideColumns';
import { TableToolbar } from './TableToolbar';
import { makeTable } from './tableModel';
import { useDifferences } from './useDifferences';
import { defaultView, type TableViewOptions } from './viewOptions';

interface TableViewProps {
  state: AccuracyPageState;
  call: Caller<AccuracyPageMethods>['call'];
  onOpen: (place: PredictionsPlace) => void;
}

export function TableView({ state, call, onOpen }: TableViewProps): VNode {
  const { rows, scored, isReading } = state;
  const [kept, setOptions] = useKept<Partial<TableViewOptions>>('table', defaultView);
  // What an earlier version kept knows nothing of newer options.
  const options = { ...defaultView, ...kept };
  const [selected, setSelected] = useKept<readonly string[]>('selected', []);
  const change = (changed: Partial<TableViewOptions>): void => {
    setOptions({ ...options, ...changed });
  };
  const table = makeTable(rows, publishedRows, options);
  const differences = useDifferences(call, table, options.referenceId);
  const chosen = selected.filter((id) => rows.some((row) => row.id === id));
  const isEmpty =
    scored.length === 0 && rows.every(({ figures, texts }) => figures.length + texts.length === 0);
  const perplexities = perplexityTable(rows, t);
  const scores = scoreTable(scored, { t });
  const others = {
    tables: [perplexities, scores].filter((one) => one !== undefined),
    columns: joinColumns([perplexityColumns(rows), scoreColumns(scored)]),
  };
  const openRun = (folder: string): void => {
    void call('run', 'openRun', folder);
  };
  const [first, second] = chosen.map((id) => rows.find((row) => row.id === id));
  return (
    <>
      <header class="page-head">
        <h1>{t('Accuracy')}</h1>
        {isReading && <ProgressRing />}
        <span class="head-actions">
          <Button icon="graph" onClick={() => void call('run', 'openFigures')}>
            {t('Figures and Tables')}
          </Button>
        </span>
      </header>
      <TableToolbar
        {...{ state, options, table, call, chosen, differences, others }}
        onChange={change}
      />
      {isEmpty && !isReading && (
        <EmptyState
          state={state}
          call={call}
          onShowPublished={
            options.publishedModels.length > 0
              ? undefined
              : () => {
                  change({ publishedModels });
                }
          }
        />
      )}
      {table.groups.length > 0 && (
        <AccuracyTable
          table={table}
          options={options}
          selected={chosen}
          differences={differences}
          onSort={(sorting) => {
            change({ sorting });
          }}
          onSelect={(id, isSelected) => {
            const others = chosen.filter((one) => one !== id);
            // Two are compared: a third takes the place of the one chosen first.
            setSelected(isSelected ? [...others, id].slice(-2) : others);
          }}
          onOpenSeeds={(id, isOpen) => {
            const others = options.openSeeds.filter((one) => one !== id);
            change({ openSeeds: isOpen ? [...others, id] : others });
          }}
          onOpenRun={openRun}
          onOpenCell={(rowId, task) => {
            onOpen({ rowId, task, otherId: chosen.find((id) => id !== rowId) ?? null });
          }}
        />
      )}
      {table.groups.length === 0 && rows.some(({ figures }) => figures.length > 0) && (
        <p class="muted" role="status">
          {t('No row matches the filter.')}
        </p>
      )}
      {perplexities && (
        <OtherMeasure heading={t('Perplexity')} table={perplexities} onOpenRun={openRun} />
      )}
      {scores && <OtherMeasure heading={t('Judged scores')} table={scores} onOpenRun={openRun} />}
      {first && second && (
        <ComparisonPanel
          first={first}
          second={second}
          call={call}
          onSwap={() => {
            setSelected([second.id, first.id]);
          }}
          onClose={() => {
            setSelected([]);
          }}
          onOpen={(task) => {
            onOpen({ rowId: first.id, task, otherId: second.id });
          }}
        />
      )}
    </>
  );
}

interface OtherMeasureProps {
  heading: string;
  table: PlainTable;
  onOpenRun: (folder: string) => void;
}

/** Apart from the accuracies. */
function OtherMeasure({ heading, table, onOpenRun }: OtherMeasureProps): VNode {
  return (
    <section class="other-measure" aria-label={heading}>
      <h2>{heading}</h2>
      <PlainTableView table={table} onOpenRun={onOpenRun} />
    </section>
  );
}
