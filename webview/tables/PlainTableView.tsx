// A table of a figure: the user's rows, and fainter beneath them the published ones with their source.
import type { VNode } from 'preact';
import { Icon } from '../components/Icon';
import { t } from '../page/translate';
import type { FiguresCall } from './FiguresPage';
import type { PlainCell, PlainGroup, PlainRow, PlainTable } from './plainTable';

interface PlainTableViewProps {
  table: PlainTable;
  call: FiguresCall;
}

export function PlainTableView({ table, call }: PlainTableViewProps): VNode {
  const { columns, groups, caption } = table;
  return (
    <div class="table-scroll" role="region" aria-label={caption} tabIndex={0}>
      <table class="figure-table">
        <caption>
          <span>{caption}</span>
        </caption>
        <thead>
          <tr>
            {columns.map(({ heading, isNumber }) => (
              <th key={heading} scope="col" class={isNumber ? 'number' : ''}>
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        {groups.map((group) => (
          <tbody key={group.id} class={group.citation === null ? '' : 'published'}>
            <tr class="group">
              <th scope="rowgroup" colSpan={columns.length}>
                <GroupHead group={group} />
              </th>
            </tr>
            {group.rows.map((row) => (
              <Row key={row.id} row={row} table={table} call={call} />
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function GroupHead({ group: { title, citation } }: { group: PlainGroup }): VNode {
  return (
    <>
      <em>{title}</em>
      {citation !== null && (
        <>
          <span class="badge">{t('published')}</span>
          <span class="citation">{citation}</span>
        </>
      )}
    </>
  );
}

function Row({ row, table, call }: PlainTableViewProps & { row: PlainRow }): VNode {
  const { cells, folder, isEvaluating } = row;
  return (
    <tr>
      {table.columns.map(({ heading, isNumber }, i) => {
        const cell = cells[i] ?? { text: '' };
        if (i > 0) {
          return (
            <td key={heading} class={isNumber ? 'number' : ''}>
              <Cell cell={cell} />
            </td>
          );
        }
        return (
          <th key={heading} scope="row">
            {folder === undefined ? (
              cell.text
            ) : (
              <button
                type="button"
                class="link"
                onClick={() => void call('run', 'openRun', folder)}
              >
                {cell.text}
              </button>
            )}
            {isEvaluating === true && (
              <span class="evaluating" title={t('Questions are still being asked')}>
                <Icon name="sync~spin" />
                <span class="visually-hidden">{t('Questions are still being asked')}</span>
              </span>
            )}
          </th>
        );
      })}
    </tr>
  );
}

function Cell({ cell: { text, detail } }: { cell: PlainCell }): VNode {
  return (
    <>
      {text}
      {detail !== undefined && <span class="muted detail">{detail}</span>}
    </>
  );
}
