// A chart of updates as a file: a picture of points (PNG), of shapes (SVG), or its figures (CSV).
import type { ExportFile } from '../../../extension/shared/pages/common';
import { sceneSvg } from '../../../extension/shared/slopes/svg';
import { fileNameOf } from '../../charts/exportChart';
import { paintScene } from '../../charts/paint';
import type { ExportKind } from '../Exports';
import { updatesCsv, type UpdatesChart } from './updatesCsv';
import { updatesScene, type UpdatesFigure } from './updatesFigure';

/** Sharp enough for print. */
const pixelsAPixel = 2;

export function exportUpdates(
  kind: ExportKind,
  chart: UpdatesChart,
  figure: UpdatesFigure,
): ExportFile {
  const name = `${fileNameOf(figure.labels.join(' '), chart)}.${kind}`;
  if (kind === 'csv') return { name, text: updatesCsv(chart, figure.measurement) };
  const scene = updatesScene(chart, figure);
  if (kind === 'svg') return { name, text: sceneSvg(scene) };
  const url = paintScene(scene, pixelsAPixel).toDataURL('image/png');
  return { name, base64: url.slice(url.indexOf(',') + 1) };
}
