// Compiles one file of CUDA kernels for every architecture, unless the object was made of the same text by the same
// compiler. Writes OBJECT, OBJECT.d (its headers, for CMake) and OBJECT.ptxas (registers and spills, for kernel-table.mjs);
// build trees share them, so that kernels, which take minutes, are compiled once. CMake calls it (native/cmake/cuda.cmake).
// Usage: node native/cmake/compile-kernel.mjs NVCC SOURCE OBJECT
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { flags } from './kernels.mjs';
import { root } from './wheels.mjs';

const [nvcc, source, object] = process.argv.slice(2);
const record = `${object}.json`;

function sha256(data) {
  return createHash('sha256').update(data).digest('hex');
}

/** What the object depends on beside files of the project; the same wherever the project lies. */
function compilerKey() {
  const host = execFileSync(process.env.NVCC_CCBIN ?? 'g++', ['--version'], { encoding: 'utf8' });
  const device = execFileSync(nvcc, ['--version'], { encoding: 'utf8' });
  return sha256(JSON.stringify([flags, host, device]));
}

/** { file: hash } of the files that the object was made of; undefined when it has to be made. */
function currentFiles(key) {
  if (!fs.existsSync(object) || !fs.existsSync(`${object}.ptxas`)) return undefined;
  try {
    const made = JSON.parse(fs.readFileSync(record, 'utf8'));
    const isCurrent = ([file, hash]) => sha256(fs.readFileSync(path.join(root, file))) === hash;
    return made.key === key && Object.entries(made.files).every(isCurrent) ? made.files : undefined;
  } catch {
    return undefined; // of a header that is gone, or of an unfinished write
  }
}

/** Of the project, as the compiler told in make's own words. */
function filesRead(dependencies) {
  const [, list = ''] = dependencies.split(/:\s/, 2);
  return list
    .replaceAll('\\\n', ' ')
    .split(/\s+/)
    .map((file) => path.relative(root, path.resolve(root, file)))
    .filter((file) => file.startsWith('native/'));
}

function compile(key) {
  fs.mkdirSync(path.dirname(object), { recursive: true });
  const made = `${object}.${String(process.pid)}`;
  const dependencies = `${made}.d`;
  const parameters = ['-MMD', '-MF', dependencies, '-c', path.relative(root, source), '-o', made];
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 };
  const { status, stderr } = spawnSync(nvcc, [...flags, ...parameters], options);
  if (status !== 0) {
    console.error(stderr);
    for (const file of [made, dependencies]) fs.rmSync(file, { force: true });
    process.exit(1);
  }
  const read = filesRead(fs.readFileSync(dependencies, 'utf8'));
  fs.rmSync(dependencies);
  const files = Object.fromEntries(
    read.map((file) => [file, sha256(fs.readFileSync(path.join(root, file)))]),
  );
  fs.writeFileSync(`${object}.ptxas`, stderr);
  fs.renameSync(made, object);
  fs.writeFileSync(record, JSON.stringify({ key, files }));
  return files;
}

const key = compilerKey();
const files = currentFiles(key) ?? compile(key);
const now = new Date();
fs.utimesSync(object, now, now);
const read = Object.keys(files).map((file) => path.join(root, file));
fs.writeFileSync(`${object}.d`, `${object}: ${read.join(' ')}\n`);
