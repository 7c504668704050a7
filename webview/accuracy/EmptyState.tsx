// What to do while nothing is evaluated.
import type { VNode } from 'preact';
import type {
  AccuracyPageMethods,
  AccuracyPageState,
} from '../../extension/shared/pages/accuracyPage';
import type { Caller } from '../../extension/shared/rpc';
import { Icon } from '../components/Icon';
import { Button } from '../components/toolkit';
import { t } from '../page/translate';

interface EmptyStateProps {
  state: AccuracyPageState;
  call: Caller<AccuracyPageMethods>['call'];
  /** Undefined while they are shown. */
  onShowPublished: (() => void) | undefined;
}

export function EmptyState({ state, call, onShowPublished }: EmptyStateProps): VNode {
  const { mayEvaluate, unevaluatedRuns } = state;
  return (
    <section class="empty">
      <h2>
        <Icon name="checklist" /> {t('Nothing is evaluated yet')}
      </h2>
      <p>
        {t(
          'An experiment that names tasks ("evaluation") asks them of each run at its end. Checkpoints and any other model or adapter can be evaluated whenever you like; every answer is kept.',
        )}
      </p>
      {!mayEvaluate && <p class="muted">{t('Evaluating needs a trusted workspace.')}</p>}
      <div class="toolbar">
        {mayEvaluate && unevaluatedRuns > 0 && (
          <Button kind="primary" onClick={() => void call('run', 'evaluate')}>
            {t('Evaluate a Run…')}
          </Button>
        )}
        {mayEvaluate && (
          <Button onClick={() => void call('run', 'evaluateModel')}>
            {t('Evaluate a Model or Adapter…')}
          </Button>
        )}
        {onShowPublished && (
          <Button onClick={onShowPublished}>{t("Show the Paper's Table")}</Button>
        )}
      </div>
    </section>
  );
}
