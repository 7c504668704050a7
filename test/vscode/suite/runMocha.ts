// Runs test modules in this extension host and ends with the plain line that the runner counts.
import Mocha from 'mocha';

const timeoutMs = 120_000;

export function runMocha(files: readonly string[]): Promise<void> {
  console.log('Adapter Lab suite');
  const mocha = new Mocha({ ui: 'bdd', timeout: timeoutMs, reporter: Mocha.reporters.Base });
  for (const file of files) mocha.addFile(file);
  return new Promise((resolve, reject) => {
    let passed = 0;
    const runner = mocha.run((failures) => {
      console.log(`${passed} passed, ${failures} failed`);
      if (failures === 0) resolve();
      else reject(new Error(`${failures} tests failed`));
    });
    // The console of an extension host does not format: every line is made here.
    runner.on('suite', ({ title }) => {
      if (title !== '') console.log(`\n  ${title}`);
    });
    runner.on('pass', ({ title, duration }) => {
      passed += 1;
      console.log(`    ✓ ${title} (${duration ?? 0} ms)`);
    });
    runner.on('fail', ({ title }, error: Error) => {
      console.log(`    ✗ ${title}\n${error.stack ?? error.message}`);
    });
  });
}
