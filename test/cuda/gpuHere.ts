// Whether this machine has an NVIDIA GPU, with or without a driver that works: where there is one, nothing may be skipped.
import * as fs from 'node:fs';
import { hasDriverSign } from '../../extension/trainer/devices/driverSigns';

const pci = '/sys/bus/pci/devices';

export function isGpuHere(): boolean {
  return hasDriverSign() || devices().some(isNvidiaGpu);
}

function devices(): string[] {
  return fs.existsSync(pci) ? fs.readdirSync(pci) : [];
}

/** Display controllers are of class 03. */
function isNvidiaGpu(device: string): boolean {
  const read = (name: string): string => fs.readFileSync(`${pci}/${device}/${name}`, 'utf8').trim();
  return read('vendor') === '0x10de' && read('class').startsWith('0x03');
}
