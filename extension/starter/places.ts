import { join, resolve } from 'node:path';

const top = resolve(__dirname, '../..');
/** Committed: what a user gets. */
export const mediaFolder = join(top, 'media/starter');
/** Ignored by git: what only the making needs. */
export const scratchFolder = join(top, 'build/starter');
export const untrainedFolder = join(scratchFolder, 'untrained');
export const commandLine = join(top, 'dist/cli.js');
