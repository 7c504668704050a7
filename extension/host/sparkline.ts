// A small picture of a run's losses for its tooltip: an SVG of at most 4 kB, whatever the number of steps. Free of
// VS Code.
import type { LossPoint } from './runDigest';

/** Of the theme: a tooltip's image knows nothing of its page's variables. */
export interface SparklineInk {
  training: string;
  validation: string;
  frame: string;
  text: string;
}

export interface SparklineCurves {
  training: readonly LossPoint[];
  validation: readonly LossPoint[];
}

const width = 300;
const height = 96;
/** Around the curves: room for the numbers. */
const plot = { left: 50, right: 292, top: 10, bottom: 74 };
/** Two points a column: the lowest and the highest loss of its steps. */
const columns = 90;
const mostValidation = 24;
/** Beyond this ratio of the largest to the smallest loss a linear axis shows a hook and a flat line. */
const logarithmicFrom = 20;

export interface SparklineLook {
  ink: SparklineInk;
  /** Names of the curves, in the user's language. */
  legend: { training: string; validation: string };
}

/** Undefined where there is no curve yet. */
export function sparkline(
  { training, validation }: SparklineCurves,
  { ink, legend }: SparklineLook,
): string | undefined {
  const train = downsample(training.filter(isFinitePoint), columns);
  const evaluated = thin(validation.filter(isFinitePoint), mostValidation);
  const all = [...train, ...evaluated];
  if (all.length < 2) return undefined;
  const scale = scaleOf(all);
  const line = (points: readonly LossPoint[]) => points.map((point) => scale.at(point)).join(' ');
  const dots = evaluated.map((point) => {
    const [x = '', y = ''] = scale.at(point).split(',');
    return `<circle cx="${x}" cy="${y}" r="2"/>`;
  });
  const { left, right, top, bottom } = plot;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="10">`,
    `<path d="M${left} ${top}V${bottom}H${right}" fill="none" stroke="${ink.frame}"/>`,
    `<g fill="none" stroke-linejoin="round">`,
    `<polyline points="${line(train)}" stroke="${ink.training}" stroke-width="1.5"/>`,
    evaluated.length < 2
      ? ''
      : `<polyline points="${line(evaluated)}" stroke="${ink.validation}" stroke-width="1.5" stroke-dasharray="4 3"/>`,
    `</g><g fill="${ink.validation}">${dots.join('')}</g>`,
    `<g fill="${ink.text}"><text x="${left - 4}" y="${top + 7}" text-anchor="end">${number(scale.most)}</text>`,
    `<text x="${left - 4}" y="${bottom}" text-anchor="end">${number(scale.least)}</text>`,
    `<text x="${left}" y="${height - 8}">${scale.firstStep}</text>`,
    `<text x="${right}" y="${height - 8}" text-anchor="end">${scale.lastStep}</text></g>`,
    `<g text-anchor="end"><text x="${right}" y="${top + 4}" fill="${ink.training}">${escapeXml(legend.training)}</text>`,
    evaluated.length === 0
      ? ''
      : `<text x="${right}" y="${top + 18}" fill="${ink.validation}">- - ${escapeXml(legend.validation)}</text>`,
    '</g></svg>',
  ].join('');
}

/** For Markdown: `![text](...)`. */
export function dataUri(svg: string): string {
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}

/** The first and the last step stay, of each stretch between the lowest and the highest loss. */
function downsample(points: readonly LossPoint[], stretches: number): LossPoint[] {
  if (points.length <= 2 * stretches) return [...points];
  const size = points.length / stretches;
  return Array.from({ length: stretches }, (_, index) => {
    const part = points.slice(Math.floor(index * size), Math.floor((index + 1) * size));
    const ends = [lowestOf(part, 1), lowestOf(part, -1)].filter((point) => point !== undefined);
    return ends.sort((a, b) => a.step - b.step);
  }).flat();
}

function lowestOf(points: readonly LossPoint[], sign: 1 | -1): LossPoint | undefined {
  let found: LossPoint | undefined;
  for (const point of points) {
    if (found === undefined || sign * point.loss < sign * found.loss) found = point;
  }
  return found;
}

function thin(points: readonly LossPoint[], most: number): LossPoint[] {
  if (points.length <= most) return [...points];
  const step = (points.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, index) => points[Math.round(index * step)]).filter(
    (point) => point !== undefined,
  );
}

function scaleOf(points: readonly LossPoint[]) {
  const losses = points.map(({ loss }) => loss);
  const steps = points.map(({ step }) => step);
  const least = Math.min(...losses);
  const most = Math.max(...losses);
  const firstStep = Math.min(...steps);
  const lastStep = Math.max(...steps);
  const isLogarithmic = least > 0 && most / least > logarithmicFrom;
  const height = (loss: number) => (isLogarithmic ? Math.log(loss) : loss);
  const share = (value: number, from: number, to: number) =>
    to === from ? 0.5 : (value - from) / (to - from);
  const at = ({ step, loss }: LossPoint): string => {
    const x = plot.left + share(step, firstStep, lastStep) * (plot.right - plot.left);
    const y =
      plot.bottom - share(height(loss), height(least), height(most)) * (plot.bottom - plot.top);
    return `${x.toFixed(0)},${y.toFixed(0)}`;
  };
  return { at, least, most, firstStep, lastStep };
}

function isFinitePoint({ loss }: LossPoint): boolean {
  return Number.isFinite(loss);
}

function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Three figures that tell. */
function number(value: number): string {
  return value !== 0 && Math.abs(value) < 0.001
    ? value.toExponential(0)
    : `${Number(value.toPrecision(3))}`;
}
