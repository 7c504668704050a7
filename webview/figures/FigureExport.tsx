// Copies or saves a figure: its numbers as text, its picture where it has one.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { ExportFile } from '../../extension/shared/pages/common';
import type { Scene } from '../../extension/shared/slopes/scene';
import { sceneSvg } from '../../extension/shared/slopes/svg';
import { exportExtensions, type ExportFormat } from '../tables/exportText';
import { paintScene } from '../charts/paint';
import { Popover } from '../components/Popover';
import { IconButton } from '../components/toolkit';
import { t } from '../page/translate';
import { exportPlain } from '../tables/exportPlain';
import type { FiguresCall } from './FiguresPage';
import type { PlainTable } from '../tables/plainTable';

interface FigureExportProps {
  table: PlainTable;
  /** Undefined for what is a table alone. */
  picture?: () => Scene;
  call: FiguresCall;
}

const formats: readonly { format: ExportFormat; name: string }[] = [
  { format: 'markdown', name: 'Markdown' },
  { format: 'latex', name: 'LaTeX' },
  { format: 'csv', name: 'CSV' },
];
/** Sharp enough for print. */
const pixelsAPixel = 3;

export function FigureExport({ table, picture, call }: FigureExportProps): VNode {
  const [done, setDone] = useState('');
  const save = (file: ExportFile): void => {
    void call('save', file).then((isSaved) => {
      setDone(isSaved ? t('Saved') : '');
    });
  };
  return (
    <Popover label={t('Export')} icon="export">
      {picture !== undefined && (
        <>
          <Line
            name="PNG"
            onSave={() => {
              save({ name: `${table.name}.png`, base64: png(picture()) });
            }}
          />
          <Line
            name="SVG"
            onSave={() => {
              save({ name: `${table.name}.svg`, text: sceneSvg(picture()) });
            }}
          />
        </>
      )}
      {formats.map(({ format, name }) => (
        <Line
          key={format}
          name={name}
          onCopy={() => {
            void call('copy', exportPlain(table, format)).then(() => {
              setDone(t('Copied as {0}', name));
            });
          }}
          onSave={() => {
            const text = exportPlain(table, format);
            save({ name: `${table.name}.${exportExtensions[format]}`, text });
          }}
        />
      ))}
      <output class="muted export-done">{done}</output>
    </Popover>
  );
}

interface LineProps {
  name: string;
  onCopy?: () => void;
  onSave: () => void;
}

function Line({ name, onCopy, onSave }: LineProps): VNode {
  return (
    <div class="export-line">
      <span>{name}</span>
      {onCopy !== undefined && (
        <IconButton icon="copy" label={t('Copy as {0}', name)} onClick={onCopy} />
      )}
      <IconButton icon="save" label={t('Save as {0}', name)} onClick={onSave} />
    </div>
  );
}

function png(scene: Scene): string {
  const url = paintScene(scene, pixelsAPixel).toDataURL('image/png');
  return url.slice(url.indexOf(',') + 1);
}
