// Installs code-server, the real VS Code workbench and extension host as an npm package, and Chromium and
// ripgrep, where they are missing. Both stay outside the project: in ADAPTER_LAB_CACHE, or ~/.cache/adapter-lab.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** code-server 4.100.3 is VS Code 1.100.3, the oldest that package.json allows. */
const version = '4.100.3';
const chromium = {
  name: 'Chromium (or set ADAPTER_LAB_CHROMIUM to its path)',
  paths: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  packages: ['chromium', 'fonts-dejavu-core'],
};
const ripgrep = { name: 'ripgrep', paths: ['/usr/bin/rg'], packages: ['ripgrep'] };

/** @returns {string} the server's entry module */
export function installCodeServer() {
  const cache = process.env.ADAPTER_LAB_CACHE ?? join(homedir(), '.cache', 'adapter-lab');
  const folder = join(cache, `code-server-${version}`);
  const server = join(folder, 'node_modules', 'code-server');
  const entry = join(server, 'out', 'node', 'entry.js');
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return entry;

  console.log(`Installing code-server ${version} into ${folder} (about two minutes, 300 MB)`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  // Its own post-install refuses to run as root, and lets npm build modules that are not needed.
  npm(folder, 'install', `code-server@${version}`, '--ignore-scripts');
  npm(folder, 'rebuild', 'argon2');
  const workbench = join(server, 'lib', 'vscode');
  npm(workbench, 'install', '--omit=dev', '--ignore-scripts');
  npm(workbench, 'rebuild', '@vscode/spdlog', 'native-watchdog', 'node-pty');
  // The package of the file search would download its binary: it gets the system's.
  const search = join(workbench, 'node_modules', '@vscode', 'ripgrep', 'bin');
  mkdirSync(search, { recursive: true });
  symlinkSync(systemProgram(ripgrep), join(search, 'rg'));
  writeFileSync(complete, '');
  return entry;
}

/** @returns {string} path of a Chromium; installed with apt when there is none and this is root */
export function installChromium() {
  return process.env.ADAPTER_LAB_CHROMIUM ?? systemProgram(chromium);
}

/** The first of the paths that is there; the package that brings it is installed where that is possible. */
function systemProgram({ name, paths, packages }) {
  const found = () => paths.find((path) => existsSync(path));
  const present = found();
  if (present !== undefined) return present;
  if (process.getuid?.() !== 0)
    throw new Error(`${name} is missing: install it and run this again.`);
  console.log(`Installing ${name} with apt-get`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'], env };
  execFileSync('apt-get', ['update', '-q'], quiet);
  execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], quiet);
  const installed = found();
  if (installed === undefined) throw new Error(`${name} is missing: apt-get did not bring it.`);
  return installed;
}

function npm(folder, ...parameters) {
  // node-pty's post-install asks npx for node-gyp: answer it.
  const env = { ...process.env, npm_config_yes: 'true' };
  const all = [...parameters, '--no-audit', '--no-fund'];
  execFileSync('npm', all, { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  console.log(installCodeServer());
  console.log(installChromium());
}
