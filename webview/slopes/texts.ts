// The words of the page: scopes, readings, what is still to come.
import type { SlopeRun } from '../../extension/shared/pages/slopesPage';
import type { SlopeFit } from '../../extension/shared/run';
import { isActive } from '../../extension/shared/runWords';
import { allModules, publishedCorrelations } from '../../extension/shared/slopeFits';
import { figureText, meaningText, surpriseText } from '../../extension/shared/slopes/readings';
import { signedText, slopeText } from '../../extension/shared/slopes/ticks';
import type { Translate } from '../../extension/shared/translate';
import type { SeriesFit } from './plots';
import type { Scope } from './timeline';

export function typeText(type: string, t: Translate): string {
  return type === allModules ? t('All modules') : type;
}

export function scopeText(scope: Scope, t: Translate): string {
  const texts: Record<Scope, string> = {
    step: t('This step'),
    four: t('4 checkpoints, as in the paper'),
    all: t('All steps up to here'),
  };
  return texts[scope];
}

/** "slope +0.180 · r −0.45 (−0.71 to −0.10)" */
export function fitText({ slope, correlation, interval }: SlopeFit, t: Translate): string {
  if (slope === null) return t('no line yet');
  if (correlation === null) return t('slope {0}', slopeText(slope));
  const figures = t('slope {0} · r {1}', slopeText(slope), signedText(correlation));
  if (interval === null) return figures;
  return `${figures} ${t('({0} to {1})', signedText(interval[0]), signedText(interval[1]))}`;
}

/** Figure and meaning of a run's fit, as sentences. */
export function readingText(fit: SeriesFit, t: Translate): string {
  const figure = figureText(fit, t);
  const sentence = `${figure.charAt(0).toUpperCase()}${figure.slice(1)}.`;
  const { method } = fit.series.run;
  const parts = [sentence, meaningText(fit, t), surpriseText(fit, method, t), aloneText(fit, t)];
  return parts.filter((part) => part !== '').join(' ');
}

/** Growth alone makes a correlation over steps positive: the last step tells how much of it is left. */
function aloneText({ alone, correlation }: SeriesFit, t: Translate): string {
  if (alone === null || correlation === null) return '';
  return t('At the last of these steps alone it is {0}.', signedText(alone));
}

/** What must be known to compare with the paper. */
export function cautionTexts(type: string, scope: Scope, t: Translate): string[] {
  const cautions: string[] = [];
  if (scope !== 'step') {
    cautions.push(
      t('Both changes grow while training, which by itself pulls a correlation over steps up.'),
      t('Its interval resamples whole layers, since the points of one layer depend on each other.'),
    );
  }
  if (type !== publishedCorrelations.module) {
    cautions.push(t("The paper's values are those of query matrices (q_proj)."));
  }
  cautions.push(
    t('They were measured on VL-BART over 6 layers and 4 checkpoints; other models may differ.'),
  );
  return cautions;
}

/** Where a run has no measurement yet: when the first comes. Undefined where it has one. */
export function waitingText(run: SlopeRun, t: Translate): string | undefined {
  if (run.problem !== undefined) return run.problem;
  if (run.samples.length > 0) return undefined;
  const { state, every, step, steps } = run;
  if (state !== undefined && !isActive(state) && state !== 'queued') {
    return t('{0} ended before its slopes were measured.', run.label);
  }
  if (every === 0) {
    return t('{0} is measured at its first checkpoint ("diagnostics.every" is 0).', run.label);
  }
  const first = steps > 0 ? Math.min(every, steps) : every;
  return t(
    '{0} is measured first at step {1} ("diagnostics.every"); it is at step {2}.',
    run.label,
    first,
    step,
  );
}
