// Where cuBLASLt may lie: CUDA's own folders, pip's and conda's packages, and what the user names.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';

export const libraryName = 'libcublasLt.so';
/** The version whose interface the addon calls. */
export const wantedMajor = 13;

type Environment = Readonly<Record<string, string | undefined>>;

/** In the order in which they are tried. Of a folder that is named, nothing else is. */
export function cublasLtFiles(named: string | undefined, places: readonly string[]): string[] {
  const folders = named === undefined ? places : [named, join(named, 'lib64'), join(named, 'lib')];
  if (named !== undefined && isFile(named)) return [named];
  return [...new Set(folders.flatMap(librariesIn))];
}

/** Folders of this machine. */
export function usualPlaces(environment: Environment, home = homedir()): string[] {
  const { LD_LIBRARY_PATH = '', CUDA_PATH, CUDA_HOME, VIRTUAL_ENV, CONDA_PREFIX } = environment;
  const isGiven = (folder: string | undefined): folder is string => Boolean(folder);
  const toolkits = [CUDA_PATH, CUDA_HOME, '/usr/local/cuda', ...within('/usr/local', /^cuda-13/)];
  const pythons = [VIRTUAL_ENV, CONDA_PREFIX, join(home, '.local'), '/usr/local', '/usr'];
  return [
    ...LD_LIBRARY_PATH.split(':').filter(isGiven),
    ...toolkits.filter(isGiven).map((folder) => join(folder, 'lib64')),
    ...pythons.filter(isGiven).flatMap(pythonPackages),
    ...[CONDA_PREFIX].filter(isGiven).map((folder) => join(folder, 'lib')),
    ...['/usr/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib'],
  ];
}

/** Folders of NVIDIA's packages for pip: nvidia/cu13/lib, before CUDA 13 nvidia/cublas/lib. */
function pythonPackages(prefix: string): string[] {
  return within(join(prefix, 'lib'), /^python3/)
    .flatMap((python) => ['site-packages', 'dist-packages'].map((name) => join(python, name)))
    .flatMap((packages) => ['cu13', 'cublas'].map((name) => join(packages, 'nvidia', name, 'lib')));
}

/** The wanted version before others, which are looked at to tell that they are there. */
function librariesIn(folder: string): string[] {
  const found = within(folder, /^libcublasLt\.so\.\d+$/);
  const isWanted = (file: string): boolean => basename(file) === `${libraryName}.${wantedMajor}`;
  return [...found.filter(isWanted), ...found.filter((file) => !isWanted(file))];
}

function within(folder: string, name: RegExp): string[] {
  try {
    return readdirSync(folder)
      .filter((entry) => name.test(entry))
      .sort()
      .map((entry) => join(folder, entry));
  } catch {
    return [];
  }
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
