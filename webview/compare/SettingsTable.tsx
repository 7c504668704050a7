// The settings of the runs side by side.
import type { VNode } from 'preact';
import type { ComparedRun } from '../../extension/shared/pages/comparePage';
import { Icon } from '../components/Icon';
import { Checkbox } from '../components/toolkit';
import { useKept } from '../page/connect';
import { t } from '../page/translate';
import type { RunLook } from './comparedRuns';
import { comparedSettings } from './settingDifferences';

interface SettingsTableProps {
  runs: readonly ComparedRun[];
  looks: ReadonlyMap<string, RunLook>;
}

export function SettingsTable({ runs, looks }: SettingsTableProps): VNode {
  const [onlyDiffering, setOnlyDiffering] = useKept('onlyDiffering', true);
  const all = comparedSettings(runs);
  const shown = onlyDiffering ? all.filter(({ differs }) => differs) : all;
  return (
    <section aria-labelledby="settings">
      <div class="section-head">
        <h2 id="settings">{t('Settings')}</h2>
        <Checkbox checked={onlyDiffering} onChange={setOnlyDiffering}>
          {t('Only what differs')}
        </Checkbox>
      </div>
      {shown.length === 0 ? (
        <p class="muted">{t('These runs have the same settings.')}</p>
      ) : (
        <div class="table-scroll" tabIndex={0} role="region" aria-label={t('Settings')}>
          <table class="grid-table">
            <thead>
              <tr>
                <th scope="col">{t('Setting')}</th>
                {runs.map(({ folder }) => (
                  <th scope="col" key={folder}>
                    {looks.get(folder)?.label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map(({ setting, values, differs, isVaried, description }) => (
                <tr key={setting} class={differs ? 'differs' : ''}>
                  <th scope="row">
                    <code title={description}>{setting}</code>
                    {isVaried && (
                      <span class="mark">
                        <Icon name="symbol-enum" /> {t('varied')}
                      </span>
                    )}
                  </th>
                  {values.map((value, index) => (
                    <td key={runs[index]?.folder}>
                      <code class={value === undefined ? 'muted' : 'value'}>{value ?? '–'}</code>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
