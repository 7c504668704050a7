import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { gitCommitOf } from '../../../extension/launch/gitCommit';
import { LocalLauncher } from '../../../extension/launch/localLauncher';
import { prepareRun } from '../../../extension/launch/prepareRun';
import { processIsAlive } from '../../../extension/runs/processes';
import { runPaths } from '../../../extension/runs/runPaths';
import { emptyStatus, readStatus, writeStatus } from '../../../extension/runs/status';
import { runFile } from '../../../extension/shared/run';
import { compile, exitCode, killHard, startChild, until } from '../runs/childProcess';
import { resolvedRun, sampleRunFolder, temporaryFolder } from '../runs/sampleRun';

/** Behaves as the trainer does towards its folder: locks it, tells its state, does what is asked. */
const patientTrainer = `
  import { hostname } from 'node:os';
  import { readControl } from './control';
  import { acquireLock } from './lock';
  import { emptyStatus, readStatus, writeStatus } from './status';
  const folder = process.argv[2] ?? '';
  const lock = acquireLock(folder);
  const step = (readStatus(folder)?.step ?? 0) + 1;
  const own = { ...emptyStatus(), step, pid: process.pid, host: hostname() };
  writeStatus(folder, { ...own, state: 'running' });
  console.log('training', process.env.ELECTRON_RUN_AS_NODE, process.env.NODE_OPTIONS);
  setInterval(() => {
    const asked = readControl(folder);
    if (asked === undefined) return;
    writeStatus(folder, { ...own, state: 'stopped', pid: null, activity: asked });
    lock.release();
    process.exit(0);
  }, 10);`;

function launcherOf(trainer: string): LocalLauncher {
  return new LocalLauncher({ trainerFile: compile(trainer) });
}

async function startTrainer(launcher: LocalLauncher, folder: string): Promise<number> {
  const { pid } = await launcher.start(folder);
  onTestFinished(() => {
    if (processIsAlive(pid)) process.kill(pid, 'SIGKILL');
  });
  await until(() => readStatus(folder)?.state === 'running');
  return pid;
}

test('a run is started once, stopped, started again and cancelled', async () => {
  const folder = sampleRunFolder();
  const launcher = launcherOf(patientTrainer);
  expect(await launcher.isAlive(folder)).toBe(false);
  const pid = await startTrainer(launcher, folder);
  expect(await launcher.isAlive(folder)).toBe(true);
  await expect(launcher.start(folder)).rejects.toThrow(`process ${pid} on ${hostname()}`);
  await launcher.stop(folder);
  await until(() => readStatus(folder)?.state === 'stopped');
  await until(() => !processIsAlive(pid));

  await startTrainer(launcher, folder);
  expect(readStatus(folder)?.step).toBe(2);
  await launcher.cancel(folder);
  await until(() => readStatus(folder)?.activity === 'cancel');
  expect(readFileSync(runPaths(folder).log, 'utf8')).toBe('training 1 undefined\n'.repeat(2));
});

test('a killed run is found lost and goes on', async () => {
  const folder = sampleRunFolder();
  const launcher = launcherOf(patientTrainer);
  const pid = await startTrainer(launcher, folder);
  process.kill(pid, 'SIGKILL');
  await until(() => !processIsAlive(pid));
  expect(await launcher.isAlive(folder)).toBe(false);
  expect(readStatus(folder, Date.now() + 31_000)?.state).toBe('lost');
  await startTrainer(launcher, folder);
  expect(readStatus(folder, Date.now() + 31_000)?.state).toBe('running');
});

test('a trainer outlives the process that started it', async () => {
  const folder = sampleRunFolder();
  const parent = startChild(
    compile(`
      import { LocalLauncher } from '../launch/localLauncher';
      const [, , trainerFile = '', folder = ''] = process.argv;
      void new LocalLauncher({ trainerFile }).start(folder);`),
    [compile(patientTrainer), folder],
  );
  expect(await exitCode(parent)).toBe(0);
  await until(() => readStatus(folder)?.state === 'running');
  const pid = readStatus(folder)?.pid ?? 0;
  onTestFinished(() => {
    if (processIsAlive(pid)) process.kill(pid, 'SIGKILL');
  });
  await killHard(parent);
  expect(processIsAlive(pid)).toBe(true);
});

test('a trainer that ends before its first word fails the run with what its log says', async () => {
  const folder = sampleRunFolder();
  await launcherOf(`throw new TypeError('no such thing');`).start(folder);
  await until(() => readStatus(folder)?.state === 'failed');
  expect(readStatus(folder)?.failure).toMatchObject({ code: 'trainer-died' });
  expect(readStatus(folder)?.failure?.message).toContain('TypeError: no such thing');
});

test('what cannot be started says why', async () => {
  const folder = sampleRunFolder();
  const missing = new LocalLauncher({ trainerFile: '/nowhere/trainer.js' });
  await expect(missing.start(folder)).rejects.toThrow('/nowhere/trainer.js is not there');
  expect(readStatus(folder)?.state).toBe('queued');
  const noNode = new LocalLauncher({ trainerFile: compile(''), nodeFile: '/nowhere/node' });
  await expect(noNode.start(folder)).rejects.toThrow('No trainer could be started');
  expect(readStatus(folder)).toMatchObject({ state: 'failed' });
  await expect(launcherOf('').start(temporaryFolder())).rejects.toThrow('not a run folder');
});

test('a new start forgets the failure before and keeps the step', async () => {
  const folder = sampleRunFolder();
  const failure = { code: 'x', message: 'it failed' };
  writeStatus(folder, { ...emptyStatus(), state: 'failed', step: 6, failure });
  await launcherOf('').start(folder);
  expect(readStatus(folder)).toMatchObject({ state: 'starting', step: 6 });
  expect(readStatus(folder)?.failure).toBeUndefined();
});

test('run.json is what its schema says', () => {
  const origin = {
    experimentFile: 'boolq.experiment.json',
    version: '0.1.0',
    gitCommit: null,
    model: [{ file: 'model.safetensors', sha256: 'ab' }],
    data: [],
  };
  const now = new Date('2026-11-24T02:15:04.500Z');
  const dora = prepareRun(resolvedRun({ 'adapter.rank': 8 }), origin, now);
  expect(runFile.parse(dora)).toEqual(dora);
  expect(dora.id).toMatch(/^20261124T021504Z-dora-r8-[0-9a-f]{8}$/);
  expect(prepareRun(resolvedRun({ method: 'full' }), origin).id).toContain('-full-r0-');
});

test('the commit of a folder is found, and none outside a repository', async () => {
  const folder = temporaryFolder();
  expect(await gitCommitOf(folder)).toBeNull();
  expect(await gitCommitOf(join(folder, 'nowhere'))).toBeNull();
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' });
  git('init', '--quiet');
  expect(await gitCommitOf(folder)).toBeNull();
  writeFileSync(join(folder, 'a'), '');
  git('add', 'a');
  const author = ['-c', 'user.name=A', '-c', 'user.email=a@b'];
  git(...author, 'commit', '--quiet', '-m', 'First');
  expect(await gitCommitOf(folder)).toBe(git('rev-parse', 'HEAD').trim());
});
