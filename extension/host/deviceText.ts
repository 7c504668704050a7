// What Show Devices tells of each device. A row of a list has one line, so it has the problem, and what to do about it comes
// when the device is chosen. Free of VS Code.
import type { Translate } from '../shared/translate';

/** As the command line tells it (extension/cli/devices.ts). */
export interface Device {
  kind: string;
  name: string;
  usable: boolean;
  reason: string;
  number?: number;
}

export interface DeviceRow {
  label: string;
  /** "cuda 0", as an experiment chooses it. */
  description: string;
  detail: string;
}

export function deviceRow(device: Device, t: Translate): DeviceRow {
  const { kind, number, name, usable, reason } = device;
  const short = reason.split('; ')[0] ?? reason;
  return {
    label: name,
    description: number === undefined ? kind : `${kind} ${number}`,
    detail: usable ? short : t('Cannot be used: {0}', short),
  };
}

/** All that is known of it, for a notification. */
export function deviceText({ name, usable, reason }: Device, t: Translate): string {
  return usable ? `${name}: ${reason}` : t('{0} cannot be used: {1}', name, reason);
}
