// A table that its column heads sort.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../page/translate';
import { nextSorting, sortRows, type Sorting } from './rows';

interface Column<Name extends string> {
  name: Name;
  title: string;
  text?: (value: number) => string;
}

interface SortedTableProps<Name extends string> {
  caption: string;
  columns: readonly Column<Name>[];
  rows: readonly Record<Name, string | number | null>[];
  sortedBy: Name;
}

export function SortedTable<Name extends string>(props: SortedTableProps<Name>): VNode {
  const { caption, columns, rows, sortedBy } = props;
  const [sorting, setSorting] = useState<Sorting<Name>>({ column: sortedBy, descending: false });
  return (
    <table class="sorted-table">
      <caption>{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ name, title }) => (
            <th key={name} scope="col" aria-sort={sortOf(sorting, name)}>
              <button
                type="button"
                onClick={() => {
                  setSorting(nextSorting(sorting, name));
                }}
              >
                {title}
                <span class={`codicon ${iconOf(sorting, name)}`} aria-hidden="true" />
              </button>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {sortRows(rows, sorting).map((row, index) => (
          <tr key={index}>
            {columns.map((column) => (
              <td key={column.name} class={typeof row[column.name] === 'number' ? 'number' : ''}>
                {cellText(row[column.name], column)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function cellText<Name extends string>(
  value: string | number | null,
  { text }: Column<Name>,
): string {
  if (value === null) return t('none');
  return typeof value === 'number' && text !== undefined ? text(value) : String(value);
}

function sortOf<Name extends string>(
  { column, descending }: Sorting<Name>,
  name: Name,
): 'ascending' | 'descending' | 'none' {
  if (column !== name) return 'none';
  return descending ? 'descending' : 'ascending';
}

function iconOf<Name extends string>({ column, descending }: Sorting<Name>, name: Name): string {
  if (column !== name) return 'codicon-blank';
  return descending ? 'codicon-arrow-down' : 'codicon-arrow-up';
}
