// All templates of experiments, and how they are told apart.
import type { Translate } from '../translate';
import { commonsense, halfRank, rankSweep } from './commonsense';
import { instructions } from './instructions';
import { lowData } from './lowData';
import { math } from './math';
import { waitingMethods, type ExperimentTemplate, type TemplateId } from './template';

export const templates: readonly ExperimentTemplate[] = [
  ...[commonsense, rankSweep, halfRank, math, lowData, instructions],
];

export function templateTitle(id: TemplateId, t: Translate): string {
  const titles: Record<TemplateId, string> = {
    commonsense: t('Commonsense, LoRA against DoRA (paper settings)'),
    'rank-sweep': t('Rank sweep'),
    'half-rank': t('Half-rank DoRA'),
    math: t('FT, QLoRA and QDoRA on math'),
    'low-data': t('Low data'),
    'mt-bench': t('LoRA, DoRA, VeRA and DVoRA on instructions'),
  };
  return titles[id];
}

/** What it asks, how many runs it makes, and what this version cannot train of it. */
export function templateLine(template: ExperimentTemplate, t: Translate): string {
  const subjects: Record<TemplateId, string> = {
    commonsense: t('Table 1: eight commonsense sets, rank 32'),
    'rank-sweep': t('Figure 5: ranks 4 to 64 of LoRA and DoRA'),
    'half-rank': t('Table 1, DoRA†: rank 16 against rank 32'),
    math: t('Figure 6: Orca-Math, exact match'),
    'low-data': t('Figure 4: 1,000 to 10,000 records, MT-Bench'),
    'mt-bench': t('Table 5: 10,000 records, MT-Bench'),
  };
  const waiting = waitingMethods(template);
  return [
    subjects[template.id],
    t('{0} runs', template.runs),
    ...(waiting.length === 0 ? [] : [t('waits for a later version: {0}', waiting.join(', '))]),
  ].join(' · ');
}
