// A table with its title, its export, and what makes a run of the user's appear in it.
import type { ComponentChildren, VNode } from 'preact';
import { usePictureTheme } from '../charts/pictureTheme';
import { SceneCanvas } from '../charts/SceneCanvas';
import { Button } from '../components/toolkit';
import { t } from '../page/translate';
import { barFile, barHeight, barShapes } from './barScene';
import { FigureExport } from './FigureExport';
import type { FiguresCall } from './FiguresPage';
import type { PlainTable } from '../tables/plainTable';
import { PlainTableView } from '../tables/PlainTableView';

interface TableTabProps {
  title: string;
  table: PlainTable;
  /** Which runs belong into it. */
  own: string;
  call: FiguresCall;
  /** Controls of its own. */
  children?: ComponentChildren;
  /** The column that is drawn as bars too. */
  barColumn?: number;
}

export function TableTab(props: TableTabProps): VNode {
  const { title, table, own, call, children, barColumn } = props;
  const { colors, font, isHighContrast } = usePictureTheme(false);
  const bars =
    barColumn === undefined ? undefined : { table, column: barColumn, colors, isHighContrast };
  const hasOwn = table.groups.some(({ citation }) => citation === null);
  return (
    <>
      <div class="toolbar figure-toolbar">
        <h2>{title}</h2>
        {children}
        <FigureExport
          table={table}
          {...(bars !== undefined && { picture: () => barFile(bars, title, font) })}
          call={call}
        />
      </div>
      {!hasOwn && (
        <p class="muted hint">
          {t('None of your runs is here yet.')} {own} <TemplateButton call={call} />
        </p>
      )}
      <div class="figure-and-table">
        {bars !== undefined && (
          <div class="bars-place" style={{ height: `${barHeight(table)}px` }}>
            <SceneCanvas
              className="bars"
              label={t('{0}, as bars. The table has the same values.', title)}
              font={font}
              shapes={({ width }) => barShapes(bars, width)}
            />
          </div>
        )}
        <PlainTableView table={table} onOpenRun={(folder) => void call('run', 'openRun', folder)} />
      </div>
    </>
  );
}

export function TemplateButton({ call }: { call: FiguresCall }): VNode {
  return (
    <Button icon="book" onClick={() => void call('run', 'newFromTemplate')}>
      {t('New Experiment from Template…')}
    </Button>
  );
}
