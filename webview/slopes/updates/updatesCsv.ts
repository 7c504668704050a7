// What the charts of updates show, as tables for other programs.
import { moduleLayer, moduleType } from '../../../extension/shared/modules';
import type { UpdatesMeasurement } from '../../../extension/shared/updates';
import { pathlessName } from '../files';

export type UpdatesChart = 'ranks' | 'lengths' | 'subspaces';

export function updatesCsv(chart: UpdatesChart, measurement: UpdatesMeasurement): string {
  const lines = chart === 'subspaces' ? subspaces(measurement) : modules(chart, measurement);
  return [...lines.map((line) => line.map(quoted).join(',')), ''].join('\r\n');
}

type Line = (string | number)[];

function modules(chart: 'ranks' | 'lengths', { adapters, edges }: UpdatesMeasurement): Line[] {
  const own =
    chart === 'ranks'
      ? ['effectiveRank', 'number', 'singularValue']
      : ['meanChange', 'from', 'to', 'rows'];
  const head: Line = ['adapter', 'module', 'type', 'layer', ...own];
  return [
    head,
    ...adapters.flatMap(({ path, modules: all }) =>
      all.flatMap(({ name, effectiveRank, values, meanChange, counts }): Line[] => {
        const module = [pathlessName(path), name, moduleType(name), moduleLayer(name) ?? ''];
        return chart === 'ranks'
          ? values.map((value, index) => [...module, effectiveRank ?? '', index + 1, value])
          : counts.map((rows, bin) => [
              ...[...module, meanChange, edges[bin] ?? '', edges[bin + 1] ?? '', rows],
            ]);
      }),
    ),
  ];
}

function subspaces({ similarity }: UpdatesMeasurement): Line[] {
  const head: Line = ['module', 'type', 'layer', 'side', 'i', 'j', 'similarity'];
  return [
    head,
    ...(similarity ?? []).flatMap((module) =>
      (['output', 'input'] as const).flatMap((side) =>
        module[side].flatMap((line, i) =>
          line.map((phi, j): Line => {
            const { name } = module;
            return [name, moduleType(name), moduleLayer(name) ?? '', side, i + 1, j + 1, phi];
          }),
        ),
      ),
    ),
  ];
}

function quoted(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
