// Experiments that a user writes after the starter.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'jsonc-parser';
import { root } from '../../vscode/bundleSuite.mjs';

export const starterFile = readdirSync(join(root, 'media', 'starter')).find((name) =>
  name.endsWith('.experiment.json'),
);

/** An experiment beside the starter's, one run unless `settings` have a grid. */
export function writeVariant(workspace, name, settings) {
  const folder = join(workspace, 'adapter-lab-starter');
  const { grid: _, ...starter } = parse(readFileSync(join(folder, starterFile), 'utf8'));
  const text = JSON.stringify({ ...starter, name, ...settings }, undefined, 2);
  writeFileSync(join(folder, `${name}.experiment.json`), `${text}\n`);
}
