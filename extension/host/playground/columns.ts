// The models that answer side by side: what they are called, and which of them stay when others come. Free of VS Code.
import { basename, dirname, resolve } from 'node:path';
import {
  mostColumns,
  type PlaygroundColumn,
  type PromptForm,
} from '../../shared/pages/playgroundPage';
import type { BaseChoice, ModelSource } from '../../shared/playground';
import type { Translate } from '../../shared/translate';
import { checkpointTarget, experimentFolder } from '../evaluation/evaluationTarget';
import type { RunView } from '../runModel';

export function columnId({ model, adapter }: ModelSource, quantize?: BaseChoice): string {
  const files = adapter === undefined ? model : `${model}\n${adapter}`;
  return quantize === undefined ? files : `${files}\n${quantize}`;
}

export function checkpointColumn(
  view: RunView,
  checkpoint: { step: number; folder: string },
  t: Translate,
): PlaygroundColumn {
  const { title, model, adapter } = checkpointTarget(view, checkpoint, t);
  const source = { model, ...(adapter !== undefined && { adapter }) };
  return {
    ...source,
    id: columnId(source),
    name: title,
    detail: view.run.experiment,
    base: baseOf(view),
    template: templateOf(view),
  };
}

/** The model that a run began with. */
export function baseColumn(base: string, t: Translate): PlaygroundColumn {
  return { id: base, model: base, base, name: nameOf(base), detail: t('base model') };
}

/** A folder that is no checkpoint of a run here. */
export function folderColumn({ model, adapter }: ModelSource, t: Translate): PlaygroundColumn {
  if (adapter === undefined) {
    return { id: model, model, base: model, name: nameOf(model), detail: t('model') };
  }
  const source = { model, adapter };
  const detail = t('adapter on {0}', nameOf(model));
  return { ...source, id: columnId(source), name: nameOf(adapter), detail, base: model };
}

/**
 * Newcomers join those of their base, with the base before them; the earliest make room. Of another base than those
 * that are there, they are among themselves.
 */
export function joinColumns(
  present: readonly PlaygroundColumn[],
  newcomers: readonly PlaygroundColumn[],
  t: Translate,
): PlaygroundColumn[] {
  const base = newcomers[0]?.base;
  if (base === undefined) return [...present];
  const isBase = ({ id }: PlaygroundColumn): boolean => id === base;
  const ids = new Set(newcomers.map(({ id }) => id));
  const staying = present.filter((one) => one.base === base && !isBase(one) && !ids.has(one.id));
  const arriving = [...new Map(newcomers.map((one) => [one.id, one])).values()];
  const others = [...staying, ...arriving.filter((one) => !isBase(one))];
  const first = [...present, ...newcomers].find(isBase) ?? baseColumn(base, t);
  return [first, ...others.slice(-(mostColumns - 1))];
}

/**
 * In the place of one column, one for each of these bases; undefined is that which it has by itself. Those that were there
 * stay; the rest of the room is for the new ones.
 */
export function withBases(
  columns: readonly PlaygroundColumn[],
  id: string,
  choices: readonly (BaseChoice | undefined)[],
  t: Translate,
): PlaygroundColumn[] {
  const found = columns.find((one) => one.id === id);
  if (found === undefined || choices.length === 0) return [...columns];
  const made = choices.map((choice) => onBase(found, choice, t));
  const others = columns.filter((one) => one.id !== id);
  const fresh = made.filter((one) => !others.some((other) => other.id === one.id));
  const room = fresh.slice(0, mostColumns - others.length);
  return columns.flatMap((one) => (one.id === id ? room : [one]));
}

function onBase(
  column: PlaygroundColumn,
  choice: BaseChoice | undefined,
  t: Translate,
): PlaygroundColumn {
  const plain: PlaygroundColumn = {
    ...column,
    id: columnId(column, choice),
    name: column.plainName ?? column.name,
  };
  delete plain.quantize;
  delete plain.plainName;
  if (choice === undefined) return plain;
  const name = t('{0}, {1}', plain.name, baseText(choice, t));
  return { ...plain, quantize: choice, plainName: plain.name, name };
}

/** "base in NF4" */
export function baseText(choice: BaseChoice, t: Translate): string {
  const texts: Record<BaseChoice, string> = {
    none: t('base as in its file'),
    nf4: t('base in NF4'),
    'nf4-double': t('base in NF4, double quantised'),
  };
  return texts[choice];
}

/** As the command line takes it: `data` is the run's own, or that of the first column that has one. */
export function formFor(
  column: PlaygroundColumn,
  form: PromptForm,
  columns: readonly PlaygroundColumn[],
): string {
  if (form !== 'data') return form;
  const templates = columns.flatMap(({ template }) => template ?? []);
  return column.template ?? templates[0] ?? 'plain';
}

function templateOf({ run }: RunView): string {
  const { format, template } = run.settings.data;
  if (format === 'instruction') return template;
  return format === 'chat' ? 'chat' : 'plain';
}

function baseOf(view: RunView): string {
  return resolve(experimentFolder(view), view.run.settings.model);
}

/** "model" alone says little: a folder of that name is told with the one around it. */
function nameOf(folder: string): string {
  const name = basename(folder);
  return name === 'model' ? `${basename(dirname(folder))}/${name}` : name;
}
