// Makes the package for one platform: stages the addons, writes the licences of others, packs.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './bundleSuite.mjs';
import { thirdPartyNotices } from './thirdPartyNotices.mjs';

export const target = 'linux-x64';
const staged = {
  'adapter_lab_cpu.node': 'build/Release/adapter_lab_cpu.node',
  'adapter_lab_cuda.node': 'build/Release/adapter_lab_cuda.node',
};

export function vsixPath() {
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return join(root, `${name}-${target}-${version}.vsix`);
}

export async function packageVsix() {
  stageNative();
  writeFileSync(join(root, 'dist', 'ThirdPartyNotices.txt'), await thirdPartyNotices());
  const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const out = vsixPath();
  const parameters = ['package', '--target', target, '--no-dependencies', '--out', out];
  execFileSync(process.execPath, [vsce, ...parameters], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return out;
}

function stageNative() {
  const folder = join(root, 'dist', 'native', target);
  rmSync(join(root, 'dist', 'native'), { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, source] of Object.entries(staged)) {
    const file = join(root, source);
    if (!existsSync(file))
      throw new Error(
        `${source} is missing: run npm run build:native and npm run build:cuda first.`,
      );
    copyFileSync(file, join(folder, name));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(await packageVsix());
