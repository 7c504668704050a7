// npm run check:models: real models that are too large to commit, against transformers and PEFT on this machine.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { checkCommonsense } from './checks/commonsense';
import { checkContinuations } from './checks/continuations';
import { checkFormats } from './checks/formats';
import { checkQuantized } from './checks/quantized';
import { checkRandomAdapters } from './checks/randomAdapters';
import { checkSentence } from './checks/sentence';
import { checkSteps } from './checks/steps';
import { checkStories } from './checks/stories';
import { pythonEnvironment } from './python';

const HELP = `npm run check:models -- [--adapters] [--stories FOLDER] [--smollm2 FOLDER --data FILE.json --sets FOLDER] [--python PATH]
  --stories FOLDER  stories260K in Hugging Face layout with its golden.json
  --smollm2 FOLDER  SmolLM2-135M-Instruct in Hugging Face layout
  --data FILE       JSON list of {instruction, input, output}, e.g. boolq/train.json
  --sets FOLDER     the eight commonsense sets, e.g. boolq/test.json: 100 questions (half an hour)
  --adapters        one hundred random adapters to PEFT and back; needs no model
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

async function main(): Promise<void> {
  const string = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    options: {
      stories: string,
      smollm2: string,
      data: string,
      sets: string,
      python: string,
      adapters: flag,
      help: flag,
    },
  });
  const { stories, smollm2, data, sets, python, adapters } = values;
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
  if (data === undefined && sets === undefined) throw new Error(HELP);
  const environment = pythonEnvironment(python);
  const model = resolve(smollm2);
  if (sets !== undefined)
    await checkCommonsense({ model, python: environment, report, sets: resolve(sets) });
  if (data === undefined) return;
  await inScratch(async (scratch) => {
    const check = { model, data: resolve(data), python: environment, scratch, report };
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
