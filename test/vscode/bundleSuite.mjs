// Bundles the suite into dist/test: one module a file, Mocha and VS Code left outside.
import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export async function bundleSuite() {
  const suite = join(root, 'test', 'vscode', 'suite');
  const outdir = join(root, 'dist', 'test');
  rmSync(outdir, { recursive: true, force: true });
  await build({
    entryPoints: readdirSync(suite)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(suite, name)),
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // jsonc-parser's CommonJS build hides its parts from bundlers.
    mainFields: ['module', 'main'],
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  return outdir;
}
