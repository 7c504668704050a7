// A folder in few words: its name and where it is, without the path to it.

export interface FolderName {
  name: string;
  /** The folder that it is in; of a checkpoint its run. */
  place: string;
}

export function folderName(path: string): FolderName {
  const parts = path.split(/[\\/]/).filter((part) => part !== '');
  const name = parts.pop() ?? path;
  if (parts.at(-1) === 'checkpoints') parts.pop();
  return { name, place: parts.pop() ?? '' };
}
