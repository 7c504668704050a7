// Breaks each barrier and each test of CUDA's kernels, one at a time, and demands that a native test fails on the emulated
// backend. Kernels are compiled once; of cases and types of activations only those that come by a broken place are run
// (main.cc). Survivors must be explained in explained.json, by file, function, code and change.
// Usage: node test/native/mutants/run.mjs [--sample COUNT] [--jobs COUNT] [--verbose] [part of a kernel file's name]...
import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { writeSwitched } from './rewrite.mjs';

const root = path.join(import.meta.dirname, '../../..');
const program = path.join(root, 'build/release/native_mutants');
const { values: options, positionals: parts } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string' },
    jobs: { type: 'string', default: String(os.availableParallelism()) },
    verbose: { type: 'boolean' },
  },
});

function build() {
  const compile = ['--build', '--preset', 'release', '--target', 'native_mutants', '--parallel'];
  for (const parameters of [
    ['--preset', 'release'],
    [...compile, options.jobs],
  ]) {
    const { status, stdout, stderr } = spawnSync('cmake', parameters, {
      cwd: root,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`cmake ${parameters.join(' ')}\n${stdout}${stderr}`);
  }
}

/** What each case comes by with each type of activations when nothing is broken: [{ number, name, seconds, sites }]. */
function listRuns() {
  const { status, stdout, stderr } = spawnSync(program, { encoding: 'utf8', maxBuffer: 64 << 20 });
  if (status !== 0) throw new Error(stderr || `native_mutants ended with ${String(status)}`);
  const runs = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return runs.map((each) => ({ ...each, sites: new Set(each.sites) }));
}

function isChosen(file) {
  return parts.length === 0 || parts.some((part) => file.includes(part));
}

function mutantsOf(sites) {
  return sites.flatMap((site) => site.changes.map((change) => ({ ...site, change })));
}

/** The same ones each time, spread over all. */
function sampled(mutants, count) {
  const step = mutants.length / count;
  return Array.from(
    { length: Math.min(count, mutants.length) },
    (_, i) => mutants[Math.floor(i * step + step / 2)],
  );
}

/** The failure that tells of a mutant, undefined where none does. */
async function findFailure(mutant, runs) {
  const reaching = runs.filter((each) => each.sites.has(mutant.number));
  if (reaching.length === 0) return undefined;
  reaching.sort((a, b) => a.seconds - b.seconds);
  // Processor time: a machine that is busy with other things is no endless loop.
  const timed = reaching.map((each) => `${each.number}:${(1 + 10 * each.seconds).toFixed(2)}`);
  return new Promise((resolve, reject) => {
    execFile(program, [String(mutant.number), mutant.change, ...timed], (error, stdout) => {
      if (!error) resolve(undefined);
      else if (error.code === 1) resolve(stdout.trim());
      else if (error.signal)
        resolve(error.signal === 'SIGPROF' ? 'never ends' : `ends by ${error.signal}`);
      else reject(error);
    });
  });
}

/** The mutants that a case catches, some tried at a time. */
async function tryAll(mutants, runs) {
  const waiting = [...mutants];
  const caught = new Set();
  const worker = async () => {
    for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
      const failure = await findFailure(mutant, runs);
      if (failure !== undefined) caught.add(mutant);
      if (options.verbose) console.log(`${describe(mutant)}: ${failure ?? 'survives'}`);
    }
  };
  await Promise.all(Array.from({ length: Number(options.jobs) }, worker));
  return caught;
}

function describe({ file, line, name, code, change }) {
  return `${file}:${line} ${name}: ${change} instead of ${code}`;
}

/** Prints who survives, and what explained.json says of it; true where nothing is left to explain. An entry is of one place,
 * or of so many as its `places`: a line of the same code that a test should notice is not explained by another's reason. */
function report(tried, caught) {
  const explained = JSON.parse(
    fs.readFileSync(path.join(import.meta.dirname, 'explained.json'), 'utf8'),
  ).flatMap((entry) => entry.changes.map((change) => ({ places: 1, ...entry, change })));
  const isOf = (mutant, entry) =>
    ['file', 'code', 'change'].every((key) => entry[key] === mutant[key]) &&
    entry.function === mutant.name;
  const survivors = tried.filter((mutant) => !caught.has(mutant));
  const unexplained = survivors.filter((mutant) => !explained.some((entry) => isOf(mutant, entry)));
  const outdated = explained
    .filter(({ file }) => !options.sample && isChosen(file))
    .map((entry) => ({ ...entry, left: survivors.filter((mutant) => isOf(mutant, entry)).length }))
    .filter(({ places, left }) => left !== places);
  for (const mutant of unexplained) console.log(`survives: ${describe(mutant)}`);
  for (const { file, function: name, code, change, places, left } of outdated)
    console.log(
      `explained at ${places}, survives at ${left}: ${file} ${name}: ${change} instead of ${code}`,
    );
  console.log(
    `${tried.length} mutants: ${caught.size} caught, ${survivors.length - unexplained.length} explained, ${unexplained.length} survive`,
  );
  return unexplained.length === 0 && outdated.length === 0;
}

const sites = writeSwitched(
  path.join(root, 'native/cuda'),
  path.join(root, 'build/mutants/native/cuda'),
);
build();
const runs = listRuns();
const all = mutantsOf(sites.filter(({ file }) => isChosen(file)));
const tried = options.sample ? sampled(all, Number(options.sample)) : all;
if (!report(tried, await tryAll(tried, runs))) process.exitCode = 1;
