// npm run bench: Adapter Lab's training step against PEFT's, same data, order, adapter, seed and threads, in turns; with
// --questions its generation against transformers'.
// Prints a markdown table of ratios, then the losses of both, so that a wrong result cannot look fast.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { trainHere } from './adapterLab';
import { besideBusyProcess } from './busy';
import { compareGeneration } from './generation';
import { timeLoading } from './loading';
import { makeAdapter, trainInPeft } from './peft';
import { pythonEnvironment } from './python';
import { median, printLosses, printTable, type Row } from './report';
import type { Work, WorkResult } from './work';

const HELP = `npm run bench -- --model FOLDER --data FILE.json [options]
  --model FOLDER    Hugging Face model folder, e.g. SmolLM2-135M
  --data FILE       JSON list of {instruction, input, output}
  --cases LIST      of full, lora, dora, lora-dropout, dora-dropout (default: all)
  --questions FILE  instead of training: generation, on a JSON list of questions, e.g. ARC-Easy/test.json
  --count N         how many of them (default: 48)
  --batch LIST      batch sizes (default: 4,16)
  --steps N         steps a round; the first warms up and is not counted (default: 6)
  --rounds N        rounds of ours, theirs, ours, theirs (default: 2)
  --threads N       of both sides (default: all cores)
  --python PATH     an interpreter with torch, transformers and peft; otherwise an environment is made in the cache folder
  --busy            also our step beside a process that computes on every core
`;
const CASES = {
  full: { method: 'full', dropout: 0 },
  lora: { method: 'lora', dropout: 0 },
  dora: { method: 'dora', dropout: 0 },
  'lora-dropout': { method: 'lora', dropout: 0.05 },
  'dora-dropout': { method: 'dora', dropout: 0.05 },
} as const;
type CaseName = keyof typeof CASES;

interface Setting {
  python: string;
  scratch: string;
  rounds: number;
  work: Omit<Work, 'method' | 'adapter' | 'batchSize'>;
}

function numberOf(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`${text} is not a positive whole number.\n${HELP}`);
  return value;
}

function isCase(name: string): name is CaseName {
  return name in CASES;
}

function merge(results: WorkResult[]): WorkResult {
  const peakBytes = Math.max(...results.map((result) => result.peakBytes));
  return { steps: results.flatMap(({ steps }) => steps.slice(1)), peakBytes };
}

async function workOf(setting: Setting, name: CaseName, batchSize: number): Promise<Work> {
  const { method, dropout } = CASES[name];
  const { python, scratch, work } = setting;
  const adapter =
    method === 'full' ? null : await makeAdapter(python, work.model, scratch, { method, dropout });
  return { ...work, method, adapter, batchSize };
}

async function compare(setting: Setting, name: CaseName, batchSize: number): Promise<Row> {
  const work = await workOf(setting, name, batchSize);
  const ours: WorkResult[] = [];
  const theirs: WorkResult[] = [];
  for (let round = 0; round < setting.rounds; round++) {
    ours.push(await trainHere(work, setting.scratch));
    theirs.push(await trainInPeft(setting.python, work));
  }
  const losses = { ours: ours[0]?.steps ?? [], theirs: theirs[0]?.steps ?? [] };
  return { name, batchSize, ours: merge(ours), theirs: merge(theirs), losses };
}

async function reportBusy(setting: Setting): Promise<void> {
  const work = await workOf(setting, 'lora', 4);
  const alone = await trainHere(work, setting.scratch);
  const beside = await besideBusyProcess(() => trainHere(work, setting.scratch));
  const ratio = median(merge([beside]).steps) / median(merge([alone]).steps);
  console.log(
    `\nLoRA step beside a process that computes on every core: ${ratio.toFixed(2)} times as long.`,
  );
}

function options() {
  const string = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    options: {
      model: string,
      data: string,
      cases: { ...string, default: Object.keys(CASES).join() },
      questions: string,
      count: { ...string, default: '48' },
      batch: { ...string, default: '4,16' },
      steps: { ...string, default: '6' },
      rounds: { ...string, default: '2' },
      threads: { ...string, default: String(cpus().length) },
      python: string,
      busy: flag,
      help: flag,
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit();
  }
  const data = values.data ?? values.questions;
  if (values.model === undefined || data === undefined) throw new Error(HELP);
  return { ...values, model: resolve(values.model), data: resolve(data) };
}

async function main(): Promise<void> {
  const { model, data, cases, questions, count, batch, steps, rounds, threads, python, busy } =
    options();
  if (questions !== undefined) {
    const setting = { python: pythonEnvironment(python), model, questions: data };
    const sizes = { count: numberOf(count), rounds: numberOf(rounds), threads: numberOf(threads) };
    if (!(await compareGeneration({ ...setting, ...sizes })))
      throw new Error('The texts differ: see npm run check:models.');
    return;
  }
  const names = cases.split(',').filter(isCase);
  if (names.length !== cases.split(',').length) throw new Error(`--cases ${cases}?\n${HELP}`);
  const work = {
    model,
    data,
    maxLength: 256,
    steps: numberOf(steps),
    learningRate: 2e-4,
    clipNorm: 1,
    threads: numberOf(threads),
    seed: 0,
  };
  const scratch = mkdtempSync(join(tmpdir(), 'adapter-lab-bench-'));
  const setting = { python: pythonEnvironment(python), scratch, rounds: numberOf(rounds), work };
  try {
    const rows: Row[] = [];
    for (const batchSize of batch.split(',').map(numberOf)) {
      for (const name of names) {
        process.stderr.write(`${name}, batch ${batchSize}\n`);
        rows.push(await compare(setting, name, batchSize));
      }
    }
    printTable(rows);
    printLosses(rows);
    if (busy) await reportBusy(setting);
    console.log(
      `\nLoading the model: ${(await timeLoading(model, work.threads)).toFixed(2)} s (median of 5).`,
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
