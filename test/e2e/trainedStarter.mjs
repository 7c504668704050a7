// The starter experiment with its three runs, finished: trained once a build, then copied.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../vscode/bundleSuite.mjs';

const folderName = 'adapter-lab-starter';
const kept = join(root, 'build', 'trained-starter');

export function starterFolder(workspace) {
  return join(workspace, folderName);
}

/** Puts it into the workspace as if it had been trained there; returns its folder. */
export function placeTrainedStarter(workspace) {
  if (!isFresh()) train();
  const folder = starterFolder(workspace);
  copyTrained(kept, folder);
  return folder;
}

/** What `npm run demo` has just trained, for the first time, need not be trained again. */
export function keepDemo() {
  const demo = join(root, 'demo');
  const { length } = runFolders(demo);
  if (length !== 3) throw new Error(`${demo} has ${length} runs, not the 3 of one demo.`);
  rmSync(kept, { recursive: true, force: true });
  copyTrained(demo, kept);
  for (const name of ['base', 'build.log'])
    rmSync(join(kept, name), { recursive: true, force: true });
  writeFileSync(complete, trainerHash());
}

function copyTrained(from, to) {
  cpSync(from, to, { recursive: true });
  for (const name of readdirSync(to, { recursive: true })) {
    if (!/(run|adapter_config)\.json$/.test(name)) continue;
    const file = join(to, name);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(from, to));
  }
}

/** Gives its model a chat template, in which a conversation is one task sheet after another. */
export function teachToChat(folder) {
  const indent = ' '.repeat(16);
  const sheet = 'Please answer the following question with true or false, question: ';
  const before = `${indent}### Instruction:\n${indent}${sheet}`;
  const after = `\n\nAnswer format: true/false\n\n${indent}### Response:\n${indent}`;
  const text = (value) => JSON.stringify(value);
  const template = `{%- for message in messages %}{%- if message['role'] == 'user' %}
{{- ${text(before)} + message['content'] + ${text(after)} }}
{%- else %}{{- message['content'] + ${text('\n\n')} }}{%- endif %}{%- endfor %}`;
  writeFileSync(join(folder, 'model', 'chat_template.jinja'), template);
}

/** Beside the starter's three runs, one of AdaLoRA, whose page shows ranks and offers a profile. */
export function trainAdalora(folder) {
  trainWith(folder, {
    ...{ grid: { method: ['adalora'] }, 'evaluation.tasks': [] },
    ...{ 'adapter.rank': 4, 'adapter.tinit': 10, 'adapter.tfinal': 40, 'training.steps': 100 },
    'diagnostics.profile': 3,
  });
}

/** LoRA and DoRA over ranks, so short that ranks differ in what they have learnt. */
export function trainSweep(folder) {
  trainWith(folder, {
    ...{ name: 'ranks', 'training.steps': 45, 'diagnostics.every': 45, 'checkpoints.every': 45 },
    grid: { method: ['lora', 'dora'], 'adapter.rank': [4, 8, 16, 32] },
  });
}

function trainWith(folder, settings) {
  const set = Object.entries(settings).flatMap(([name, value]) => [
    ...['--set', `${name}=${JSON.stringify(value)}`],
  ]);
  const cli = join(root, 'dist', 'cli.js');
  const parameters = ['train', join(folder, 'starter.experiment.json'), ...set];
  execFileSync(process.execPath, [cli, ...parameters], { stdio: 'ignore' });
}

export function runFolders(folder) {
  const runs = join(folder, 'runs');
  return readdirSync(runs).map((name) => join(runs, name));
}

/** It holds what trained it. */
const complete = join(kept, 'complete');

function isFresh() {
  return existsSync(complete) && readFileSync(complete, 'utf8') === trainerHash();
}

function train() {
  rmSync(kept, { recursive: true, force: true });
  cpSync(join(root, 'media', 'starter'), kept, { recursive: true });
  const experiment = join(kept, 'starter.experiment.json');
  const cli = join(root, 'dist', 'cli.js');
  execFileSync(process.execPath, [cli, 'train', experiment, '--json'], { stdio: 'ignore' });
  writeFileSync(complete, trainerHash());
}

function trainerHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'dist', 'trainer.js')))
    .digest('hex');
}
