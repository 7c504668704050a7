// What each CUDA kernel takes on every architecture, from what the build was told by ptxas: docs/cuda-kernels.md is the table.
// A kernel that spills registers fails, and so does a table that is out of date.
// Usage, after a build of adapter_lab_cuda_ops: node native/cmake/kernel-table.mjs [--write]
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ARCHITECTURES, READ_FOR, kernelFiles, objectOf } from './kernels.mjs';
import { root } from './wheels.mjs';

const table = path.join(root, 'docs', 'cuda-kernels.md');

/** What ptxas said of a file's kernels: [{ symbol, architecture, registers, spilled }]. */
function kernelsOf(file) {
  return parse(fs.readFileSync(`${objectOf(file)}.ptxas`, 'utf8'));
}

function parse(output) {
  const kernels = [];
  let current;
  for (const line of output.split('\n')) {
    const entry = /Compiling entry function '(\w+)' for 'sm_(\d+)'/.exec(line);
    if (entry) {
      current = { symbol: entry[1], architecture: entry[2], spilled: 0 };
      kernels.push(current);
    }
    if (!current) continue;
    const spills = /(\d+) bytes spill stores, (\d+) bytes spill loads/.exec(line);
    if (spills) current.spilled += Number(spills[1]) + Number(spills[2]);
    const registers = /Used (\d+) registers/.exec(line);
    if (registers) current.registers = Number(registers[1]);
  }
  return kernels;
}

/** attention_forward_kernel<float> of a mangled name. */
function readable(symbols) {
  const names = execFileSync('c++filt', symbols, { encoding: 'utf8' }).trim().split('\n');
  return new Map(symbols.map((symbol, i) => [symbol, shorten(names[i] ?? symbol)]));
}

function shorten(name) {
  return name
    .replace(/adapter_lab::|gpu::|\(anonymous namespace\)::|_GLOBAL__N__\w+::/g, '')
    .replace(/^void /, '')
    .replace(/\(.*$/, '')
    .replace(/\s+/g, ' ');
}

/** Capabilities that sources ask for and that nvcc does not read them for: the code for them would be left out. */
function unreadCapabilities() {
  const folder = path.join(root, 'native', 'cuda');
  const files = fs.readdirSync(folder, { recursive: true }).filter((file) => /\.\w+$/.test(file));
  const asked = files.flatMap((file) => [
    ...fs.readFileSync(path.join(folder, file), 'utf8').matchAll(/__CUDA_ARCH__\D*(\d+)0\b/g),
  ]);
  return [...new Set(asked.map(([, capability]) => capability))].filter(
    (capability) => !READ_FOR.includes(capability),
  );
}

function render(rows) {
  const lines = [...rows].map(
    ([name, byArchitecture]) =>
      `| \`${name}\` | ${ARCHITECTURES.map((each) => byArchitecture.get(each) ?? '').join(' | ')} |`,
  );
  return `# Registers of the CUDA kernels

Registers a thread, by compute capability, as \`ptxas\` counts them; 4 where a kernel is empty, as such GPUs run another. None
spills. Made by \`node native/cmake/kernel-table.mjs --write\`; CI compiles every kernel for every architecture and
compares.

| kernel | ${ARCHITECTURES.map((each) => `sm_${each}`).join(' | ')} |
| --- | ${ARCHITECTURES.map(() => '---:').join(' | ')} |
${lines.join('\n')}
`;
}

function main() {
  const kernels = kernelFiles().flatMap(kernelsOf);
  const names = readable([...new Set(kernels.map((kernel) => kernel.symbol))]);
  const spilling = kernels.filter((kernel) => kernel.spilled > 0);
  for (const { symbol, architecture, spilled } of spilling)
    console.error(`${names.get(symbol)} spills ${spilled} bytes on sm_${architecture}`);
  const rows = new Map();
  for (const { symbol, architecture, registers } of kernels) {
    const name = names.get(symbol);
    if (!rows.has(name)) rows.set(name, new Map());
    const row = rows.get(name);
    row.set(architecture, Math.max(registers, row.get(architecture) ?? 0));
  }
  const text = render(new Map([...rows].sort(([a], [b]) => (a < b ? -1 : 1))));
  if (process.argv.includes('--write')) fs.writeFileSync(table, text);
  const isCurrent = fs.existsSync(table) && fs.readFileSync(table, 'utf8') === text;
  if (!isCurrent)
    console.error('docs/cuda-kernels.md is out of date; run npm run check:cuda -- --write');
  const unread = unreadCapabilities();
  for (const each of unread)
    console.error(`Kernels ask for capability ${each}, which READ_FOR of kernels.mjs lacks`);
  const failed = spilling.length + unread.length + (isCurrent ? 0 : 1);
  console.log(`CUDA: ${kernels.length} kernels compiled for ${ARCHITECTURES.length} architectures`);
  console.log(`${kernels.length} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}

main();
