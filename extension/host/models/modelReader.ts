// Describes model and adapter folders by the command line, in a process of its own, each again only when its files
// changed. Free of VS Code.
import { ChangedFiles, folderSignature } from '../changedFiles';
import type { ProgramResult } from '../programs';
import type { ModelEntry } from '../../shared/listings';

/** What says what a folder is. */
const names = /\.(json|safetensors)$/;
/** Folders in which an adapter's base is looked for. */
const mostBases = 100;

export class ModelReader {
  private readonly folders: ChangedFiles<ModelEntry>;
  private all: readonly string[] = [];

  constructor(
    run: (parameters: readonly string[]) => Promise<ProgramResult>,
    onProblem: (sentence: string) => void,
  ) {
    const signatureOf = (folder: string): Promise<string> => folderSignature(folder, names);
    this.folders = new ChangedFiles<ModelEntry>(signatureOf, async (folders) => {
      const others = this.all.filter((folder) => !folders.includes(folder)).slice(0, mostBases);
      const { code, stdout, stderr } = await run(['models', ...folders, ...others, '--json']);
      if (code !== 0) {
        onProblem(stderr.trim());
        return new Map<string, ModelEntry>();
      }
      const told = JSON.parse(stdout) as { folders: ModelEntry[] };
      const asked = told.folders.filter(({ folder }) => folders.includes(folder));
      return new Map(asked.map((entry) => [entry.folder, entry]));
    });
  }

  /** In the order of `folders`; one that cannot be read says why. */
  read(folders: readonly string[]): Promise<ModelEntry[]> {
    this.all = folders;
    // Whether an adapter's base is found depends on what else there is.
    return this.folders.read(folders, folders.join('\n'));
  }
}
