// The commit an experiment was started at.
import { execFile } from 'node:child_process';

const timeoutMs = 5000;

/** Of the repository that holds the folder; null outside one, before its first commit, or without git. */
export function gitCommitOf(folder: string): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { cwd: folder, timeout: timeoutMs, windowsHide: true };
    execFile('git', ['rev-parse', '--verify', 'HEAD'], options, (error, output) => {
      const commit = output.trim();
      resolve(error === null && /^[0-9a-f]{40,64}$/.test(commit) ? commit : null);
    });
  });
}
