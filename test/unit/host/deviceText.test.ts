// What Show Devices tells of a device: the problem in its row, and what to do about it when it is chosen.
import { expect, test } from 'vitest';
import { deviceRow, deviceText } from '../../../extension/host/deviceText';
import { untranslated } from '../../../extension/shared/translate';

const tesla = {
  ...{ kind: 'cuda', number: 1, name: 'Tesla T4', usable: false },
  reason: 'Tesla T4 has 0.1 of its 15.0 GB of memory free; end other processes that use it',
};

test('a row names the device as an experiment chooses it, with the problem alone', () => {
  expect(deviceRow(tesla, untranslated)).toEqual({
    label: 'Tesla T4',
    description: 'cuda 1',
    detail: 'Cannot be used: Tesla T4 has 0.1 of its 15.0 GB of memory free',
  });
  expect(deviceText(tesla, untranslated)).toBe(`Tesla T4 cannot be used: ${tesla.reason}`);
});

test('of a device that can be used the row has what it is', () => {
  const cpu = { kind: 'cpu', name: 'Xeon', usable: true, reason: '2 threads, avx512 kernels' };
  const row = { label: 'Xeon', description: 'cpu', detail: '2 threads, avx512 kernels' };
  expect(deviceRow(cpu, untranslated)).toEqual(row);
  expect(deviceText(cpu, untranslated)).toBe('Xeon: 2 threads, avx512 kernels');
});
