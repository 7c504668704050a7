// The generation case of the bench: the paper's questions with 4 beams and 32 new tokens, against transformers' generate
// at the batch size that suits it best. The texts must be equal.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readModelFolder } from '../../extension/model/folder';
import { openTokenizer } from '../../extension/trainer/openModel';
import { recordPrompts } from './prompts';
import { runPython } from './python';

export interface GenerationJob {
  model: string;
  /** Token ids. */
  prompts: number[][];
  beams: number;
  maxNewTokens: number;
  endTokens: number[];
  batchSize: number;
  threads: number;
}

export interface GenerationResult {
  /** New tokens of each prompt, the end token left out. */
  tokens: number[][];
  seconds: number;
  /** Of all threads: what a busy machine leaves as it is. */
  processorSeconds: number;
  peakBytes: number;
}

export interface GenerationSetting {
  python: string;
  model: string;
  /** JSON list of records with an instruction. */
  questions: string;
  count: number;
  rounds: number;
  threads: number;
}

const AT_ONCE = 16;
const THEIR_BATCHES = [1, 4, 8, 16];
const MEBIBYTE = 1024 * 1024;

function generateHere(job: GenerationJob): GenerationResult {
  const script = join(import.meta.dirname, 'generateHere.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', script], {
    input: JSON.stringify({ ...job, batchSize: AT_ONCE }),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`generateHere.ts failed:\n${stderr.slice(-2000)}`);
  return JSON.parse(stdout) as GenerationResult;
}

async function generateThere(python: string, job: GenerationJob): Promise<GenerationResult> {
  return (await runPython(python, 'generate.py', job)) as GenerationResult;
}

function makeJob({ model, questions, count, threads }: GenerationSetting): GenerationJob {
  const { tokenizer, endTokens } = openTokenizer(readModelFolder(model));
  const prompts = recordPrompts(questions, count).map((prompt) => [...tokenizer.encode(prompt)]);
  const search = { beams: 4, maxNewTokens: 32, endTokens };
  return { model, prompts, ...search, batchSize: 0, threads };
}

function lower(results: GenerationResult[], figure: 'seconds' | 'processorSeconds'): number {
  return Math.min(...results.map((result) => result[figure]));
}

function peak(results: GenerationResult[]): number {
  return Math.max(...results.map(({ peakBytes }) => peakBytes)) / MEBIBYTE;
}

export interface GenerationComparison {
  areEqual: boolean;
  /** Questions a second over those of transformers at its best batch. */
  speedup: number;
}

/** Prints one line of a markdown table. */
export async function compareGeneration(setting: GenerationSetting): Promise<GenerationComparison> {
  const { python, rounds, count } = setting;
  const job = makeJob(setting);
  const tried = new Map<number, GenerationResult>();
  for (const batchSize of THEIR_BATCHES) {
    const result = await generateThere(python, { ...job, batchSize });
    tried.set(batchSize, result);
    const speed = (count / result.seconds).toFixed(3);
    const memory = (result.peakBytes / MEBIBYTE).toFixed(0);
    console.log(`transformers, batch ${batchSize}: ${speed} questions/s, ${memory} MB`);
  }
  const [best = [8, undefined] as const] = [...tried].sort((a, b) => a[1].seconds - b[1].seconds);
  const [batchSize] = best;
  const ours: GenerationResult[] = [];
  const theirs: GenerationResult[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(generateHere(job));
    theirs.push(await generateThere(python, { ...job, batchSize }));
  }
  const equal = job.prompts.filter(
    (_, i) => ours[0]?.tokens[i]?.join() === tried.get(1)?.tokens[i]?.join(),
  ).length;
  const pairs = [
    [count / lower(ours, 'seconds'), count / lower(theirs, 'seconds'), 2],
    [lower(ours, 'processorSeconds') / count, lower(theirs, 'processorSeconds') / count, 2],
    [peak(ours), peak(theirs), 0],
  ] as const;
  const cells = pairs.flatMap(([here, there, digits]) => [
    here.toFixed(digits),
    there.toFixed(digits),
    (here / there).toFixed(2),
  ]);
  const head = `questions/s ours|transformers, batch ${batchSize}|ratio|processor s a question ours|theirs|ratio|peak MB ours|theirs|ratio|equal texts`;
  const lines = [
    head.split('|'),
    head.split('|').map(() => '---'),
    [...cells, `${equal}/${count}`],
  ];
  for (const line of lines) console.log(`| ${line.join(' | ')} |`);
  const speedup = lower(theirs, 'seconds') / lower(ours, 'seconds');
  return { areEqual: equal === count, speedup };
}
