// Compares the table's rows with the reference one after another, so that the page stays alive with any number of
// them; what is known is kept until a figure of it changes.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { AccuracyPageMethods } from '../../extension/shared/pages/accuracyPage';
import type { Caller } from '../../extension/shared/rpc';
import type { Compared, TaskPair } from '../../extension/shared/statistics/compared';
import {
  comparisonPlans,
  rowsOf,
  tableDifferences,
  type ComparisonPlan,
  type TableDifferences,
} from './differences';
import type { Table } from './tableModel';

type Call = Caller<AccuracyPageMethods>['call'];

interface Known {
  version: string;
  compared: readonly Compared[];
}

/** What is found is drawn so often: a table of hundreds of rows takes longer to draw than to compare. */
const drawMs = 1000;

/** Null while nothing is compared. */
export function useDifferences(
  call: Call,
  table: Table,
  referenceId: string,
): TableDifferences | null {
  const known = useRef(new Map<string, Known>());
  const [round, setRound] = useState(0);
  const reference = rowsOf(table).find(({ id }) => id === referenceId);
  const plans = reference === undefined ? [] : comparisonPlans(table, reference);
  const version = JSON.stringify([referenceId, plans.map((plan) => plan.version)]);
  useEffect(() => {
    const state = { isCurrent: true };
    void compareAll(call, plans, known.current, {
      ...{ isCurrent: () => state.isCurrent },
      onMore: () => {
        setRound((before) => before + 1);
      },
    });
    return () => {
      state.isCurrent = false;
    };
  }, [version]);
  return useMemo(() => {
    if (reference === undefined) return null;
    const found = plans.flatMap(({ rowId, version: wanted }) => {
      const one = known.current.get(rowId);
      return one?.version === wanted ? [[rowId, one.compared] as const] : [];
    });
    return tableDifferences(referenceId, plans, new Map(found));
  }, [version, round]);
}

async function compareAll(
  call: Call,
  plans: readonly ComparisonPlan[],
  known: Map<string, Known>,
  { isCurrent, onMore }: { isCurrent: () => boolean; onMore: () => void },
): Promise<void> {
  const kept = new Set(plans.map(({ rowId }) => rowId));
  for (const rowId of known.keys()) if (!kept.has(rowId)) known.delete(rowId);
  let drawnMs = performance.now();
  for (const { rowId, version, pairings, compare } of plans) {
    if (known.get(rowId)?.version === version) continue;
    const pairs: TaskPair[][] = [];
    for (const { firstId, secondId } of pairings) {
      // A row that is gone has nothing in common with any.
      pairs.push(await call('compare', firstId, secondId).catch(() => []));
      if (!isCurrent()) return;
    }
    known.set(rowId, { version, compared: compare(pairs) });
    if (performance.now() - drawnMs < drawMs) continue;
    onMore();
    drawnMs = performance.now();
  }
  if (isCurrent()) onMore();
}
