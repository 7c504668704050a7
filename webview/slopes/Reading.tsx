// What the correlations say: where each run stands among the paper's values, and a sentence for each.
import type { VNode } from 'preact';
import { publishedCorrelations } from '../../extension/shared/slopeFits';
import {
  correlationAxisHeight,
  correlationAxisShapes,
} from '../../extension/shared/slopes/correlationAxis';
import { signedText } from '../../extension/shared/slopes/ticks';
import type { PictureTheme } from '../charts/pictureTheme';
import { SceneCanvas } from '../charts/SceneCanvas';
import { t } from '../page/translate';
import type { Looks } from './looks';
import type { PlotModel } from './plots';
import { RunMark } from './RunMark';
import { cautionTexts, readingText } from './texts';
import type { Scope } from './timeline';

interface ReadingProps {
  focus: PlotModel;
  scope: Scope;
  looks: Looks;
  theme: PictureTheme;
}

export function Reading({ focus, scope, looks, theme }: ReadingProps): VNode {
  const rows = focus.fits.map(({ correlation, interval, series: { index } }) => {
    const { marker, ramp } = looks.of(index);
    return { correlation, interval, marker, color: ramp(1) };
  });
  const { full, dora, lora, source } = publishedCorrelations;
  const label = t(
    "Correlations from −1 to +1. The paper's: FT {0}, DoRA {1}, LoRA {2}. The runs' are in the text beside.",
    signedText(full),
    signedText(dora),
    signedText(lora),
  );
  return (
    <section class="reading" aria-label={t('What the correlations say')}>
      <div style={{ height: `${correlationAxisHeight(rows.length)}px` }} class="axis-place">
        <SceneCanvas
          className="correlation-axis"
          label={label}
          font={theme.font}
          shapes={({ width }) => correlationAxisShapes({ width, colors: theme.colors, rows })}
        />
      </div>
      <div class="sentences">
        {focus.fits.map((fit) => (
          <p key={fit.series.run.folder}>
            <RunMark look={looks.of(fit.series.index)} />
            {focus.fits.length > 1 && <strong>{fit.series.run.label}: </strong>}
            {readingText(fit, t)}
          </p>
        ))}
        <details class="muted">
          <summary>{t('How to read this')}</summary>
          <p>
            {t(
              'Each point is a layer: across how far its rows turned (ΔD), up how much their length changed (ΔM).',
            )}{' '}
            {cautionTexts(focus.type, scope, t).join(' ')} {source}.
          </p>
        </details>
      </div>
    </section>
  );
}
