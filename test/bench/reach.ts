// npm run bench:reach: every figure that the engine is held to, measured here and beside its bar. Both sides of a ratio take
// turns, and of each step the fastest round counts, so that a busy machine weighs on both.
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadAddon } from '../../extension/trainer/loadAddon';
import { numberOf } from './numberOf';
import { pythonEnvironment } from './python';
import { besidePeft } from './reach/besidePeftRows';
import {
  besideBusy,
  doraOverLora,
  quantizedBase,
  secondThread,
  shareOfPeak,
  slopes,
  storedWeights,
} from './reach/engineRows';
import { figureTable } from './reach/figure';
import { generation } from './reach/generationRow';
import { chosenRows, measureRows } from './reach/measureRows';
import { checkpoint, start } from './reach/runRows';
import type { MeasureRow, ReachSetting } from './reach/setting';

const rows: Record<string, MeasureRow> = {
  'lora-4': besidePeft('lora-dropout', 4, { step: 0.45, memory: 0.35 }),
  'dora-4': besidePeft('dora-dropout', 4, { step: 0.3, memory: 0.35 }),
  'full-4': besidePeft('full', 4, { step: 0.5, memory: 0.35 }),
  'vera-4': besidePeft('vera', 4, { step: 0.45, memory: 0.35 }),
  'lora-16': besidePeft('lora-dropout', 16, { step: 0.35, memory: 0.2 }),
  'dora-16': besidePeft('dora-dropout', 16, { step: 0.28, memory: 0.2 }),
  'own-dora': doraOverLora(0),
  'own-dora-dropout': doraOverLora(0.05),
  'peak-4': shareOfPeak('lora', 4, 0.85),
  'peak-16': shareOfPeak('lora', 16, 0.85),
  'peak-dora-16': shareOfPeak('dora', 16, 0.85),
  'stored-4': storedWeights(4),
  'stored-16': storedWeights(16),
  qlora: quantizedBase,
  generation,
  start,
  checkpoint,
  slopes,
  'threads-4': secondThread(4),
  'threads-16': secondThread(16),
  busy: besideBusy,
};

/** Of one measurement of the fastest product. */
const peakSeconds = 0.1;

const HELP = `npm run bench:reach -- --model FOLDER --data FILE.json [options]
  --model FOLDER    Hugging Face model folder; the bars are those of SmolLM2-135M
  --data FILE       JSON list of {instruction, input, output}
  --questions FILE  JSON list of questions, e.g. ARC-Easy/test.json; without it generation is left out
  --count N         how many of them (default: 16)
  --only LIST       rows, or beginnings of their names, of ${Object.keys(rows).join(', ')}
  --rounds N        how often each measurement is made (default: 2)
  --steps N         steps a round; the first warms up and is not counted (default: 4)
  --max-length N    tokens of a record (default: 256)
  --threads N       (default: all cores)
  --python PATH     an interpreter with torch, transformers and peft; otherwise an environment is made in the cache folder
`;

function options() {
  const string = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      ...{ model: string, data: string, questions: string, python: string },
      only: { ...string, default: '' },
      count: { ...string, default: '16' },
      rounds: { ...string, default: '2' },
      steps: { ...string, default: '4' },
      'max-length': { ...string, default: '256' },
      threads: { ...string, default: String(cpus().length) },
    },
  });
  const { model, data, questions } = values;
  if (model === undefined || data === undefined) throw new Error(HELP);
  const files = { model: resolve(model), data: resolve(data) };
  return { ...values, ...files, questions: questions && resolve(questions) };
}

async function main(): Promise<void> {
  const given = options();
  const threads = numberOf(given.threads);
  const setting: Omit<ReachSetting, 'scratch'> = {
    ...given,
    count: numberOf(given.count),
    python: () => pythonEnvironment(given.python),
    rounds: numberOf(given.rounds),
    steps: numberOf(given.steps, 2),
    warmUp: 1,
    maxLength: numberOf(given['max-length']),
    threads,
    productPeak: async () =>
      (await loadAddon().measureSpeed(threads, peakSeconds)).operationsPerSecond,
  };
  const chosen = chosenRows(rows, given.only);
  const figures = await measureRows(chosen, (scratch) => ({ ...setting, scratch }));
  console.log(figureTable(figures));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
