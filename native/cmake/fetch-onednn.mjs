// Makes build/onednn/{include,lib} from PyPI's oneDNN wheels: one shared library for x86-64 Linux
// with its headers, and the compiler's libgomp beside it so that the addon can be shipped whole.
// Does nothing when they are there. Usage: node native/cmake/fetch-onednn.mjs
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { FetchError, fetchInto, root } from './wheels.mjs';

const version = '2023.2.0'; // oneDNN 3.2
const WHEELS = [
  {
    name: 'onednn-cpu-gomp',
    version,
    sha256: '2f22a54d6a890ed14bfa185d42a4be65d8b5b1df85dc1f0f3a9abe31620416fb',
  },
  {
    name: 'onednn-devel-cpu-gomp',
    version,
    sha256: '9763c69e8c907e119056bd52ad918ca84ac9ba939d130a99dfa95ccca3e5e284',
  },
];

/** The data folder of an unpacked wheel, e.g. onednn_cpu_gomp-2023.2.0.data/data. */
function dataFolder(wheel, folder) {
  return path.join(folder, `${wheel.name.replaceAll('-', '_')}-${wheel.version}.data`, 'data');
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

fetchInto({
  title: `oneDNN ${version}`,
  target: path.join(root, 'build', 'onednn'),
  made: ['lib/libdnnl.so.3', 'lib/libdnnl.so', 'lib/libgomp.so.1', 'include/oneapi/dnnl/dnnl.h'],
  wheels: WHEELS,
  assemble,
});
