// npm run check:models: real models that are too large to commit, against transformers and PEFT on this machine.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { checkAnswers } from './checks/answers';
import { checkChoices } from './checks/choices';
import { checkCommonsense } from './checks/commonsense';
import { checkContinuations } from './checks/continuations';
import { checkFormats } from './checks/formats';
import { checkQuantized } from './checks/quantized';
import { checkRandomAdapters } from './checks/randomAdapters';
import { checkSentence } from './checks/sentence';
import { checkSteps } from './checks/steps';
import { checkStories } from './checks/stories';
import { pythonEnvironment } from './python';

const HELP = `npm run check:models -- [--adapters] [--stories FOLDER] [--smollm2 FOLDER ...] [--python PATH]
  --stories FOLDER  stories260K in Hugging Face layout with its golden.json
  --smollm2 FOLDER  SmolLM2-135M-Instruct in Hugging Face layout
  --data FILE       JSON list of {instruction, input, output}, e.g. boolq/train.json
  --sets FOLDER     the eight commonsense sets, e.g. boolq/test.json: 100 questions (half an hour)
  --choices FOLDER  sets of that form by log-likelihood beside lm-evaluation-harness: five sets
  --answers FOLDER  the commonsense sets in it asked of each --adapter FOLDER (or of the model) here, and in PEFT
  --count N         questions of each set for these two; 50
  --adapters        180 random adapters of all methods to PEFT and back; needs no model
  --python PATH     an interpreter with torch, transformers and peft; otherwise an environment is made in the cache folder
`;

/** Where a check works and what it reports to. */
export interface Check {
  model: string;
  data: string;
  python: string;
  scratch: string;
  /** Prints one line; a failed one makes the exit code 1. */
  report: (passed: boolean, what: string) => void;
}

function report(passed: boolean, what: string): void {
  console.log(`${passed ? 'pass' : 'FAIL'}  ${what}`);
  if (!passed) process.exitCode = 1;
}

const string = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const options = {
  stories: string,
  smollm2: string,
  data: string,
  sets: string,
  choices: string,
  answers: string,
  adapter: { type: 'string', multiple: true },
  count: string,
  python: string,
  adapters: flag,
  help: flag,
} as const;

type Options = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  const { stories, smollm2, data, sets, choices, answers, python, adapters } = values;
  if (values.help) {
    console.log(HELP);
    return;
  }
  if (stories === undefined && smollm2 === undefined && !adapters) throw new Error(HELP);
  if (adapters) {
    const environment = pythonEnvironment(python);
    await inScratch((scratch) => checkRandomAdapters({ python: environment, report }, scratch));
  }
  if (stories !== undefined) await checkStories(resolve(stories), report);
  if (smollm2 === undefined) return;
  if (![data, sets, choices, answers].some((folder) => folder !== undefined)) throw new Error(HELP);
  await checkSmollm2(resolve(smollm2), values);
}

async function checkSmollm2(
  model: string,
  { data, sets, choices, answers, adapter = [], count = '50', python: given }: Options,
): Promise<void> {
  const python = pythonEnvironment(given);
  if (sets !== undefined) await checkCommonsense({ model, python, report, sets: resolve(sets) });
  await inScratch(async (scratch) => {
    const check = { model, python, scratch, report, count: Number(count) };
    if (choices !== undefined) await checkChoices({ ...check, sets: resolve(choices) });
    if (answers === undefined) return;
    const asked = { ...check, sets: resolve(answers) };
    if (adapter.length === 0) await checkAnswers(asked);
    for (const folder of adapter) await checkAnswers(asked, folder);
  });
  if (data === undefined) return;
  await inScratch(async (scratch) => {
    const check = { model, data: resolve(data), python, scratch, report };
    await checkSentence(check);
    await checkContinuations(check);
    await checkFormats(check);
    await checkSteps(check);
    await checkQuantized(check);
  });
}

async function inScratch(work: (scratch: string) => Promise<void>): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'adapter-lab-check-'));
  try {
    await work(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
