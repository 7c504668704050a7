// Whether an NVIDIA driver may be loaded here, without asking it.
import { existsSync } from 'node:fs';

/** One of them is there wherever it is; /dev/dxg is WSL's. */
const signs = ['/proc/driver/nvidia/version', '/dev/nvidiactl', '/dev/dxg'];

export function hasDriverSign(): boolean {
  return signs.some((sign) => existsSync(sign));
}
