// What to do while nothing is evaluated.
import type { VNode } from 'preact';
import type {
  AccuracyPageMethods,
  AccuracyPageState,
} from '../../extension/shared/pages/accuracyPage';
import type { Caller } from '../../extension/shared/rpc';
import { t } from '../page/translate';

interface EmptyStateProps {
  state: AccuracyPageState;
  call: Caller<AccuracyPageMethods>['call'];
}

export function EmptyState({ state }: EmptyStateProps): VNode {
  return (
    <section class="empty">
      <h2>{t('Nothing is evaluated yet')}</h2>
      <p>
        {state.unevaluatedRuns === 0
          ? t('Train a run; its tasks are evaluated at its end.')
          : t('An experiment that names tasks evaluates its runs at their end.')}
      </p>
    </section>
  );
}
