// A table with its title, its export, and what makes a run of the user's appear in it.
import type { ComponentChildren, VNode } from 'preact';
import { Button } from '../components/toolkit';
import { t } from '../page/translate';
import { FigureExport } from './FigureExport';
import type { FiguresCall } from './FiguresPage';
import type { PlainTable } from './plainTable';
import { PlainTableView } from './PlainTableView';

interface TableTabProps {
  title: string;
  table: PlainTable;
  /** Which runs belong into it. */
  own: string;
  call: FiguresCall;
  /** Controls of its own. */
  children?: ComponentChildren;
}

export function TableTab({ title, table, own, call, children }: TableTabProps): VNode {
  const hasOwn = table.groups.some(({ citation }) => citation === null);
  return (
    <>
      <div class="toolbar figure-toolbar">
        <h2>{title}</h2>
        {children}
        <FigureExport table={table} call={call} />
      </div>
      {!hasOwn && (
        <p class="muted hint">
          {t('None of your runs is here yet.')} {own} <TemplateButton call={call} />
        </p>
      )}
      <PlainTableView table={table} call={call} />
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
