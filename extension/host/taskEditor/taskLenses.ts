// What can be done with a task.json, above its first line. Free of VS Code.
import { parseTree } from 'jsonc-parser';
import type { Translate } from '../../shared/translate';

export interface TaskLens {
  offset: number;
  title: string;
  tooltip: string;
  /** With a model that is chosen now, instead of the one that was tried last. */
  isOtherModel: boolean;
}

/** What tells a task from any other file of this name. */
const taskSettings = ['pattern', 'extraction', 'protocol', 'template', 'questions'];

export function looksLikeTask(text: string): boolean {
  const root = parseTree(text);
  if (root?.type !== 'object') return false;
  const names = (root.children ?? []).map(({ children }): unknown => children?.[0]?.value);
  return names.some((name) => taskSettings.includes(String(name)));
}

/** `model`: name of the one that was tried last. None in a file that is no task. */
export function taskLenses(text: string, model: string | undefined, t: Translate): TaskLens[] {
  const root = parseTree(text);
  if (root === undefined || !looksLikeTask(text)) return [];
  const { offset } = root;
  const tooltip = t(
    'Ask a model the first five questions: prompt, output, the answer found in it, right or wrong.',
  );
  const first = {
    ...{ offset, tooltip, isOtherModel: false },
    title:
      model === undefined
        ? t('$(beaker) Try on 5 records')
        : t('$(beaker) Try on 5 records with {0}', model),
  };
  if (model === undefined) return [first];
  const other = t('Choose another model or adapter, and try on that.');
  return [first, { offset, title: t('Another model…'), tooltip: other, isOtherModel: true }];
}
