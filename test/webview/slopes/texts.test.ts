// What the slope page says, and how its state follows a run.
import { describe, expect, test } from 'vitest';
import type { SlopesPageState } from '../../../extension/shared/pages/slopesPage';
import { SampleTable } from '../../../extension/shared/slopes/samples';
import { changes } from '../../../webview/slopes/changes';
import { folderName } from '../../../webview/slopes/folderName';
import { cautionTexts, fitText, readingText, waitingText } from '../../../webview/slopes/texts';
import { t, eventsOf, runOf, full, plotOf } from './sampledRuns';

describe('texts', () => {
  test('of a reading say figure, meaning, surprise and the last step alone', () => {
    const [fit, other] = plotOf('q_proj').fits;
    if (fit === undefined || other === undefined) throw new Error('two fits');
    expect(readingText(fit, t)).toMatch(
      /^Correlation \+[01]\.\d\d \(95 % .*\) over 40 points\. It is nearer to LoRA .* alone it is \+\d\.\d\d\.$/,
    );
    expect(readingText(other, t)).toMatch(/nearer to full fine-tuning \(−0\.62\)/);
    const asIfFull = { ...fit, series: { ...fit.series, run: { ...fit.series.run, ...full } } };
    expect(readingText(asIfFull, t)).toContain('The paper found −0.62 for FT.');
  });

  test('of a fit are short', () => {
    const fit = { module: 'q_proj', slope: 0.18, correlation: -0.45, points: 30 };
    expect(fitText({ ...fit, interval: [-0.71, -0.1] }, t)).toBe(
      'slope +0.180 · r −0.45 (−0.71 to −0.10)',
    );
    expect(fitText({ ...fit, slope: null, interval: null }, t)).toBe('no line yet');
  });

  test('warn of what the paper did not measure', () => {
    expect(cautionTexts('q_proj', 'step', t)).toHaveLength(1);
    expect(cautionTexts('v_proj', 'all', t).join(' ')).toMatch(/grow while training.*q_proj/s);
  });

  test('say when the first measurement comes', () => {
    const empty = { samples: [], names: [], step: 3, steps: 200 };
    const running = { ...empty, state: 'running' as const };
    expect(waitingText(runOf(running), t)).toMatch(/first at step 10 .* it is at step 3\./);
    expect(waitingText(runOf({ ...running, every: 0 }), t)).toMatch(/first checkpoint/);
    expect(waitingText(runOf({ ...empty, state: 'failed' }), t)).toMatch(/ended before/);
    expect(waitingText(runOf({ problem: 'It is gone.' }), t)).toBe('It is gone.');
    expect(waitingText(runOf(), t)).toBeUndefined();
  });
});

describe('a folder in few words', () => {
  test('is its name and the folder around it', () => {
    expect(folderName('/home/me/llama-7b')).toEqual({ name: 'llama-7b', place: 'me' });
    expect(folderName('C:\\lab\\llama-7b\\')).toEqual({ name: 'llama-7b', place: 'lab' });
    expect(folderName('model')).toEqual({ name: 'model', place: '' });
  });

  test('of a checkpoint is its step and its run', () => {
    expect(folderName('/runs/2026-lora-r16/checkpoints/step-200')).toEqual({
      name: 'step-200',
      place: '2026-lora-r16',
    });
  });
});

describe('changes of the state', () => {
  const state: SlopesPageState = {
    runs: [runOf()],
    diagnosis: undefined,
    step: undefined,
    leftOut: 0,
  };
  const [run] = state.runs;
  if (run === undefined) throw new Error('a run');

  test('add what is new to the run it belongs to', () => {
    const table = new SampleTable();
    table.add(eventsOf(1, [10]), false);
    const news = table.add(eventsOf(1, [60]), false);
    const { runs } = changes.samplesChanged(state, { folder: run.folder, ...news });
    expect(runs[0]?.samples.map(({ step }) => step)).toEqual([10, 20, 30, 40, 50, 60]);
    expect(changes.samplesChanged(state, { folder: '/other', ...news }).runs).toEqual(state.runs);
  });

  test('keep the samples when only the step goes on', () => {
    const progress = { folder: run.folder, state: 'running' as const, step: 51, steps: 90 };
    const { runs } = changes.progressed(state, progress);
    expect(runs[0]).toMatchObject({ step: 51, steps: 90, state: 'running' });
    expect(runs[0]?.samples).toBe(run.samples);
  });
});
