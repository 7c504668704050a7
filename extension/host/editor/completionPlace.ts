// Which setting a text is being written for that only the disk can complete: a path or a task. Free of VS Code.
import { getLocation } from 'jsonc-parser';
import { adapterConfigs } from '../../runs/adapterFolder';
import type { Span } from './outline';

export type CompletedKind = 'model' | 'data' | 'adapter' | 'folder' | 'task';

export interface CompletionPlace {
  kind: CompletedKind;
  /** Of the text between the quotes. */
  span: Span;
  /** What stands in front of the cursor. */
  typed: string;
}

const kinds: Record<string, CompletedKind> = {
  model: 'model',
  'data.train': 'data',
  'data.validation': 'data',
  'adapter.initialAdapter': 'adapter',
  'evaluation.data': 'folder',
  'evaluation.tasks': 'task',
};

/** Undefined outside of the quotes of such a setting's value. */
export function completionPlace(text: string, offset: number): CompletionPlace | undefined {
  const { path, previousNode, isAtPropertyKey } = getLocation(text, offset);
  if (isAtPropertyKey || previousNode?.type !== 'string') return undefined;
  const kind = kinds[settingOf(path)];
  if (kind === undefined) return undefined;
  const start = previousNode.offset + 1;
  const last = previousNode.offset + previousNode.length;
  // While it is written, the closing quote may be missing.
  const isClosed = previousNode.length > 1 && text[last - 1] === '"';
  const end = isClosed ? last - 1 : last;
  if (offset < start || offset > end) return undefined;
  return { kind, span: { start, end }, typed: text.slice(start, offset) };
}

/** Without places in lists; of the grid, the setting that it varies. */
function settingOf(path: readonly (string | number)[]): string {
  const names = path.filter((part) => typeof part === 'string');
  return names[0] === 'grid' ? (names[1] ?? '') : names.join('.');
}

export interface FolderEntry {
  name: string;
  isFolder: boolean;
  /** Of a folder: the names in it. */
  inside: readonly string[];
}

export interface Completion {
  /** In place of what stands between the quotes. */
  text: string;
  label: string;
  detail: string;
  isFolder: boolean;
  /** What is looked for comes first. */
  isMeant: boolean;
}

const dataEndings = ['.json', '.jsonl', '.csv', '.parquet'];
/** JSON files that hold no records. */
const otherFiles =
  /\.experiment\.json$|^(task|package|tsconfig|config|tokenizer.*|run|status)\.json$/;

/** Entries of the folder that `typed` names so far, as what is asked for. */
export function pathCompletions(
  kind: CompletedKind,
  typed: string,
  entries: readonly FolderEntry[],
): Completion[] {
  const before = typed.slice(0, typed.lastIndexOf('/') + 1);
  return entries.flatMap((entry): Completion[] => {
    const { name, isFolder } = entry;
    if (name.startsWith('.') || name === 'node_modules') return [];
    const meaning = meaningOf(kind, entry);
    if (!isFolder && meaning === undefined) return [];
    const isMeant = meaning !== undefined;
    const text = `${before}${name}${isFolder && !isMeant ? '/' : ''}`;
    return [{ text, label: name, detail: meaning ?? '', isFolder, isMeant }];
  });
}

/** What an entry is, when it is what the setting asks for. */
function meaningOf(
  kind: CompletedKind,
  { name, isFolder, inside }: FolderEntry,
): string | undefined {
  if (kind === 'data') {
    const isData = dataEndings.some((ending) => name.toLowerCase().endsWith(ending));
    return !isFolder && isData && !otherFiles.test(name)
      ? name.slice(name.lastIndexOf('.'))
      : undefined;
  }
  if (!isFolder) return undefined;
  if (kind === 'model') {
    const isModel = inside.includes('config.json') && inside.includes('tokenizer.json');
    return isModel ? 'Hugging Face model' : undefined;
  }
  if (kind === 'adapter')
    return adapterConfigs.some((name) => inside.includes(name)) ? 'PEFT adapter' : undefined;
  return undefined;
}
