// Makes build/onednn/{include,lib} from PyPI's oneDNN wheels: one shared library for x86-64 Linux
// with its headers, and the compiler's libgomp beside it so that the addon can be shipped whole.
// Does nothing when they are there. Usage: node native/cmake/fetch-onednn.mjs
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSION = '2023.2.0'; // oneDNN 3.2
const WHEELS = [
  {
    name: 'onednn-cpu-gomp',
    sha256: '2f22a54d6a890ed14bfa185d42a4be65d8b5b1df85dc1f0f3a9abe31620416fb',
  },
  {
    name: 'onednn-devel-cpu-gomp',
    sha256: '9763c69e8c907e119056bd52ad918ca84ac9ba939d130a99dfa95ccca3e5e284',
  },
];

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const target = path.join(root, 'build', 'onednn');

class FetchError extends Error {}

function succeeds(command, args) {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function requirePip() {
  if (succeeds('python3', ['-m', 'pip', '--version'])) return;
  const asRoot = process.getuid?.() === 0;
  if (asRoot && succeeds('apt-get', ['--version'])) {
    succeeds('apt-get', ['update']);
    succeeds('apt-get', ['install', '-y', '--no-install-recommends', 'python3-pip']);
    if (succeeds('python3', ['-m', 'pip', '--version'])) return;
  }
  throw new FetchError(
    'The build needs python3 with pip to fetch oneDNN; install it (Debian and Ubuntu: apt-get install python3-pip) and build again.',
  );
}

/** Downloads one wheel into `folder`, checks it and unpacks it there. */
function unpackWheel(wheel, folder) {
  const download = path.join(folder, wheel.name);
  const requirement = `${wheel.name}==${VERSION}`;
  const args = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', download, requirement];
  try {
    execFileSync('python3', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  } catch {
    throw new FetchError(
      `pip could not download ${requirement}; check the network or pip's index setting.`,
    );
  }
  const [file] = fs.readdirSync(download);
  const wheelFile = path.join(download, file);
  const sha256 = createHash('sha256').update(fs.readFileSync(wheelFile)).digest('hex');
  if (sha256 !== wheel.sha256) {
    throw new FetchError(
      `${file} has SHA-256 ${sha256} where ${wheel.sha256} was expected; it was not used.`,
    );
  }
  execFileSync('python3', ['-m', 'zipfile', '-e', wheelFile, folder]);
}

/** The data folder of an unpacked wheel, e.g. onednn_cpu_gomp-2023.2.0.data/data. */
function dataFolder(wheel, folder) {
  return path.join(folder, `${wheel.name.replaceAll('-', '_')}-${VERSION}.data`, 'data');
}

/** The compiler's own libgomp.so.1, which libdnnl loads at run time. */
function findLibgomp() {
  for (const compiler of [process.env.CC, 'gcc', 'cc', 'g++', 'clang'].filter(Boolean)) {
    try {
      const found = execFileSync(compiler, ['-print-file-name=libgomp.so.1'], {
        encoding: 'utf8',
      }).trim();
      if (path.isAbsolute(found)) return fs.realpathSync(found);
    } catch {
      // The next compiler may be there.
    }
  }
  throw new FetchError(
    'libgomp.so.1 was not found through the C compiler; install one (Debian and Ubuntu: apt-get install g++) and build again.',
  );
}

function assemble(unpacked, staged) {
  const [library, headers] = WHEELS;
  const lib = path.join(staged, 'lib');
  fs.mkdirSync(lib, { recursive: true });
  fs.copyFileSync(
    path.join(dataFolder(library, unpacked), 'lib', 'libdnnl.so.3'),
    path.join(lib, 'libdnnl.so.3'),
  );
  fs.symlinkSync('libdnnl.so.3', path.join(lib, 'libdnnl.so'));
  fs.copyFileSync(findLibgomp(), path.join(lib, 'libgomp.so.1'));
  fs.cpSync(path.join(dataFolder(headers, unpacked), 'include'), path.join(staged, 'include'), {
    recursive: true,
  });
  const licenses = path.join(dataFolder(library, unpacked), 'share', 'doc', 'onednn');
  fs.cpSync(licenses, path.join(staged, 'licenses'), { recursive: true });
}

function main() {
  const made = [
    'lib/libdnnl.so.3',
    'lib/libdnnl.so',
    'lib/libgomp.so.1',
    'include/oneapi/dnnl/dnnl.h',
  ];
  if (made.every((file) => fs.existsSync(path.join(target, file)))) return;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new FetchError(
      `oneDNN is fetched for Linux on x86-64 only, not for ${process.platform} on ${process.arch}.`,
    );
  }
  requirePip();
  const unpacked = fs.mkdtempSync(path.join(os.tmpdir(), 'adapter-lab-onednn-'));
  const staged = `${target}.${String(process.pid)}`;
  try {
    console.log(`Fetching oneDNN ${VERSION} from PyPI`);
    for (const wheel of WHEELS) unpackWheel(wheel, unpacked);
    fs.rmSync(staged, { recursive: true, force: true });
    assemble(unpacked, staged);
    fs.rmSync(target, { recursive: true, force: true });
    fs.renameSync(staged, target);
  } finally {
    fs.rmSync(unpacked, { recursive: true, force: true });
    fs.rmSync(staged, { recursive: true, force: true });
  }
}

try {
  main();
} catch (error) {
  if (!(error instanceof FetchError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
