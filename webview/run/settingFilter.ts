// Which settings are shown.
import type { SettingRow } from '../../extension/shared/settingRows';

export interface SettingFilter {
  /** Words that must all occur, in name, value or meaning. */
  search: string;
  onlyDiffering: boolean;
}

export function shownSettings(rows: readonly SettingRow[], filter: SettingFilter): SettingRow[] {
  const words = filter.search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return rows.filter((row) => {
    if (filter.onlyDiffering && !row.differs && !row.isVaried) return false;
    const text = `${row.setting} ${row.value} ${row.description}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
