// npm run bench: Adapter Lab's training step against PEFT's, same data, order, adapter, seed and threads, in turns; with
// --questions its generation against transformers'.
// Prints a markdown table of ratios, then the losses of both, so that a wrong result cannot look fast.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { trainHere } from './adapterLab';
import { cases, compareWithPeft, isCase, workOf, type PeftSetting } from './besidePeft';
import { besideBusyProcess } from './busy';
import { compareGeneration } from './generation';
import { timeLoading } from './loading';
import { pythonEnvironment } from './python';
import { numberOf } from './numberOf';
import { median, printLosses, printTable, type Row } from './report';

const HELP = `npm run bench -- --model FOLDER --data FILE.json [options]
  --model FOLDER    Hugging Face model folder, e.g. SmolLM2-135M
  --data FILE       JSON list of {instruction, input, output}
  --cases LIST      of ${Object.keys(cases).join(', ')} (default: all)
  --questions FILE  instead of training: generation, on a JSON list of questions, e.g. ARC-Easy/test.json
  --count N         how many of them (default: 48)
  --batch LIST      batch sizes (default: 4,16)
  --steps N         steps a round; the first warms up and is not counted (default: 6)
  --rounds N        rounds of ours, theirs, ours, theirs; of each step the fastest counts (default: 2)
  --max-length N    tokens of a record (default: 256)
  --threads N       of both sides (default: all cores)
  --python PATH     an interpreter with torch, transformers and peft; otherwise an environment is made in the cache folder
  --busy            also our step beside a process that computes on every core
`;

async function reportBusy(setting: PeftSetting): Promise<void> {
  const work = await workOf(setting, 'lora', 4);
  const alone = await trainHere(work, setting.scratch);
  const beside = await besideBusyProcess(() => trainHere(work, setting.scratch));
  const ratio = median(beside.steps.slice(1)) / median(alone.steps.slice(1));
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
      cases: { ...string, default: Object.keys(cases).join() },
      questions: string,
      count: { ...string, default: '48' },
      batch: { ...string, default: '4,16' },
      steps: { ...string, default: '6' },
      rounds: { ...string, default: '2' },
      'max-length': { ...string, default: '256' },
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
  const given = options();
  const { model, data, questions, count, batch, python } = given;
  const rounds = numberOf(given.rounds);
  const threads = numberOf(given.threads);
  if (questions !== undefined) {
    const setting = { python: pythonEnvironment(python), model, questions: data };
    const { areEqual } = await compareGeneration({
      ...{ ...setting, count: numberOf(count), rounds, threads },
    });
    if (!areEqual) throw new Error('The texts differ: see npm run check:models.');
    return;
  }
  const names = given.cases.split(',').filter(isCase);
  if (names.length !== given.cases.split(',').length)
    throw new Error(`--cases ${given.cases}?\n${HELP}`);
  const fixed = { learningRate: 2e-4, clipNorm: 1, seed: 0 };
  const sizes = { maxLength: numberOf(given['max-length']), steps: numberOf(given.steps) };
  const scratch = mkdtempSync(join(tmpdir(), 'adapter-lab-bench-'));
  const work = { ...{ model, data, threads }, ...sizes, ...fixed };
  const setting = { python: pythonEnvironment(python), scratch, rounds, warmUp: 1, work };
  try {
    const rows: Row[] = [];
    for (const batchSize of batch.split(',').map(numberOf)) {
      for (const name of names) {
        process.stderr.write(`${name}, batch ${batchSize}\n`);
        rows.push(await compareWithPeft(setting, name, batchSize));
      }
    }
    printTable(rows);
    printLosses(rows);
    if (given.busy) await reportBusy(setting);
    console.log(
      `\nLoading the model: ${(await timeLoading(model, threads)).toFixed(2)} s (median of 5).`,
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
