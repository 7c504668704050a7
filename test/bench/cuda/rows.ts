// The rows of npm run bench:cuda.
import { engineAddon, type DeviceWish } from '../../../extension/trainer/devices/chooseDevice';
import { compareWithPeft, trainAlone } from '../besidePeft';
import { trainingOf } from '../reach/besidePeftRows';
import { shareOfPeak } from '../reach/engineRows';
import type { Figure } from '../reach/figure';
import type { EngineSetting, MeasureRow } from '../reach/setting';
import { tokensPerSecond, type ComparedRow, type Row } from '../report';
import type { PeftForm, Work } from '../work';
import type { PeftSide } from './peftSide';

export type ModelName = 'smollm2-135m' | '1b';

export interface CudaSetting extends Omit<EngineSetting, 'model'> {
  device: DeviceWish;
  /** Model folders, made when they are first asked for. */
  models: Record<ModelName, () => Promise<string>>;
  /** None: our side trains alone. */
  peft: PeftSide | undefined;
  /** Rows and columns of the products that tell the peak. */
  productSize: number;
  /** What was trained, for a table of both sides' own figures. */
  trained: Row[];
}

/** Least tokens a second over PEFT's, and most memory. */
export interface Bars {
  speed?: number;
  memory?: number;
}

type Method = 'lora' | 'dora';
const models: ModelName[] = ['smollm2-135m', '1b'];
const methods: Method[] = ['lora', 'dora'];
const batchSizes = [4, 16];
const leastSpeed = { lora: 1.5, dora: 2 };
const mostMemory = 0.6;
const peakSeconds = 0.05;

/** Nothing but steps: PEFT's side does nothing else. */
const stepsAlone = {
  samples: { records: 0 },
  checkpoints: { every: 0 },
  diagnostics: { every: 0 },
};

/** In this order: once an engine is loaded in the bench's own process, memory is taken that training might miss. */
export const cudaRows: Record<string, MeasureRow<CudaSetting>> = Object.fromEntries([
  ...models.flatMap((model) =>
    methods.flatMap((method) => [
      ...batchSizes.map((batchSize) => {
        const bars = { speed: leastSpeed[method], memory: mostMemory };
        return besidePeft({ model, method, batchSize, precision: 'mixed' }, bars);
      }),
      besidePeft({ model, method, batchSize: 16, precision: 'bf16' }, {}),
    ]),
  ),
  ['peak', fastestProducts] as const,
  ...models.flatMap((model) =>
    methods.flatMap((method) =>
      batchSizes.map((batchSize) => shareOfCard({ model, method, batchSize })),
    ),
  ),
]);

interface Case {
  model: ModelName;
  method: Method;
  batchSize: number;
}

function nameOf({ model, method, batchSize }: Case): string {
  return `${model}-${method}-${batchSize}`;
}

function besidePeft(
  { precision, ...one }: Case & Pick<PeftForm, 'precision'>,
  bars: Bars,
): readonly [string, MeasureRow<CudaSetting>] {
  const isNarrow = precision === 'bf16';
  const measure: MeasureRow<CudaSetting> = async ({ models: folders, peft, trained, ...rest }) => {
    const setting = { ...rest, model: await folders[one.model]() };
    const work: Omit<Work, 'method' | 'adapter' | 'batchSize'> = {
      ...{ ...trainingOf(setting), device: 'cuda', settings: stepsAlone },
      ...(peft && { peft: { device: peft.device, precision } }),
    };
    const name = `${one.model} ${one.method}${isNarrow ? ", PEFT's adapter in bf16" : ''}`;
    const kind = `${one.method}-dropout` as const;
    if (peft === undefined) {
      // Ours is the same beside both forms of PEFT's.
      if (!isNarrow)
        trained.push({ ...(await trainAlone({ ...setting, work }, kind, one.batchSize)), name });
      return [];
    }
    const both = { ...setting, python: peft.python, work };
    const row = { ...(await compareWithPeft(both, kind, one.batchSize)), name };
    trained.push(row);
    return ratiosOf(row, bars);
  };
  return [`${nameOf(one)}${isNarrow ? '-bf16' : ''}`, measure];
}

export function ratiosOf({ name, batchSize, ours, theirs }: ComparedRow, bars: Bars): Figure[] {
  const what = `${name}, batch ${batchSize}`;
  const speed = tokensPerSecond(ours.steps) / tokensPerSecond(theirs.steps);
  const memory = ours.peakBytes / theirs.peakBytes;
  const figures: Figure[] = [
    {
      work: `${what}: tokens/s over PEFT's`,
      value: speed,
      unit: 'x',
      bar: bars.speed,
      atLeast: true,
    },
    { work: `${what}: memory in use over PEFT's`, value: memory, unit: 'x', bar: bars.memory },
  ];
  if (ours.heldBytes === undefined || theirs.heldBytes === undefined) return figures;
  const held = ours.heldBytes / theirs.heldBytes;
  return [...figures, { work: '- memory that the allocators hold', value: held, unit: 'x' }];
}

function ownPeak({ device, productSize }: CudaSetting): Promise<number> {
  return engineAddon(device).measureProducts(productSize, peakSeconds);
}

async function fastestProducts(setting: CudaSetting): Promise<Figure[]> {
  const { peft, productSize: size } = setting;
  const what = `fastest product of bf16, ${size} x ${size} x ${size}`;
  const figure = (whose: string, operations: number): Figure => {
    return { work: `${what}, ${whose}`, value: operations / 1e12, unit: 'TFLOP/s' };
  };
  const own = figure('ours', await ownPeak(setting));
  return peft === undefined ? [own] : [own, figure("PyTorch's", peft.operationsPerSecond)];
}

/** Of the fastest product that either side showed. */
function shareOfCard(one: Case): readonly [string, MeasureRow<CudaSetting>] {
  const measure: MeasureRow<CudaSetting> = async (given) => {
    const { models: folders, peft } = given;
    const productPeak = async (): Promise<number> =>
      Math.max(peft?.operationsPerSecond ?? 0, await ownPeak(given));
    const setting = { ...given, model: await folders[one.model](), productPeak };
    const figures = await shareOfPeak(one.method, one.batchSize)(setting);
    return figures.map((figure) => ({ ...figure, work: `${one.model}: ${figure.work}` }));
  };
  return [`share-${nameOf(one)}`, measure];
}
