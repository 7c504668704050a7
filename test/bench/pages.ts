// What a long run costs its page: `tsx test/bench/pages.ts [STEPS]`. Opening (host and page), the longest time
// that the host's event loop is held up, the way of a new event to the page, and what a change costs to draw.
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { HistoryFeed, type HistoryNews } from '../../extension/host/pages/historyFeed';
import { runPaths } from '../../extension/runs/runPaths';
import { changed } from '../../extension/shared/runHistory';
import { BlockExtremes, decimate } from '../../webview/charts/decimation';
import { wholeRange } from '../../webview/charts/line';
import { RunCharts, type RunChart } from '../../webview/run/runCharts';

const steps = Number(process.argv[2] ?? 200_000);
const appended = 40;
const choices = { x: 'step' as const, smoothing: 0.6, isLog: false, ignoresOutliers: false };

function stepLine(step: number): string {
  const loss = 2 / Math.sqrt(step) + Math.random() * 0.1;
  const figures = {
    loss,
    gradNorm: 1 + Math.random(),
    learningRate: 2e-4 * (1 - step / steps / 2),
  };
  const cost = { tokens: 4096, seconds: 0.5 + Math.random() * 0.1, memoryBytes: 8e9 + step };
  return `${JSON.stringify({ seq: step, type: 'step', step, ...figures, ...cost })}\n`;
}

/** Looks every millisecond how late it is. */
function watchLoop(): { longestMs: () => number } {
  let last = performance.now();
  let longest = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - 1);
    last = now;
  }, 1);
  timer.unref();
  return {
    longestMs: () => {
      const result = longest;
      longest = 0;
      last = performance.now();
      return result;
    },
  };
}

function timed<T>(work: () => T): { result: T; ms: number } {
  const start = performance.now();
  const result = work();
  return { result, ms: performance.now() - start };
}

const report = (what: string, ms: number): void => {
  console.log(`${what.padEnd(62)} ${ms.toFixed(1).padStart(8)} ms`);
};

/** As the page draws: every visible line decimated to the width of its chart. */
function draw(charts: readonly RunChart[], blocks: Map<string, BlockExtremes>): number {
  const whole = wholeRange(charts.flatMap(({ lines }) => lines));
  if (whole === undefined) return 0;
  let points = 0;
  for (const { id, lines } of charts) {
    for (const line of lines) {
      const known = blocks.get(`${id} ${line.id}`) ?? new BlockExtremes();
      blocks.set(`${id} ${line.id}`, known);
      points += decimate(line.points, known, { ...whole, widthPixels: 900 }).length;
    }
  }
  return points;
}

async function measure(folder: string): Promise<void> {
  const file = runPaths(folder).events;
  const lines = Array.from({ length: steps }, (_, i) => stepLine(i + 1));
  writeFileSync(file, lines.join(''));
  const loop = watchLoop();
  await new Promise((later) => setTimeout(later, 50));
  loop.longestMs();
  let arrived: (news: HistoryNews) => void = () => undefined;
  const feed = new HistoryFeed(folder, (news) => {
    arrived(news);
  });
  const start = performance.now();
  await feed.start();
  report(`host: ${steps} steps read`, performance.now() - start);
  const snapshot = timed(() => feed.current());
  report('host: snapshot made', snapshot.ms);
  await new Promise((later) => setTimeout(later, 5));
  report('host: longest block of the event loop while opening', loop.longestMs());
  const sent = timed(() => structuredClone(snapshot.result.history));
  report('snapshot copied, as sending it does', sent.ms);

  const made = new RunCharts();
  const blocks = new Map<string, BlockExtremes>();
  let history = sent.result;
  const chartsOf = () =>
    made.of({ history, epochsAStep: undefined, clipNorm: 1 }, choices, (text) => text);
  const first = timed(() => draw(chartsOf(), blocks));
  report(`page: charts derived and decimated to ${first.result} points`, first.ms);

  const delays: number[] = [];
  const drawings: number[] = [];
  loop.longestMs();
  for (let i = 1; i <= appended; i += 1) {
    await new Promise((later) => setTimeout(later, 20 + Math.random() * 200));
    const news = new Promise<HistoryNews>((resolve) => {
      arrived = resolve;
    });
    const written = performance.now();
    appendFileSync(file, stepLine(steps + i));
    const { change } = await news;
    delays.push(performance.now() - written);
    if (change === undefined) continue;
    drawings.push(
      timed(() => {
        history = changed(history, change);
        return draw(chartsOf(), blocks);
      }).ms,
    );
  }
  const sorted = (values: number[]) => [...values].sort((a, b) => a - b);
  report('event written until told to the page, median', sorted(delays)[appended >> 1] ?? NaN);
  report('event written until told to the page, slowest', sorted(delays).at(-1) ?? NaN);
  report(
    'page: one new step derived and decimated, median',
    sorted(drawings)[appended >> 1] ?? NaN,
  );
  report('page: one new step derived and decimated, slowest', sorted(drawings).at(-1) ?? NaN);
  feed.dispose();
}

const folder = mkdtempSync(join(tmpdir(), 'adapter-lab-pages-'));
void measure(folder).finally(() => {
  rmSync(folder, { recursive: true, force: true });
});
