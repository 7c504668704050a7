// Runs that are stopped, left, killed, started twice, that diverge or fill the disk: through the command line.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunEvent, StatusFile } from '../../extension/shared/run';
import { ended, trainerFile, Workspace } from './workspace';

interface Outcome {
  runs: {
    id: string;
    folder: string;
    state: string;
    step: number;
    checkpoints: string[];
    failure?: { code: string; message: string };
  }[];
}

const steps = 2500;
/** More than any test waits for. */
const endless = ['--set', 'training.steps=1000000'];
let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace();
  workspace.writeExperiment({
    training: { batchSize: 2, steps, learningRate: 1e-3, seed: 3 },
    checkpoints: { every: 100, keep: 50 },
  });
});
afterEach(() => {
  workspace.remove();
});

function runFolders(): string[] {
  const folder = workspace.path('runs');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((name) => !name.startsWith('.'))
    .sort()
    .map((name) => join(folder, name));
}

async function waitFor<T>(what: string, look: () => T | undefined | false): Promise<T> {
  for (const endMs = Date.now() + 60_000; Date.now() < endMs;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`waited in vain for ${what}`);
}

function statusOf(folder: string): StatusFile {
  return JSON.parse(readFileSync(join(folder, 'status.json'), 'utf8')) as StatusFile;
}

/** The first run once it has taken so many steps. */
function runAtStep(step: number): Promise<string> {
  return waitFor(`step ${step}`, () =>
    runFolders().find((folder) => statusOf(folder).step >= step && statusOf(folder).pid !== null),
  );
}

function eventsOf(folder: string): RunEvent[] {
  const lines = readFileSync(join(folder, 'events.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as RunEvent);
}

/** Loss of each step, those repeated after a resume once. */
function lossesOf(folder: string): Map<number, number> {
  const steps = eventsOf(folder).flatMap((event): [number, number][] =>
    event.type === 'step' ? [[event.step, event.loss]] : [],
  );
  return new Map(steps);
}

function expectSameBits(folder: string, other: string): void {
  expect([...lossesOf(folder)]).toEqual([...lossesOf(other)]);
  const last = join('checkpoints', `step-${String(steps).padStart(6, '0')}`);
  for (const name of ['adapter_model.safetensors', 'optimizer.safetensors']) {
    const bytes = readFileSync(join(folder, last, name));
    expect(bytes.equals(readFileSync(join(other, last, name))), name).toBe(true);
  }
}

async function undisturbed(): Promise<string> {
  const { json } = await workspace.json<Outcome>(
    ...['train', 'tiny.experiment.json', '--runs', 'undisturbed'],
  );
  expect(json.runs[0]?.state).toBe('done');
  return json.runs[0]?.folder ?? '';
}

async function resume(folder: string): Promise<void> {
  const { code, json } = await workspace.json<Outcome>('resume', folder);
  expect(json.runs).toMatchObject([{ state: 'done', step: steps }]);
  expect(code).toBe(0);
}

describe('Ctrl-C', () => {
  test('stops the run with a checkpoint and the rest with it; resumed, the bits are the same', async () => {
    const grid = ['--set', 'grid={"adapter.rank":[4,2]}'];
    const child = workspace.start(['train', 'tiny.experiment.json', ...grid, '--json']);
    const result = ended(child);
    await runAtStep(20);
    child.kill('SIGINT');
    const { code, stdout } = await result;
    const { runs } = JSON.parse(stdout) as Outcome;
    expect(code).toBe(0);
    expect(runs.map(({ state }) => state)).toEqual(['stopped', 'stopped']);
    const [first, second] = runs;
    expect(first?.step).toBeGreaterThanOrEqual(20);
    expect(first?.checkpoints.at(-1)).toContain(`step-${String(first?.step).padStart(6, '0')}`);
    expect(second).toMatchObject({ step: 0, checkpoints: [] });
    await resume(first?.folder ?? '');
    expectSameBits(first?.folder ?? '', await undisturbed());
  });

  test('twice leaves the run to itself', async () => {
    const child = workspace.start(['train', 'tiny.experiment.json']);
    const result = ended(child);
    const folder = await runAtStep(10);
    child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGINT');
    const { code } = await result;
    expect(code).toBe(0);
    await waitFor('the end', () => ['done', 'stopped'].includes(statusOf(folder).state));
  });
});

describe('a trainer', () => {
  test('that is killed is lost, and the run goes on with the same bits', async () => {
    const result = workspace.cli('train', 'tiny.experiment.json', '--json');
    const folder = await runAtStep(250);
    process.kill(statusOf(folder).pid ?? 0, 'SIGKILL');
    const { code, stdout } = await result;
    expect(code).toBe(1);
    expect((JSON.parse(stdout) as Outcome).runs[0]?.state).toBe('lost');
    await resume(folder);
    expectSameBits(folder, await undisturbed());
  });

  test('ends at once when cancelled, without a checkpoint', async () => {
    const result = workspace.json<Outcome>('train', 'tiny.experiment.json', ...endless);
    const folder = await runAtStep(10);
    writeFileSync(join(folder, 'control', 'cancel'), '');
    const { code, json } = await result;
    expect(code).toBe(0);
    const [run] = json.runs;
    expect(run?.state).toBe('stopped');
    const saved = run?.checkpoints.at(-1)?.slice(-6) ?? '0';
    expect(Number(saved) % 100).toBe(0);
  });

  test('is refused on a folder that has one', async () => {
    const child = workspace.start(['train', 'tiny.experiment.json', ...endless, '--json']);
    const result = ended(child);
    const folder = await runAtStep(10);
    const second = await ended(spawn(process.execPath, [trainerFile, folder]));
    expect(second.code).not.toBe(0);
    expect(second.stderr).toContain('is being trained already');
    const refused = await workspace.json<{ error: { code: string } }>('resume', folder);
    expect(refused.code).toBe(2);
    expect(refused.json.error.code).toBe('run-busy');
    child.kill('SIGINT');
    const { runs } = JSON.parse((await result).stdout) as Outcome;
    expect(runs).toMatchObject([{ state: 'stopped' }]);
    const seqs = eventsOf(folder).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
  });
});

test('a loss that is no number ends the run with the step and the last good checkpoint', async () => {
  const set = ['--set', 'training.learningRate=1e30', '--set', 'training.clipNorm=0'];
  const { code, json } = await workspace.json<Outcome>(
    ...['train', 'tiny.experiment.json', '--set', 'checkpoints.every=1', ...set],
  );
  expect(code).toBe(1);
  const [run] = json.runs;
  expect(run?.state).toBe('failed');
  expect(run?.failure?.code).toBe('loss-not-finite');
  const events = eventsOf(run?.folder ?? '');
  const last = events.filter((event) => event.type === 'step').length;
  expect(run?.failure?.message).toMatch(`step ${last + 1}`);
  const checkpoint = run?.checkpoints.at(-1);
  expect(run?.failure?.message).toContain(checkpoint?.slice(-11) ?? 'none');
  expect(events.at(-1)?.type).toBe('failure');
});

/** A file system of this size in memory; false without the right to mount one. */
function mountSmall(folder: string, kilobytes: number): boolean {
  mkdirSync(folder, { recursive: true });
  try {
    const options = ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder];
    execFileSync('mount', options, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function canMount(): boolean {
  const folder = join(process.env.TMPDIR ?? '/tmp', `adapter-lab-mount-${process.pid}`);
  const isMounted = mountSmall(folder, 64);
  if (isMounted) execFileSync('umount', [folder]);
  rmSync(folder, { recursive: true, force: true });
  return isMounted;
}

// Only root may mount; elsewhere there is no disk to fill.
if (canMount()) {
  test('a full disk fails the run and keeps its earlier checkpoints', async () => {
    const disk = workspace.path('disk');
    expect(mountSmall(disk, 512)).toBe(true);
    try {
      const { code, json } = await workspace.json<Outcome>(
        ...['train', 'tiny.experiment.json', '--runs', 'disk', '--set', 'checkpoints.every=5'],
      );
      expect(code).toBe(1);
      const [run] = json.runs;
      expect(run).toMatchObject({ state: 'failed', failure: { code: 'disk-full' } });
      expect(run?.failure?.message).toMatch(/full.*needs \d/);
      const kept = run?.checkpoints ?? [];
      expect(kept.length).toBeGreaterThan(2);
      for (const adapter of [kept[0] ?? '', kept.at(-1) ?? '']) {
        const data = ['--data', 'data/train.json', '--template', '{instruction} {output}'];
        const { code: read } = await workspace.cli('loss', 'model', '--adapter', adapter, ...data);
        expect(read).toBe(0);
      }
    } finally {
      execFileSync('umount', [disk]);
    }
  });
}
