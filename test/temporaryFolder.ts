// Gives a run of the tests a temporary folder of its own and removes it at the end, whatever tests that failed left in it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Before the first file; what is returned is called after the last one. */
export default function setUp(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'adapter-lab-tests-'));
  // Of POSIX and of Windows: the processes that run the files inherit them.
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder;
  return () => {
    // A trainer that was stopped may still write into it.
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  };
}
