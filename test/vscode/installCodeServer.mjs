// Installs code-server, the real VS Code workbench and extension host as an npm package, and Chromium and
// ripgrep, where they are missing. All stay outside the project: in ADAPTER_LAB_CACHE, or ~/.cache/adapter-lab.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Versions of VS Code that the suite runs in, the oldest that package.json allows first. One that wants a newer
 * Node brings it along; since 1.120 or so a server runs tests only when it is told that it may.
 */
const editors = {
  '1.100': { codeServer: '4.100.3', flags: [] },
  1.139: {
    codeServer: '4.139.1',
    node: '24',
    flags: ['--vscode-option', 'enable-smoke-test-driver'],
  },
};
export const editorVersions = Object.keys(editors);

const chromium = {
  name: 'Chromium (or set ADAPTER_LAB_CHROMIUM to its path)',
  paths: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  packages: ['chromium', 'fonts-dejavu-core'],
};
const ripgrep = { name: 'ripgrep', paths: ['/usr/bin/rg'], packages: ['ripgrep'] };

/** @returns {{node: string, entry: string, flags: string[]}} how to start the server of this VS Code */
export function installCodeServer(version = editorVersions[0]) {
  const editor = editors[version];
  if (editor === undefined) {
    throw new Error(`There is no recipe for VS Code ${version}: ${editorVersions.join(', ')}.`);
  }
  const { codeServer, node, flags } = editor;
  const cache = process.env.ADAPTER_LAB_CACHE ?? join(homedir(), '.cache', 'adapter-lab');
  const folder = join(cache, `code-server-${codeServer}`);
  const server = join(folder, 'node_modules', 'code-server');
  const program = {
    node: node === undefined ? process.execPath : join(folder, 'node_modules', '.bin', 'node'),
    entry: join(server, 'out', 'node', 'entry.js'),
    flags,
  };
  if (existsSync(join(folder, 'complete'))) return program;

  console.log(`Installing code-server ${codeServer} into ${folder} (two minutes, 300 to 600 MB)`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  if (node !== undefined) npm(folder, process.execPath, 'install', `node@${node}`);
  // Its own post-install refuses to run as root, and lets npm build modules that are not needed.
  npm(folder, program.node, 'install', `code-server@${codeServer}`, '--ignore-scripts');
  npm(folder, program.node, 'rebuild', 'argon2');
  const workbench = join(server, 'lib', 'vscode');
  npm(workbench, program.node, 'install', '--omit=dev', '--ignore-scripts');
  npm(workbench, program.node, 'rebuild', '@vscode/spdlog', 'native-watchdog', 'node-pty');
  linkSearch(workbench);
  writeFileSync(join(folder, 'complete'), '');
  return program;
}

/** The older package of the file search would download its binary: it gets the system's. */
function linkSearch(workbench) {
  const packages = join(workbench, 'node_modules', '@vscode');
  if (existsSync(join(packages, 'ripgrep-universal'))) return;
  const search = join(packages, 'ripgrep', 'bin');
  mkdirSync(search, { recursive: true });
  symlinkSync(systemProgram(ripgrep), join(search, 'rg'));
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

/** npm under the Node that will load what it builds. */
function npm(folder, node, ...parameters) {
  const path = `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`;
  // node-pty's post-install asks npx for node-gyp: answer it.
  const env = { ...process.env, PATH: path, npm_config_yes: 'true' };
  const all = [...parameters, '--no-audit', '--no-fund'];
  execFileSync('npm', all, { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const version of editorVersions) console.log(installCodeServer(version).entry);
  console.log(installChromium());
}
