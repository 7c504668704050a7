import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with the plain line that continuous integration counts. */
class PlainCount implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    let passed = 0;
    let failed = 0;
    for (const module of modules) {
      if (module.state() === 'failed' && module.errors().length > 0) failed += 1;
      for (const test of module.children.allTests()) {
        if (test.result().state === 'passed') passed += 1;
        else failed += 1;
      }
    }
    console.log(`\n${passed} passed, ${failed} failed`);
  }
}

export default defineConfig({
  test: {
    globalSetup: join(import.meta.dirname, 'test/temporaryFolder.ts'),
    include: ['test/{unit,webview,golden,headless}/**/*.test.{ts,tsx}'],
    reporters: ['default', new PlainCount()],
    testTimeout: 120_000,
    // Native suites compute on every core, and more files at a time would only slow each other down.
    maxWorkers: 2,
    passWithNoTests: false,
  },
});
