// What stands around the rank sweep: title, how to read it, where the published line is from.
import type { PublishedSweep } from '../../extension/shared/published/rankSweep';
import type { Translate } from '../../extension/shared/translate';
import { isChoice, type Family } from './members';

interface Shown {
  family: Family | undefined;
  /** Empty: the average. */
  task: string;
  /** What that is over. */
  averaged: readonly string[];
  published: PublishedSweep | undefined;
}

export interface SweepTexts {
  title: string;
  caption: string;
  /** Beneath an exported picture. */
  notes: string[];
  /** For who cannot see it. */
  label: string;
}

export function sweepTexts(shown: Shown, t: Translate): SweepTexts {
  const { family, task, averaged, published } = shown;
  const own = family === undefined ? [] : [ownText(family, { task, averaged }, t)];
  const others = published === undefined ? [] : [publishedText(published, family, { task, t })];
  const title = task === '' ? t('Average accuracy over rank') : t('Accuracy over rank, {0}', task);
  return {
    title,
    caption: [...own, ...others].join(' '),
    notes: [...own, ...others],
    label: t('{0}. The arrow keys read its points; the table has them all.', title),
  };
}

function ownText(
  family: Family,
  { task, averaged: tasks }: Pick<Shown, 'task' | 'averaged'>,
  t: Translate,
): string {
  const averaged =
    task !== '' && isChoice(family, task)
      ? t('Accuracy in percent on {0}, by log-likelihood.', task)
      : task === '' && tasks.length > 1
        ? t('Accuracy in percent, the mean over {0}, each task counting alike.', tasks.join(', '))
        : t('Accuracy in percent on {0}.', task === '' ? tasks.join(', ') : task);
  const bars = t('Bars: 95 % intervals, over questions for one run, over seeds for several.');
  return `${averaged} ${bars}`;
}

function publishedText(
  { model, citation }: PublishedSweep,
  family: Family | undefined,
  { task, t }: { task: string; t: Translate },
): string {
  const source = t('Dashed: published, {0}, {1}.', model, citation);
  if (family === undefined) return source;
  return task === '' ? `${source} ${t('Its average is over its own eight tasks.')}` : source;
}
