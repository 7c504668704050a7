// The second window's tests, on the workspace that the first one left.
import { join } from 'node:path';
import { runMocha } from './runMocha';

export function run(): Promise<void> {
  return runMocha([join(__dirname, 'reopened.test.js')]);
}
