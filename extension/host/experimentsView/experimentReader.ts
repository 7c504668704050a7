// Reads experiment files by the command line, in a process of its own: the schema that checks them is large. Free
// of VS Code.
import { fileSignature } from '../../runs/fileSignature';
import { ChangedFiles } from '../changedFiles';
import type { AskForListing } from '../listing';
import type { ExperimentEntry, ExperimentOutcome } from './experimentModel';

type Told = ExperimentOutcome & { file: string };

export class ExperimentReader {
  private readonly files: ChangedFiles<ExperimentEntry>;

  constructor(ask: AskForListing) {
    this.files = new ChangedFiles<ExperimentEntry>(fileSignature, async (files) => {
      const told = await ask(['experiments', ...files]);
      const { experiments } = (told ?? { experiments: [] }) as { experiments: Told[] };
      return new Map(experiments.map(({ file, ...outcome }) => [file, { file, outcome }]));
    });
  }

  /** Those that are there, in the order of `files`. */
  read(files: readonly string[]): Promise<ExperimentEntry[]> {
    return this.files.read(files);
  }
}
