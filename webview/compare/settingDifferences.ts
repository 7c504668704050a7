// The settings of several runs side by side.
import type { SettingRow } from '../../extension/shared/settingRows';

export interface ComparedSetting {
  setting: string;
  /** One for each run; undefined where it is not set. */
  values: (string | undefined)[];
  differs: boolean;
  isVaried: boolean;
  description: string;
}

/** What a grid varied first, then in the order of the first run that has it. */
export function comparedSettings(
  runs: readonly { settings: readonly SettingRow[] }[],
): ComparedSetting[] {
  const byRun = runs.map(({ settings }) => new Map(settings.map((row) => [row.setting, row])));
  const names = [
    ...new Set(runs.flatMap(({ settings }) => settings.map(({ setting }) => setting))),
  ];
  const compared = names.map((setting) => {
    const rows = byRun.map((settings) => settings.get(setting));
    const values = rows.map((row) => row?.value);
    return {
      setting,
      values,
      differs: new Set(values).size > 1,
      isVaried: rows.some((row) => row?.isVaried === true),
      description: rows.find((row) => row !== undefined)?.description ?? '',
    };
  });
  const isFirst = ({ differs, isVaried }: ComparedSetting): boolean => differs && isVaried;
  return [...compared.filter(isFirst), ...compared.filter((one) => !isFirst(one))];
}
