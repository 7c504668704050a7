// What is shown of the table: filters, published rows, columns; and how it leaves the page.
import type { VNode } from 'preact';
import type {
  AccuracyPageMethods,
  AccuracyPageState,
} from '../../extension/shared/pages/accuracyPage';
import { publishedModels } from '../../extension/shared/published/table1';
import type { Caller } from '../../extension/shared/rpc';
import { Popover } from '../components/Popover';
import { Button, Checkbox, Dropdown, TextField } from '../components/toolkit';
import { t } from '../page/translate';
import { rowsOf, type TableDifferences } from './differences';
import { ExportMenu } from './ExportMenu';
import type { ExportOptions } from './exportTable';
import type { Table } from './tableModel';
import { rowTitle } from './exportNames';
import { groupIdOf, type TableRow } from './tableRows';
import type { TableViewOptions } from './viewOptions';

interface TableToolbarProps {
  state: AccuracyPageState;
  options: TableViewOptions;
  table: Table;
  call: Caller<AccuracyPageMethods>['call'];
  differences: TableDifferences | null;
  /** Other measures on the page, for exports. */
  others: ExportOptions['others'];
  /** Ids of the rows that are selected. */
  chosen: readonly string[];
  onChange: (changed: Partial<TableViewOptions>) => void;
}

export function TableToolbar(props: TableToolbarProps): VNode {
  const { state, options, table, call, chosen, differences, others, onChange } = props;
  return (
    <div class="toolbar accuracy-toolbar">
      <Filters rows={state.rows} options={options} onChange={onChange} />
      <ReferenceChoice table={table} options={options} onChange={onChange} />
      <AverageChoice table={table} onChange={onChange} />
      <div class="toolbar">
        <Popover label={t('Published')} icon="book">
          <PublishedChoice options={options} onChange={onChange} />
        </Popover>
        <Popover label={t('Columns')} icon="list-selection">
          <ColumnChoice table={table} options={options} onChange={onChange} />
        </Popover>
        <ExportMenu
          table={table}
          differences={differences}
          showsIntervals={options.showsIntervals}
          others={others}
          call={call}
        />
        {state.mayEvaluate && (
          <Button
            kind="primary"
            onClick={() => void call('run', 'evaluate', ...runFolders(state, chosen))}
          >
            {t('Evaluate…')}
          </Button>
        )}
      </div>
    </div>
  );
}

/** Of the selected rows; without any the command asks. */
function runFolders({ rows }: AccuracyPageState, chosen: readonly string[]): string[] {
  const selected = rows.filter(({ id, kind }) => kind === 'run' && chosen.includes(id));
  return [...new Set(selected.map(({ folder }) => folder))];
}

type ChoiceProps = Pick<TableToolbarProps, 'options' | 'onChange'>;

function Filters({
  rows,
  options,
  onChange,
}: ChoiceProps & Pick<AccuracyPageState, 'rows'>): VNode {
  const experiments = new Map(
    rows.map((row) => [groupIdOf(row), row.kind === 'model' ? t('Models') : row.experiment]),
  );
  const methods = [...new Set(rows.map(({ method }) => method))].filter((one) => one !== '').sort();
  const any = (text: string) => ({ value: '', text });
  return (
    <>
      <TextField
        label={t('Filter rows')}
        placeholder={t('Filter rows')}
        value={options.search}
        onInput={(search) => {
          onChange({ search });
        }}
      />
      {(experiments.size > 1 || options.experiment !== '') && (
        <Dropdown
          label={t('Experiment')}
          value={options.experiment}
          options={[
            any(t('All experiments')),
            ...[...experiments].map(([value, text]) => ({ value, text })),
          ]}
          onChange={(experiment) => {
            onChange({ experiment });
          }}
        />
      )}
      {(methods.length > 1 || options.method !== '') && (
        <Dropdown
          label={t('Method')}
          value={options.method}
          options={[any(t('All methods')), ...methods.map((value) => ({ value, text: value }))]}
          onChange={(method) => {
            onChange({ method });
          }}
        />
      )}
      <Dropdown
        label={t('Checkpoints of a run')}
        value={options.checkpoints}
        options={[
          { value: 'best', text: t('Best checkpoint') },
          { value: 'all', text: t('Every checkpoint') },
        ]}
        onChange={(value) => {
          onChange({ checkpoints: value === 'all' ? 'all' : 'best' });
        }}
      />
      <Checkbox
        checked={options.isGrouped}
        onChange={(isGrouped) => {
          onChange({ isGrouped });
        }}
      >
        {t('Group')}
      </Checkbox>
    </>
  );
}

/** Rows that a list can still be read with; a filter finds the others. */
const offeredReferences = 100;

function ReferenceChoice({
  table,
  options,
  onChange,
}: ChoiceProps & Pick<TableToolbarProps, 'table'>): VNode | null {
  const rows = rowsOf(table).filter(({ own }) => own !== null);
  if (rows.length < 2 && options.referenceId === '') return null;
  // What the others are most often compared with: the model as it was.
  const isModel = ({ own }: TableRow): boolean => own?.kind === 'model';
  const ordered = [...rows.filter(isModel), ...rows.filter((row) => !isModel(row))];
  return (
    <span class="reference-choice">
      <Dropdown
        label={t('Compare with')}
        value={rows.some(({ id }) => id === options.referenceId) ? options.referenceId : ''}
        options={[
          { value: '', text: t('Compare with…') },
          ...ordered
            .slice(0, offeredReferences)
            .map((row) => ({ value: row.id, text: t('Against {0}', rowTitle(row, t)) })),
        ]}
        onChange={(referenceId) => {
          onChange({ referenceId });
        }}
      />
    </span>
  );
}

/** Which group of tasks the average is over. */
function AverageChoice({
  table,
  onChange,
}: Pick<TableToolbarProps, 'table' | 'onChange'>): VNode | null {
  const { taskGroups, averagedGroup, showsAverage } = table;
  if (taskGroups.length < 2 || !showsAverage) return null;
  return (
    <Dropdown
      label={t('Average over')}
      value={averagedGroup}
      options={taskGroups.map(({ group }) => ({
        value: group,
        text: group === '' ? t('Average: tasks without a group') : t('Average: {0}', group),
      }))}
      onChange={(group) => {
        onChange({ averagedGroup: group });
      }}
    />
  );
}

function PublishedChoice({ options, onChange }: ChoiceProps): VNode {
  const shown = options.publishedModels;
  const show = (models: readonly string[]): void => {
    onChange({ publishedModels: publishedModels.filter((model) => models.includes(model)) });
  };
  return (
    <>
      <p class="muted popover-note">{t('Table 1 of the DoRA paper, as printed.')}</p>
      <Checkbox
        checked={shown.length === publishedModels.length}
        onChange={(isAll) => {
          show(isAll ? publishedModels : []);
        }}
      >
        {t('All models')}
      </Checkbox>
      {publishedModels.map((model) => (
        <Checkbox
          key={model}
          checked={shown.includes(model)}
          onChange={(isShown) => {
            show(isShown ? [...shown, model] : shown.filter((one) => one !== model));
          }}
        >
          {model}
        </Checkbox>
      ))}
    </>
  );
}

function ColumnChoice({
  table,
  options,
  onChange,
}: ChoiceProps & Pick<TableToolbarProps, 'table'>): VNode {
  const columns = [
    { id: 'parameters', text: t('Trainable parameters') },
    ...table.allColumns.map(({ task, heading }) => ({ id: task, text: heading })),
    { id: 'average', text: t('Average') },
  ];
  const { hidden } = options;
  return (
    <>
      {columns.map(({ id, text }) => (
        <Checkbox
          key={id}
          checked={!hidden.includes(id)}
          onChange={(isShown) => {
            const others = hidden.filter((one) => one !== id);
            onChange({ hidden: isShown ? others : [...others, id] });
          }}
        >
          {text}
        </Checkbox>
      ))}
      <hr />
      <Checkbox
        checked={options.showsIntervals}
        onChange={(showsIntervals) => {
          onChange({ showsIntervals });
        }}
      >
        {t('Intervals and n')}
      </Checkbox>
    </>
  );
}
