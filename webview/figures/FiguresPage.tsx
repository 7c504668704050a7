// The page: a tab for each figure or table.
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type {
  FigureRow,
  FiguresPageEvents,
  FiguresPageMethods,
  FiguresPageState,
} from '../../extension/shared/pages/figuresPage';
import type { Caller, Changes } from '../../extension/shared/rpc';
import { Tabs } from '../components/Tabs';
import { Button, Dropdown, ProgressRing } from '../components/toolkit';
import { Waiting } from '../components/Waiting';
import { useConnection, useKept } from '../page/connect';
import { t } from '../page/translate';
import { granularityTable } from './granularity';
import { halfRankTable } from './halfRank';
import { findFamilies, type Family } from './members';
import { mtBenchTable } from './mtBench';
import { exactMathRows, mathTasks, orcaMathTable } from './orcaMath';
import { RankSweepTab } from './RankSweepTab';
import { TableTab } from './TableTab';
import '../tables/tablePage.css';
import './figures.css';

export type FiguresCall = Caller<FiguresPageMethods>['call'];

const changes: Changes<FiguresPageState, FiguresPageEvents> = {
  rowsChanged: (state, { changed, removed }) => {
    const gone = new Set([...removed, ...changed.map(({ id }) => id)]);
    return { ...state, rows: [...state.rows.filter(({ id }) => !gone.has(id)), ...changed] };
  },
  scoresChanged: (state, scored) => ({ ...state, scored }),
  readingEnded: (state) => ({ ...state, isReading: false }),
};

export function FiguresPage(): VNode {
  const { state, problem, call } = useConnection<
    FiguresPageState,
    FiguresPageMethods,
    FiguresPageEvents
  >(changes);
  const [tab, setTab] = useKept('tab', 'sweep');
  const families = useMemo(() => findFamilies(state?.rows ?? []), [state?.rows]);
  if (state === undefined) return <Waiting problem={problem} />;
  return (
    <>
      <header class="page-head">
        <h1>{t('Figures and Tables')}</h1>
        {state.isReading && <ProgressRing />}
        <span class="head-actions">
          <Button icon="table" onClick={() => void call('run', 'openAccuracy')}>
            {t('Table 1: Accuracy')}
          </Button>
        </span>
      </header>
      <Tabs
        label={t('Figures and Tables')}
        items={[
          { id: 'sweep', text: t('Rank Sweep') },
          { id: 'half', text: t('Half Rank') },
          { id: 'granularity', text: t('Granularity') },
          { id: 'bench', text: t('MT-Bench') },
          { id: 'math', text: t('Orca-Math') },
        ]}
        chosen={tab}
        onChoose={setTab}
      >
        <Chosen {...{ tab, state, families, call }} />
      </Tabs>
    </>
  );
}

interface ChosenProps {
  tab: string;
  state: FiguresPageState;
  families: readonly Family[];
  call: FiguresCall;
}

function Chosen({ tab, state, families, call }: ChosenProps): VNode {
  switch (tab) {
    case 'half':
      return (
        <TableTab
          title={t('DoRA† at half the rank')}
          table={halfRankTable(families, t)}
          own={t('Your rows: LoRA and DoRA at a rank, and DoRA at half of it.')}
          call={call}
        />
      );
    case 'granularity':
      return (
        <TableTab
          title={t('Tuning granularity (Table 6)')}
          table={granularityTable(families, t)}
          own={t('Your rows: every evaluated run of LoRA or DoRA, by its modules.')}
          call={call}
        />
      );
    case 'bench':
      return (
        <TableTab
          title={t('MT-Bench (Table 5)')}
          table={mtBenchTable(state.scored, t)}
          own={t('Your rows: answers to a judged task that a judge has scored.')}
          call={call}
        />
      );
    case 'math':
      return <OrcaMathTab rows={state.rows} call={call} />;
    default:
      return <RankSweepTab families={families} isReading={state.isReading} call={call} />;
  }
}

interface OrcaMathTabProps {
  rows: readonly FigureRow[];
  call: FiguresCall;
}

function OrcaMathTab({ rows: all, call }: OrcaMathTabProps): VNode {
  const rows = useMemo(() => exactMathRows(all), [all]);
  const families = useMemo(() => findFamilies(rows), [rows]);
  const tasks = mathTasks(rows);
  const [kept, keep] = useKept('mathTask', '');
  const task = tasks.includes(kept) ? kept : (tasks[0] ?? '');
  return (
    <TableTab
      title={t('Orca-Math (Figure 6)')}
      table={orcaMathTable(rows, families, { task, t })}
      barColumn={1}
      own={t(
        'Your rows: runs and models that were asked orca-math, or a task of your own with "metric": "exact", "reference": "extracted" and an extraction of numbers. Of answers that were given before tasks were kept with them, evaluate again: no question is asked twice.',
      )}
      call={call}
    >
      {tasks.length > 1 && (
        <Dropdown
          label={t('Task')}
          value={task}
          options={tasks.map((value) => ({ value, text: value }))}
          onChange={keep}
        />
      )}
    </TableTab>
  );
}
