// The playground's own bundle (esbuild.mjs), loaded when somebody first wants it.
export function loadPlayground(): Promise<typeof import('./playgroundHost')> {
  return import('./playgroundHost');
}
