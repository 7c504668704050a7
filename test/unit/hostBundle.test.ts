// What a window loads of us: guarded by size and by module, since neither varies with how busy a machine is.
import { readFileSync } from 'node:fs';
import { build, type BuildOptions, type Metafile } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';

const largestBytes = 300_000;
const entry = 'extension/extension.ts';
/** By which esbuild.mjs makes it. */
const settings = JSON.parse(readFileSync('extension/hostBundle.json', 'utf8')) as BuildOptions;

describe('the host bundle', () => {
  let metafile: Metafile;
  let bytes = 0;

  beforeAll(async () => {
    const result = await build({
      ...settings,
      metafile: true,
      write: false,
      logLevel: 'silent',
    });
    metafile = result.metafile;
    bytes = result.outputFiles[0]?.contents.length ?? 0;
  });

  it('is small', () => {
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes, largestInputs(metafile)).toBeLessThanOrEqual(largestBytes);
  });

  it('evaluates no package at activation', () => {
    expect([...atActivation(metafile)].filter((path) => path.includes('node_modules'))).toEqual([]);
  });

  it('holds nothing that draws pages', () => {
    const drawing = /^webview\/|node_modules\/(chart\.js|preact|@vscode\/webview-ui-toolkit)\//;
    expect(Object.keys(metafile.inputs).filter((path) => drawing.test(path))).toEqual([]);
  });
});

/** What the entry imports, and what that imports, dynamic imports left out: they wait until they are called. */
function atActivation({ inputs }: Metafile): Set<string> {
  const reached = new Set<string>([entry]);
  for (const path of reached) {
    for (const { kind, path: imported, external } of inputs[path]?.imports ?? []) {
      if (kind !== 'dynamic-import' && external !== true) reached.add(imported);
    }
  }
  return reached;
}

function largestInputs({ outputs }: Metafile): string {
  const [output] = Object.values(outputs);
  return Object.entries(output?.inputs ?? {})
    .sort(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput)
    .slice(0, 12)
    .map(([path, { bytesInOutput }]) => `${bytesInOutput} ${path}`)
    .join('\n');
}
