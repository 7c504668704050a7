// The first window's tests, one module after another, in this order.
import { join } from 'node:path';
import { runMocha } from './runMocha';

const modules = [
  'activation',
  'starter',
  'editor',
  'training',
  'queue',
  'listings',
  'opening',
  'evaluating',
  'judging',
  'tasks',
  'pages',
  'playground',
  'runsView',
  'languageTools',
  'walkthrough',
  'runFiles',
  'refusals',
  'leaveRunning',
  // Looks back on all before it.
  'everyCommand',
];

export function run(): Promise<void> {
  return runMocha(modules.map((name) => join(__dirname, `${name}.test.js`)));
}
