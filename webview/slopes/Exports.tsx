// Buttons that save what a chart of the page shows.
import type { VNode } from 'preact';
import { IconButton } from '../components/toolkit';
import { t } from '../page/translate';

export type ExportKind = 'png' | 'svg' | 'csv';

export function Exports({ onExport }: { onExport: (kind: ExportKind) => void }): VNode {
  return (
    <>
      {(['png', 'svg', 'csv'] as const).map((kind) => (
        <IconButton
          key={kind}
          icon={kind === 'csv' ? 'export' : kind === 'svg' ? 'file-code' : 'file-media'}
          label={t('Export as {0}', kind.toUpperCase())}
          onClick={() => {
            onExport(kind);
          }}
        />
      ))}
    </>
  );
}
