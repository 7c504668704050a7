// Describes model and adapter folders by the command line, in a process of its own, each again only when its files
// changed. Free of VS Code.
import type { ModelEntry } from '../../shared/listings';
import { ChangedFiles, folderSignature } from '../changedFiles';
import type { AskForListing } from '../listing';

/** What says what a folder is. */
const names = /\.(json|safetensors)$/;
/** Folders in which an adapter's base is looked for. */
const mostBases = 100;

export class ModelReader {
  private readonly folders: ChangedFiles<ModelEntry>;
  private all: readonly string[] = [];

  constructor(ask: AskForListing) {
    const signatureOf = (folder: string): Promise<string> => folderSignature(folder, names);
    this.folders = new ChangedFiles<ModelEntry>(signatureOf, async (folders) => {
      const others = this.all.filter((folder) => !folders.includes(folder)).slice(0, mostBases);
      const told = (await ask(['models', ...folders, ...others])) ?? { folders: [] };
      const { folders: entries } = told as { folders: ModelEntry[] };
      const asked = entries.filter(({ folder }) => folders.includes(folder));
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
