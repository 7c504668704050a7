// A loss curve in words: where it began and ended, how fast it fell, whether it still falls. Free of VS Code.
import { figure } from './reportText';

export interface CurvePoint {
  step: number;
  loss: number;
}

/** Ends are means over this part of the curve: single steps jump. */
const endShare = 0.05;
/** A change over the last quarter below this part of the whole fall is none. */
const flatShare = 0.02;
/** A step this many times above the mean of those around it is a spike. */
const spikeFactor = 3;
const neighbours = 5;

export function describeCurve(points: readonly CurvePoint[]): string {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return 'No step has been logged yet.';
  if (points.length < 8) {
    const all = points.map(({ step, loss }) => `${figure(loss)} at step ${step}`).join(', ');
    return `Only ${points.length} steps: ${all}.`;
  }
  const size = Math.max(3, Math.round(points.length * endShare));
  const start = mean(points.slice(0, size));
  const end = mean(points.slice(-size));
  const lowest = points.reduce((best, point) => (point.loss < best.loss ? point : best));
  return [
    `From ${figure(start)} (mean of the first ${size} logged steps) to ${figure(end)} (mean of the last ${size}), ` +
      `${changeText(start, end)}.`,
    `Lowest: ${figure(lowest.loss)} at step ${lowest.step}.`,
    ...halfwaySentence(points, start, end),
    trendSentence(points, start, end),
    ...spikeSentence(points),
  ].join(' ');
}

function changeText(start: number, end: number): string {
  if (start === 0) return 'no fall to speak of';
  const share = Math.round((Math.abs(end - start) / start) * 100);
  if (share < 2) return 'no change to speak of';
  return end < start ? `down ${share} %` : `up ${share} %`;
}

/** The first step whose mean with its neighbours is below the middle of start and end. */
function halfwaySentence(points: readonly CurvePoint[], start: number, end: number): string[] {
  if (end >= start) return [];
  const middle = (start + end) / 2;
  const index = points.findIndex((_, at) => mean(around(points, at)) <= middle);
  return index < 0 ? [] : [`Half of that was reached at step ${points[index]?.step ?? 0}.`];
}

function trendSentence(points: readonly CurvePoint[], start: number, end: number): string {
  const quarter = points.slice(Math.floor(points.length * 0.75));
  const half = Math.floor(quarter.length / 2);
  const before = mean(quarter.slice(0, half));
  const after = mean(quarter.slice(half));
  const whole = Math.abs(end - start);
  if (whole === 0 || Math.abs(after - before) <= whole * flatShare) {
    return 'Flat over the last quarter.';
  }
  const [from, to] = [figure(before), figure(after)];
  return after < before
    ? `Still falling over the last quarter (${from} to ${to}).`
    : `Rising over the last quarter (${from} to ${to}).`;
}

function spikeSentence(points: readonly CurvePoint[]): string[] {
  const spikes = points.filter(({ loss }, at) => {
    const others = around(points, at).filter((_, index) => index !== Math.min(at, neighbours));
    return loss > spikeFactor * mean(others);
  });
  if (spikes.length === 0) return [];
  const shown = spikes.slice(0, 5).map(({ step, loss }) => `${step} (${figure(loss)})`);
  return [`Spikes at ${spikes.length > 5 ? 'among others ' : ''}steps ${shown.join(', ')}.`];
}

/** The point and those before and after it. */
function around(points: readonly CurvePoint[], at: number): readonly CurvePoint[] {
  return points.slice(Math.max(0, at - neighbours), at + neighbours + 1);
}

function mean(points: readonly CurvePoint[]): number {
  return points.reduce((sum, { loss }) => sum + loss, 0) / Math.max(1, points.length);
}
