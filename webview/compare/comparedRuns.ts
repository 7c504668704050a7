// The compared runs as they are told apart: a label that no other has, a colour and a dash each.
import type { ComparedRun } from '../../extension/shared/pages/comparePage';
import { methodText, runLabel } from '../../extension/shared/runWords';

export interface RunLook {
  label: string;
  color: number;
  dash: number;
}

/** As many as a theme has for series. */
const colors = 6;

export type ColorBy = 'run' | 'method';

type Named = Pick<ComparedRun, 'folder' | 'run' | 'name'>;

/** By folder. */
export function looksOf(runs: readonly Named[], colorBy: ColorBy): Map<string, RunLook> {
  const labels = distinctLabels(runs);
  const methods = [...new Set(runs.map(({ run }) => methodText(run.settings)))];
  const ofMethod = new Map<string, number>();
  const looks = new Map<string, RunLook>();
  for (const [index, { folder, run }] of runs.entries()) {
    const label = labels[index] ?? folder;
    const method = methodText(run.settings);
    const place = ofMethod.get(method) ?? 0;
    ofMethod.set(method, place + 1);
    const look =
      colorBy === 'method'
        ? { color: methods.indexOf(method), dash: place }
        : // Six colours and six dashes, paired anew in each round.
          { color: index, dash: index + Math.floor(index / colors) };
    looks.set(folder, { label, ...look });
  }
  return looks;
}

/** As short as tells them apart: with the experiment, then with the end of the id where that is not enough. */
export function distinctLabels(runs: readonly Named[]): string[] {
  const short = runs.map(({ run, name }) => name ?? runLabel(run));
  const long = runs.map(({ run }, index) => `${run.experiment} · ${short[index] ?? ''}`);
  const hasOneExperiment = new Set(runs.map(({ run }) => run.experiment)).size < 2;
  const labels = hasOneExperiment ? short : long;
  return labels.map((label, index) => {
    const isAlone = labels.filter((other) => other === label).length === 1;
    return isAlone ? label : `${label} · ${runs[index]?.run.id.slice(-4) ?? ''}`;
  });
}
