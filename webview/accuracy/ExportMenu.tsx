// Copies or saves what the table shows.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { AccuracyPageMethods } from '../../extension/shared/pages/accuracyPage';
import type { Caller } from '../../extension/shared/rpc';
import { Popover } from '../components/Popover';
import { IconButton } from '../components/toolkit';
import { t } from '../page/translate';
import type { TableDifferences } from './differences';
import { exportExtensions, type ExportFormat } from '../tables/exportText';
import { exportTable, type ExportOptions } from './exportTable';
import type { Table } from './tableModel';

interface ExportMenuProps {
  table: Table;
  differences: TableDifferences | null;
  showsIntervals: boolean;
  others: ExportOptions['others'];
  call: Caller<AccuracyPageMethods>['call'];
}

const formats: readonly { format: ExportFormat; name: string }[] = [
  { format: 'markdown', name: 'Markdown' },
  { format: 'latex', name: 'LaTeX' },
  { format: 'csv', name: 'CSV' },
];

export function ExportMenu(props: ExportMenuProps): VNode {
  const { table, differences, showsIntervals, others, call } = props;
  const [done, setDone] = useState('');
  const text = (format: ExportFormat): string =>
    exportTable(table, { format, showsIntervals, differences, others, t });
  const copy = (format: ExportFormat, name: string): void => {
    void call('copy', text(format)).then(() => {
      setDone(t('Copied as {0}', name));
    });
  };
  const save = (format: ExportFormat): void => {
    const file = { name: `accuracy.${exportExtensions[format]}`, text: text(format) };
    void call('save', file).then((isSaved) => {
      setDone(isSaved ? t('Saved') : '');
    });
  };
  return (
    <Popover label={t('Export')} icon="export">
      {formats.map(({ format, name }) => (
        <div key={format} class="export-line">
          <span>{name}</span>
          <IconButton
            icon="copy"
            label={t('Copy as {0}', name)}
            onClick={() => {
              copy(format, name);
            }}
          />
          <IconButton
            icon="save"
            label={t('Save as {0}', name)}
            onClick={() => {
              save(format);
            }}
          />
        </div>
      ))}
      <output class="muted export-done">{done}</output>
    </Popover>
  );
}
