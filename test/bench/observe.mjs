// Loaded before adapter-lab and, handed on by itself, before the Node processes that it starts (node --import): when each
// training step ended, what processor time was used until then, and the peak of memory, one JSON file a process in the folder
// that ADAPTER_LAB_OBSERVED names. It sees the lines of events.jsonl as they are written, so that any commit of the product
// can be measured.
import childProcess from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const { spawn } = childProcess;
const { writeSync, writeFileSync, readFileSync, renameSync } = fs;
const file = join(process.env.ADAPTER_LAB_OBSERVED, `${process.pid}.json`);
const steps = [];

function processorSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function peakBytes() {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)[1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

fs.writeSync = (descriptor, data, ...rest) => {
  const written = writeSync(descriptor, data, ...rest);
  if (Buffer.from(data).includes('"type":"step"')) {
    const endMs = performance.timeOrigin + performance.now();
    steps.push({ endMs, processorSeconds: processorSeconds() });
  }
  return written;
};

childProcess.spawn = (command, parameters, ...rest) => {
  const isNode = command === process.execPath && Array.isArray(parameters);
  return spawn(
    command,
    isNode ? ['--import', import.meta.url, ...parameters] : parameters,
    ...rest,
  );
};

// A trainer outlives its command by a moment: whoever reads waits until no such file is left.
writeFileSync(`${file}.running`, '');
process.on('exit', () => {
  const seen = { steps, processorSeconds: processorSeconds(), peakBytes: peakBytes() };
  writeFileSync(`${file}.running`, JSON.stringify(seen));
  renameSync(`${file}.running`, file);
});
