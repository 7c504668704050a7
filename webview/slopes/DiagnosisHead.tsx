// Which adapter was measured against which base, and when.
import type { VNode } from 'preact';
import type { Diagnosis } from '../../extension/shared/pages/slopesPage';
import { Button } from '../components/toolkit';
import { t } from '../page/translate';
import { folderName } from './folderName';

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
        <Folder path={adapter} />
        <dt>{t('Base')}</dt>
        <Folder path={base} />
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

function Folder({ path }: { path: string }): VNode {
  const { name, place } = folderName(path);
  return (
    <dd title={path}>
      {name}
      <span class="muted">{place}</span>
    </dd>
  );
}
