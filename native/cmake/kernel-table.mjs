// Compiles every CUDA kernel for every architecture and tells what each takes: docs/cuda-kernels.md is the table. A kernel that
// spills registers fails, and so does a table that is out of date.
// Usage: node native/cmake/kernel-table.mjs [--write]
import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { root } from './wheels.mjs';

const run = promisify(execFile);
const ARCHITECTURES = ['75', '80', '86', '89', '90', '100', '120'];
const table = path.join(root, 'docs', 'cuda-kernels.md');
const nvcc = path.join(root, 'build', 'cuda', 'bin', 'nvcc');

function kernelFiles() {
  const folders = ['native/cuda', 'native/cuda/nvidia'];
  return folders.flatMap((folder) =>
    fs
      .readdirSync(path.join(root, folder))
      .filter((file) => file.endsWith('.cu'))
      .map((file) => `${folder}/${file}`),
  );
}

/** What ptxas says of a file's kernels: [{ symbol, architecture, registers, spilled }]. */
async function compile(file) {
  const flags = ['-std=c++20', '-O3', '--expt-relaxed-constexpr', '-Xptxas', '-v', '-I', 'native'];
  flags.push('-Xcompiler', '-Wall,-Wextra', '--Werror', 'all-warnings');
  for (const architecture of ARCHITECTURES)
    flags.push('-gencode', `arch=compute_${architecture},code=sm_${architecture}`);
  const latest = ARCHITECTURES.at(-1);
  flags.push('-gencode', `arch=compute_${latest},code=compute_${latest}`);
  const object = path.join(
    os.tmpdir(),
    `adapter-lab-${String(process.pid)}-${path.basename(file)}.o`,
  );
  try {
    const { stderr } = await run(nvcc, [...flags, '-c', file, '-o', object], {
      cwd: root,
      maxBuffer: 64 << 20,
    });
    return parse(stderr);
  } catch (error) {
    throw new Error(`${file} does not compile:\n${error.stderr ?? error.message}`);
  } finally {
    fs.rmSync(object, { force: true });
  }
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
async function readable(symbols) {
  const names = (await run('c++filt', symbols)).stdout.trim().split('\n');
  return new Map(symbols.map((symbol, i) => [symbol, shorten(names[i] ?? symbol)]));
}

function shorten(name) {
  return name
    .replace(/adapter_lab::|gpu::|\(anonymous namespace\)::|_GLOBAL__N__\w+::/g, '')
    .replace(/^void /, '')
    .replace(/\(.*$/, '')
    .replace(/\s+/g, ' ');
}

function render(rows) {
  const lines = [...rows].map(
    ([name, byArchitecture]) =>
      `| \`${name}\` | ${ARCHITECTURES.map((each) => byArchitecture.get(each) ?? '').join(' | ')} |`,
  );
  return `# Registers of the CUDA kernels

Registers a thread, by compute capability, as \`ptxas\` counts them. None spills. Made by
\`node native/cmake/kernel-table.mjs --write\`; CI compiles every kernel for every architecture and compares.

| kernel | ${ARCHITECTURES.map((each) => `sm_${each}`).join(' | ')} |
| --- | ${ARCHITECTURES.map(() => '---:').join(' | ')} |
${lines.join('\n')}
`;
}

/** Runs `work` on all files, as many at a time as there are cores. */
async function eachFile(files, work) {
  const waiting = [...files];
  const results = [];
  await Promise.all(
    os.cpus().map(async () => {
      for (let file = waiting.shift(); file; file = waiting.shift())
        results.push(...(await work(file)));
    }),
  );
  return results;
}

async function main() {
  const kernels = await eachFile(kernelFiles(), compile);
  const names = await readable([...new Set(kernels.map((kernel) => kernel.symbol))]);
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
    console.error(
      'docs/cuda-kernels.md is out of date; run node native/cmake/kernel-table.mjs --write',
    );
  const failed = spilling.length + (isCurrent ? 0 : 1);
  console.log(`CUDA: ${kernels.length} kernels compiled for ${ARCHITECTURES.length} architectures`);
  console.log(`${kernels.length} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}

await main();
