// The licences of everything that is in the package and not ours: what the bundler took from node_modules,
// and the GNU runtime libraries.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './bundleSuite.mjs';

const programs = ['extension/extension.ts', 'extension/trainer/main.ts', 'extension/cli/main.ts'];
const line = '='.repeat(100);

const gnuRuntime = `The parts of libstdc++ and libgcc linked into the addons are parts of GCC, Copyright (C) Free Software
Foundation, Inc. They are licensed under the GNU General Public License, version 3 (https://www.gnu.org/licenses/gpl-3.0),
with the GCC Runtime Library Exception, version 3.1 (https://www.gnu.org/licenses/gcc-exception-3.1), which
permits to distribute them with programs under other licences. Their source is at https://gcc.gnu.org.`;

/** @returns {Promise<string>} the text of ThirdPartyNotices.txt */
export async function thirdPartyNotices() {
  const sections = (await bundledPackages()).map((name) => packageSection(name));
  sections.push({ title: 'GNU runtime libraries', text: gnuRuntime });
  const intro = 'Adapter Lab contains the following works of others, under their own licences.';
  const parts = sections.map(({ title, text }) => `${line}\n${title}\n${line}\n\n${text.trim()}`);
  return `${[intro, ...parts].join('\n\n')}\n`;
}

async function bundledPackages() {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: programs,
    outdir: 'unwritten',
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    external: ['vscode'],
  });
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const names = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1])
    .filter((name) => name !== undefined);
  return [...new Set(names)].sort();
}

function packageSection(name) {
  const folder = join(root, 'node_modules', name);
  const { version, license, homepage } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const file = readdirSync(folder).find((one) => /^licen[cs]e(\.(md|txt))?$/i.test(one));
  const title = `${name} ${version} (${license})${homepage === undefined ? '' : ` ${homepage}`}`;
  if (file !== undefined) return { title, text: readFileSync(join(folder, file), 'utf8') };
  if (license !== 'Apache-2.0' || !existsSync(join(root, 'LICENSE'))) {
    throw new Error(`${name} is bundled and brings no licence text.`);
  }
  return { title, text: 'Apache License, Version 2.0: see the file LICENSE of this package.' };
}
