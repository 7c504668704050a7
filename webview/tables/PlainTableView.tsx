// A table in a paper's manner: the user's rows, and fainter beneath them the published ones with their source.
import type { VNode } from 'preact';
import { Icon } from '../components/Icon';
import { t } from '../page/translate';
import type { PlainCell, PlainGroup, PlainRow, PlainTable } from './plainTable';
import './paperTable.css';
import './plainTable.css';

interface PlainTableViewProps {
  table: PlainTable;
  onOpenRun: (folder: string) => void;
}

export function PlainTableView({ table, onOpenRun }: PlainTableViewProps): VNode {
  const { columns, groups, caption } = table;
  return (
    <div class="paper-scroll" role="region" aria-label={caption} tabIndex={0}>
      <table class="paper-table plain-table">
        <caption>
          <span>{caption}</span>
        </caption>
        <thead>
          <tr>
            {columns.map(({ heading, detail, isNumber }, i) => (
              <th key={i} scope="col" class={isNumber ? 'number' : ''}>
                {heading}
                {detail !== undefined && <div class="muted detail">{detail}</div>}
              </th>
            ))}
          </tr>
        </thead>
        {groups.map((group) => (
          <tbody key={group.id} class={group.citation === null ? '' : 'published'}>
            {group.title !== '' && (
              <tr class="group">
                <th scope="rowgroup" colSpan={columns.length}>
                  <GroupHead group={group} />
                </th>
              </tr>
            )}
            {group.rows.map((row) => (
              <Row key={row.id} row={row} table={table} onOpenRun={onOpenRun} />
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

function Row({ row, table, onOpenRun }: PlainTableViewProps & { row: PlainRow }): VNode {
  const { cells, folder, isEvaluating } = row;
  return (
    <tr>
      {table.columns.map(({ isNumber }, i) => {
        const cell = cells[i] ?? { text: '' };
        if (i > 0) {
          return (
            <td key={i} class={isNumber ? 'number' : ''}>
              <Cell cell={cell} />
            </td>
          );
        }
        return (
          <th key={i} scope="row">
            {folder === undefined ? (
              cell.text
            ) : (
              <button
                type="button"
                class="link"
                onClick={() => {
                  onOpenRun(folder);
                }}
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
            {cell.detail !== undefined && <div class="muted detail">{cell.detail}</div>}
          </th>
        );
      })}
    </tr>
  );
}

function Cell({ cell: { text, detail, isBest } }: { cell: PlainCell }): VNode {
  return (
    <>
      {isBest === true ? <strong>{text}</strong> : text}
      {detail !== undefined && <span class="muted detail">{detail}</span>}
    </>
  );
}
