// All templates of experiments, and how they are told apart.
import type { Translate } from '../translate';
import { commonsense, granularity, halfRank, rankSweep } from './commonsense';
import { instructions } from './instructions';
import { lowData } from './lowData';
import { math } from './math';
import type { ExperimentTemplate, TemplateId } from './template';

export const templates: readonly ExperimentTemplate[] = [
  ...[commonsense, rankSweep, halfRank, granularity, math, lowData, instructions],
];

export function templateTitle(id: TemplateId, t: Translate): string {
  const titles: Record<TemplateId, string> = {
    commonsense: t('Commonsense, LoRA against DoRA (paper settings)'),
    'rank-sweep': t('Rank sweep'),
    'half-rank': t('Half-rank DoRA'),
    granularity: t('Magnitude-only modules'),
    math: t('FT, QLoRA and QDoRA on math'),
    'low-data': t('Low data'),
    'mt-bench': t('LoRA, DoRA, VeRA and DVoRA on instructions'),
  };
  return titles[id];
}

/** What it asks, and how many runs it makes. */
export function templateLine(template: ExperimentTemplate, t: Translate): string {
  const subjects: Record<TemplateId, string> = {
    commonsense: t('Table 1: eight commonsense sets, rank 32'),
    'rank-sweep': t('Figure 5: ranks 4 to 64 of LoRA and DoRA'),
    'half-rank': t('Table 1, DoRA†: rank 16 against rank 32'),
    granularity: t('Table 6: which modules have a magnitude, which a direction'),
    math: t('Figure 6: Orca-Math, exact match'),
    'low-data': t('Figure 4: 1,000 to 10,000 records, MT-Bench'),
    'mt-bench': t('Table 5: 10,000 records, MT-Bench'),
  };
  return [subjects[template.id], t('{0} runs', template.runs)].join(' · ');
}
