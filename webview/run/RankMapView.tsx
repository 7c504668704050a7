// Rank of each module, layer by layer, after a step that the reader chooses: the newest until then.
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { ExportFile } from '../../extension/shared/pages/common';
import type { RankRecord } from '../../extension/shared/runHistory';
import { fileNameOf } from '../charts/exportChart';
import { Slider } from '../components/Slider';
import { Button } from '../components/toolkit';
import { t } from '../page/translate';
import { rankMap, ranksAfter, ranksCsv, type RankMap } from './ranks';
import './rankMap.css';

interface RankMapViewProps {
  records: readonly RankRecord[];
  subject: string;
  onSave: (file: ExportFile) => void;
}

export function RankMapView({ records, subject, onSave }: RankMapViewProps): VNode {
  const [chosen, choose] = useState<number | undefined>(undefined);
  const last = records.length - 1;
  const index = Math.min(chosen ?? last, last);
  const map = useMemo(() => rankMap(ranksAfter(records, index)), [records, index]);
  // Colours mean the same at every step.
  const highest = useMemo(() => rankMap(ranksAfter(records, 0)).highest, [records]);
  const step = records[index]?.step ?? 0;
  const title = t('Rank by module');
  return (
    <section class="rank-map" aria-label={title}>
      <div class="rank-map-head">
        <h3>{title}</h3>
        <span class="muted">{t('{0} in all after step {1}', map.total, step)}</span>
        {last > 0 && (
          <Slider
            label={t('Change')}
            value={index}
            min={0}
            max={last}
            step={1}
            text={t('{0} of {1}', index + 1, last + 1)}
            onInput={(value) => {
              choose(value === last ? undefined : value);
            }}
          />
        )}
        <Button
          onClick={() => {
            onSave({ name: `${fileNameOf(subject, title)}.csv`, text: ranksCsv(records) });
          }}
        >
          {t('Save as CSV')}
        </Button>
      </div>
      <Table map={map} highest={highest} label={title} />
    </section>
  );
}

function Table({
  map: { types, layers, rank },
  highest,
  label,
}: {
  map: RankMap;
  highest: number;
  label: string;
}): VNode {
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={label}>
      <table class="rank-table">
        <thead>
          <tr>
            <th scope="col">{t('Layer')}</th>
            {layers.map((layer) => (
              <th key={layer} scope="col">
                {layer}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {types.map((type) => (
            <tr key={type}>
              <th scope="row">{type}</th>
              {layers.map((layer) => {
                const own = rank(type, layer);
                return (
                  <td key={layer} style={{ '--part': (own ?? 0) / highest }}>
                    {own ?? '–'}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
