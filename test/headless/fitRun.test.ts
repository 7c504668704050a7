// A run's plan against what is free: on the processor and on a device, refused or in less memory.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parseExperiment } from '../../extension/shared/experimentFile';
import { fitRun } from '../../extension/trainer/memory/fitRun';
import { onGpu, onProcessor } from '../../extension/trainer/memory/tensorPlace';
import { prepareTraining, type PreparedRun } from '../../extension/trainer/prepareTraining';
import { tinyExperiment, Workspace } from './workspace';

/** A device gives whole ones. */
const page = 2 ** 21;

let workspace: Workspace;
beforeAll(() => {
  workspace = new Workspace();
});
afterAll(() => {
  workspace.remove();
});

async function prepare(training: object = {}, settings: object = {}): Promise<PreparedRun> {
  const file = workspace.path('tiny.experiment.json');
  const changed = { batchSize: 12, accumulation: 2, steps: 3, ...training };
  const text = JSON.stringify({ ...tinyExperiment(), ...settings, training: changed });
  const [run] = parseExperiment(text, file).runs;
  if (run === undefined) throw new Error('an experiment without runs');
  return prepareTraining(run.settings, file, () => ({ file }));
}

function fit(prepared: PreparedRun, freeBytes: number | null, place = onGpu) {
  const room = { ...place, freeBytes, totalBytes: 24e9 };
  return fitRun(prepared, room, prepared.settings.training);
}

/** What it says as it was asked for, where nothing is free. */
function refusalOf({ settings, ...rest }: PreparedRun): string {
  const training = { ...settings.training, whenMemoryIsShort: 'refuse' as const };
  const prepared = { ...rest, settings: { ...settings, training } };
  try {
    fit(prepared, -process.memoryUsage.rss(), onProcessor);
  } catch (error) {
    return String(error);
  }
  throw new Error('it was not refused');
}

/** Tokens of a step, one micro-batch after another. */
function tokensOf(prepared: PreparedRun, step: number): number[] {
  return prepared.data.step(step).micro.flatMap(({ tokens }) => [...tokens]);
}

test('a run that fits stays as it is, and reserves memory on a device alone', async () => {
  const prepared = await prepare();
  for (const place of [onGpu, onProcessor]) {
    const { prepared: same, reserve, notice } = fit(prepared, 8e9, place);
    expect(notice).toBeUndefined();
    expect(same.settings).toEqual(prepared.settings);
    expect(reserve.all > reserve.saved + reserve.scratch).toBe(!place.isHost);
    expect(reserve.saved > 0 && reserve.scratch > 0).toBe(!place.isHost);
  }
});

test('where nobody knows what is free, a run starts', async () => {
  expect(fit(await prepare(), null, onProcessor).notice).toBeUndefined();
});

test('a run that is refused names the settings that help', async () => {
  const prepared = await prepare();
  expect(() => fit(prepared, 1e6)).toThrow(
    /^The run needs \d+ MB of the GPU's memory, of which 1 MB of 24000 MB are free; set "training.whenMemoryIsShort" to shrink, lower "training.batchSize" \(12\)/,
  );
  expect(() => fit(prepared, -process.memoryUsage.rss(), onProcessor)).toThrow(
    /^The run needs \d+ MB of memory, of which .*"training.activationCheckpointing"\.$/,
  );
});

describe('a run that is to shrink', () => {
  const shrink = { whenMemoryIsShort: 'shrink' };

  test('is measured before it is said to be too large', async () => {
    // Records of some 20 tokens are far from the 64 that they may have.
    const prepared = await prepare(shrink);
    const { reserve } = fit(prepared, 8e9);
    const measured = fit(prepared, reserve.all + page - 1);
    expect(measured.notice).toBeUndefined();
    expect(measured.reserve.saved).toBeLessThan(reserve.saved / 2);
  });

  test('takes the largest micro-batch that fits, with the same records a step', async () => {
    const prepared = await prepare(shrink);
    const needed = (batchSize: number): number => {
      const alone = { ...prepared.settings.training, batchSize };
      const settings = { ...prepared.settings, training: alone };
      return fit({ ...prepared, settings }, 8e9).reserve.all + page;
    };
    const found = new Set<number>();
    for (let free = needed(12); free > needed(1) - 2 ** 18; free -= 2 ** 14) {
      try {
        const { prepared: smaller, notice } = fit(prepared, free);
        const { batchSize, accumulation, activationCheckpointing } = smaller.settings.training;
        found.add(batchSize);
        expect(batchSize * accumulation).toBe(24);
        expect(smaller.data.steps).toBe(prepared.data.steps);
        expect(smaller.data.epochs).toBe(prepared.data.epochs);
        for (const step of [0, 1, 2])
          expect(tokensOf(smaller, step)).toEqual(tokensOf(prepared, step));
        if (batchSize === 12) continue;
        expect(notice).toContain(`instead of 12, ${accumulation} a step`);
        expect(notice?.includes('computes activations a second time')).toBe(
          activationCheckpointing,
        );
      } catch (error) {
        expect(String(error)).toContain('too little even for micro-batches of one record');
      }
    }
    expect([...found]).toEqual([12, 6, 4, 3, 2, 1]);
  });

  test('keeps 16-bit weights as they are stored before its micro-batches become smaller', async () => {
    // It would not stand still.
    vi.spyOn(process.memoryUsage, 'rss').mockReturnValue(1e8);
    const model = join(import.meta.dirname, '../../media/starter/model');
    const prepared = await prepare({ ...shrink, baseWeights: 'f32' }, { model });
    const [, needed = ''] = /needs? (\d+) MB/.exec(refusalOf(prepared)) ?? [];
    // 1.7 million values; what is needed is told in whole MB, rounded.
    const free = Number(needed) * 1e6 - 2e6 - 1e8;
    const { prepared: smaller, notice } = fit(prepared, free, onProcessor);
    expect(smaller.settings.training).toMatchObject({ baseWeights: 'stored', batchSize: 12 });
    expect(notice).toMatch(/so it keeps weights as they lie in their files\.$/);
    vi.restoreAllMocks();
  });

  test('is refused where nothing is small enough', async () => {
    const prepared = await prepare(shrink);
    expect(() => fit(prepared, 1e6)).toThrow(
      /that is too little even for micro-batches of one record and "training.activationCheckpointing": lower "data.maxLength"/,
    );
  });
});
