// Rows that the engine alone tells: its methods beside each other, threads, slopes, a busy machine, the share of the peak.
import { readModelFolder } from '../../../extension/model/folder';
import type { EngineProfile } from '../../../extension/trainer/addon';
import { measureSlopes } from '../../../extension/trainer/diagnostics';
import { isAttention, isProduct } from '../../../extension/trainer/profile/profileText';
import { besideBusyProcess } from '../busy';
import {
  openKind,
  realBatches,
  secondsInTurns,
  stepOf,
  stepRatio,
  timed,
  type EngineKind,
  type Turn,
} from './enginesInTurns';
import type { Figure } from './figure';
import type { MeasureRow, PeakSetting } from './setting';

const adapter = { rank: 32, alpha: 64, dropout: 0.05 };
const lora: EngineKind = { settings: { method: 'lora', adapter } };
const wide = { baseWeights: 'f32' };
const wideLora: EngineKind = { settings: { method: 'lora', adapter, training: wide } };
const qlora: EngineKind = { settings: { method: 'qlora', adapter } };

export function doraOverLora(dropout: number): MeasureRow {
  const kind = (method: string): EngineKind => {
    return { settings: { method, adapter: { ...adapter, dropout } } };
  };
  return async (setting) => {
    const value = await stepRatio(setting, [kind('dora'), kind('lora')], 16);
    const work = `DoRA step over our LoRA's, dropout ${dropout}, batch 16`;
    return [{ work, value, unit: 'x', bar: 1.03 }];
  };
}

export const quantizedBase: MeasureRow = async (setting) => {
  const value = await stepRatio(setting, [qlora, lora], 16);
  const overWide = await stepRatio(setting, [qlora, wideLora], 16);
  const engine = await openKind(setting, qlora);
  const { weights } = await engine.memory();
  await engine.dispose();
  const bytes = weights / (4 * readModelFolder(setting.model).parameters);
  const work = 'bytes of a base in NF4 over f32, embeddings and all';
  return [
    { work: "QLoRA step over LoRA's, batch 16", value, unit: 'x', bar: 1.1 },
    { work: "- over LoRA's with weights in f32", value: overWide, unit: 'x' },
    { work, value: bytes, unit: 'x', bar: 0.2 },
  ];
};

/** What 16-bit weights as they lie in their files cost, or gain where the processor has units for them. */
export function storedWeights(batchSize: number): MeasureRow {
  return async (setting) => {
    const value = await stepRatio(setting, [lora, wideLora], batchSize);
    const work = `LoRA step with stored weights over one with f32, batch ${batchSize}`;
    return [{ work, value, unit: 'x' }];
  };
}

export function secondThread(batchSize: number): MeasureRow {
  return async (setting) => {
    const value = await stepRatio(
      setting,
      [
        { ...lora, threads: 1 },
        { ...lora, threads: 2 },
      ],
      batchSize,
    );
    const work = `LoRA step of 1 thread over one of 2, batch ${batchSize}`;
    return [{ work, value, unit: 'x', bar: 1.9, atLeast: true }];
  };
}

/** Of all linear modules, whose updates the steps between have moved. */
export const slopes: MeasureRow = async (setting) => {
  const all = { ...adapter, targets: 'all-linear' };
  const batches = await realBatches(setting, 4);
  const figures: Figure[] = [];
  for (const method of ['lora', 'dora', 'full']) {
    const settings = method === 'full' ? { method } : { method, adapter: all };
    const engine = await openKind(setting, { settings });
    const measure: Turn = (_, step) => timed(() => measureSlopes(engine, step, true));
    const [step = NaN, slope = NaN] = await secondsInTurns(setting, batches, [
      stepOf(engine),
      measure,
    ]);
    await engine.dispose();
    const work = `slopes of all modules over a step, ${method}, batch 4`;
    figures.push({ work, value: slope / step, unit: 'x', bar: 1 });
  }
  return figures;
};

export const besideBusy: MeasureRow = async (setting) => {
  const engine = await openKind(setting, lora);
  const alone = stepOf(engine);
  const beside: Turn = (batch, step) => besideBusyProcess(() => alone(batch, step));
  const batches = await realBatches(setting, 4);
  const [quiet = NaN, busy = NaN] = await secondsInTurns(setting, batches, [alone, beside]);
  await engine.dispose();
  const work = 'LoRA step beside a process that computes on every core over one alone, batch 4';
  return [{ work, value: busy / quiet, unit: 'x', bar: 2.2 }];
};

/** Operations of matrix products, attention's too, over what the fastest product of where they compute would do in the step's
 *  time. On a processor that is a product of f32, so weights are f32 too: bf16 units may multiply stored ones faster. */
export function shareOfPeak(
  method: string,
  batchSize: number,
  bar?: number,
): MeasureRow<PeakSetting> {
  return async (setting) => {
    const batches = await realBatches(setting, batchSize);
    const engine = await openKind(setting, { settings: { method, adapter, training: wide } });
    const products = new Map<unknown, Products>();
    let peak = 0;
    const stepped = stepOf(engine);
    const turn: Turn = async (batch, step) => {
      peak = Math.max(peak, await setting.productPeak());
      // Counted in the first round, which warms up, since a profile waits for every operation.
      if (products.has(batch)) return stepped(batch, step);
      await engine.startProfile();
      const seconds = await stepped(batch, step);
      products.set(batch, productsOf(await engine.stopProfile()));
      return seconds;
    };
    const [seconds = NaN] = await secondsInTurns(setting, batches, [turn]);
    await engine.dispose();
    const sum = (of: keyof Products): number =>
      [...products.values()].reduce((total, one) => total + one[of], 0);
    const work = `matrix products over step time x peak, ${method}, batch ${batchSize}`;
    const share = (operations: number): number => operations / (seconds * peak);
    return [
      { work, value: share(sum('all')), unit: '%', bar, atLeast: true },
      { work: '- without those of attention', value: share(sum('plain')), unit: '%' },
    ];
  };
}

interface Products {
  all: number;
  /** Without attention's, causal ones alone. */
  plain: number;
}

function productsOf({ names, name, operations }: EngineProfile): Products {
  const products = { all: 0, plain: 0 };
  for (const [call, count] of operations.entries()) {
    const named = names[name[call] ?? -1] ?? '';
    if (isProduct(named)) products.plain += count;
    if (isProduct(named) || isAttention(named)) products.all += count;
  }
  return products;
}
