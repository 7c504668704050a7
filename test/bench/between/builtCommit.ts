// A commit of this repository, built in the user's cache folder: its files, the addon and the bundles. What is the same in
// this checkout or in another commit that was built before is shared: packages and the addon.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { userCache } from '../../../extension/trainer/userCache';

export interface BuiltCommit {
  /** As `git log --oneline` has it. */
  title: string;
  /** dist/cli.js */
  command: string;
}

const root = join(import.meta.dirname, '..', '..', '..');
/** Tells what the addon of this folder was built from. */
const addonKeyFile = 'addon-key';
const finished = 'built';
const lockFile = 'package-lock.json';
/** npm writes it last. */
const installed = join('node_modules', '.package-lock.json');

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 }).trim();
}

function must(folder: string, command: string, ...args: string[]): void {
  const { status } = spawnSync(command, args, { cwd: folder, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed in ${folder}.`);
}

/** `.` is this checkout as it is built now. */
export function buildCommit(name: string): BuiltCommit {
  if (name === '.') return { title: 'this checkout', command: join(root, 'dist', 'cli.js') };
  const commit = git('rev-parse', '--verify', `${name}^{commit}`);
  const folder = join(userCache(), 'builds', commit.slice(0, 12));
  if (!existsSync(join(folder, finished))) build(commit, folder);
  return {
    title: git('log', '-1', '--format=%h %s', commit),
    command: join(folder, 'dist', 'cli.js'),
  };
}

function build(commit: string, folder: string): void {
  process.stderr.write(`Building ${commit.slice(0, 12)} in ${folder}\n`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const archive = execFileSync('git', ['archive', commit], { cwd: root, maxBuffer: 1 << 30 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  providePackages(folder);
  provideAddon(commit, folder);
  must(folder, 'npm', 'run', '--silent', 'build:ts');
  writeFileSync(join(folder, finished), '');
}

function providePackages(folder: string): void {
  const lock = readFileSync(join(folder, lockFile));
  const others = readdirSync(join(folder, '..')).map((name) => join(folder, '..', name));
  const same = [root, ...others].find(
    (one) => existsSync(join(one, installed)) && readFileSync(join(one, lockFile)).equals(lock),
  );
  if (same !== undefined) symlinkSync(join(same, 'node_modules'), join(folder, 'node_modules'));
  else must(folder, 'npm', 'ci', '--silent', '--no-audit', '--no-fund');
}

function provideAddon(commit: string, folder: string): void {
  const sources = ['native', 'CMakeLists.txt', lockFile];
  const key = sources.map((path) => git('rev-parse', `${commit}:${path}`)).join('\n');
  const built = join(folder, '..');
  const same = readdirSync(built).find((name) => keyOf(join(built, name)) === key);
  if (same === undefined) must(folder, 'npm', 'run', '--silent', 'build:native');
  else symlinkSync(join(built, same, 'build'), join(folder, 'build'));
  writeFileSync(join(folder, addonKeyFile), key);
}

function keyOf(folder: string): string | undefined {
  const file = join(folder, addonKeyFile);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
