// Whether an NVIDIA driver may be loaded here, without asking it.
import { existsSync } from 'node:fs';

/** One of them is there wherever it is; /dev/dxg is WSL's. */
const signs = ['/proc/driver/nvidia/version', '/dev/nvidiactl', '/dev/dxg'];

export function hasDriverSign(): boolean {
  return signs.some((sign) => existsSync(sign));
}

/** To ask a driver takes a process: on Linux "auto" asks none that does not show itself. Tests name what stands for one. */
export function mayHaveDriver(): boolean {
  const isNamed = Boolean(process.env.ADAPTER_LAB_CUDA_ADDON);
  return process.platform !== 'linux' || isNamed || hasDriverSign();
}
