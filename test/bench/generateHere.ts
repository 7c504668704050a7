// Our side of the generation bench, a process of its own so that its memory can be told: the job of python/generate.py on
// stdin, the same answer. What tsx needs in memory is counted as ours.
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { readModelFolder } from '../../extension/model/folder';
import { openEngine } from '../../extension/trainer/openModel';
import { plainGeneration } from '../../extension/trainer/plainGeneration';
import type { GenerationJob, GenerationResult } from './generation';

function peakBytes(): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024;
}

async function main(): Promise<void> {
  const job = JSON.parse(await text(process.stdin)) as GenerationJob;
  const { beams, maxNewTokens, endTokens, threads } = job;
  const engine = await openEngine(readModelFolder(job.model), { threads });
  const prompts = job.prompts.map((prompt) => Int32Array.from(prompt));
  const request = { ...plainGeneration, prompts, beams, maxNewTokens, endTokens };
  const begin = performance.now();
  const before = process.cpuUsage();
  const texts = await engine.generate({ ...request, atOnce: job.batchSize });
  const used = process.cpuUsage(before);
  const result: GenerationResult = {
    tokens: texts.map(({ tokens }) => [...tokens]),
    seconds: (performance.now() - begin) / 1000,
    processorSeconds: (used.user + used.system) / 1e6,
    peakBytes: peakBytes(),
  };
  console.log(JSON.stringify(result));
}

void main();
