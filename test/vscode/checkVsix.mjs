// Checks the package: exactly the files that belong in it, its size, and that the addon in it loads on a
// machine that has neither a compiler nor our build folder.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { root } from './bundleSuite.mjs';
import { target, vsixPath } from './packageVsix.mjs';

const largestMb = 60;
const addons = ['adapter_lab_cpu.node', 'adapter_lab_cuda.node'];
const native = `extension/dist/native/${target}`;
const systemLibraries = /^(linux-vdso|ld-linux-x86-64|lib(c|m|pthread|dl|rt|stdc\+\+|gcc_s))\.so/;

const vsix = vsixPath();
const folder = mkdtempSync(join(tmpdir(), 'adapter-lab-vsix-'));
try {
  execFileSync('python3', ['-m', 'zipfile', '-e', vsix, folder]);
  checkFiles();
  for (const name of addons) checkAddon(name);
  checkCli();
  const sizeMb = statSync(vsix).size / 1e6;
  if (sizeMb > largestMb) fail(`it has ${sizeMb.toFixed(1)} MB, more than ${largestMb}`);
  console.log(`${relative(root, vsix)}: ${sizeMb.toFixed(1)} MB, contents as they should be`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Every folder of webview/ that has a main.tsx is a page. */
function pageNames() {
  return readdirSync(join(root, 'webview')).filter((name) =>
    existsSync(join(root, 'webview', name, 'main.tsx')),
  );
}

function checkFiles() {
  const starter = filesIn(join(root, 'media', 'starter')).map(
    (name) => `extension/media/starter/${name}`,
  );
  const icons = filesIn(join(root, 'media', 'icons')).map(
    (name) => `extension/media/icons/${name}`,
  );
  const translations = filesIn(join(root, 'media', 'l10n')).map(
    (name) => `extension/media/l10n/${name}`,
  );
  const walkthrough = filesIn(join(root, 'media', 'walkthrough')).map(
    (name) => `extension/media/walkthrough/${name}`,
  );
  const pages = pageNames().flatMap((page) => [`${page}.js`, `${page}.css`]);
  const expected = new Set([
    '[Content_Types].xml',
    'extension.vsixmanifest',
    'extension/LICENSE.txt',
    'extension/changelog.md',
    'extension/package.json',
    'extension/package.nls.json',
    'extension/readme.md',
    'extension/dist/ThirdPartyNotices.txt',
    'extension/dist/cli.js',
    'extension/dist/commands.js',
    'extension/dist/experiment.editor.schema.json',
    'extension/dist/task.editor.schema.json',
    'extension/dist/task.schema.json',
    'extension/dist/experiment.schema.json',
    'extension/dist/experimentEditor.js',
    'extension/dist/extension.js',
    'extension/dist/judgingHost.js',
    'extension/dist/languageTools.js',
    'extension/dist/planCommand.js',
    'extension/dist/playgroundHost.js',
    'extension/dist/trainer.js',
    ...['codicon.ttf', ...pages].map((name) => `extension/dist/webview/${name}`),
    ...icons,
    ...addons.map((name) => `${native}/${name}`),
    'extension/media/activity-bar.svg',
    'extension/media/icon.png',
    ...translations,
    ...walkthrough,
    'extension/media/slopes.svg',
    ...starter,
  ]);
  if (starter.length === 0) fail('media/starter is empty');
  const present = filesIn(folder);
  const missing = [...expected].filter((name) => !present.includes(name));
  const surplus = present.filter((name) => !expected.has(name));
  if (missing.length > 0) fail(`it lacks ${missing.join(', ')}`);
  if (surplus.length > 0) fail(`it holds ${surplus.join(', ')}, which does not belong in it`);
}

/** Every library is one that each Linux with VS Code has: no driver, no CUDA. */
function checkAddon(name) {
  const addon = join(folder, native, name);
  const libraries = execFileSync('env', ['-i', '/usr/bin/ldd', addon], { encoding: 'utf8' });
  for (const line of libraries.trim().split('\n')) {
    const [library = ''] = line.trim().split(' ');
    if (!systemLibraries.test(library.split('/').at(-1))) fail(`its ${name} wants ${line.trim()}`);
  }
}

function checkCli() {
  const cli = join(folder, 'extension', 'dist', 'cli.js');
  const options = { encoding: 'utf8', cwd: folder };
  const node = [process.execPath, cli, 'devices', '--json'];
  const answer = JSON.parse(execFileSync('env', ['-i', ...node], options));
  const cpu = answer.devices.find(({ kind }) => kind === 'cpu');
  if (cpu?.usable !== true) fail(`its addon does not load: ${cpu?.reason}`);
  // The one for GPUs loads without a driver too, and says what is missing.
  const gpu = answer.devices.find(({ kind }) => kind === 'cuda');
  if (gpu === undefined || /addon|process that looked/.test(gpu.reason))
    fail(`its addon for GPUs does not load: ${gpu?.reason}`);
}

function filesIn(top) {
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(top, join(entry.parentPath, entry.name)));
}

function fail(problem) {
  throw new Error(`The package is not right: ${problem}.`);
}
