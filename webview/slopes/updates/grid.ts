// Figures of modules laid out by type and layer.
import { moduleLayer, moduleType, sortedTypes } from '../../../extension/shared/modules';
import type { Cell, HeatMapModel } from './heatCells';

export interface ModuleFigure {
  name: string;
  value: number | null;
}

export interface ModuleGrid {
  model: HeatMapModel;
  nameAt: (cell: Cell) => string | undefined;
  cellOf: (name: string) => Cell | undefined;
}

export function moduleGrid(
  figures: readonly ModuleFigure[],
  scale: { low: number; high: number },
  columnTitle: string,
): ModuleGrid {
  const rows = sortedTypes(figures.map(({ name }) => moduleType(name)));
  const layers = [...new Set(figures.flatMap(({ name }) => moduleLayer(name) ?? []))];
  layers.sort((a, b) => a - b);
  const values = new Array<number | null>(rows.length * layers.length).fill(null);
  const names = new Map<number, string>();
  for (const { name, value } of figures) {
    const index =
      rows.indexOf(moduleType(name)) * layers.length + layers.indexOf(moduleLayer(name) ?? -1);
    if (index < 0) continue;
    values[index] = value;
    names.set(index, name);
  }
  const columns = layers.map(String);
  return {
    model: { rows, columns, rowTitle: '', columnTitle, values, ...scale },
    nameAt: ({ row, column }) => names.get(row * layers.length + column),
    cellOf: (name) => {
      const cell = {
        row: rows.indexOf(moduleType(name)),
        column: layers.indexOf(moduleLayer(name) ?? -1),
      };
      return cell.row < 0 || cell.column < 0 ? undefined : cell;
    },
  };
}
