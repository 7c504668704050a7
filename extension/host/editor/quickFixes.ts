// Changes of the text that end a problem. Free of VS Code; every change is made from the text as it stands now.
import { modify } from 'jsonc-parser';
import type { Problem } from '../../shared/inspection';
import type { Translate } from '../../shared/translate';
import { keySpan, nodeAt, spanOf, valueAt, type Outline, type Path } from './outline';

export interface TextChange {
  start: number;
  end: number;
  text: string;
}

export interface QuickFix {
  title: string;
  changes: TextChange[];
  /** The one that is most likely meant. */
  isPreferred: boolean;
}

export type FixableProblem = Pick<Problem, 'code' | 'setting' | 'path' | 'nearest' | 'data'>;

/** None for a problem whose place is no longer there. */
export function quickFixes(outline: Outline, problem: FixableProblem, t: Translate): QuickFix[] {
  const fixes = [...renames(outline, problem, t), ...ownFixes(outline, problem, t)];
  const kept = fixes.filter((fix) => fix !== undefined && fix.changes.length > 0);
  return kept as QuickFix[];
}

type MaybeFix = QuickFix | undefined;

/** Did you mean? */
function renames(outline: Outline, problem: FixableProblem, t: Translate): MaybeFix[] {
  const { nearest, path } = problem;
  if (nearest === undefined) return [];
  const title = t('Change to "{0}"', nearest);
  const span = isAboutName(problem) ? keySpan(outline, path) : valueSpan(outline, path);
  if (span === undefined) return [];
  return [{ title, changes: [{ ...span, text: JSON.stringify(nearest) }], isPreferred: true }];
}

function isAboutName({ code }: FixableProblem): boolean {
  return code === 'setting-unknown' || code === 'field-unknown' || code === 'pattern-unmatched';
}

function ownFixes(outline: Outline, problem: FixableProblem, t: Translate): MaybeFix[] {
  const { path, setting, data } = problem;
  const set = (value: unknown, title: string): MaybeFix => change(outline, path, value, title);
  switch (problem.code) {
    case 'setting-unknown':
    case 'field-unknown':
    case 'pattern-unmatched':
    case 'pattern-ambiguous':
      return [remove(outline, path, t)];
    case 'settings-conflict':
      return conflictFixes(outline, problem, t);
    case 'rank-too-large': {
      const largest = Number(data.largest);
      return [preferred(set(largest, t('Set the rank to {0}', largest)))];
    }
    case 'records-too-long': {
      const shortest = Number(data.shortest);
      return [setPath(outline, 'data.maxLength', shortest, t)];
    }
    case 'target-unknown':
      return [
        remove(outline, path, t),
        change(outline, ['adapter', 'targets'], 'all-linear', t('Adapt every linear module')),
      ];
    case 'column-missing':
      return [mapColumn(outline, data, t)];
    case 'records-without-answer':
      return [setPath(outline, 'data.lossOn', 'all', t)];
    case 'adapter-contradicted':
    case 'layer-unknown':
      return [remove(outline, path, t)];
    case 'setting-invalid':
      return invalidFixes(outline, problem, t);
    default:
      return setting.startsWith('data.train.') ? [removeFile(outline, path, t)] : [];
  }
}

function invalidFixes(outline: Outline, problem: FixableProblem, t: Translate): MaybeFix[] {
  const { path, setting, data } = problem;
  if (setting === 'device') {
    return [preferred(change(outline, path, 'auto', t('Change to "{0}"', 'auto')))];
  }
  if (data.problem === 'is missing') return [addMissing(outline, setting, t)];
  const numeric = valueAt(outline, path);
  const wantsNumber = /must be a (whole )?number/.test(String(data.problem));
  if (typeof numeric === 'string' && wantsNumber && numeric.trim() !== '' && !isNaN(+numeric)) {
    return [preferred(change(outline, path, Number(numeric), t('Change to {0}', numeric)))];
  }
  const isRequired = setting === 'name' || setting === 'model' || setting.startsWith('data.train');
  return isRequired ? [] : [remove(outline, path, t)];
}

function addMissing(outline: Outline, setting: string, t: Translate): MaybeFix {
  const examples: Record<string, unknown> = {
    name: 'experiment',
    model: 'model',
    data: { train: ['data/train.json'] },
    'data.train': ['data/train.json'],
  };
  const value = examples[setting];
  if (value === undefined) return undefined;
  return preferred(change(outline, setting.split('.'), value, t('Add "{0}"', setting)));
}

function conflictFixes(outline: Outline, { data }: FixableProblem, t: Translate): MaybeFix[] {
  const { first, second } = data as { first: string; second: string };
  const fixes: MaybeFix[] = [];
  if (second === 'data.template' && valueAt(outline, ['data', 'format']) === 'chat') {
    fixes.push(setPath(outline, second, 'chat', t));
  }
  if (second === 'data.lossOn') fixes.push(setPath(outline, second, 'all', t));
  for (const setting of [second, first]) {
    for (const path of [setting.split('.'), ['grid', setting]]) {
      fixes.push(remove(outline, path, t));
    }
  }
  return fixes;
}

/** The field is read from the column that is there. */
function mapColumn(outline: Outline, data: Record<string, unknown>, t: Translate): MaybeFix {
  const { field, nearest } = data as { field?: string; nearest?: string };
  if (field === undefined || nearest === undefined) return undefined;
  const title = t('Read "{0}" from the column "{1}"', field, nearest);
  return preferred(change(outline, ['data', 'columns', field], nearest, title));
}

function removeFile(outline: Outline, path: Path, t: Translate): MaybeFix {
  const files = valueAt(outline, ['data', 'train']);
  return Array.isArray(files) && files.length > 1 ? remove(outline, path, t) : undefined;
}

/** `data.maxLength` to a value, where the grid does not vary it. */
export function setPath(outline: Outline, setting: string, value: unknown, t: Translate): MaybeFix {
  if (nodeAt(outline, ['grid', setting]) !== undefined) return undefined;
  const title = t('Set {0} to {1}', setting.split('.').at(-1) ?? setting, JSON.stringify(value));
  return preferred(change(outline, setting.split('.'), value, title));
}

function remove(outline: Outline, path: Path, t: Translate): MaybeFix {
  const node = nodeAt(outline, path);
  if (node === undefined) return undefined;
  const value = valueAt(outline, path);
  const isElement = node.parent?.type === 'array';
  const name = isElement && typeof value === 'string' ? value : String(path.at(-1));
  // A list of which nothing is left goes as a whole.
  const isLast = isElement && node.parent.children?.length === 1;
  const removed = isLast ? path.slice(0, -1) : path;
  return change(outline, removed, undefined, t('Remove "{0}"', name));
}

/** `undefined` removes. */
function change(outline: Outline, path: Path, value: unknown, title: string): MaybeFix {
  const node = nodeAt(outline, path);
  if (node === undefined && value === undefined) return undefined;
  if (node !== undefined && value !== undefined) {
    // The value alone: what stands around it keeps its form.
    const changes = [{ ...spanOf(node), text: JSON.stringify(value) }];
    return { title, changes, isPreferred: false };
  }
  const eol = outline.text.includes('\r\n') ? '\r\n' : '\n';
  const formattingOptions = { insertSpaces: true, tabSize: 2, eol };
  const edits = modify(outline.text, [...path], value, { formattingOptions });
  const changes = edits.map(({ offset, length, content }) => ({
    ...{ start: offset, end: offset + length, text: content },
  }));
  return { title, changes, isPreferred: false };
}

function preferred(fix: MaybeFix): MaybeFix {
  return fix && { ...fix, isPreferred: true };
}

function valueSpan(outline: Outline, path: Path) {
  const node = nodeAt(outline, path);
  return node && spanOf(node);
}
