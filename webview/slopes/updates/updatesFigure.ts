// A chart of updates as one picture to export, with its titles.
import { moveShapes, type Scene, type Shape } from '../../../extension/shared/slopes/scene';
import type { Translate } from '../../../extension/shared/translate';
import type { UpdatesMeasurement } from '../../../extension/shared/updates';
import type { PictureTheme } from '../../charts/pictureTheme';
import { heatShapes, heightFor, type HeatMapModel } from './heatCells';
import { histogramShapes, lengthsByType } from './lengths';
import { moduleText } from './names';
import { chosenModule, rankGrids, spectrumLines, spectrumShapes } from './ranks';
import { mostDirections, pairModel, similarityAt, summaryGrid, type Look } from './subspaces';
import { similarityText } from './subspaceTexts';
import type { UpdatesChart } from './updatesCsv';

export interface UpdatesFigure {
  measurement: UpdatesMeasurement;
  /** Of the adapters. */
  labels: readonly string[];
  theme: PictureTheme;
  /** Chosen by the user. */
  module: string | null;
  look: Look;
  t: Translate;
}

const width = 1120;
const margin = 24;
const gap = 24;
const titleHeight = 26;

interface Part {
  title: string;
  width: number;
  height: number;
  shapes: Shape[];
}

export function updatesScene(chart: UpdatesChart, props: UpdatesFigure): Scene {
  const { colors, font } = props.theme;
  const parts = partsOf[chart](props);
  const text = { kind: 'text' as const, color: colors.foreground };
  const title = { ...text, x: margin, y: 38, size: 16, bold: true, text: titleOf(chart, props.t) };
  const about = props.labels.join(' · ');
  const shapes: Shape[] = [
    title,
    { ...text, x: margin, y: 58, size: 12, color: colors.muted, text: about },
  ];
  let [x, y, rowHeight] = [margin, 74, 0];
  for (const part of parts) {
    if (x > margin && x + part.width > width - margin) {
      [x, y, rowHeight] = [margin, y + rowHeight + gap, 0];
    }
    shapes.push({ ...text, x, y: y + 14, size: 13, bold: true, text: part.title });
    shapes.push(...moveShapes(part.shapes, x, y + titleHeight));
    x += part.width + gap;
    rowHeight = Math.max(rowHeight, titleHeight + part.height);
  }
  return { width, height: y + rowHeight + margin, background: colors.background, font, shapes };
}

function titleOf(chart: UpdatesChart, t: Translate): string {
  const titles = {
    ranks: t('Effective rank'),
    lengths: t('Row lengths'),
    subspaces: t('Subspaces'),
  };
  return titles[chart];
}

const partsOf: Record<UpdatesChart, (props: UpdatesFigure) => Part[]> = {
  ranks: (props) => {
    const { measurement, labels, theme, t } = props;
    const chosen = chosenModule(measurement.adapters, props.module);
    const maps = rankGrids(measurement, t).map(({ index, grid }) =>
      heatPart(labels[index] ?? '', grid.model, 640, props),
    );
    const size = { width: 400, height: 280 };
    const titles = { x: t('number'), y: t('singular value') };
    const lines = spectrumLines(measurement, chosen, theme.colors);
    const shapes = spectrumShapes(lines, size, theme.colors, titles);
    const title = t('Singular values of {0}', moduleText(chosen, t));
    return [...maps, { title, ...size, shapes }];
  },
  lengths: ({ measurement, theme }) =>
    lengthsByType(measurement).map((lengths) => {
      const size = { width: 330, height: 170 };
      const shapes = histogramShapes(lengths, measurement.edges, size, theme.colors);
      return { title: lengths.type, ...size, shapes };
    }),
  subspaces: (props) => {
    const { t } = props;
    const similarity = props.measurement.similarity ?? [];
    const chosen = similarity.find(({ name }) => name === props.module) ?? similarity[0];
    if (chosen === undefined) return [];
    const { side } = props.look;
    const directions = Math.min(props.look.directions, mostDirections(similarity));
    const { model } = summaryGrid(similarity, side, directions, t);
    const [rows = '', columns = ''] = props.labels;
    const pair = pairModel(chosen, side, {
      rows: t('i, of {0}', rows),
      columns: t('j, of {0}', columns),
    });
    const reading = similarityText(similarityAt(chosen, side, directions), t);
    return [
      heatPart(t('First {0} directions of every module', directions), model, 600, props),
      heatPart(`${moduleText(chosen.name, t)}: ${reading}`, pair, 440, props),
    ];
  },
};

function heatPart(
  title: string,
  model: HeatMapModel,
  wide: number,
  { theme }: UpdatesFigure,
): Part {
  const size = { width: wide, height: heightFor(model, 420) };
  return { title, ...size, shapes: heatShapes(model, size, theme.colors) };
}
