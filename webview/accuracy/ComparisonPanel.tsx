// Two selected rows against each other, in words.
import type { VNode } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { AccuracyPageMethods, AccuracyRow } from '../../extension/shared/pages/accuracyPage';
import {
  comparisonMethod,
  comparisonSentence,
  verdictOf,
} from '../../extension/shared/comparisonText';
import type { Caller } from '../../extension/shared/rpc';
import {
  compareTasks,
  type Compared,
  type TaskPair,
} from '../../extension/shared/statistics/compared';
import { Icon } from '../components/Icon';
import { IconButton } from '../components/toolkit';
import { t } from '../page/translate';
import { longName } from './rowNames';

interface ComparisonPanelProps {
  first: AccuracyRow;
  second: AccuracyRow;
  call: Caller<AccuracyPageMethods>['call'];
  onSwap: () => void;
  onClose: () => void;
  onOpen: (task: string) => void;
}

export function ComparisonPanel(props: ComparisonPanelProps): VNode {
  const { first, second, onSwap, onClose, onOpen } = props;
  const pairs = usePairs(props);
  const compared = useMemo(() => pairs && compareTasks(pairs), [pairs]);
  return (
    <section class="comparison" aria-label={t('Comparison')}>
      <header class="toolbar">
        <h2>
          {longName(first, t)} <span class="muted">{t('against')}</span> {longName(second, t)}
        </h2>
        <IconButton icon="arrow-swap" label={t('Swap')} onClick={onSwap} />
        <IconButton icon="close" label={t('Close the comparison')} onClick={onClose} />
      </header>
      <ul aria-live="polite">
        {compared?.map((one) => (
          <ComparedLine key={`${one.group} ${one.task}`} compared={one} onOpen={onOpen} />
        ))}
      </ul>
      {compared?.length === 0 && (
        <p class="muted">{t('These two were asked no question in common.')}</p>
      )}
    </section>
  );
}

const verdictIcons = {
  better: { name: 'triangle-up', color: 'charts.green' },
  worse: { name: 'triangle-down', color: 'charts.red' },
  unclear: { name: 'dash', color: 'descriptionForeground' },
} as const;

interface ComparedLineProps {
  compared: Compared;
  onOpen: (task: string) => void;
}

function ComparedLine({ compared, onOpen }: ComparedLineProps): VNode {
  const { task, group } = compared;
  const method = comparisonMethod(compared, t);
  return (
    <li title={method}>
      <Icon {...verdictIcons[verdictOf(compared)]} />
      {task === '' ? (
        <strong>{group === '' ? t('Average') : t('Average, {0}', group)}</strong>
      ) : (
        <button
          type="button"
          class="link"
          title={t('Open the predictions of both')}
          onClick={() => {
            onOpen(task);
          }}
        >
          {task}
        </button>
      )}
      <span>{comparisonSentence(compared, t)}</span>
      <span class="visually-hidden">{method}</span>
    </li>
  );
}

/** Read again whenever a figure of the two changes. */
function usePairs({ first, second, call }: ComparisonPanelProps): TaskPair[] | undefined {
  const [pairs, setPairs] = useState<TaskPair[]>();
  const key = JSON.stringify([first.id, second.id, first.figures, second.figures]);
  useEffect(() => {
    let isCurrent = true;
    call('compare', first.id, second.id).then(
      (read) => {
        if (isCurrent) setPairs(read);
      },
      () => {
        if (isCurrent) setPairs([]);
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [key]);
  return pairs;
}
