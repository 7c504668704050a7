// What adapterLab_startTraining is about to do, told before it is done. Free of VS Code.
import { basename } from 'node:path';
import type { Method } from '../../shared/methods';
import { methodNames } from '../../shared/runWords';
import { trainableShare } from '../../shared/trainableShare';
import type { Translate } from '../../shared/translate';
import { amountText, percentText } from '../../shared/amounts';
import type { CheckedRun } from '../startRuns';

export interface TrainingPlan {
  /** Of the experiment. */
  name: string;
  file: string;
  runs: readonly CheckedRun[];
  overrides: Readonly<Record<string, unknown>>;
}

const largestShown = 8;

/** A sentence when the grid would win over an override. */
export function uselessOverride({ name, runs, overrides }: TrainingPlan): string | undefined {
  const varied = Object.keys(runs[0]?.varied ?? {});
  const both = Object.keys(overrides).find((setting) => varied.includes(setting));
  if (both === undefined) return undefined;
  return `The grid of ${name} varies ${both}, which would win over the override: override "grid" as well.`;
}

export function confirmationOf(
  plan: TrainingPlan,
  t: Translate,
): { title: string; message: string } {
  const { name, file, runs, overrides } = plan;
  const isOne = runs.length === 1;
  const title = isOne
    ? t('Train 1 run of {0}?', name)
    : t('Train {0} runs of {1}?', runs.length, name);
  const changes = Object.entries(overrides).map(
    ([setting, value]) => `- \`${setting}\`: \`${codeText(value)}\``,
  );
  const message = [
    `\`${basename(file)}\`: ${runTexts(runs, t)}`,
    ...(changes.length === 0 ? [] : [[t('Changed for these runs:'), '', ...changes].join('\n')]),
    isOne
      ? t('It trains on this machine and goes on when the window closes.')
      : t('They train on this machine, one after another, and go on when the window closes.'),
  ].join('\n\n');
  return { title, message };
}

/** "FT, 200 steps, 6.48 G trained, 96.1 %; LoRA, adapter.rank 16, 200 steps, 28.0 M trained, 0.42 %" */
function runTexts(runs: readonly CheckedRun[], t: Translate): string {
  const texts = runs.slice(0, largestShown).map((run) => {
    const { method, varied, steps, trainable } = run;
    const others = Object.entries(varied)
      .filter(([setting]) => setting !== 'method')
      .map(([setting, value]) => `${setting} ${codeText(value)}`);
    const name = methodNames[method as Method];
    const trained = t('{0} trained, {1}', amountText(trainable), percentText(trainableShare(run)));
    return [name, ...others, t('{0} steps', steps), trained].join(', ');
  });
  const more = runs.length - texts.length;
  return [...texts, ...(more > 0 ? [t('{0} more', more)] : [])].join('; ');
}

function codeText(value: unknown): string {
  return (typeof value === 'string' ? value : JSON.stringify(value)).replace(/`/g, "'");
}
