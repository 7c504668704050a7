// Makes the run.json of one run of an experiment.
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { ResolvedRun } from '../shared/experimentFile';
import { makeRunId, type RunFile } from '../shared/run';

/** What the runs of one experiment share. */
export interface RunOrigin {
  experimentFile: string;
  /** Of Adapter Lab. */
  version: string;
  /** See `gitCommitOf`. */
  gitCommit: string | null;
  /** Fingerprints of the files, made by the caller. */
  model: RunFile['model'];
  data: RunFile['data'];
  trainable?: number;
  added?: number;
  parameters?: number;
}

export function prepareRun(run: ResolvedRun, origin: RunOrigin, now = new Date()): RunFile {
  const { settings, varied } = run;
  const rank = settings.method === 'full' ? 0 : settings.adapter.rank;
  return {
    format: 1,
    // Runs of a grid are made in the same second: two bytes would meet in one of 80 grids of 40 runs.
    id: makeRunId(now, settings.method, rank, randomBytes(4).toString('hex')),
    experiment: settings.name,
    experimentFile: resolve(origin.experimentFile),
    created: now.toISOString(),
    settings,
    varied,
    versions: {
      'adapter-lab': origin.version,
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
    },
    gitCommit: origin.gitCommit,
    model: origin.model,
    data: origin.data,
    ...(origin.trainable !== undefined && { trainable: origin.trainable }),
    ...(origin.added !== undefined && { added: origin.added }),
    ...(origin.parameters !== undefined && { parameters: origin.parameters }),
  };
}
