// Installs code-server, the real VS Code workbench and extension host as an npm package, and Chromium, where
// they are missing. Both stay outside the project: in ADAPTER_LAB_CACHE, or ~/.cache/adapter-lab.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** code-server 4.100.3 is VS Code 1.100.3, the oldest that package.json allows. */
const version = '4.100.3';
const chromiumPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

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
  writeFileSync(complete, '');
  return entry;
}

/** @returns {string} path of a Chromium; installed with apt when there is none and this is root */
export function installChromium() {
  const given = process.env.ADAPTER_LAB_CHROMIUM;
  if (given !== undefined) return given;
  const found = chromiumPaths.find((path) => existsSync(path));
  if (found !== undefined) return found;
  if (process.getuid?.() !== 0) {
    throw new Error('Chromium is missing: install it, or set ADAPTER_LAB_CHROMIUM to its path.');
  }
  console.log('Installing Chromium with apt-get');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'], env };
  execFileSync('apt-get', ['update', '-q'], quiet);
  const packages = ['chromium', 'fonts-dejavu-core'];
  execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], quiet);
  return installChromium();
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
