// What the page shows as a file: a picture of points (PNG), of shapes (SVG), or the numbers (CSV).
import type { ExportFile } from '../../extension/shared/pages/common';
import { allModules } from '../../extension/shared/slopeFits';
import { sceneSvg } from '../../extension/shared/slopes/svg';
import { paintScene } from '../charts/paint';
import { slopesCsv } from './csv';
import { figureScene, type FigureRequest } from './figure';
import { exportName } from './files';
import type { Series } from './series';
import type { ExportKind } from './Exports';

/** Sharp enough for print. */
const pixelsAPixel = 2;

export function exportFile(
  kind: ExportKind,
  series: readonly Series[],
  figure: FigureRequest,
): ExportFile {
  const name = exportName(series, figure.step, kind);
  switch (kind) {
    case 'csv': {
      const single = figure.plots.filter(
        ({ type }) => figure.plots.length === 1 || type !== allModules,
      );
      return { name, text: slopesCsv(series, single) };
    }
    case 'svg':
      return { name, text: sceneSvg(figureScene(figure)) };
    case 'png': {
      const url = paintScene(figureScene(figure), pixelsAPixel).toDataURL('image/png');
      return { name, base64: url.slice(url.indexOf(',') + 1) };
    }
  }
}
