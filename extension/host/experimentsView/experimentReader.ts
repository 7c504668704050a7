// Reads experiment files by the command line, in a process of its own: the schema that checks them is large. Free
// of VS Code.
import { ChangedFiles, fileSignature } from '../changedFiles';
import type { ProgramResult } from '../programs';
import type { ExperimentEntry, ExperimentOutcome } from './experimentModel';

type Told = ExperimentOutcome & { file: string };

export class ExperimentReader {
  private readonly files: ChangedFiles<ExperimentEntry>;

  constructor(
    run: (parameters: readonly string[]) => Promise<ProgramResult>,
    onProblem: (sentence: string) => void,
  ) {
    this.files = new ChangedFiles<ExperimentEntry>(fileSignature, async (files) => {
      const { code, stdout, stderr } = await run(['experiments', ...files, '--json']);
      if (code !== 0) {
        onProblem(stderr.trim());
        return new Map<string, ExperimentEntry>();
      }
      const { experiments } = JSON.parse(stdout) as { experiments: Told[] };
      return new Map(experiments.map(({ file, ...outcome }) => [file, { file, outcome }]));
    });
  }

  /** Those that are there, in the order of `files`. */
  read(files: readonly string[]): Promise<ExperimentEntry[]> {
    return this.files.read(files);
  }
}
