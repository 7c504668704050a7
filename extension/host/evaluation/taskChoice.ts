// The tasks and numbers of questions that a user may choose from. Free of VS Code.
import type { ListedTask } from '../../shared/listings';
import type { Translate } from '../../shared/translate';

export interface TaskItem {
  label: string;
  description: string;
  detail?: string;
  picked: boolean;
  task: string;
}

/**
 * Those that the experiment names are picked; without any, all whose answers are written or that are the user's own,
 * but for what needs a judge.
 * What cannot be asked is left out.
 */
export function taskItems(
  listed: readonly ListedTask[],
  named: readonly string[],
  t: Translate,
): TaskItem[] {
  return listed
    .filter(({ problem }) => problem === undefined)
    .map((listed) => ({
      label: listed.task,
      description: describe(listed, t),
      picked: named.length === 0 ? isUsual(listed) : named.includes(listed.task),
      task: listed.task,
    }));
}

function isUsual({ kind, protocol }: ListedTask): boolean {
  return protocol !== 'judged' && (kind === 'own' || protocol === 'generation');
}

function describe(listed: ListedTask, t: Translate): string {
  const { kind, protocol, group, questions, beams, maxNewTokens } = listed;
  const count = questions.toLocaleString('en-US');
  const isPaper = group === 'commonsense' && protocol === 'generation';
  return [
    protocol === 'perplexity' ? t('{0} texts', count) : t('{0} questions', count),
    ...(kind === 'own' ? [t('own task')] : isPaper ? [t("the paper's protocol")] : []),
    ...(protocol === 'choice' ? [t('multiple choice by log-likelihood')] : []),
    ...(protocol === 'perplexity' ? [t('perplexity')] : []),
    ...(protocol === 'judged' ? [t('graded from 1 to 10 by a judge')] : []),
    ...(beams !== undefined && maxNewTokens !== undefined
      ? [t('{0} beams, {1} new tokens', beams, maxNewTokens)]
      : []),
  ].join(' · ');
}

export interface LimitItem {
  label: string;
  description?: string;
  /** 0: all. */
  limit: number;
}

/** The experiment's own number first; numbers that no task reaches are left out. */
export function limitChoices(
  tasks: readonly ListedTask[],
  experimentLimit: number,
  t: Translate,
): LimitItem[] {
  const most = Math.max(0, ...tasks.map(({ questions }) => questions));
  const all = tasks.reduce((sum, { questions }) => sum + questions, 0);
  const first = (limit: number): string => t('The first {0}', limit.toLocaleString('en-US'));
  const own =
    experimentLimit > 0 && experimentLimit < most
      ? [
          {
            label: first(experimentLimit),
            description: t('as the experiment says'),
            limit: experimentLimit,
          },
        ]
      : [];
  const usual = [100, 500, 2000]
    .filter((limit) => limit < most && limit !== experimentLimit)
    .map((limit) => ({ label: first(limit), limit }));
  const whole = { label: t('All questions'), description: all.toLocaleString('en-US'), limit: 0 };
  return [...own, whole, ...usual];
}
