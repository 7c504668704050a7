// Values of options, read from text and refused in one sentence.
import type { Command } from 'commander';
import type { Quantization } from '../shared/engineTypes';
import { blockSizes } from '../shared/experiment';
import { Failure } from '../shared/failures';
import type { DeviceWish } from '../trainer/devices/chooseDevice';
import { anyGpu } from '../trainer/devices/gpuProblem';
import type { OpeningOptions } from '../trainer/openModel';
import { quantizationOfName } from '../trainer/quantized/quantizationName';

export function wholeNumber(option: string, lowest: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (value >= lowest && Number.isSafeInteger(value)) return value;
    const problem = `must be a whole number, ${lowest} or more`;
    throw new Failure('argument-invalid', { argument: option, value: text, problem });
  };
}

export const threadsOption = [
  '--threads <n>',
  'processor threads; 0 is all',
  wholeNumber('--threads', 0),
  0,
] as const;

const devices = ['auto', 'cpu', 'cuda'] as const;

export const deviceOption = [
  '--device <device>',
  'auto, cpu or cuda; auto takes a GPU where one can be used',
  oneOf('--device', devices),
  'auto',
] as const;

export const gpuOption = [
  '--gpu <n>',
  'number of the GPU; the one with the most free memory when left out',
  wholeNumber('--gpu', 0),
  anyGpu,
] as const;

export const quantizeOption = [
  '--quantize <how>',
  "the base in 4 bits, as nf4, nf4-double or nf4-128; or none; as the adapter's training had it when left out",
  quantizeArgument,
] as const;

/** What a command that computes on a model asks of its engine. */
export interface EngineWish extends DeviceWish {
  quantize?: Quantization | 'none';
  threads: number;
}

export function addEngineOptions(command: Command): Command {
  return command
    .option(...quantizeOption)
    .option(...threadsOption)
    .option(...deviceOption)
    .option(...gpuOption);
}

export function openingOptions({ quantize, threads, device, gpu }: EngineWish): OpeningOptions {
  return { quantize, threads, device: { device, gpu } };
}

function quantizeArgument(text: string): Quantization | 'none' {
  const quantization = text === 'none' ? text : quantizationOfName(text);
  if (quantization !== undefined) return quantization;
  const problem = `must be none, nf4, nf4-double, or with a block size of ${blockSizes.join(', ')} nf4-128 or nf4-128-double`;
  throw new Failure('argument-invalid', { argument: '--quantize', value: text, problem });
}

const unitBytes: Readonly<Record<string, number>> = {
  ...{ B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 },
  ...{ KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30, TIB: 2 ** 40 },
};

/** `5GB`, `500MB`, `2GiB`: bytes. */
export function byteSize(option: string): (text: string) => number {
  return (text) => {
    const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text) ?? [];
    const bytes = Math.floor(Number(number) * (unitBytes[unit.toUpperCase()] ?? NaN));
    if (bytes >= 1) return bytes;
    const problem = 'must be a size with its unit, as 5GB, 500MB or 2GiB';
    throw new Failure('argument-invalid', { argument: option, value: text, problem });
  };
}

export const progressOption = [
  '--progress <kind>',
  'text, or json: a line for each step of the work on stderr',
  oneOf('--progress', ['text', 'json'] as const),
  'text',
] as const;

export function oneOf<Choice extends string>(
  option: string,
  choices: readonly Choice[],
): (text: string) => Choice {
  return (text) => {
    const choice = choices.find((one) => one === text);
    if (choice !== undefined) return choice;
    const last = choices.at(-1) ?? '';
    const problem = `must be ${choices.slice(0, -1).join(', ')} or ${last}`;
    throw new Failure('argument-invalid', { argument: option, value: text, problem });
  };
}

/** Options that may be given several times. */
export function collect(text: string, before: string[] = []): string[] {
  return [...before, text];
}

/** `name=value`, several times. */
export function collectPairs(option: string) {
  return (text: string, before: Record<string, string> = {}): Record<string, string> => {
    const equals = text.indexOf('=');
    if (equals > 0) return { ...before, [text.slice(0, equals)]: text.slice(equals + 1) };
    const problem = 'must be name=value';
    throw new Failure('argument-invalid', { argument: option, value: text, problem });
  };
}

/** `a,b, c` */
export function commaList(option: string): (text: string) => string[] {
  return (text) => {
    const parts = text.split(',').map((part) => part.trim());
    if (parts.every((part) => part !== '')) return [...new Set(parts)];
    const problem = 'must be names with commas between them';
    throw new Failure('argument-invalid', { argument: option, value: text, problem });
  };
}
