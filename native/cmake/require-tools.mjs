// Checks that CMake, make and a C++ compiler are there; installs them with apt-get when run as root, names them
// otherwise. Usage: node native/cmake/require-tools.mjs
import { spawnSync } from 'node:child_process';

const TOOLS = [
  { commands: ['cmake'], packages: ['cmake'] },
  { commands: ['make'], packages: ['make'] },
  { commands: [process.env.CXX, 'c++', 'g++', 'clang++'].filter(Boolean), packages: ['g++'] },
];

function runs(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

function missingPackages() {
  return TOOLS.filter((tool) => !tool.commands.some(runs)).flatMap((tool) => tool.packages);
}

let missing = missingPackages();
if (missing.length > 0 && process.getuid?.() === 0 && runs('apt-get')) {
  console.log(`Installing ${missing.join(', ')}`);
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], {
    stdio: 'inherit',
  });
  missing = missingPackages();
}
if (missing.length > 0) {
  const list = missing.join(' ');
  console.error(
    `The build of the native part needs ${missing.join(', ')}; install it (Debian and Ubuntu: apt-get install ${list}) and build again.`,
  );
  process.exitCode = 1;
}
