// `npm run demo`: from a clean clone to trained adapters. Installs and builds what is missing or older than its
// sources, copies the starter experiment to demo/, trains it three ways and shows what came of it.
// Plain Node without packages: it runs before anything is installed.
import { spawn } from 'node:child_process';
import {
  cpSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { accuracyTable, slopeTable } from './demoTables.mjs';

const top = join(dirname(fileURLToPath(import.meta.url)), '../..');
const demo = join(top, 'demo');
const log = join(demo, 'build.log');
const commandLine = join(top, 'dist/cli.js');
const experiment = join(demo, 'starter.experiment.json');
const addon = join(top, 'build/Release/adapter_lab_cpu.node');

const steps = [
  {
    what: 'Install npm packages',
    made: 'node_modules/.package-lock.json',
    from: ['package-lock.json'],
    command: ['npm', 'ci', '--no-audit', '--no-fund'],
  },
  {
    what: 'Build the engine (C++; some minutes the first time)',
    made: relative(top, addon),
    from: ['native', 'CMakeLists.txt'],
    command: ['npm', 'run', 'build:native'],
  },
  {
    what: 'Bundle the trainer, the command line and the extension',
    made: 'dist/cli.js',
    from: ['extension', 'webview', 'esbuild.mjs', 'package.json'],
    command: ['npm', 'run', 'build:ts'],
  },
];

async function main() {
  mkdirSync(demo, { recursive: true });
  say(`Adapter Lab demo, in ${relative(process.cwd(), demo) || '.'}/`, '');
  for (const step of steps) await make(step);
  copyStarter();

  say('', 'Base model: how well it does before any fine-tuning');
  const startMs = Date.now();
  const base = await evaluateBase();
  say('', 'Train: full fine-tuning, LoRA, DoRA');
  const { checked } = await adapterLab('train', experiment, '--check');
  const { runs } = await adapterLab('train', experiment);
  const failed = runs.find((run) => run.state !== 'done');
  if (failed) throw new Error(`The run ${failed.id} is ${failed.state}: see ${failed.folder}`);
  const seconds = (Date.now() - startMs) / 1000;

  const methods = runs.map((run, index) => ({ ...checked[index], events: readEvents(run.folder) }));
  say('', 'Accuracy in %, by the protocol of the DoRA paper (4 beams, first match counts)', '');
  say(accuracyTable(base.tasks, methods));
  say('', 'Magnitude change on direction change, all trained matrices, last step', '');
  say(slopeTable(methods), '', `Evaluation and training took ${Math.round(seconds)} s.`);
  sayNext();
}

/** Runs a step's command when what it makes is missing or older than a source. */
async function make({ what, made, from, command }) {
  const target = join(top, made);
  const newest = Math.max(...from.map((source) => newestMs(join(top, source))));
  if (existsSync(target) && statSync(target).mtimeMs >= newest) return say(`  ready  ${what}`);
  const isTerminal = process.stdout.isTTY;
  if (isTerminal) process.stdout.write(`  ...    ${what}`);
  const startMs = Date.now();
  const { code, output } = await run(command, { log });
  if (isTerminal) process.stdout.write('\r');
  if (code !== 0) {
    say(`  FAILED ${what}`, '', output.split('\n').slice(-15).join('\n'));
    throw new Error(`"${command.join(' ')}" failed; all it wrote is in ${relative(top, log)}`);
  }
  say(`  ready  ${what}, ${Math.round((Date.now() - startMs) / 1000)} s`);
}

function newestMs(path) {
  const status = statSync(path);
  if (!status.isDirectory()) return status.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}

/** The user's runs of an earlier demo stay; the files are written anew. */
function copyStarter() {
  cpSync(join(top, 'media/starter'), demo, { recursive: true });
  rmSync(join(demo, 'base'), { recursive: true, force: true });
}

/** Conversations are left out: they need a judge. */
async function evaluateBase() {
  const data = join(demo, 'data');
  const { tasks } = await adapterLab('tasks', data);
  const written = tasks.filter(({ protocol }) => protocol === 'generation').map(({ task }) => task);
  const place = ['--data', data, '--output', join(demo, 'base/predictions.jsonl')];
  return adapterLab('evaluate', join(demo, 'model'), '--tasks', written.join(','), ...place);
}

/** A subcommand's JSON; its progress goes to the terminal. */
async function adapterLab(...words) {
  const { code, output } = await run([process.execPath, commandLine, ...words, '--json'], {});
  if (code !== 0) throw new Error(`adapter-lab ${words[0]} ended with exit code ${code}`);
  return JSON.parse(output);
}

/** With a log, errors are collected with the output; without, they are shown. */
function run([program, ...words], { log: logFile }) {
  const stdio = ['ignore', 'pipe', logFile ? 'pipe' : 'inherit'];
  const child = spawn(program, words, { cwd: top, stdio });
  const file = logFile && createWriteStream(logFile, { flags: 'a' });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text) => {
      output += text;
      file?.write(text);
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output: output.trimEnd() }));
  });
}

function readEvents(folder) {
  const lines = readFileSync(join(folder, 'events.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line));
}

function sayNext() {
  say(
    '',
    'Look at the runs in a shell:',
    '  node dist/cli.js runs demo/runs',
    'or in VS Code:',
    '  npm run package',
    '  code --install-extension adapter-lab-linux-x64-*.vsix',
    '  code demo',
    'The runs are in the Adapter Lab sidebar; "Adapter Lab: Train" starts them again.',
  );
}

function say(...lines) {
  console.log(lines.join('\n'));
}

main().catch((error) => {
  console.error(`\n${error.message}`);
  process.exitCode = 1;
});
