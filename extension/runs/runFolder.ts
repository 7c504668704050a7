// Makes and reads a run folder. It is built under a hidden name and appears by rename, so that no reader
// ever meets half of one.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod/mini';
import { Failure } from '../shared/failures';
import { runFile, type RunFile } from '../shared/run';
import { removeIfPossible, syncFolder, unfinishedSuffix, writeAtomically } from './atomicFile';
import { runPaths } from './runPaths';
import { emptyStatus, writeStatus } from './status';
import { errorCode, problemOf } from '../shared/systemError';

/** The new folder's absolute path; its state is queued. */
export function createRunFolder(runsDirectory: string, run: RunFile): string {
  const folder = resolve(runsDirectory, run.id);
  const suffix = randomBytes(4).toString('hex');
  const staging = resolve(runsDirectory, `.${run.id}.${suffix}${unfinishedSuffix}`);
  try {
    const paths = runPaths(staging);
    for (const inner of [paths.checkpoints, paths.results, paths.control]) {
      mkdirSync(inner, { recursive: true });
    }
    writeAtomically(paths.run, `${JSON.stringify(run, null, 2)}\n`);
    writeStatus(staging, emptyStatus());
    renameSync(staging, folder);
    syncFolder(resolve(runsDirectory));
  } catch (error) {
    removeIfPossible(staging);
    throw asFailure(error, folder, runsDirectory);
  }
  return folder;
}

function asFailure(error: unknown, folder: string, runsDirectory: string): unknown {
  const code = errorCode(error);
  if (error instanceof Failure || code === undefined) return error;
  if (code === 'ENOTEMPTY' || code === 'EEXIST') return new Failure('run-exists', { folder });
  return new Failure('run-folder-unwritable', {
    folder: resolve(runsDirectory),
    problem: problemOf(error),
  });
}

/** What run.json says; undefined for a folder that is not a run; a Failure if the file is broken. */
export function readRun(folder: string): RunFile | undefined {
  const file = join(folder, 'run.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw new Failure('run-broken', { file, problem: problemOf(error) });
  }
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new Failure('run-broken', { file, problem: `it is not JSON (${problemOf(error)})` });
  }
  const parsed = runFile.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new Failure('run-broken', { file, problem: firstIssue(parsed.error) });
}

/** As `readRun`, for a folder that must be a run. */
export function readRunOrFail(folder: string): RunFile {
  const run = readRun(folder);
  if (run === undefined) throw new Failure('run-missing', { folder });
  return run;
}

function firstIssue({ issues }: z.core.$ZodError): string {
  const [issue] = issues;
  if (issue === undefined) return 'it is not valid';
  const setting = issue.path.length === 0 ? 'it' : `"${issue.path.join('.')}"`;
  return issue.code === 'invalid_type'
    ? `${setting} must be of the type ${issue.expected}`
    : `${setting} has a value that is not known here`;
}
