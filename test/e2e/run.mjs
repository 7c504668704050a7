// Takes walks through a real VS Code in a browser, one after another: `node test/e2e/run.mjs journey pages ...`.
// A walk is a module beside this one: how its session starts, and its steps, each standing on those before it unless
// it says that they are independent.
import { join } from 'node:path';
import { pictures, Session } from './session.mjs';

const names = process.argv.slice(2);
let passed = 0;
let failed = 0;
for (const name of names) {
  console.log(`\n  ${name}`);
  const { start, steps, areIndependent } = await import(`./${name}.mjs`);
  const session = new Session();
  try {
    await start(session);
    await take(name, session, { steps, areIndependent });
  } finally {
    await session.close();
  }
}
console.log(`\nScreenshots: ${pictures}\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

async function take(name, session, { steps, areIndependent = false }) {
  for (const [title, step] of Object.entries(steps)) {
    const startMs = Date.now();
    try {
      await step(session);
      passed += 1;
      console.log(`    ✓ ${title} (${((Date.now() - startMs) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed += 1;
      console.log(`    ✗ ${title}\n${error.stack}`);
      await session.window?.page.screenshot({ path: join(pictures, `failure-${name}.png`) });
      if (!areIndependent) break;
    }
  }
}
