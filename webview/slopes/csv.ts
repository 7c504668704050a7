// The points that are shown, as a table for other programs.
import { pathlessName } from './files';
import type { PlotModel, PointGroup } from './plots';
import type { Series } from './series';

const header = 'experiment,run,folder,step,module,type,layer,deltaD,deltaM';

/** One line a point, by run and step; `plots` of single types, so that no point stands twice. */
export function slopesCsv(series: readonly Series[], plots: readonly PlotModel[]): string {
  const groups = plots
    .flatMap(({ history, current }) => [...history, ...current])
    .sort((a, b) => a.index - b.index || a.step - b.step);
  const lines = groups.flatMap((group) => linesOf(series, group));
  return [header, ...lines, ''].join('\r\n');
}

function linesOf(series: readonly Series[], group: PointGroup): string[] {
  const run = series.find(({ index }) => index === group.index)?.run;
  return group.modules.map((module, place) =>
    [
      run?.experiment ?? '',
      run?.label ?? '',
      pathlessName(run?.folder ?? ''),
      group.step,
      module.name,
      module.type,
      module.layer ?? '',
      group.values[2 * place] ?? '',
      group.values[2 * place + 1] ?? '',
    ]
      .map(quoted)
      .join(','),
  );
}

function quoted(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
