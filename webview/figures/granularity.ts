// Which modules have a trained magnitude and which a trained direction: Table 6.
import { granularityCitation, granularityRows } from '../../extension/shared/published/table6';
import { hasMagnitudes } from '../../extension/shared/methods';
import type { FigureRun } from '../../extension/shared/pages/figuresPage';
import type { Translate } from '../../extension/shared/translate';
import { percentText, shareText } from '../accuracy/figureText';
import { folderOf } from '../accuracy/rowNames';
import { distinct, type Family } from './members';
import { figureCell, ownGroups, settingName } from './ownGroups';
import { numberCell, textCell, type PlainTable } from '../tables/plainTable';

const letters: Readonly<Record<string, string>> = {
  q_proj: 'Q',
  k_proj: 'K',
  v_proj: 'V',
  o_proj: 'O',
  gate_proj: 'G',
  up_proj: 'U',
  down_proj: 'D',
};

export function granularityTable(families: readonly Family[], t: Translate): PlainTable {
  const own = ownGroups(families).map(({ title, tasks, settings }) => ({
    ...{
      id: `own ${title} ${tasks.join()}`,
      title: `${title} (${tasks.join(', ')})`,
      citation: null,
    },
    rows: settings
      .filter(({ member }) => member.run.method !== 'full')
      .map((setting) => {
        const { row, run } = setting.member;
        return {
          id: setting.id,
          ...folderOf(row),
          ...(setting.figure !== undefined && { isEvaluating: setting.figure.isEvaluating }),
          cells: [
            textCell(settingName(setting, settings)),
            numberCell(row.trainablePercent, shareText),
            textCell(hasMagnitudes(run.method) ? moduleLetters(withMagnitude(run)) : '–'),
            textCell(moduleLetters(run.targets)),
            figureCell(setting.figure, t),
          ],
        };
      }),
  }));
  const published = distinct(granularityRows.map(({ model }) => model)).map((model) => ({
    ...{ id: model, title: model, citation: granularityCitation },
    rows: granularityRows
      .filter((row) => row.model === model)
      .map(({ method, trainablePercent, magnitude, direction, average }) => ({
        id: `${model} ${method} ${trainablePercent}`,
        cells: [
          textCell(method),
          numberCell(trainablePercent, shareText),
          textCell(magnitude ?? '–'),
          textCell(direction ?? '–'),
          numberCell(average, percentText),
        ],
      })),
  }));
  return {
    name: 'granularity',
    caption: t(
      'Modules whose magnitude (m) and whose direction (V) is trained: Query, Key, Value, Output, Gate, Up, Down. Accuracy in percent, the mean over the tasks of each group, with 95 % intervals of your own.',
    ),
    columns: [
      { heading: t('Method'), isNumber: false },
      { heading: t('#Params (%)'), isNumber: true },
      { heading: 'm', isNumber: false },
      { heading: 'V', isNumber: false },
      { heading: t('Avg.'), isNumber: true },
    ],
    groups: [...own.filter(({ rows }) => rows.length > 0), ...published],
  };
}

/** "QKVUD"; other names as they are. */
export function moduleLetters(targets: readonly string[]): string {
  if (targets.length === 1 && targets[0] === 'all-linear') return Object.values(letters).join('');
  const known = Object.keys(letters).filter((name) => targets.includes(name));
  const others = targets.filter((name) => letters[name] === undefined);
  return [known.map((name) => letters[name]).join(''), ...others].filter(Boolean).join(', ');
}

function withMagnitude({ targets, magnitudeOnly }: FigureRun): readonly string[] {
  const isAll = targets.length === 1 && targets[0] === 'all-linear';
  return isAll ? targets : [...targets, ...magnitudeOnly];
}
