// Runs with the samples that the tests of the slope page look at: one whose layers move as LoRA's do, one whose layers
// move as full fine-tuning's.
import type { SlopeRun } from '../../../extension/shared/pages/slopesPage';
import type { RunEvent } from '../../../extension/shared/run';
import { fitSlopes } from '../../../extension/shared/slopeFits';
import { SampleTable } from '../../../extension/shared/slopes/samples';
import { makePlots } from '../../../webview/slopes/plots';
import { makeSeries } from '../../../webview/slopes/series';

export const t = (message: string, ...values: (string | number)[]): string =>
  message.replace(/\{(\d+)\}/g, (_, index) => String(values[Number(index)]));

const layers = [0, 1, 2, 3, 4, 5, 6, 7];
export const everything = { hidden: [], layers: [] };

/** `sign`: +1 for layers that move as LoRA's, -1 for full fine-tuning's. */
export function eventsOf(sign: 1 | -1, steps: readonly number[]): RunEvent[] {
  return steps.map((step, index) => {
    const modules = layers.flatMap((layer) =>
      ['self_attn.q_proj', 'self_attn.v_proj', 'mlp.up_proj'].map((type, place) => ({
        name: `model.layers.${layer}.${type}`,
        deltaD: 0.01 * (place + 1) + 0.001 * layer + 0.0001 * index,
        deltaM: 0.05 * (place + 1) + sign * 0.002 * layer + 0.0001 * ((layer * 7) % 3),
      })),
    );
    return { seq: index, type: 'slope', step, modules, fits: fitSlopes(modules) };
  });
}

export function runOf(
  given: Partial<SlopeRun> = {},
  sign: 1 | -1 = 1,
  steps = [10, 20, 30, 40, 50],
): SlopeRun {
  const { names, samples } = new SampleTable().add(eventsOf(sign, steps), false);
  return {
    folder: '/runs/20261124T000000Z-lora-r8-aaaa',
    label: 'LoRA r8',
    experiment: 'boolq',
    method: 'lora',
    state: 'done',
    step: 50,
    steps: 50,
    every: 10,
    names,
    samples,
    problem: undefined,
    ...given,
  };
}

export const full = { folder: '/runs/full', label: 'FT', method: 'full' };
export const lora = makeSeries(runOf(), 0);
export const ft = makeSeries(runOf(full, -1, [25, 50]), 1);
export const series = [lora, ft];

export function plotOf(type: string, given: Partial<Parameters<typeof makePlots>[1]> = {}) {
  const request = { scope: 'all' as const, step: 50, filter: everything, sameScale: false };
  const plot = makePlots(series, { ...request, ...given }).find((one) => one.type === type);
  if (plot === undefined) throw new Error(`no plot of ${type}`);
  return plot;
}
