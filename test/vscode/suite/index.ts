// The first window's tests, one module after another, in the order of their names.
import { join } from 'node:path';
import { runMocha } from './runMocha';

const modules = ['activation', 'starter', 'training', 'refusals', 'leaveRunning'];

export function run(): Promise<void> {
  return runMocha(modules.map((name) => join(__dirname, `${name}.test.js`)));
}
