// npm run bench:between: what a commit gains. Two commits are built and do the same work in turns.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { methods } from '../../extension/shared/methods';
import { buildCommit } from './between/builtCommit';
import { inTurns, ratioTable, training, wholeCommand, type Measure } from './between/sides';
import { numberOf } from './numberOf';
import type { Work } from './work';

const HELP = `npm run bench:between -- [COMMIT [COMMIT]] --model FOLDER --data FILE.json [options]
npm run bench:between -- [COMMIT [COMMIT]] -- COMMAND OF ADAPTER-LAB
  COMMIT            before and after (default: HEAD~1 and HEAD; one alone: the commit before it and it); "." is this
                    checkout as it is built. They are built in the cache folder once.
  --model FOLDER    Hugging Face model folder, e.g. SmolLM2-135M
  --data FILE       JSON list of {instruction, input, output}
  --method NAME     (default: lora)
  --batch N         (default: 4)
  --steps N         the first warms up and is not counted (default: 6)
  --set KEY=VALUE   another setting of the experiment, e.g. adapter.dropout=0; may be repeated
  --max-length N    tokens of a record (default: 256)
  --rounds N        of one commit and the other; the least of all counts (default: 3)
  --threads N       (default: all cores)
With a command after "--", that is timed as a whole; an argument {} is a new folder each time.
`;

function options() {
  const string = { type: 'string' } as const;
  const { values, positionals, tokens } = parseArgs({
    options: {
      ...{ model: string, data: string },
      method: { ...string, default: 'lora' },
      batch: { ...string, default: '4' },
      steps: { ...string, default: '6' },
      set: { ...string, multiple: true, default: [] },
      'max-length': { ...string, default: '256' },
      rounds: { ...string, default: '3' },
      threads: { ...string, default: String(cpus().length) },
    },
    allowPositionals: true,
    tokens: true,
  });
  const end = tokens.find(({ kind }) => kind === 'option-terminator')?.index ?? Infinity;
  const commits = tokens.filter(({ kind, index }) => kind === 'positional' && index < end).length;
  return { ...values, commits: positionals.slice(0, commits), command: positionals.slice(commits) };
}

function sidesOf(commits: string[]): [string, string] {
  const [one = 'HEAD', other] = commits;
  if (commits.length > 2) throw new Error(`More than two commits.\n${HELP}`);
  return other === undefined ? [`${one}~1`, one] : [one, other];
}

function measureOf(given: ReturnType<typeof options>, scratch: string): Measure {
  if (given.command.length > 0) return wholeCommand(given.command, scratch);
  const { model, data } = given;
  const method = methods.find((name) => name === given.method);
  if (model === undefined || data === undefined || method === undefined) throw new Error(HELP);
  const work: Work = {
    ...{ model: resolve(model), data: resolve(data), method, adapter: null },
    ...{ batchSize: numberOf(given.batch), steps: numberOf(given.steps), set: given.set },
    ...{ maxLength: numberOf(given['max-length']), threads: numberOf(given.threads) },
    ...{ learningRate: 2e-4, clipNorm: 1, seed: 0 },
  };
  return training(work, scratch);
}

async function main(): Promise<void> {
  const given = options();
  const scratch = mkdtempSync(join(tmpdir(), 'adapter-lab-bench-'));
  try {
    const measure = measureOf(given, scratch);
    const [before, after] = sidesOf(given.commits);
    const sides = [buildCommit(before), buildCommit(after)] as const;
    const taken = await inTurns([...sides], numberOf(given.rounds), measure);
    console.log(`before: ${sides[0].title}\nafter: ${sides[1].title}\n\n${ratioTable(taken)}`);
    for (const [index, name] of ['before', 'after'].entries()) {
      const losses = taken[index]?.[0]?.losses ?? [];
      if (losses.length > 0)
        console.log(`losses ${name}: ${losses.map((loss) => loss.toFixed(4)).join(' ')}`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
