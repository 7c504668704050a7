// Bundles everything TypeScript into dist/: the extension, the trainer, the command line, the pages and the
// experiment schemas. `node esbuild.mjs [--watch] [--sourcemaps]`. The addon is found at run time, never bundled.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, context } from 'esbuild';

const root = dirname(fileURLToPath(import.meta.url));
process.chdir(root);
const isWatching = process.argv.includes('--watch');
const sourcemap = isWatching || process.argv.includes('--sourcemaps');

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  // Names of classes and functions stay: they stand in logs and in error messages.
  keepNames: true,
  sourcemap,
  logLevel: 'warning',
};

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const hostBundle = JSON.parse(readFileSync('extension/hostBundle.json', 'utf8'));

// jsonc-parser's CommonJS build hides its parts from the bundler.
const node = {
  ...common,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  mainFields: ['module', 'main'],
  define: { 'process.env.ADAPTER_LAB_VERSION': JSON.stringify(version) },
  // Said once for the whole bundle; TypeScript's setting has it in each module.
  banner: { js: '"use strict";' },
  tsconfigRaw: { compilerOptions: { strict: false, alwaysStrict: false } },
};

const programs = [
  // Small counts more in the editor, whose errors tell their place by themselves. What stays outside is required, as a
  // CommonJS module finds its neighbours. test/unit/hostBundle.test.ts measures the same.
  {
    ...hostBundle,
    entry: hostBundle.entryPoints[0],
    keepNames: false,
    outfile: 'dist/extension.js',
  },
  // Loaded with the first experiment that is opened.
  {
    entry: 'extension/host/editor/experimentEditor.ts',
    keepNames: false,
    outfile: 'dist/experimentEditor.js',
    external: ['vscode'],
  },
  // Loaded with the first look at the playground.
  {
    entry: 'extension/host/playground/playgroundHost.ts',
    keepNames: false,
    outfile: 'dist/playgroundHost.js',
    external: ['vscode'],
  },
  // Loaded when answers are judged, or shown with what a judge wrote.
  {
    entry: 'extension/host/judge/judgingHost.ts',
    keepNames: false,
    outfile: 'dist/judgingHost.js',
    external: ['vscode'],
  },
  // Loaded when an assistant first calls a tool.
  {
    entry: 'extension/host/languageTools/languageTools.ts',
    keepNames: false,
    outfile: 'dist/languageTools.js',
    external: ['vscode'],
  },
  { entry: 'extension/trainer/main.ts', outfile: 'dist/trainer.js' },
  {
    entry: 'extension/cli/main.ts',
    outfile: 'dist/cli.js',
    external: ['./planCommand', './commands'],
    supported: { 'dynamic-import': false },
    banner: { js: '#!/usr/bin/env node\n"use strict";' },
  },
  { entry: 'extension/cli/commands.ts', outfile: 'dist/commands.js' },
  { entry: 'extension/cli/planCommand.ts', outfile: 'dist/planCommand.js' },
].filter(({ entry }) => existsSync(entry));

const settings = programs.map(({ entry, ...rest }) => ({ ...node, entryPoints: [entry], ...rest }));

const pages = existsSync('webview') ? readdirSync('webview', { withFileTypes: true }) : [];
const entryPoints = Object.fromEntries(
  pages
    .filter((page) => page.isDirectory() && existsSync(`webview/${page.name}/main.tsx`))
    .map((page) => [page.name, `webview/${page.name}/main.tsx`]),
);
if (Object.keys(entryPoints).length > 0) {
  const browser = {
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
    // One chart.js, whoever imports it.
    conditions: ['import'],
  };
  settings.push({ ...common, ...browser, entryPoints, outdir: 'dist/webview' });
}

/** Both derive from the one zod object: what a setting is, and how editors complete and explain it. */
async function writeSchemas() {
  const entry = 'extension/shared/editorSchema.ts';
  if (!existsSync(entry)) return;
  const module = join(tmpdir(), `adapter-lab-schema-${process.pid}.mjs`);
  try {
    await build({
      ...common,
      ...{ platform: 'node', format: 'esm', entryPoints: [entry], outfile: module },
      sourcemap: false,
    });
    const { editorSchema, experimentJsonSchema, taskEditorSchema, taskJsonSchema } = await import(
      pathToFileURL(module).href
    );
    const write = (file, schema) => {
      writeFileSync(file, `${JSON.stringify(schema, undefined, 2)}\n`);
    };
    write('dist/experiment.schema.json', experimentJsonSchema());
    write('dist/experiment.editor.schema.json', editorSchema());
    write('dist/task.schema.json', taskJsonSchema());
    write('dist/task.editor.schema.json', taskEditorSchema());
  } finally {
    rmSync(module, { force: true });
  }
}

mkdirSync('dist', { recursive: true });
await writeSchemas();
if (isWatching) {
  for (const one of settings) await (await context(one)).watch();
} else {
  await Promise.all(settings.map((one) => build(one)));
  if (existsSync('dist/cli.js')) chmodSync('dist/cli.js', 0o755);
}
