import { describe, expect, it } from 'vitest';
import type { EngineProfile } from '../../../extension/trainer/addon';
import { chromeTrace } from '../../../extension/trainer/profile/chromeTrace';
import {
  operationName,
  total,
  workByOperation,
  workByPart,
  type ProfiledStep,
} from '../../../extension/trainer/profile/profiledSteps';
import { partsTitle, profileText } from '../../../extension/trainer/profile/profileText';

interface Call {
  name: string;
  part?: number;
  layer?: number;
  backward?: boolean;
  sizes?: [number, number, number];
  start: number;
  seconds: number;
  operations?: number;
  bytes?: number;
}

const layer = 2;
const head = 3;

function profileOf(calls: Call[]): EngineProfile {
  const names = [...new Set(calls.map(({ name }) => name))];
  const column = (value: (call: Call) => number): Float64Array => Float64Array.from(calls, value);
  return {
    names,
    name: column(({ name }) => names.indexOf(name)),
    part: column(({ part = 0 }) => part),
    layer: column(({ layer: index = 0 }) => index),
    backward: column(({ backward = false }) => Number(backward)),
    rows: column(({ sizes }) => sizes?.[0] ?? 1),
    columns: column(({ sizes }) => sizes?.[1] ?? 1),
    depth: column(({ sizes }) => sizes?.[2] ?? 0),
    start: column(({ start }) => start),
    seconds: column(({ seconds }) => seconds),
    operations: column(({ operations = 0 }) => operations),
    bytes: column(({ bytes = 0 }) => bytes),
    allocations: 3,
    allocatedBytes: 1e6,
  };
}

/** Forward of a layer with two products of one weight's shape, the head, and the layer's backward. */
const step: ProfiledStep = {
  step: 2,
  tokens: [11, 13],
  rows: new Set([10, 12]),
  seconds: 1,
  profile: profileOf([
    { name: 'gemm', part: layer, sizes: [10, 64, 32], start: 0, seconds: 0.1, operations: 2e9 },
    { name: 'add', part: layer, sizes: [10, 32, 0], start: 0.1, seconds: 0.05, bytes: 4e6 },
    { name: 'gemm', part: head, sizes: [7, 99, 32], start: 0.2, seconds: 0.3, operations: 3e9 },
    {
      ...{ name: 'gemm', part: layer, backward: true, sizes: [32, 64, 12] },
      ...{ start: 0.6, seconds: 0.2, operations: 2e9 },
    },
  ]),
};

describe('profiled steps', () => {
  it('names a product by its weight, forward and backward alike', () => {
    expect(operationName(step, 0)).toBe('gemm 32 x 64');
    expect(operationName(step, 3)).toBe('gemm 32 x 64');
    expect(operationName(step, 1)).toBe('add');
    expect(operationName(step, 2)).toBe('gemm, head and loss');
  });

  it('adds up by operation, the longest first, and by part in order', () => {
    const works = workByOperation([step, { ...step, step: 3 }]);
    expect(works.map(({ name, calls }) => `${name}: ${calls}`)).toEqual([
      'gemm 32 x 64: 4',
      'gemm, head and loss: 2',
      'add: 2',
    ]);
    expect(works[0]?.operations).toBe(8e9);
    expect(workByPart([step]).map(({ name }) => name)).toEqual([
      'layer 0',
      'head and loss',
      'layer 0, backward',
    ]);
    expect(total(workByPart([step])).seconds).toBeCloseTo(0.65);
  });
});

describe('the text of a profile', () => {
  it('tells speeds, shares of the step and of the peak, and what lies between operations', () => {
    const text = profileText([step], {
      operationsPerSecond: 40e9,
      storedOperationsPerSecond: 40e9,
      bytesPerSecond: 1e9,
    });
    const cells = (name: string): string[] =>
      (text.split('\n').find((line) => line.startsWith(`| ${name} `)) ?? '')
        .split('|')
        .map((cell) => cell.trim())
        .slice(2, -1);
    expect(text).toContain('# Profile of step 2');
    expect(text).toContain(partsTitle);
    // 4 GFLOP in 0.3 s.
    expect(cells('gemm 32 x 64').slice(0, 6)).toEqual(
      ['2', '300', '30.0 %', '4.00', '13.3', '33.3 %'], // calls, ms, share, GFLOP, GFLOP/s, of peak
    );
    expect(cells('add').slice(-2)).toEqual(['4.0', '0.1']);
    expect(cells('between operations').slice(1, 3)).toEqual(['350', '35.0 %']);
    expect(cells('whole step').slice(1, 3)).toEqual(['1000', '100.0 %']);
  });

  it('leaves shares of the peak out where it is not known', () => {
    const text = profileText([step], undefined);
    expect(text).toContain('The peak of this machine is not known.');
    expect(text).not.toContain('33.3 %');
  });
});

describe('a trace', () => {
  it('has a line of steps, one of parts that follow each other, and one of operations', () => {
    const { traceEvents } = chromeTrace([step, { ...step, step: 3 }]);
    const named = (tid: number): string[] =>
      traceEvents.filter((event) => event.tid === tid && event.ph === 'X').map(({ name }) => name);
    expect(named(1)).toEqual(['step 2', 'step 3']);
    expect(named(2).slice(0, 3)).toEqual(['layer 0', 'head and loss', 'layer 0, backward']);
    expect(named(3)).toHaveLength(8);
    const first = traceEvents.find(({ name, ts }) => name === 'layer 0' && ts === 0);
    expect(first?.dur).toBeCloseTo(150_000);
    // The second step begins where the first ends.
    expect(traceEvents.find(({ name }) => name === 'step 3')?.ts).toBe(1_000_000);
  });
});
