// The bundle of judging (esbuild.mjs), loaded when somebody first wants it.
export function loadJudging(): Promise<typeof import('./judgingHost')> {
  return import('./judgingHost');
}
