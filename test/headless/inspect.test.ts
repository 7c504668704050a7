// The command line's inspection, and its estimate of memory against what real trainers took at their peak.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'jsonc-parser';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { prepareRun } from '../../extension/launch/prepareRun';
import { createRunFolder } from '../../extension/runs/runFolder';
import { parseExperiment } from '../../extension/shared/experimentFile';
import type { Inspection } from '../../extension/shared/inspection';
import { watchPeak } from './memoryPeak';
import { cliFile, ended, tinyExperiment, trainerFile, Workspace } from './workspace';

const starter = resolve(import.meta.dirname, '../../media/starter/starter.experiment.json');

async function inspectText(file: string, text: string, more: string[] = []): Promise<Inspection> {
  const child = spawn(process.execPath, [cliFile, 'inspect', file, '--stdin', '--json', ...more]);
  child.stdin.end(text);
  const { code, stdout, stderr } = await ended(child);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Inspection;
}

describe('adapter-lab inspect', () => {
  let workspace: Workspace;
  beforeEach(() => {
    workspace = new Workspace();
  });
  afterEach(() => {
    workspace.remove();
  });

  test('tells of a file on the disk what is wrong, and what would train', async () => {
    workspace.writeExperiment({ adapter: { rank: 4, targets: ['q_prj', 'v_proj'] } });
    const { code, json } = await workspace.json<Inspection>('inspect', 'tiny.experiment.json');
    expect(code).toBe(0);
    expect(json.problems).toMatchObject([{ code: 'target-unknown', nearest: 'q_proj' }]);
    expect(json.runs).toMatchObject([{ method: 'dora', rank: 4, steps: 12, records: 24 }]);
    const { stdout } = await workspace.cli('inspect', 'tiny.experiment.json');
    expect(stdout).toMatch(/tiny\.experiment\.json:\d+:\d+: The model has no module "q_prj"/);
    expect(stdout).toMatch(/dora r4 .* MB/);
  });

  test('reads the text of an editor, creates nothing but its cache, and measures a file once', async () => {
    const before = readdirSync(workspace.folder).sort();
    const cache = mkdtempSync(join(tmpdir(), 'adapter-lab-cache-'));
    const file = workspace.path('unsaved.experiment.json');
    const text = JSON.stringify(tinyExperiment());
    const first = await inspectText(file, text, ['--cache', cache]);
    expect(first.problems).toEqual([]);
    expect(readdirSync(workspace.folder).sort()).toEqual(before);
    const [kept = ''] = readdirSync(cache);
    const entry = JSON.parse(readFileSync(join(cache, kept), 'utf8')) as { records: number };
    writeFileSync(join(cache, kept), JSON.stringify({ ...entry, records: 1000 }));
    const second = await inspectText(file, text, ['--cache', cache]);
    expect(second.files[0]?.records).toBe(1000);
    workspace.writeJson('data/train.json', [{ instruction: 'is it even?', output: 'even' }]);
    const third = await inspectText(file, text, ['--cache', cache]);
    expect(third.files[0]?.records).toBe(1);
    rmSync(cache, { recursive: true });
  });

  test('refuses a file that is not there', async () => {
    const { code, stderr } = await workspace.cli('inspect', 'none.experiment.json');
    expect(code).toBe(2);
    expect(stderr).toMatch(/none\.experiment\.json/);
  });

  test('estimates a large file from a part of it', async () => {
    const record = JSON.stringify({ instruction: 'is it even? '.repeat(20), output: 'even' });
    const count = 160_000;
    writeFileSync(workspace.path('data/large.jsonl'), `${record}\n`.repeat(count));
    const data = { train: ['data/large.jsonl'], template: '{instruction} {output}' };
    const text = JSON.stringify({ ...tinyExperiment(), data });
    const { files, problems } = await inspectText(workspace.path('x.experiment.json'), text);
    expect(problems).toEqual([]);
    expect(files[0]?.isSampled).toBe(true);
    expect(files[0]?.records).toBeGreaterThan(0.98 * count);
    expect(files[0]?.records).toBeLessThan(1.02 * count);
  });
});

/** Where the system tells a process's highest memory. */
const canMeasure = existsSync('/proc/self/status');

describe.skipIf(!canMeasure)('the estimate of memory', () => {
  let runs = '';
  beforeAll(() => {
    runs = mkdtempSync(join(tmpdir(), 'adapter-lab-memory-'));
  });
  afterAll(() => {
    rmSync(runs, { recursive: true, force: true });
  });

  interface MemoryCase {
    method: string;
    batchSize: number;
    adapter?: object;
    [setting: string]: unknown;
  }
  const cases: MemoryCase[] = [
    { method: 'lora', batchSize: 1 },
    { method: 'lora', batchSize: 64 },
    { method: 'dora', batchSize: 16 },
    { method: 'dora', batchSize: 128 },
    { method: 'full', batchSize: 16 },
    { method: 'full', batchSize: 128 },
    { method: 'lora', batchSize: 128, activationCheckpointing: true, adapter: { dropout: 0.05 } },
    { method: 'dora', batchSize: 16, adapter: { detachNorm: false } },
    { method: 'full', batchSize: 16, optimizer: 'adamw8bit' },
    { method: 'full', batchSize: 16, ema: 0.9 },
    { method: 'lora', batchSize: 16, adapter: { init: 'pissa' } },
    { method: 'dora', batchSize: 16, adapter: { alsoTrain: ['norms', 'embeddings'] } },
    { method: 'vera', batchSize: 16, adapter: { rank: 256 } },
    { method: 'vera', batchSize: 16, baseWeights: 'stored', adapter: { rank: 256 } },
    { method: 'dvora', batchSize: 16, adapter: { rank: 256 } },
    { method: 'adalora', batchSize: 16 },
    { method: 'qlora', batchSize: 16 },
    { method: 'qdora', batchSize: 64 },
  ];

  test.each(cases)(
    'is within 15 % of the peak of a real trainer: %j',
    async ({ method, adapter, ...training }) => {
      const settings = settingsOf(method, training, { dropout: 0, ...adapter });
      const { runs: inspected } = await inspectText(starter, JSON.stringify(settings));
      const estimated = inspected[0]?.peakBytes ?? NaN;
      const measured = await peakOf(settings, runs);
      expect(estimated / measured, `${estimated} estimated, ${measured} measured`).toBeGreaterThan(
        0.85,
      );
      expect(estimated / measured, `${estimated} estimated, ${measured} measured`).toBeLessThan(
        1.15,
      );
    },
  );
});

function settingsOf(method: string, training: object, adapter: object): Record<string, unknown> {
  const all = parse(readFileSync(starter, 'utf8')) as Record<string, Record<string, unknown>>;
  const settings = Object.fromEntries(Object.entries(all).filter(([name]) => name !== 'grid'));
  return {
    ...settings,
    method,
    adapter: { ...settings.adapter, ...adapter },
    training: { ...settings.training, steps: 4, ...training },
    evaluation: { ...settings.evaluation, limit: 8, tasks: ['facts'] },
    checkpoints: { every: 2, keep: 3 },
  };
}

/** Trains to the end; the highest resident memory that the system saw. */
async function peakOf(settings: Record<string, unknown>, runs: string): Promise<number> {
  const [run] = parseExperiment(JSON.stringify(settings), starter).runs;
  if (run === undefined) throw new Error('an experiment without runs');
  const origin = { experimentFile: starter, version: 'test', gitCommit: null, model: [], data: [] };
  const folder = createRunFolder(runs, prepareRun(run, origin));
  const child = spawn(process.execPath, [trainerFile, folder]);
  const peakBytes = watchPeak(child);
  const { code, stderr } = await ended(child);
  expect(code, stderr).toBe(0);
  return peakBytes();
}
