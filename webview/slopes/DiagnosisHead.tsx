// Which adapter was measured against which base, and when.
import type { VNode } from 'preact';
import type { Diagnosis } from '../../extension/shared/pages/slopesPage';
import { Button } from '../components/toolkit';
import { t } from '../page/translate';

interface DiagnosisHeadProps {
  diagnosis: Diagnosis;
  onMeasure: () => void;
}

export function DiagnosisHead({ diagnosis, onMeasure }: DiagnosisHeadProps): VNode {
  const { base, adapter, measured } = diagnosis;
  return (
    <div class="diagnosis">
      <dl>
        <dt>{t('Adapter')}</dt>
        <dd>{adapter}</dd>
        <dt>{t('Base')}</dt>
        <dd>{base}</dd>
        {measured !== undefined && (
          <>
            <dt>{t('Measured')}</dt>
            <dd>{new Date(measured).toLocaleString(document.documentElement.lang)}</dd>
          </>
        )}
      </dl>
      <Button onClick={onMeasure}>
        {measured === undefined ? t('Measure') : t('Measure Again')}
      </Button>
    </div>
  );
}
