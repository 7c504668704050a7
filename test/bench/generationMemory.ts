// npm run bench:memory: the peak memory of generation beside the number of questions. Texts enter and leave a running
// batch, so what is in work counts, not what was asked; fails where the peak follows the questions.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readModelFolder } from '../../extension/model/folder';
import { openTokenizer } from '../../extension/trainer/openModel';
import type { GenerationJob, GenerationResult } from './generation';
import { recordPrompts } from './prompts';

const HELP = `npm run bench:memory -- --model FOLDER --questions FILE.json [options]
  --model FOLDER    Hugging Face model folder, e.g. SmolLM2-135M
  --questions FILE  JSON list of questions, e.g. boolq/test.json
  --counts LIST     numbers of questions, each asked by a process of its own (default: 50,200,800)
  --new-tokens N    longest answer (default: 32)
  --threads N       (default: 2)
`;
const AT_ONCE = 16;
const MEBIBYTE = 1024 * 1024;
/** Of the fewest questions' peak: prompts, ids and texts themselves take a little. */
const ALLOWED_GROWTH = 0.05;

function options() {
  const string = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      ...{ model: string, questions: string },
      counts: { ...string, default: '50,200,800' },
      'new-tokens': { ...string, default: '32' },
      threads: { ...string, default: '2' },
    },
  });
  const { model, questions } = values;
  if (model === undefined || questions === undefined) throw new Error(HELP);
  const counts = values.counts.split(',').map(Number);
  const sizes = { maxNewTokens: Number(values['new-tokens']), threads: Number(values.threads) };
  return { model: resolve(model), questions: resolve(questions), counts, ...sizes };
}

function generate(job: GenerationJob): GenerationResult {
  const script = join(import.meta.dirname, 'generateHere.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', script], {
    ...{ input: JSON.stringify(job), encoding: 'utf8', maxBuffer: 1 << 28 },
  });
  if (status !== 0) throw new Error(`generateHere.ts failed:\n${stderr.slice(-2000)}`);
  return JSON.parse(stdout) as GenerationResult;
}

function main(): void {
  const { model, questions, counts, maxNewTokens, threads } = options();
  const { tokenizer, endTokens } = openTokenizer(readModelFolder(model));
  const prompts = recordPrompts(questions, Math.max(...counts)).map((prompt) => [
    ...tokenizer.encode(prompt),
  ]);
  const search = { model, beams: 4, maxNewTokens, endTokens, batchSize: AT_ONCE, threads };
  console.log(
    '| questions | tokens of prompts | peak MB | questions/s |\n| --- | --- | --- | --- |',
  );
  const peaks = counts.map((count) => {
    const asked = prompts.slice(0, count);
    const { peakBytes, seconds } = generate({ ...search, prompts: asked });
    const tokens = asked.reduce((sum, { length }) => sum + length, 0);
    const cells = [asked.length, tokens, (peakBytes / MEBIBYTE).toFixed(0)];
    console.log(`| ${[...cells, (asked.length / seconds).toFixed(2)].join(' | ')} |`);
    return peakBytes;
  });
  const [fewest = NaN] = peaks;
  const growth = Math.max(...peaks) / fewest - 1;
  console.log(`\nThe highest peak is ${(100 * growth).toFixed(1)} % above the first.`);
  if (growth > ALLOWED_GROWTH) throw new Error('Memory follows the number of questions.');
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
