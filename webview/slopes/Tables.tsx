// The same as the plots in tables: the fits, and every point of the step that is shown.
import type { VNode } from 'preact';
import { allModules } from '../../extension/shared/slopeFits';
import { signedText, slopeText, valueText } from '../../extension/shared/slopes/ticks';
import { t } from '../page/translate';
import type { PlotModel } from './plots';
import { fitRows, pointRows } from './rows';
import type { Series } from './series';
import { SortedTable } from './SortedTable';
import { scopeText, typeText } from './texts';
import type { Scope } from './timeline';

interface TablesProps {
  plots: readonly PlotModel[];
  series: readonly Series[];
  scope: Scope;
  step: number;
}

export function Tables({ plots, series, scope, step }: TablesProps): VNode {
  const single = plots.filter(({ type }) => plots.length === 1 || type !== allModules);
  const labelOf = (index: number): string =>
    series.find((one) => one.index === index)?.run.label ?? '';
  return (
    <div class="tables">
      <SortedTable
        caption={t('Fits of ΔM on ΔD, {0}, step {1}', scopeText(scope, t), step)}
        rows={fitRows(plots, (type) => typeText(type, t))}
        sortedBy="run"
        columns={[
          { name: 'run', title: t('Run') },
          { name: 'module', title: t('Module') },
          { name: 'points', title: t('Points') },
          { name: 'slope', title: t('Slope'), text: slopeText },
          { name: 'correlation', title: t('Correlation'), text: signedText },
          { name: 'low', title: t('95 % from'), text: signedText },
          { name: 'high', title: t('95 % to'), text: signedText },
        ]}
      />
      <SortedTable
        caption={t('Each layer at step {0}', step)}
        rows={pointRows(single, labelOf)}
        sortedBy="layer"
        columns={[
          { name: 'run', title: t('Run') },
          { name: 'step', title: t('Step') },
          { name: 'layer', title: t('Layer') },
          { name: 'module', title: t('Module') },
          { name: 'deltaD', title: t('ΔD'), text: valueText },
          { name: 'deltaM', title: t('ΔM'), text: valueText },
        ]}
      />
    </div>
  );
}
