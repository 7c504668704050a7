// Whether this machine has an NVIDIA GPU, with or without a driver that works: where there is one, nothing may be skipped.
import * as fs from 'node:fs';

const signs = ['/proc/driver/nvidia/version', '/dev/nvidiactl', '/dev/dxg'];
const pci = '/sys/bus/pci/devices';

export function isGpuHere() {
  return signs.some((sign) => fs.existsSync(sign)) || devices().some(isNvidiaGpu);
}

function devices() {
  return fs.existsSync(pci) ? fs.readdirSync(pci) : [];
}

/** Display controllers are of class 03. */
function isNvidiaGpu(device) {
  const read = (name) => fs.readFileSync(`${pci}/${device}/${name}`, 'utf8').trim();
  return read('vendor') === '0x10de' && read('class').startsWith('0x03');
}
