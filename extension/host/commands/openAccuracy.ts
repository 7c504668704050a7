// Open Accuracy Tables: of everything in the workspace, or of the runs that it is called on.
import type { Services } from '../services';
import type { Node } from '../treeModel';

export async function openAccuracy({ pages }: Services, ...given: unknown[]): Promise<void> {
  const folders = [...new Set(given.flat().flatMap(runFoldersOf))];
  await pages.show('accuracy', folders.length === 0 ? {} : { folders });
}

function runFoldersOf(given: unknown): string[] {
  if (typeof given === 'string') return [given];
  if (typeof given !== 'object' || given === null || !('kind' in given)) return [];
  const node = given as Node;
  switch (node.kind) {
    case 'run':
      return [node.view.folder];
    case 'checkpoint':
      return [node.run.folder];
    case 'experiment':
    case 'group':
      return node.runs.map(({ view }) => view.folder);
    case 'more':
      return [];
  }
}
