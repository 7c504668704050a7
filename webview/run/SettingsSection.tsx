// Every resolved setting of a run, searchable; what differs from the default is marked.
import type { VNode } from 'preact';
import type { SettingRow } from '../../extension/shared/settingRows';
import { Icon } from '../components/Icon';
import { Checkbox, TextField } from '../components/toolkit';
import { useKept } from '../page/connect';
import { t } from '../page/translate';
import { shownSettings } from './settingFilter';

export function SettingsSection({ rows }: { rows: readonly SettingRow[] }): VNode {
  const [search, setSearch] = useKept('settingSearch', '');
  const [onlyDiffering, setOnlyDiffering] = useKept('onlyDiffering', false);
  const shown = shownSettings(rows, { search, onlyDiffering });
  return (
    <>
      <div class="toolbar">
        <TextField
          label={t('Search settings')}
          placeholder={t('Search settings')}
          value={search}
          onInput={setSearch}
        />
        <Checkbox checked={onlyDiffering} onChange={setOnlyDiffering}>
          {t('Only what differs from the default')}
        </Checkbox>
        <span class="muted" role="status">
          {t('{0} of {1}', shown.length, rows.length)}
        </span>
      </div>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={t('Settings')}>
        <table class="grid-table">
          <thead>
            <tr>
              <th scope="col">{t('Setting')}</th>
              <th scope="col">{t('Value')}</th>
              <th scope="col">{t('Default')}</th>
              <th scope="col">{t('Meaning')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={row.setting} class={row.differs || row.isVaried ? 'differs' : ''}>
                <th scope="row">
                  <code>{row.setting}</code> <Marks row={row} />
                </th>
                <td>
                  <code class="value">{row.value}</code>
                </td>
                <td class="muted">
                  <code>{row.standard ?? '–'}</code>
                </td>
                <td class="muted meaning">{row.description}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Marks({ row }: { row: SettingRow }): VNode | null {
  if (row.isVaried) {
    return (
      <span class="mark">
        <Icon name="symbol-enum" /> {t('varied')}
      </span>
    );
  }
  if (!row.differs) return null;
  return (
    <span class="mark">
      <Icon name="edit" /> {t('changed')}
    </span>
  );
}
